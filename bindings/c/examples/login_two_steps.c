/* A login without callbacks: poterne_verify gives the record to store, and poterne_outcome returns the verdict. Use it from COBOL,
 * PL/SQL, WinDev and every language that cannot pass a function to C.
 *
 *     login_two_steps DATABASE KEYS ACCOUNT CODE
 *
 * Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well. */
#include "application.h"

#include <stdio.h>

/* Load, verify, swap, outcome. */
static int32_t try_once(const poterne_verifier *verifier, sqlite3 *table, const char *account, const char *submitted,
                        poterne_result *result)
{
    char record[POTERNE_RECORD_MAX] = "";
    int64_t rows = 0;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;

    /* An account without a row is an empty record: the library takes the same time to refuse it. */
    if (load_record(table, account, record) < 0)
        return POTERNE_E_STORE;
    int32_t status = poterne_verify(verifier, record, POTERNE_NUL, account, POTERNE_NUL, submitted, POTERNE_NUL, POTERNE_NOW,
                                    &attempt);
    /* Store the new record, whatever the verdict will be: it may count a failure. */
    if (status == POTERNE_STORE && swap_record(table, account, record, attempt.record, &rows) < 0)
        status = POTERNE_E_STORE;
    /* Below 0 there is no verdict to ask for. */
    if (status > 0)
        status = poterne_outcome(&attempt, rows, result);
    poterne_wipe(&attempt, sizeof attempt);
    return status;
}

static int login(const poterne_verifier *verifier, sqlite3 *table, const char *account, const char *submitted)
{
    poterne_result result = POTERNE_RESULT_INIT;
    int32_t status = POTERNE_REFUSED_CONFLICT;
    /* Somebody else stored a record in the meantime: start again, at most three times. */
    for (int tries = 0; tries < 3 && status == POTERNE_REFUSED_CONFLICT; tries++)
        status = try_once(verifier, table, account, submitted, &result);
    if (status == POTERNE_OK)
        printf("accepted: method %u, %u recovery codes left\n", (unsigned)result.method,
               (unsigned)result.recovery_codes_left);
    return say(status, (int64_t)result.wait_seconds);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s DATABASE KEYS ACCOUNT CODE\n", argv[0]);
        return FAILED;
    }
    int code = FAILED;
    sqlite3 *table = open_table(argv[1]);
    poterne_verifier *verifier = open_verifier(argv[2]);
    if (table && verifier)
        code = login(verifier, table, argv[3], argv[4]);
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return code;
}
