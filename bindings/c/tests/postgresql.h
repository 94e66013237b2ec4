/* A table on PostgreSQL, through libpq, as an application writes it: for the race, and for the department's day of tests/rehearsal. */
#ifndef POSTGRESQL_H
#define POSTGRESQL_H

#include <libpq-fe.h>
#include <poterne.h>

/* A connection, and whether the statement that ran last has warned. One thread at a time. */
struct postgresql {
    PGconn *connection;
    int has_warned;
    /* The fault, for controls: whatever COMMIT warns of, the record counts as stored. */
    int is_deaf;
};

/* NULL and a text on standard error if there is no connection. */
struct postgresql *postgresql_open(const char *conninfo);
void postgresql_close(struct postgresql *database);

/* Whether a statement, or several with semicolons between them, went well. */
int postgresql_run(struct postgresql *database, const char *sql);

/* As the callbacks of poterne_login; their argument is a struct postgresql. */
int32_t postgresql_load(void *database, const char *account, char *record);
int32_t postgresql_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows);

/* The fault: whoever is last wins, and everybody believes to have stored. */
int32_t postgresql_naive_swap(void *database, const char *account, const char *old_record, const char *record, int64_t *rows);

/* A first record: 0 rows if there is one. */
int32_t postgresql_insert(void *database, const char *account, const char *record, int64_t *rows);

#endif
