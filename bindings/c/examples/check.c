/* Checks the table's callbacks when the program starts: what a careless swap forgets, no login would notice.
 *
 *     check DATABASE KEYS ACCOUNT
 *
 * ACCOUNT is one that is kept for this, with a revoked record, or any that has a record.
 * Exits with 0: the store is right. 1: others wrote the record all the time, check again. 2: let nobody in. */
#include "application.h"

#include <stdio.h>

/* What the operator does next, as poterne.h says of each status. */
static const char *next_step(int32_t status)
{
    switch (status) {
    case POTERNE_OK:
        return "The store is right.";
    case POTERNE_REFUSED_CONFLICT:
        return "Others wrote this record all the time. Check again.";
    case POTERNE_E_ROWS:
        return "Let nobody in, and mend the swap: it does not compare, does not write, does not commit, or reports 0 rows for what it "
               "wrote.";
    case POTERNE_E_STATE:
        return "The account has no record. Name one that has.";
    case POTERNE_E_RECORD:
        return "Look whether the column cuts the record, and whether this is the keyring of the application.";
    case POTERNE_E_STORE:
        return "Look whether the database is there. If it is, look at what the callbacks return: an INSERT for an account that has a "
               "record is 0 rows, and no error.";
    default:
        return "Let nobody in until this is mended.";
    }
}

/* For the operator, and never for a user of the application. */
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
    /* Two connections: what the first has not committed, the second does not see. */
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
