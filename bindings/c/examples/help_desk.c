/* The help desk's changes. Each is a compare-and-swap, like a login: a blind write would make used codes valid again.
 *
 *     help_desk DATABASE KEYS inspect ACCOUNT
 *     help_desk DATABASE KEYS unlock ACCOUNT
 *     help_desk DATABASE KEYS lost ACCOUNT      suspends the authenticator, and shows a temporary code for 24 hours
 *     help_desk DATABASE KEYS resume ACCOUNT
 *     help_desk DATABASE KEYS forget            runs on all records; call it every night
 *
 * Exits with 0: done. 1: refused. 2: failed. */
#include "application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* poterne_apply calls these. Each makes one call; poterne_apply stores its record, and repeats it after a conflict. */
static int32_t unlock(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                      poterne_attempt *attempt)
{
    (void)arg;
    return poterne_unlock(verifier, record, POTERNE_NUL, account, POTERNE_NUL, attempt);
}

static int32_t lost(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                    poterne_attempt *attempt)
{
    (void)arg;
    return poterne_temporary_code(verifier, record, POTERNE_NUL, account, POTERNE_NUL, 0, 0, POTERNE_SUSPEND, POTERNE_NOW,
                                  attempt);
}

static int32_t resume(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                      poterne_attempt *attempt)
{
    (void)arg;
    return poterne_resume(verifier, record, POTERNE_NUL, account, POTERNE_NUL, attempt);
}

static int32_t forget(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                      poterne_attempt *attempt)
{
    (void)arg;
    return poterne_forget(verifier, record, POTERNE_NUL, account, POTERNE_NUL, POTERNE_NOW, attempt);
}

static int32_t change(const poterne_verifier *verifier, sqlite3 *table, const char *account, poterne_make_fn what)
{
    char codes[POTERNE_CODES_MAX];
    const poterne_store store = store_on(table);
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    int32_t status = poterne_apply(verifier, &store, account, POTERNE_NUL, what, NULL, &attempt, NULL);
    if (status == POTERNE_CHANGED && poterne_codes(&attempt, codes, sizeof codes, NULL) == POTERNE_OK) {
        if (codes[0])
            printf("temporary code, shown only once: %s\n", codes);
        poterne_wipe(codes, sizeof codes);
    }
    poterne_wipe(&attempt, sizeof attempt);
    return status;
}

static int inspect(const poterne_verifier *verifier, sqlite3 *table, const char *account)
{
    static const char *const states[] = {"pending", "active", "suspended", "revoked"};
    char record[POTERNE_RECORD_MAX] = "";
    poterne_inspection seen = POTERNE_INSPECTION_INIT;
    int32_t loaded = load_record(table, account, record);
    if (loaded != 0)
        return say(loaded < 0 ? POTERNE_E_STORE : POTERNE_REFUSED_NOT_ENROLLED, 0);
    int32_t status = poterne_inspect(verifier, record, POTERNE_NUL, account, POTERNE_NUL, POTERNE_NOW, &seen);
    if (status == POTERNE_OK)
        printf("%s: %s, %u failures%s, %u recovery codes left, temporary code for %u logins\n", account,
               seen.state < 4 ? states[seen.state] : "in a state of a later version", (unsigned)seen.failures,
               seen.locked ? ", locked" : "", (unsigned)seen.recovery_codes_left, (unsigned)seen.temporary_uses_left);
    return say(status, 0);
}

/* First load all accounts, then make the changes: an open SELECT would keep reading the records as they were. */
static int forget_all(const poterne_verifier *verifier, sqlite3 *table)
{
    char **accounts = NULL;
    int count = 0, columns = 0, done = 0;
    if (sqlite3_get_table(table, "SELECT account FROM poterne", &accounts, &count, &columns, NULL) != SQLITE_OK)
        return say(POTERNE_E_STORE, 0);
    /* The first row of the result is the column's name. */
    for (int row = 1; row <= count; row++) {
        int32_t status = change(verifier, table, accounts[row], forget);
        if (status == POTERNE_CHANGED) {
            done++;
        } else {
            printf("%s\n", accounts[row]);
            (void)say(status, 0);
        }
    }
    sqlite3_free_table(accounts);
    printf("forgotten: %d of %d records\n", done, count);
    return done == count ? DONE : FAILED;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        poterne_make_fn what;
    } changes[] = {{"unlock", unlock}, {"lost", lost}, {"resume", resume}};
    const size_t number = sizeof changes / sizeof *changes;
    size_t i = 0;
    while (argc == 5 && i < number && strcmp(argv[3], changes[i].name) != 0)
        i++;
    int is_forget = argc == 4 && strcmp(argv[3], "forget") == 0;
    int is_inspect = argc == 5 && strcmp(argv[3], "inspect") == 0;
    if (!is_forget && !is_inspect && (argc != 5 || i == number)) {
        fprintf(stderr,
                "usage: %s DATABASE KEYS forget | inspect ACCOUNT | unlock ACCOUNT | lost ACCOUNT | resume ACCOUNT\n",
                argv[0]);
        return FAILED;
    }
    int code = FAILED;
    sqlite3 *table = open_table(argv[1]);
    poterne_verifier *verifier = open_verifier(argv[2]);
    if (table && verifier)
        code = is_forget    ? forget_all(verifier, table)
               : is_inspect ? inspect(verifier, table, argv[4])
                            : say(change(verifier, table, argv[4], changes[i].what), 0);
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return code;
}
