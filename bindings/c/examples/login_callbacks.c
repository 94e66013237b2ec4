/* A login with poterne_login, which calls the callbacks of the application's table.
 *
 *     login_callbacks DATABASE KEYS ACCOUNT CODE
 *
 * Exits with 0: let the user in, if the password is right too. 1: refused. 2: failed; refuse as well. */
#include "application.h"

#include <stdio.h>

static int login(const poterne_verifier *verifier, sqlite3 *table, const char *account, const char *submitted)
{
    const poterne_store store = store_on(table);
    poterne_result result = POTERNE_RESULT_INIT;
    int32_t status = poterne_login(verifier, &store, account, POTERNE_NUL, submitted, POTERNE_NUL, POTERNE_NOW, &result);
    if (status == POTERNE_OK) {
        const char *method = result.method == POTERNE_METHOD_OTP             ? "one-time password"
                             : result.method == POTERNE_METHOD_RECOVERY_CODE ? "recovery code"
                                                                             : "temporary code";
        printf("accepted: %s, %u refused attempts before, %u recovery codes left\n", method,
               (unsigned)result.failures_before, (unsigned)result.recovery_codes_left);
    }
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
