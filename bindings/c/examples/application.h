/* Shared by the examples: the verifier of one application, and its table on SQLite. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include <poterne.h>
#include <sqlite3.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name is part of every record: the same on all servers, forever. */
#define APPLICATION "grand-angle"

/* Exit codes: done; refused; failed, which is not a verdict. */
#define DONE 0
#define REFUSED 1
#define FAILED 2

/* Makes a verifier with the keyring in a file of mode 0600. Make it once; all threads share it. NULL: the reason is on stderr. */
poterne_verifier *open_verifier(const char *keys);

/* Opens a connection to the table; every thread has its own. NULL: the reason is on stderr. */
sqlite3 *open_table(const char *database);

/* The two callbacks of a poterne_store; `connection` is a sqlite3 *. All other code calls them as plain functions.
 * If the old record is NULL, swap_record inserts, unless the account has a record: then 0 rows.
 * C++17 demands a declaration that they do not throw. */
int32_t load_record(void *connection, const char *account, char *record) POTERNE_NOEXCEPT;
int32_t swap_record(void *connection, const char *account, const char *old_record, const char *record,
                    int64_t *rows) POTERNE_NOEXCEPT;

/* A handle on the table, for poterne_login, poterne_apply and poterne_check_store. */
poterne_store store_on(sqlite3 *connection);

/* Prints a status for the journal. */
void journal(int32_t status);

/* The same and, unless it is done, the message for the end user. Returns the exit code. */
int say(int32_t status, int64_t wait_seconds);

#ifdef __cplusplus
}
#endif

#endif
