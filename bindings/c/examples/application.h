/* What the examples share: the verifier of one application, and its table on SQLite. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include <poterne.h>
#include <sqlite3.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name is part of every record: the same on all servers, for ever. */
#define APPLICATION "grand-angle"

/* Exit codes: what was asked is done; refused; failed, which is no verdict. */
#define DONE 0
#define REFUSED 1
#define FAILED 2

/* A verifier with the keyring of a file of mode 0600; made once, then shared by all threads. NULL: said on stderr. */
poterne_verifier *open_verifier(const char *keys);

/* A connection to the table; every thread has its own. NULL: said on stderr. */
sqlite3 *open_table(const char *database);

/* The two callbacks of a poterne_store; `connection` is a sqlite3 *. They are plain functions for everyone else.
 * Without an old record, NULL, swap_record inserts, unless the account has a record: then 0 rows.
 * C++17 wants to read that they do not throw. */
int32_t load_record(void *connection, const char *account, char *record) POTERNE_NOEXCEPT;
int32_t swap_record(void *connection, const char *account, const char *old_record, const char *record,
                    int64_t *rows) POTERNE_NOEXCEPT;

/* A handle on the table, for poterne_login, poterne_apply and poterne_check_store. */
poterne_store store_on(sqlite3 *connection);

/* Prints a status for the journal. */
void journal(int32_t status);

/* The same and, unless it is done, what the end user may read. Gives the exit code. */
int say(int32_t status, int64_t wait_seconds);

#ifdef __cplusplus
}
#endif

#endif
