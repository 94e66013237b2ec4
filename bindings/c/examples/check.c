/* Checks the table's callbacks when the program starts: no login would notice the faults of a careless swap.
 *
 *     check DATABASE KEYS ACCOUNT
 *
 * ACCOUNT is an account kept for this check, with a revoked record, or any account that has a record.
 * Exits with 0: the store is right. 1: others kept writing the record, check again. 2: let nobody in. */
#include "application.h"

#include <stdio.h>

/* The operator's next step, as poterne.h says for each status. */
static const char *next_step(int32_t status)
{
    switch (status) {
    case POTERNE_OK:
        return "The store is right.";
    case POTERNE_REFUSED_CONFLICT:
        return "Others kept writing this record. Check again.";
    case POTERNE_E_ROWS:
        return "Let nobody in, and correct the swap: it does not compare, does not write, does not commit, or reports 0 rows for what it "
               "wrote.";
    case POTERNE_E_STATE:
        return "The account has no record. Name an account that has one.";
    case POTERNE_E_RECORD:
        return "Check that the column does not cut the record, and that this is the keyring of the application.";
    case POTERNE_E_STORE:
        return "Check that the database is available. If it is, check the callbacks: an INSERT for an account that has a record "
               "must return 0 rows, not an error.";
    default:
        return "Let nobody in until this is corrected.";
    }
}

/* For the operator, never for a user of the application. */
static int report(int32_t status)
{
    char text[256];
    journal(status);
    if (poterne_message(status, 0, "en", POTERNE_NUL, text, sizeof text, NULL) == POTERNE_OK)
        printf("%s\n", text);
    printf("next: %s\n", next_step(status));
    return status == POTERNE_OK ? DONE : status > 0 ? REFUSED : FAILED;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s DATABASE KEYS ACCOUNT\n", argv[0]);
        return FAILED;
    }
    int code = FAILED;
    /* Two connections: the second does not see what the first has not committed. */
    sqlite3 *table = open_table(argv[1]), *other = open_table(argv[1]);
    poterne_verifier *verifier = open_verifier(argv[2]);
    if (table && other && verifier) {
        const poterne_store store = store_on(table), second = store_on(other);
        code = report(poterne_check_store(verifier, &store, &second, argv[3], POTERNE_NUL));
    }
    poterne_verifier_free(verifier);
    sqlite3_close(other);
    sqlite3_close(table);
    return code;
}
