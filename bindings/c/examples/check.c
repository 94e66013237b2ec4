/* Checks the table's callbacks when the program starts: what a careless swap forgets, no login would notice.
 *
 *     check DATABASE KEYS ACCOUNT
 *
 * ACCOUNT is one that is kept for this, with a revoked record, or any that has a record.
 * Exits with 0: the store is right. 1: others wrote the record all the time, check again. 2: let nobody in. */
#include "application.h"

#include <stdio.h>

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
        code = say(poterne_check_store(verifier, &store, &second, argv[3], POTERNE_NUL), 0);
    }
    poterne_verifier_free(verifier);
    sqlite3_close(other);
    sqlite3_close(table);
    return code;
}
