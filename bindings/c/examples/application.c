#include "application.h"

#include <stdio.h>
#include <string.h>

poterne_verifier *open_verifier(const char *keys)
{
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;
    int32_t status = poterne_keyring_open(keys, POTERNE_NUL, &keyring);
    if (status == POTERNE_OK)
        status = poterne_verifier_new(POTERNE_ABI, keyring, APPLICATION, POTERNE_NUL, &verifier);
    /* The verifier has its own copy. */
    poterne_keyring_free(keyring);
    if (status != POTERNE_OK) {
        char name[64];
        poterne_status_name(status, name, sizeof name, NULL);
        fprintf(stderr, "%s: %s\n", keys, name);
    }
    return verifier;
}

sqlite3 *open_table(const char *database)
{
    sqlite3 *connection = NULL;
    int tries = 0;
    int rc = sqlite3_open(database, &connection);
    if (rc == SQLITE_OK)
        /* How long a swap waits for another one's lock. A login swaps at most three times. */
        rc = sqlite3_busy_timeout(connection, 2000);
    if (rc == SQLITE_OK)
        /* The switch to WAL does not wait: if two programs start on a new file at the same moment, one finds it locked. */
        while ((rc = sqlite3_exec(connection, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) == SQLITE_BUSY
               && tries++ < 100)
            sqlite3_sleep(20);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(
            connection,
            /* With NORMAL, a power cut can undo the last commits: a used code would be accepted again. */
            "PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS poterne (account TEXT NOT NULL PRIMARY KEY, record TEXT NOT NULL)",
            NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", database, sqlite3_errmsg(connection));
        sqlite3_close(connection);
        return NULL;
    }
    return connection;
}

int32_t load_record(void *connection, const char *account, char *record)
{
    sqlite3_stmt *select = NULL;
    int32_t found = -1;
    if (sqlite3_prepare_v2(connection, "SELECT record FROM poterne WHERE account = ?1", -1, &select, NULL) != SQLITE_OK)
        return -1;
    if (sqlite3_bind_text(select, 1, account, -1, SQLITE_STATIC) == SQLITE_OK) {
        int rc = sqlite3_step(select);
        if (rc == SQLITE_DONE) {
            found = 1;
        } else if (rc == SQLITE_ROW) {
            const unsigned char *text = sqlite3_column_text(select, 0);
            int len = sqlite3_column_bytes(select, 0);
            /* A longer text is not a record, and must not be cut to another text. */
            if (text && len < POTERNE_RECORD_MAX) {
                memcpy(record, text, (size_t)len);
                record[len] = '\0';
                found = 0;
            }
        }
    }
    sqlite3_finalize(select);
    return found;
}

/* Returns the result of a swap that has written nothing: 0 if somebody else was in the way, such as another server that held the
 * lock for too long, and a negative number if the database is unavailable. */
static int32_t failed(int rc)
{
    return poterne_is_conflict(POTERNE_DATABASE_SQLITE, NULL, 0, rc) == POTERNE_REFUSED_CONFLICT ? 0 : -1;
}

/* One statement in a transaction of its own. */
static int32_t write_record(sqlite3 *connection, const char *sql, const char *account, const char *old_record,
                            const char *record, int64_t *rows)
{
    sqlite3_stmt *statement = NULL;
    int64_t changed = 0;
    *rows = 0;
    /* IMMEDIATE takes the write lock at once: two servers queue here, and never deadlock. In a transaction that is open
     * already it fails: then the caller would not know when the record is committed. */
    int rc = sqlite3_exec(connection, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return failed(rc);
    rc = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(statement, 1, account, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(statement, 2, record, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && old_record)
        rc = sqlite3_bind_text(statement, 3, old_record, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_DONE) {
        changed = sqlite3_changes(connection);
        rc = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    if (rc != SQLITE_OK) {
        (void)sqlite3_exec(connection, "ROLLBACK", NULL, NULL, NULL);
        return failed(rc);
    }
    /* A failed commit stores nothing, for whatever reason: 0 rows. */
    if (sqlite3_exec(connection, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        *rows = changed;
    else
        (void)sqlite3_exec(connection, "ROLLBACK", NULL, NULL, NULL);
    return 0;
}

int32_t swap_record(void *connection, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    /* The old record in the WHERE clause makes a code work only once. */
    const char *sql = old_record ? "UPDATE poterne SET record = ?2 WHERE account = ?1 AND record = ?3"
                                 : "INSERT INTO poterne (account, record) VALUES (?1, ?2) ON CONFLICT (account) DO NOTHING";
    return write_record(connection, sql, account, old_record, record, rows);
}

poterne_store store_on(sqlite3 *connection)
{
    poterne_store store = POTERNE_STORE_INIT;
    store.arg = connection;
    store.load = load_record;
    store.swap = swap_record;
    return store;
}

void journal(int32_t status)
{
    char text[64];
    /* A number that this library does not know is printed as it is, and refused like the others. */
    if (poterne_status_name(status, text, sizeof text, NULL) == POTERNE_OK)
        printf("journal: %s\n", text);
    else
        printf("journal: %d\n", (int)status);
}

int say(int32_t status, int64_t wait_seconds)
{
    char text[256];
    journal(status);
    if (status == POTERNE_OK || status == POTERNE_CONFIRMED || status == POTERNE_CHANGED)
        return DONE;
    if (poterne_message_to_user(status, wait_seconds, "en", POTERNE_NUL, text, sizeof text, NULL) == POTERNE_OK)
        printf("screen: %s\n", text);
    return status > 0 ? REFUSED : FAILED;
}
