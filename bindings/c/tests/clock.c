/* POTERNE_NOW is the system's clock, whatever it says.
 *
 *     clock SECONDS
 *
 * SECONDS are Unix seconds that the system's clock should say: the code of that time is submitted, and what comes of it is
 * printed by its name. */
#include <poterne.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNT "agent"

int main(int argc, char **argv)
{
    const uint8_t secret[] = "12345678901234567890";
    char record[POTERNE_RECORD_MAX], code[9], name[64];
    uint64_t step = 0;
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    poterne_parameters parameters = POTERNE_PARAMETERS_INIT;
    if (argc != 2) {
        fprintf(stderr, "usage: %s SECONDS\n", argv[0]);
        return 2;
    }
    int64_t expected = strtoll(argv[1], NULL, 10);
    if (poterne_keyring_generate(1, &keyring) != POTERNE_OK
        || poterne_verifier_new(POTERNE_ABI, keyring, "clock", 5, &verifier) != POTERNE_OK
        || poterne_import(verifier, ACCOUNT, strlen(ACCOUNT), &parameters, secret, sizeof secret - 1, NULL, expected, record,
                          sizeof record, NULL)
               != POTERNE_OK
        || poterne_time_step(&parameters, expected, &step) != POTERNE_OK
        || poterne_otp(&parameters, secret, sizeof secret - 1, step, code, sizeof code, NULL) != POTERNE_OK) {
        fprintf(stderr, "clock: no credential\n");
        return 2;
    }
    int32_t status = poterne_verify(verifier, record, strlen(record), ACCOUNT, strlen(ACCOUNT), code, strlen(code),
                                    POTERNE_NOW, &attempt);
    if (status == POTERNE_STORE)
        status = poterne_outcome(&attempt, 1, NULL);
    if (poterne_status_name(status, name, sizeof name, NULL) != POTERNE_OK)
        return 2;
    puts(name);
    poterne_verifier_free(verifier);
    poterne_keyring_free(keyring);
    return 0;
}
