/* What the library takes from bcryptprimitives.dll, which every Windows 10 has and Wine 8 lacks. For the tests alone. */

#include <windows.h>

#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
    return RtlGenRandom(data, (ULONG)size);
}
