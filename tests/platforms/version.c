/* Prints what Windows reads of a DLL's version resource: version FILE.dll. */

#include <stdio.h>

#include <windows.h>

int main(int argc, char **argv)
{
    static char block[8192];
    VS_FIXEDFILEINFO *fixed;
    char *text;
    UINT size;
    if (argc != 2 || !GetFileVersionInfoA(argv[1], 0, sizeof block, block)
        || !VerQueryValueA(block, "\\", (void **)&fixed, &size)
        || !VerQueryValueA(block, "\\StringFileInfo\\040904b0\\FileVersion", (void **)&text, &size)) {
        fprintf(stderr, "no version\n");
        return 1;
    }
    printf("%s %u.%u.%u\n", text, HIWORD(fixed->dwFileVersionMS), LOWORD(fixed->dwFileVersionMS), HIWORD(fixed->dwFileVersionLS));
    return 0;
}
