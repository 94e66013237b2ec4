/*
 * Counts which status each function returns, for documented.c: a program that is compiled with -DCOUNT_SEEN appends them to the file
 * that POTERNE_SEEN names. tests/callers makes `calls.inc` and `calls.h`, which have a line for each function.
 */

#ifndef SEEN_H
#define SEEN_H

#include <stdio.h>
#include <stdlib.h>

#include "poterne.h"

enum {
#define CALL(name) SEEN_##name,
#include "calls.inc"
#undef CALL
    SEEN_FUNCTIONS
};

/* Statuses from -128 to 127. */
static unsigned char seen_statuses[SEEN_FUNCTIONS][256];

static void seen_write(void)
{
    static const char *const names[] = {
#define CALL(name) #name,
#include "calls.inc"
#undef CALL
    };
    const char *path = getenv("POTERNE_SEEN");
    FILE *file = path == NULL ? NULL : fopen(path, "a");
    for (int i = 0; file != NULL && i < SEEN_FUNCTIONS; i++)
        for (int status = -128; status < 128; status++)
            if (seen_statuses[i][status + 128])
                fprintf(file, "%s %d\n", names[i], status);
    if (file == NULL || fclose(file) != 0)
        abort();
}

static int32_t seen(int function, int32_t status)
{
    static int is_first = 1;
    if (is_first)
        atexit(seen_write);
    is_first = 0;
    seen_statuses[function][(status + 128) & 255] = 1;
    return status;
}

#include "calls.h"

#endif
