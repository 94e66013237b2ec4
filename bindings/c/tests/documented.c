/*
 * What the header documents against what was seen: documented HEADER SEEN, a file of lines `FUNCTION STATUS` that seen.h has
 * written. Every status that a function documents must have been seen of it, and every one that was seen must be documented.
 */

#include "documented.h"

static unsigned long faults;

static void fault(const char *where, const char *what)
{
    fprintf(stderr, "%s: %s\n", where, what);
    faults++;
}

static const char *name_of(int32_t status)
{
    for (size_t i = 0; i < constant_count; i++)
        if (constants[i].value == status
            && (strncmp(constants[i].name, "POTERNE_E_", 10) == 0 || strncmp(constants[i].name, "POTERNE_REFUSED_", 16) == 0
                || status == 0 || status > 100))
            return constants[i].name;
    return "unknown";
}

static void say(const char *function, int32_t status, const char *what)
{
    char said[128];
    sprintf(said, "%s is %s", name_of(status), what);
    fault(function, said);
}

int main(int argc, char **argv)
{
    static unsigned char seen[MAX_FUNCTIONS][256];
    char name[64];
    int status;
    size_t count = 0;
    FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: documented HEADER SEEN\n");
        return 2;
    }
    read_header(argv[1]);
    while (fscanf(file, "%63s %d", name, &status) == 2) {
        const function *function = find(name, strlen(name));
        if (function == NULL)
            fault(name, "is not in the header");
        else
            seen[function - functions][(status + 128) & 255] = 1;
    }
    fclose(file);
    for (size_t i = 0; i < function_count; i++) {
        unsigned char documented[256] = {0};
        const function *function = &functions[i];
        for (size_t j = 0; j < function->count; j++)
            documented[function->allowed[j] + 128] = 1;
        /* What returns no status is not counted. */
        for (int j = 0; function->has_status && j < 256; j++) {
            if (seen[i][j] && !documented[j])
                say(function->name, j - 128, "seen, and not documented");
            if (documented[j] && !seen[i][j])
                say(function->name, j - 128, "documented, and never seen");
            count += documented[j];
        }
    }
    printf("%zu statuses of %zu functions, %lu faults\n", count, function_count, faults);
    return faults != 0;
}
