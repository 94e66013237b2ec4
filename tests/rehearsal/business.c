/* A line-of-business application over libpoterne and libpq: reads `account<tab>code<tab>second` lines, answers each with a status.
 *
 *     business CONNINFO KEYS [careless|deaf] */
#include "postgresql.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct postgresql *database = postgresql_open(argv[1]);
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;
    if (database == NULL || poterne_keyring_open(argv[2], POTERNE_NUL, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "engines", POTERNE_NUL, &verifier) != POTERNE_OK
        || poterne_verifier_set(verifier, POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN, 1) != POTERNE_OK) {
        fprintf(stderr, "business: no connection or no keyring\n");
        return 2;
    }
    poterne_keyring_free(keyring);
    poterne_store store = POTERNE_STORE_INIT;
    store.arg = database;
    store.load = postgresql_load;
    store.swap = argc > 3 && strcmp(argv[3], "careless") == 0 ? postgresql_naive_swap : postgresql_swap;
    database->is_deaf = argc > 3 && strcmp(argv[3], "deaf") == 0;
    char line[512], account[256], code[64], name[64];
    long long now;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "%255[^\t]\t%63[^\t]\t%lld", account, code, &now) != 3)
            return 2;
        poterne_result said = POTERNE_RESULT_INIT;
        int32_t status = poterne_login(verifier, &store, account, POTERNE_NUL, code, POTERNE_NUL, now, &said);
        const char *method = said.method == POTERNE_METHOD_OTP             ? "accepted.otp"
                             : said.method == POTERNE_METHOD_RECOVERY_CODE ? "accepted.recovery_code"
                                                                           : "accepted.temporary_code";
        if (poterne_status_name(status, name, sizeof name, NULL) != POTERNE_OK)
            (void)snprintf(name, sizeof name, "%d", (int)status);
        printf("%s\n", status == POTERNE_OK ? method : name);
        fflush(stdout);
    }
    poterne_verifier_free(verifier);
    postgresql_close(database);
    return 0;
}
