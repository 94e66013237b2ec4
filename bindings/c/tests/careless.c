/* poterne_check_store on SQLite: the callbacks of the examples are right; those that forget something are found.
 *
 *     careless DATABASE    a new file */
#include "application.h"

#include <stdio.h>

static int32_t update(sqlite3 *table, const char *sql, const char *account, const char *old_record, const char *record,
                      int64_t *rows)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(table, sql, -1, &statement, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_text(statement, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, record, -1, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(statement) == 3)
        sqlite3_bind_text(statement, 3, old_record, -1, SQLITE_STATIC);
    int rc = sqlite3_step(statement);
    *rows = rc == SQLITE_DONE ? sqlite3_changes(table) : 0;
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE ? 0 : -1;
}

static const char compares[] = "UPDATE poterne SET record = ?2 WHERE account = ?1 AND record = ?3";

/* Everybody's first one: a used code is accepted by two servers at once. */
static int32_t without_comparing(void *table, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return update(table, "UPDATE poterne SET record = ?2 WHERE account = ?1", account, old_record, record, rows);
}

/* The transaction stays open, as with a driver that begins one by itself: a used code is accepted again after it is gone. */
static int32_t without_commit(void *table, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    if (sqlite3_get_autocommit(table) && sqlite3_exec(table, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    return update(table, compares, account, old_record, record, rows);
}

/* It says what the application hopes. */
static int32_t without_counting(void *table, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    int32_t status = update(table, compares, account, old_record, record, rows);
    *rows = 1;
    return status;
}

/* A first record takes the place of the one that is there: an authenticator is exchanged without a code. */
static int32_t overwriting(void *table, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    if (old_record)
        return swap_record(table, account, old_record, record, rows);
    return update(table, "INSERT OR REPLACE INTO poterne (account, record) VALUES (?1, ?2)", account, NULL, record, rows);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        poterne_swap_fn swap;
        int32_t expected;
    } cases[] = {
        {"the example's", swap_record, POTERNE_OK},
        {"without AND record = :old", without_comparing, POTERNE_E_ROWS},
        {"without COMMIT", without_commit, POTERNE_E_ROWS},
        {"without counting the rows", without_counting, POTERNE_E_ROWS},
        {"with an INSERT that overwrites", overwriting, POTERNE_E_ROWS},
        {"the example's, again", swap_record, POTERNE_OK},
    };
    const size_t count = sizeof cases / sizeof *cases;
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;
    char record[POTERNE_RECORD_MAX];
    int64_t rows = 0;
    sqlite3 *table = argc == 2 ? open_table(argv[1]) : NULL;
    if (!table || poterne_keyring_generate(1, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, APPLICATION, POTERNE_NUL, &verifier) != POTERNE_OK
        || poterne_enroll(verifier, "check", POTERNE_NUL, NULL, POTERNE_NOW, record, sizeof record, NULL) != POTERNE_OK
        || swap_record(table, "check", NULL, record, &rows) != 0 || rows != 1
        || swap_record(table, "check", NULL, record, &rows) != 0 || rows != 0) {
        fprintf(stderr, "careless: no record to check with\n");
        return 2;
    }
    poterne_keyring_free(keyring);
    sqlite3_close(table);
    int faults = 0;
    for (size_t i = 0; i < count; i++) {
        sqlite3 *first = open_table(argv[1]), *other = open_table(argv[1]);
        poterne_store store = store_on(first), second = store_on(other);
        store.swap = cases[i].swap;
        int32_t status = poterne_check_store(verifier, &store, &second, "check", POTERNE_NUL);
        if (status != cases[i].expected) {
            fprintf(stderr, "careless: a swap %s: %d, not %d\n", cases[i].name, (int)status, (int)cases[i].expected);
            faults++;
        }
        /* What was not committed goes with its connection. */
        sqlite3_close(first);
        sqlite3_close(other);
    }
    poterne_verifier_free(verifier);
    printf("%zu swaps, %d not judged right\n", count, faults);
    return faults != 0;
}
