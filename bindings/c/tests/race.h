/* What race.c needs of a database. */
#ifndef RACE_H
#define RACE_H

#include <poterne.h>

/* Ends the race, with a reason. */
void stop(const char *what);

/* Its name, from race_begin on. */
extern const char *race_database;

/* Where the table is; there is no connection yet, for processes are to be forked. */
void race_begin(const char *place);

/* A connection of one's own; the table is made if it is not there. */
void *race_open(void);
void race_close(void *connection);

/* As the callbacks of poterne_login. */
int32_t race_load(void *connection, const char *account, char *record);
int32_t race_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows);

/* The fault: whoever is last wins, and everybody believes to have stored. */
int32_t race_naive_swap(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows);

/* A first record: 0 rows if there is one. */
int32_t race_insert(void *connection, const char *account, const char *record, int64_t *rows);

#endif
