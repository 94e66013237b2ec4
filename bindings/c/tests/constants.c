/* Every number of the header, as the library itself has it. `constants.inc` is made of the header by tests/linking. */
#include <poterne.h>

#include <stdio.h>
#include <string.h>

struct named {
    const char *name;
    long long value;
};

struct option {
    const char *name;
    int32_t number;
    long long low, high, fallback;
};

static const struct named statuses[] = {
#define STATUS(name, value) {name, value},
#define OPTION(name, number, low, high, fallback)
#include "constants.inc"
#undef STATUS
#undef OPTION
};

static const struct option options[] = {
#define STATUS(name, value)
#define OPTION(name, number, low, high, fallback) {name, number, low, high, fallback},
#include "constants.inc"
#undef STATUS
#undef OPTION
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int faults;

static void check(int is_right, const char *what, long long value)
{
    if (!is_right) {
        fprintf(stderr, "%s: %lld\n", what, value);
        faults++;
    }
}

static poterne_inspection inspect(const poterne_verifier *verifier, const char *record)
{
    poterne_inspection seen = POTERNE_INSPECTION_INIT;
    check(poterne_inspect(verifier, record, strlen(record), "a", 1, 1000000000, &seen) == POTERNE_OK, "inspect", 0);
    return seen;
}

/* The structures' constants, through a record that says what it was made of. */
static void parameters(const poterne_verifier *verifier, uint32_t authenticator, uint32_t factor, uint32_t algorithm,
                       uint32_t digits, uint32_t state)
{
    char record[POTERNE_RECORD_MAX];
    size_t len = 0;
    poterne_parameters given = POTERNE_PARAMETERS_INIT;
    poterne_existing_credential history = POTERNE_EXISTING_CREDENTIAL_INIT;
    given.authenticator = authenticator;
    given.moving_factor = factor;
    given.algorithm = algorithm;
    given.digits = digits;
    history.state = state;
    int32_t status = poterne_import(verifier, "a", 1, &given, (const uint8_t *)"12345678901234567890", 20, &history,
                                    1000000000, record, sizeof record, &len);
    check(status == POTERNE_OK, "import", status);
    check(len == 504 && strlen(record) == 504 && len < POTERNE_RECORD_MAX, "the length of a record", (long long)len);
    poterne_inspection seen = inspect(verifier, record);
    check(seen.authenticator == authenticator && seen.moving_factor == factor && seen.algorithm == algorithm
              && seen.digits == digits && seen.state == state,
          "a record does not say what it was made of; its algorithm", seen.algorithm);
}

int main(void)
{
    char name[64];
    size_t len = 0, known = 0;
    poterne_keyring *keyring = NULL;
    poterne_verifier *verifier = NULL;

    check(poterne_abi() == POTERNE_ABI, "POTERNE_ABI", poterne_abi());

    /* Both ways: each macro has its name, and no number has a name without a macro. */
    for (size_t i = 0; i < COUNT(statuses); i++) {
        int32_t status = poterne_status_name((int32_t)statuses[i].value, name, sizeof name, &len);
        check(status == POTERNE_OK && len == strlen(name) && strcmp(name, statuses[i].name) == 0, statuses[i].name,
              statuses[i].value);
    }
    for (int32_t number = -100000; number <= 100000; number++)
        known += poterne_status_name(number, name, sizeof name, NULL) == POTERNE_OK;
    check(known == COUNT(statuses), "the library and the header have as many statuses, but the library has",
          (long long)known);

    check(poterne_keyring_generate(1, &keyring) == POTERNE_OK, "keyring", 0);
    check(poterne_verifier_new(POTERNE_ABI + 1, keyring, "constants", 9, &verifier) == POTERNE_E_VERSION && !verifier,
          "another ABI is accepted", POTERNE_ABI + 1);
    check(poterne_verifier_new(POTERNE_ABI, keyring, "constants", 9, &verifier) == POTERNE_OK, "verifier", 0);

    /* Default and bounds are those of the comment. */
    for (size_t i = 0; i < COUNT(options); i++) {
        const struct option *o = &options[i];
        int64_t value = -1;
        check(poterne_verifier_get(verifier, o->number, &value) == POTERNE_OK && value == o->fallback, o->name, value);
        check(poterne_verifier_set(verifier, o->number, o->low) == POTERNE_OK, o->name, o->low);
        check(poterne_verifier_set(verifier, o->number, o->high) == POTERNE_OK, o->name, o->high);
        check(poterne_verifier_get(verifier, o->number, &value) == POTERNE_OK && value == o->high, o->name, value);
        check(poterne_verifier_set(verifier, o->number, o->low - 1) == POTERNE_E_ARGUMENT, o->name, o->low - 1);
        check(poterne_verifier_set(verifier, o->number, o->high + 1) == POTERNE_E_ARGUMENT, o->name, o->high + 1);
        check(poterne_verifier_set(verifier, o->number, o->fallback) == POTERNE_OK, o->name, o->fallback);
    }
    int64_t value = 0;
    check(poterne_verifier_get(verifier, (int32_t)COUNT(options) + 1, &value) == POTERNE_E_ARGUMENT,
          "an option that the header does not have", (long long)COUNT(options) + 1);

    parameters(verifier, POTERNE_APP, POTERNE_TIME, POTERNE_SHA1, 6, POTERNE_STATE_PENDING);
    parameters(verifier, POTERNE_APP, POTERNE_TIME, POTERNE_SHA256, 8, POTERNE_STATE_ACTIVE);
    parameters(verifier, POTERNE_TOKEN, POTERNE_TIME, POTERNE_SHA512, 7, POTERNE_STATE_SUSPENDED);
    parameters(verifier, POTERNE_TOKEN, POTERNE_COUNTER, POTERNE_SHA1, 6, POTERNE_STATE_ACTIVE);

    poterne_verifier_free(verifier);
    poterne_keyring_free(keyring);
    if (faults)
        return 1;
    printf("%zu statuses, %zu options\n", COUNT(statuses), COUNT(options));
    return 0;
}
