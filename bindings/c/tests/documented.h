/*
 * What the header documents: its functions, and the statuses that each may return. Included by the programs that judge them, after
 * their own `fault`.
 */

#ifndef DOCUMENTED_H
#define DOCUMENTED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poterne.h"

static void fault(const char *where, const char *what);

#define MAX_FUNCTIONS 128
#define MAX_STATUSES 64

typedef struct function {
    char name[64];
    int32_t allowed[MAX_STATUSES];
    size_t count;
    int has_status;
    int is_used;
} function;

static function functions[MAX_FUNCTIONS];
static size_t function_count;

static struct {
    char name[64];
    int32_t value;
} constants[256];

static size_t constant_count;

static function *find(const char *name, size_t len)
{
    for (size_t i = 0; i < function_count; i++)
        if (strlen(functions[i].name) == len && memcmp(functions[i].name, name, len) == 0)
            return &functions[i];
    return NULL;
}

static size_t word_len(const char *at)
{
    return strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}

static void allow(function *function, int32_t status)
{
    if (function->count == MAX_STATUSES) {
        fprintf(stderr, "too many statuses\n");
        exit(1);
    }
    function->allowed[function->count++] = status;
}

/* The statuses after @return; `as poterne_x` takes those of another function. */
static void read_statuses(function *function, const char *returns)
{
    for (const char *at = returns; *at != 0;) {
        size_t len = word_len(at);
        if (len == 0) {
            at++;
            continue;
        }
        if (strncmp(at, "POTERNE_REFUSED_...", 19) == 0) {
            for (int32_t refusal = 1; refusal <= 16; refusal++)
                allow(function, refusal);
        } else if (strncmp(at, "POTERNE_", 8) == 0) {
            size_t i = 0;
            while (i < constant_count && (strlen(constants[i].name) != len || memcmp(constants[i].name, at, len) != 0))
                i++;
            if (i < constant_count)
                allow(function, constants[i].value);
            else
                fault(function->name, "the header names a status that it does not define");
        } else if (at - returns > 3 && strncmp(at - 4, "as `", 4) == 0) {
            const struct function *other = find(at, len);
            if (other == NULL || other->count == 0)
                fault(function->name, "the header speaks of the statuses of a function that has none");
            for (size_t i = 0; other != NULL && i < other->count; i++)
                allow(function, other->allowed[i]);
        }
        at += len;
    }
}

static void read_header(const char *path)
{
    FILE *file = fopen(path, "r");
    char text[512];
    static char returns[1 << 14];
    int in_return = 0, is_api = 0;
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    returns[0] = 0;
    while (fgets(text, sizeof text, file) != NULL) {
        char name[64];
        int value;
        if ((sscanf(text, "#define %63s %d", name, &value) == 2 || sscanf(text, "#define %63s (%d)", name, &value) == 2)
            && constant_count < 256) {
            strcpy(constants[constant_count].name, name);
            constants[constant_count++].value = value;
        }
        if (strncmp(text, "/**", 3) == 0 || strncmp(text, " *", 2) == 0) {
            if (strncmp(text, " * @return", 10) == 0)
                in_return = 1;
            else if (strncmp(text, " *     ", 7) != 0)
                in_return = 0;
            if (in_return && strlen(returns) + strlen(text) < sizeof returns)
                strcat(returns, text);
        } else if (strcmp(text, "POTERNE_API\n") == 0 || strcmp(text, "POTERNE_MUST_USE POTERNE_API\n") == 0) {
            is_api = 1;
        } else {
            char *open = strchr(text, '('), *begin = open;
            if (is_api && open != NULL && function_count < MAX_FUNCTIONS) {
                function *new = &functions[function_count];
                while (begin > text && word_len(begin - 1) > 0)
                    begin--;
                memcpy(new->name, begin, (size_t)(open - begin));
                read_statuses(new, returns);
                new->has_status = new->count > 0;
                if (new->count == 0)
                    allow(new, POTERNE_OK);
                function_count++;
            }
            is_api = 0;
            in_return = 0;
            returns[0] = 0;
        }
    }
    fclose(file);
}

#endif
