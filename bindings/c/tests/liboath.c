/* poterne and liboath agree on random cases: HOTP, TOTP, and the position at which a code is found in a window.
 *
 *     liboath SEED CASES */
#include <poterne.h>

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

/* splitmix64: the same cases from the same seed, everywhere. */
static uint64_t next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t below(uint64_t bound)
{
    return next() % bound;
}

struct one {
    poterne_parameters parameters;
    char secret[64];
    size_t secret_len;
};

static void differ(const struct one *one, const char *what, const char *theirs, const char *ours, uint64_t factor)
{
    fprintf(stderr, "%s: liboath %s, poterne %s; algorithm %u, %u digits, moving factor %llu, secret ", what, theirs, ours,
            (unsigned)one->parameters.algorithm, (unsigned)one->parameters.digits, (unsigned long long)factor);
    for (size_t i = 0; i < one->secret_len; i++)
        fprintf(stderr, "%02x", (unsigned)(uint8_t)one->secret[i]);
    fprintf(stderr, "\n");
    exit(1);
}

static struct one any(uint32_t algorithm)
{
    struct one one;
    memset(&one, 0, sizeof one);
    one.parameters.struct_size = sizeof one.parameters;
    one.parameters.algorithm = algorithm;
    one.parameters.digits = 6 + (uint32_t)below(3);
    one.secret_len = 1 + below(64);
    for (size_t i = 0; i < one.secret_len; i++)
        one.secret[i] = (char)next();
    return one;
}

/* A factor of any length, small ones as often as large ones. */
static uint64_t any_factor(void)
{
    return (next() >> below(64)) & INT64_MAX;
}

static void ours_of(const struct one *one, uint64_t factor, char *otp, size_t cap)
{
    int32_t status = poterne_otp(&one->parameters, (const uint8_t *)one->secret, one->secret_len, factor, otp, cap, NULL);
    if (status != POTERNE_OK)
        differ(one, "otp", "-", "failed", factor);
}

static void hotp(void)
{
    struct one one = any(POTERNE_SHA1);
    uint64_t factor = any_factor();
    char theirs[16] = "failed", ours[16];
    if (oath_hotp_generate(one.secret, one.secret_len, factor, one.parameters.digits, 0, OATH_HOTP_DYNAMIC_TRUNCATION,
                           theirs)
        != OATH_OK)
        differ(&one, "hotp", "failed", "-", factor);
    ours_of(&one, factor, ours, sizeof ours);
    if (strcmp(theirs, ours) != 0)
        differ(&one, "hotp", theirs, ours, factor);
}

static void totp(void)
{
    static const int flags[] = {0, 0, OATH_TOTP_HMAC_SHA256, OATH_TOTP_HMAC_SHA512};
    struct one one = any(1 + (uint32_t)below(3));
    char theirs[16], ours[16];
    uint64_t step = 0;
    /* Up to the year 9999, the library's last. */
    int64_t now = (int64_t)below(253402300800);
    one.parameters.t0 = below(2) ? 0 : below((uint64_t)now + 1);
    one.parameters.time_step = below(2) ? 30 : 1 + (uint32_t)below(86400);
    if (oath_totp_generate2(one.secret, one.secret_len, (time_t)now, one.parameters.time_step, (time_t)one.parameters.t0,
                            one.parameters.digits, flags[one.parameters.algorithm], theirs)
        != OATH_OK)
        differ(&one, "totp", "failed", "-", (uint64_t)now);
    if (poterne_time_step(&one.parameters, now, &step) != POTERNE_OK)
        differ(&one, "time step", theirs, "failed", (uint64_t)now);
    ours_of(&one, step, ours, sizeof ours);
    if (strcmp(theirs, ours) != 0)
        differ(&one, "totp", theirs, ours, step);
}

/* Gives 1 if the code was found. */
static int validate(void)
{
    struct one one = any(POTERNE_SHA1);
    uint64_t start = any_factor(), window = below(50), found = 0;
    char typed[16], theirs[32], ours[32];
    /* Around the window: also just before, just behind, and mistyped. */
    uint64_t at = start + below(window + 6) - (start > 2 ? 2 : 0);
    ours_of(&one, at, typed, sizeof typed);
    if (below(4) == 0)
        typed[below(one.parameters.digits)] = (char)('0' + below(10));
    int position = oath_hotp_validate(one.secret, one.secret_len, start, window, typed);
    int32_t status = poterne_match(&one.parameters, (const uint8_t *)one.secret, one.secret_len, typed, strlen(typed), start,
                                   start + window, POTERNE_NO_WATERMARK, &found);
    snprintf(theirs, sizeof theirs, "%d", position);
    snprintf(ours, sizeof ours, "%d", status == POTERNE_OK ? (int)(found - start) : OATH_INVALID_OTP);
    if ((status != POTERNE_OK && status != POTERNE_NOT_FOUND) || strcmp(theirs, ours) != 0)
        differ(&one, "validate", theirs, ours, start);
    return status == POTERNE_OK;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s SEED CASES\n", argv[0]);
        return 2;
    }
    state = strtoull(argv[1], NULL, 10);
    long cases = strtol(argv[2], NULL, 10), kinds[3] = {0}, found = 0;
    if (cases < 100 || oath_init() != OATH_OK) {
        fprintf(stderr, "liboath: at least 100 cases\n");
        return 2;
    }
    for (long i = 0; i < cases; i++) {
        int kind = (int)below(3);
        kinds[kind]++;
        if (kind == 0)
            hotp();
        else if (kind == 1)
            totp();
        else
            found += validate();
    }
    oath_done();
    /* Both answers must have been there. */
    if (found == 0 || found == kinds[2]) {
        fprintf(stderr, "liboath: the validations have all one answer\n");
        return 1;
    }
    printf("liboath %s: %ld cases of seed %s agree: %ld HOTP, %ld TOTP, %ld validations (%ld found, %ld not)\n",
           oath_check_version(NULL), cases, argv[1], kinds[0], kinds[1], kinds[2], found, kinds[2] - found);
    return 0;
}
