/* Logins of one token, code after code, by the library that is installed.
 *
 *     logins DATABASE KEYS enroll          makes keyring, table and token
 *     logins DATABASE KEYS COUNTER         one login with the code of a counter
 *     logins DATABASE KEYS -               the same for each counter on standard input, in one process
 *
 * Prints a line for each login: the version of the library, and the status. */
#include "application.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const uint8_t secret[20] = "12345678901234567890";

static int enroll(const char *database, const char *keys)
{
    poterne_keyring *keyring = NULL;
    char text[16385], record[POTERNE_RECORD_MAX];
    if (poterne_keyring_generate(1, &keyring) || poterne_keyring_to_text(keyring, text, sizeof text, NULL))
        return FAILED;
    poterne_keyring_free(keyring);
    umask(077);
    FILE *file = fopen(keys, "w");
    if (!file || fputs(text, file) < 0 || fclose(file))
        return FAILED;
    sqlite3 *table = open_table(database);
    poterne_verifier *verifier = open_verifier(keys);
    poterne_parameters parameters = POTERNE_PARAMETERS_INIT;
    parameters.authenticator = POTERNE_TOKEN;
    parameters.moving_factor = POTERNE_COUNTER;
    int64_t rows = 0;
    if (!table || !verifier ||
        poterne_enroll_token(verifier, "a.martin", POTERNE_NUL, &parameters, secret, sizeof secret, POTERNE_NOW, record,
                             sizeof record, NULL) ||
        swap_record(table, "a.martin", NULL, record, &rows) || rows != 1)
        return FAILED;
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return DONE;
}

static void login(const poterne_verifier *verifier, sqlite3 *table, uint64_t counter)
{
    poterne_parameters parameters = POTERNE_PARAMETERS_INIT;
    parameters.authenticator = POTERNE_TOKEN;
    parameters.moving_factor = POTERNE_COUNTER;
    const poterne_store store = store_on(table);
    char code[16];
    int32_t status = poterne_otp(&parameters, secret, sizeof secret, counter, code, sizeof code, NULL);
    if (status == POTERNE_OK)
        status = poterne_login(verifier, &store, "a.martin", POTERNE_NUL, code, POTERNE_NUL, POTERNE_NOW, NULL);
    else
        status = POTERNE_E_INTERNAL;
    printf("%s %d\n", poterne_version(), (int)status);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return FAILED;
    if (!strcmp(argv[3], "enroll"))
        return enroll(argv[1], argv[2]);
    sqlite3 *table = open_table(argv[1]);
    poterne_verifier *verifier = open_verifier(argv[2]);
    if (!table || !verifier || poterne_verifier_set(verifier, POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN, 1))
        return FAILED;
    char line[32];
    if (strcmp(argv[3], "-"))
        login(verifier, table, strtoull(argv[3], NULL, 10));
    else
        while (fgets(line, sizeof line, stdin))
            login(verifier, table, strtoull(line, NULL, 10));
    poterne_verifier_free(verifier);
    sqlite3_close(table);
    return DONE;
}
