/*
 * Runs the vectors of tests/vectors through the C interface: vectors FILE ...
 *
 * Exit 0: all passed. 1: a case failed, or a file is not what tests/vectors/README.md describes.
 *
 * Every input is handed over in a block of exactly its size, so that a tool sees the first byte read behind it.
 */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poterne.h"

#ifdef COUNT_SEEN
#include "seen.h"
#endif

typedef struct {
    char *at;
    size_t len;
} text;

typedef struct {
    const char *key, *value;
} line;

typedef struct {
    const char *name;
    line *lines;
    size_t count;
} vector;

static const char *file_name, *case_name;
static jmp_buf next_case;

/* The file is wrong, or this program: nothing else of it can be trusted. */
static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s [%s]: ", file_name, case_name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    exit(1);
}

/* The case has failed. */
static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s [%s]: ", file_name, case_name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    longjmp(next_case, 1);
}

/* What a line or a case asks for and C cannot say; counted, and neither passed nor failed. */
static unsigned cases_skipped, steps_skipped;

static void skip(const char *why)
{
    printf("%s [%s]: not for C: %s\n", file_name, case_name, why);
    longjmp(next_case, 2);
}

/* The same of one line that changes nothing: the others of its case go on. */
static void skip_step(const char *why)
{
    printf("%s [%s]: not for C: %s (one step)\n", file_name, case_name, why);
    steps_skipped++;
}

/* Memory of one case. */
typedef union block {
    union block *next;
    long double align;
} block;

static block *blocks;

static void *keep(size_t size)
{
    block *new = malloc(sizeof(block) + size);
    if (new == NULL)
        die("out of memory");
    new->next = blocks;
    blocks = new;
    memset(new + 1, 0, size);
    return new + 1;
}

static void free_blocks(void)
{
    while (blocks != NULL) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

static text copy(const char *from, size_t len)
{
    text to;
    to.at = keep(len);
    to.len = len;
    if (len > 0)
        memcpy(to.at, from, len);
    return to;
}

static char *string(const char *from, size_t len)
{
    char *to = keep(len + 1);
    memcpy(to, from, len);
    return to;
}

static int same(text a, text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static int begins(const char *value, const char *with)
{
    return strncmp(value, with, strlen(with)) == 0;
}

static int hex_digit(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = digit == 0 ? NULL : strchr(digits, digit);
    if (at == NULL)
        die("%c is no hexadecimal digit", digit);
    return (int)(at - digits);
}

/* A text as it stands, or hex:... */
static text bytes(const char *value)
{
    if (!begins(value, "hex:"))
        return copy(value, strlen(value));
    value += 4;
    size_t len = strlen(value);
    if (len % 2 != 0)
        die("%s has half a byte", value);
    text to = copy(NULL, 0);
    to.at = keep(len / 2);
    to.len = len / 2;
    for (size_t i = 0; i < to.len; i++)
        to.at[i] = (char)(hex_digit(value[2 * i]) << 4 | hex_digit(value[2 * i + 1]));
    return to;
}

static uint64_t number(const char *value)
{
    uint64_t sum = 0;
    if (*value == 0)
        die("a number is missing");
    for (const char *at = value; *at != 0; at++) {
        if (*at < '0' || *at > '9' || sum > (UINT64_MAX - (uint64_t)(*at - '0')) / 10)
            die("%s is no number", value);
        sum = sum * 10 + (uint64_t)(*at - '0');
    }
    return sum;
}

static uint32_t small(const char *value)
{
    uint64_t result = number(value);
    if (result > UINT32_MAX)
        die("%s is too large", value);
    return (uint32_t)result;
}

static int64_t whole(const char *value)
{
    uint64_t size = number(*value == '-' ? value + 1 : value);
    if (size > INT64_MAX)
        die("%s is too large", value);
    return *value == '-' ? -(int64_t)size : (int64_t)size;
}

/* Splits at single spaces; fails if there are more than `max` words. */
static size_t split(const char *value, const char **words, size_t max)
{
    size_t count = 0;
    while (*value != 0) {
        size_t len = strcspn(value, " ");
        if (len == 0 || count == max)
            die("words are not apart by one space, or too many: %s", value);
        words[count++] = string(value, len);
        value += len;
        if (*value == ' ' && *++value == 0)
            die("a space at the end of the line");
    }
    return count;
}

/* KEY=VALUE: gives VALUE, and cuts KEY. */
static const char *pair(const char *word, const char **key)
{
    const char *sign = strchr(word, '=');
    if (sign == NULL)
        die("%s is not KEY=VALUE", word);
    *key = string(word, (size_t)(sign - word));
    return sign + 1;
}

static const char *status_name(int32_t status)
{
    char name[64];
    size_t len;
    if (poterne_status_name(status, name, sizeof name, &len) != POTERNE_OK)
        fail("status %" PRId32 " has no name", status);
    if (strlen(name) != len)
        fail("the name of status %" PRId32 " is not %zu characters long", status, len);
    return string(name, len);
}

/* The only or absent value of a key. */
static const char *one_or_none(const vector *vector, const char *key)
{
    const char *found = NULL;
    for (size_t i = 0; i < vector->count; i++)
        if (strcmp(vector->lines[i].key, key) == 0) {
            if (found != NULL)
                die("%s twice", key);
            found = vector->lines[i].value;
        }
    return found;
}

static const char *one(const vector *vector, const char *key)
{
    const char *found = one_or_none(vector, key);
    if (found == NULL)
        die("no %s", key);
    return found;
}

static text one_text(const vector *vector, const char *key)
{
    return bytes(one(vector, key));
}

static uint32_t algorithm(const char *name)
{
    if (strcmp(name, "SHA1") == 0)
        return POTERNE_SHA1;
    if (strcmp(name, "SHA256") == 0)
        return POTERNE_SHA256;
    if (strcmp(name, "SHA512") != 0)
        die("unknown algorithm %s", name);
    return POTERNE_SHA512;
}

static poterne_parameters empty_parameters(void)
{
    poterne_parameters parameters;
    memset(&parameters, 0, sizeof parameters);
    parameters.struct_size = sizeof parameters;
    return parameters;
}

static poterne_parameters bare_parameters(const vector *vector)
{
    poterne_parameters parameters = empty_parameters();
    parameters.algorithm = algorithm(one(vector, "algorithm"));
    parameters.digits = small(one(vector, "digits"));
    return parameters;
}

static void is_status(int32_t status, int32_t expected)
{
    if (status != expected)
        fail("status %s, not %s", status_name(status), status_name(expected));
}

static int has_high_byte(text input)
{
    for (size_t i = 0; i < input.len; i++)
        if ((unsigned char)input.at[i] >= 0x80)
            return 1;
    return 0;
}

/* Whether the call is done; if the case names an error, it must be that one. `input` may be no UTF-8, which other languages
 * cannot even hand over and the vectors call by the kind of the whole call. */
static int is_done(const vector *vector, int32_t status, text input)
{
    const char *error = one_or_none(vector, "error");
    if (error == NULL) {
        is_status(status, POTERNE_OK);
        return 1;
    }
    if (status == POTERNE_E_UTF8 && has_high_byte(input))
        return 0;
    if (status >= 0 || strcmp(status_name(status) + strlen("error."), error) != 0)
        fail("status %s, not error.%s", status_name(status), error);
    return 0;
}

static const text no_text = {NULL, 0};

#define BYTES(text) (const uint8_t *)(text).at, (text).len
#define TEXT(text) (text).at, (text).len

/* ---- The bare layer ---- */

static void hotp(const vector *vector)
{
    poterne_parameters parameters = bare_parameters(vector);
    text secret = one_text(vector, "secret");
    uint64_t counter = number(one(vector, "counter")), found;
    const char *otp = one(vector, "otp");
    char *out = keep(strlen(otp) + 1);
    size_t len;
    is_status(poterne_otp(&parameters, BYTES(secret), counter, out, strlen(otp) + 1, &len), POTERNE_OK);
    if (len != strlen(otp) || strcmp(out, otp) != 0)
        fail("the code is %s, not %s", out, otp);
    text typed = copy(otp, len);
    is_status(poterne_match(&parameters, BYTES(secret), TEXT(typed), counter, counter, POTERNE_NO_WATERMARK, &found),
              POTERNE_OK);
    if (found != counter)
        fail("the code is found at %" PRIu64, found);
}

static void totp(const vector *vector)
{
    poterne_parameters parameters = bare_parameters(vector);
    text secret = one_text(vector, "secret");
    parameters.time_step = small(one(vector, "time_step"));
    parameters.t0 = number(one(vector, "t0"));
    int64_t now = whole(one(vector, "time"));
    if (parameters.time_step == 0)
        skip("a time step of 0 is the default");
    uint64_t step;
    char out[9];
    size_t len;
    int32_t status = poterne_time_step(&parameters, now, &step);
    if (status == POTERNE_OK)
        status = poterne_otp(&parameters, BYTES(secret), step, out, sizeof out, &len);
    if (is_done(vector, status, no_text) && strcmp(out, one(vector, "otp")) != 0)
        fail("the code is %s", out);
}

static const char application[] = "vectors";
static const char first_account[] = "a.martin";

static poterne_verifier *new_verifier(const poterne_keyring *keyring, text name)
{
    poterne_verifier *verifier;
    is_status(poterne_verifier_new(POTERNE_ABI, keyring, TEXT(name), &verifier), POTERNE_OK);
    return verifier;
}

static poterne_keyring *keyring_of_case;
static poterne_verifier *verifier_of_case;

static void begin_verifier(void)
{
    is_status(poterne_keyring_generate(20261121, &keyring_of_case), POTERNE_OK);
    verifier_of_case = new_verifier(keyring_of_case, copy(application, strlen(application)));
}

static void end_verifier(void)
{
    poterne_keyring_free(keyring_of_case);
    poterne_verifier_free(verifier_of_case);
    keyring_of_case = NULL;
    verifier_of_case = NULL;
}

static void set(int32_t option, int64_t value)
{
    is_status(poterne_verifier_set(verifier_of_case, option, value), POTERNE_OK);
}

/* The otpauth URI of a secret, which C reaches through a pending record. */
static int32_t build_uri(const poterne_parameters *parameters, text secret, int64_t incompatible, text issuer, text label,
                         char *out, size_t cap, size_t *len)
{
    char record[POTERNE_RECORD_MAX];
    size_t record_len;
    text account = copy(first_account, strlen(first_account));
    poterne_existing_credential imported;
    memset(&imported, 0, sizeof imported);
    imported.struct_size = sizeof imported;
    begin_verifier();
    set(POTERNE_OPTION_ALLOW_SHORT_SECRET, 1);
    set(POTERNE_OPTION_ALLOW_INCOMPATIBLE, 1);
    is_status(poterne_import(verifier_of_case, TEXT(account), parameters, BYTES(secret), &imported, 1700000000, record,
                             sizeof record, &record_len),
              POTERNE_OK);
    set(POTERNE_OPTION_ALLOW_INCOMPATIBLE, incompatible);
    text pending = copy(record, record_len);
    const poterne_uri_names names = {sizeof names, 0, TEXT(issuer), TEXT(label)};
    return poterne_otpauth_uri(verifier_of_case, TEXT(pending), TEXT(account), &names, 1700000000, out, cap, len);
}

typedef int32_t decoder(const char *at, size_t text_len, uint8_t *out, size_t cap, size_t *len);

static void decode(decoder *decoder, text input, text expected)
{
    uint8_t *out = keep(expected.len + 1);
    size_t len;
    is_status(decoder(TEXT(input), out, expected.len + 1, &len), POTERNE_OK);
    if (!same(expected, copy((char *)out, len)))
        fail("other bytes");
}

static void secret_text(const vector *vector, decoder *decoder)
{
    text input = one_text(vector, "text");
    uint8_t out[1025];
    size_t len;
    if (!is_done(vector, decoder(TEXT(input), out, sizeof out, &len), input))
        return;
    text secret = one_text(vector, "secret"), canonical = one_text(vector, "canonical");
    decode(decoder, input, secret);
    decode(poterne_base32_decode, canonical, secret);
    /* C prints base32 in a URI only, and only of a secret that a record can hold. */
    if (secret.len < 10 || secret.len > 64)
        return;
    char uri[POTERNE_URI_MAX];
    poterne_parameters parameters = empty_parameters();
    is_status(build_uri(&parameters, secret, 1, copy("i", 1), copy("l", 1), uri, sizeof uri, &len), POTERNE_OK);
    const char *printed = strstr(uri, "?secret=");
    if (printed == NULL || strcspn(printed + 8, "&") != canonical.len
        || memcmp(printed + 8, canonical.at, canonical.len) != 0)
        fail("printed otherwise: %s", uri);
}

static void base32(const vector *vector)
{
    secret_text(vector, poterne_base32_decode);
}

static void hex(const vector *vector)
{
    secret_text(vector, poterne_hex_decode);
}

static void match(const vector *vector)
{
    poterne_parameters parameters = bare_parameters(vector);
    text secret = one_text(vector, "secret"), typed = one_text(vector, "submitted");
    const char *candidates[2], *watermark = one(vector, "watermark");
    if (split(one(vector, "candidates"), candidates, 2) != 2)
        die("candidates are two numbers");
    uint64_t found, least = strcmp(watermark, "none") == 0 ? POTERNE_NO_WATERMARK : number(watermark);
    if (least == POTERNE_NO_WATERMARK && strcmp(watermark, "none") != 0)
        skip("a watermark of 2^64 - 1 is none");
    int32_t status = poterne_match(&parameters, BYTES(secret), TEXT(typed), number(candidates[0]), number(candidates[1]),
                                   least, &found);
    if (status != POTERNE_OK && found != 0)
        fail("a factor without a match");
    char actual[64];
    const char *name = status_name(status);
    if (status == POTERNE_OK)
        sprintf(actual, "found %" PRIu64, found);
    else if (status == POTERNE_NOT_FOUND)
        strcpy(actual, "not_found");
    else if (status > 0)
        strcpy(actual, name + strlen("refused."));
    else
        sprintf(actual, "error %s", name + strlen("error."));
    if (strcmp(actual, one(vector, "match")) != 0)
        fail("%s, not %s", actual, one(vector, "match"));
}

static void split_field(const vector *vector)
{
    text field = one_text(vector, "field"), password = one_text(vector, "password");
    uint32_t digits = small(one(vector, "digits"));
    size_t password_len;
    int32_t status = poterne_split(TEXT(field), digits, &password_len);
    if (password_len > field.len || !same(password, copy(field.at, password_len)))
        fail("another password, of %zu bytes", password_len);
    if (strcmp(one(vector, "code"), "none") == 0) {
        is_status(status, POTERNE_REFUSED_MALFORMED);
        return;
    }
    is_status(status, POTERNE_OK);
    if (!same(one_text(vector, "code"), copy(field.at + password_len, field.len - password_len)))
        fail("another code");
}

static const struct {
    const char *name;
    uint32_t number;
} databases[] = {
    {"postgresql", POTERNE_DATABASE_POSTGRESQL}, {"mariadb", POTERNE_DATABASE_MARIADB},
    {"sqlite", POTERNE_DATABASE_SQLITE},         {"oracle", POTERNE_DATABASE_ORACLE},
    {"sqlserver", POTERNE_DATABASE_SQLSERVER},   {"db2", POTERNE_DATABASE_DB2},
    {"firebird", POTERNE_DATABASE_FIREBIRD},     {"h2", POTERNE_DATABASE_H2},
    {"hsqldb", POTERNE_DATABASE_HSQLDB},         {"derby", POTERNE_DATABASE_DERBY},
    {"other", POTERNE_DATABASE_OTHER},
};

/* `product` is for languages whose drivers tell the name of a product: C names its database by a number. */
static void conflicts(const vector *vector)
{
    const char *name = one(vector, "database"), *state = one(vector, "sqlstate"), *code = one(vector, "code");
    const char *conflict = one(vector, "conflict");
    size_t i = 0, count = sizeof databases / sizeof databases[0];
    while (i < count && strcmp(databases[i].name, name) != 0)
        i++;
    if (i == count)
        die("unknown database %s", name);
    if (strcmp(conflict, "yes") != 0 && strcmp(conflict, "no") != 0)
        die("conflict is yes or no");
    text sqlstate = strcmp(state, "none") == 0 ? no_text : bytes(state);
    int64_t number = strcmp(code, "none") == 0 ? 0 : whole(code);
    if (number < INT32_MIN || number > INT32_MAX)
        die("%s is too large", code);
    is_status(poterne_is_conflict(databases[i].number, TEXT(sqlstate), (int32_t)number),
              strcmp(conflict, "yes") == 0 ? POTERNE_REFUSED_CONFLICT : POTERNE_OK);
}

/* ---- Keyrings ---- */

static text keyring_text(const poterne_keyring *keyring)
{
    size_t len, again;
    is_status(poterne_keyring_to_text(keyring, NULL, 0, &len), POTERNE_E_BUFFER);
    char *out = keep(len + 1);
    is_status(poterne_keyring_to_text(keyring, out, len + 1, &again), POTERNE_OK);
    if (again != len || strlen(out) != len)
        fail("the text of the keyring is not as long as it says");
    return copy(out, len);
}

static void keyring(const vector *vector)
{
    size_t len = 0, at = 0;
    for (size_t i = 0; i < vector->count; i++)
        if (strcmp(vector->lines[i].key, "text") == 0)
            len += bytes(vector->lines[i].value).len + 1;
    if (len == 0)
        die("no text");
    text input;
    input.at = keep(len);
    input.len = len;
    for (size_t i = 0; i < vector->count; i++)
        if (strcmp(vector->lines[i].key, "text") == 0) {
            text part = bytes(vector->lines[i].value);
            memcpy(input.at + at, part.at, part.len);
            at += part.len;
            input.at[at++] = '\n';
        }
    int32_t status = poterne_keyring_parse(TEXT(input), &keyring_of_case);
    if ((status == POTERNE_OK) != (keyring_of_case != NULL))
        fail("a handle without success, or success without a handle");
    if (!is_done(vector, status, input))
        return;
    /* C reads the ids where they are printed. */
    text printed = keyring_text(keyring_of_case);
    const char *rest = string(printed.at, printed.len);
    uint64_t primary = 0, keys = 0;
    for (rest = strchr(rest, '\n') + 1; *rest != 0; rest = strchr(rest, '\n') + 1) {
        const char *words[4];
        size_t count = split(string(rest, strcspn(rest, "\n")), words, 4);
        keys++;
        if (count == 4 && strcmp(words[1], "primary") == 0)
            primary = number(words[0]);
    }
    if (primary != number(one(vector, "primary")) || keys != number(one(vector, "keys")))
        fail("%" PRIu64 " keys, and %" PRIu64 " is the primary", keys, primary);
    poterne_keyring_free(keyring_of_case);
    keyring_of_case = NULL;
    is_status(poterne_keyring_parse(TEXT(printed), &keyring_of_case), POTERNE_OK);
    if (!same(keyring_text(keyring_of_case), printed))
        fail("printed otherwise the second time");
}

/* ---- otpauth ---- */

static poterne_parameters parameters_of(const char *authenticator, const char *factor, const char *algorithm_name,
                                        const char *digits, const char *time_step, const char *t0)
{
    poterne_parameters parameters = empty_parameters();
    if (strcmp(authenticator, "app") == 0)
        parameters.authenticator = POTERNE_APP;
    else if (strcmp(authenticator, "token") == 0)
        parameters.authenticator = POTERNE_TOKEN;
    else
        die("unknown authenticator %s", authenticator);
    if (strcmp(factor, "counter") == 0) {
        parameters.moving_factor = POTERNE_COUNTER;
        if (strcmp(time_step, "-") != 0 || strcmp(t0, "-") != 0)
            die("a counter has no time");
    } else if (strcmp(factor, "time") == 0) {
        parameters.moving_factor = POTERNE_TIME;
        parameters.time_step = small(time_step);
        parameters.t0 = number(t0);
        if (parameters.time_step == 0)
            skip("a time step of 0 is the default");
    } else {
        die("unknown factor %s", factor);
    }
    parameters.algorithm = algorithm(algorithm_name);
    parameters.digits = small(digits);
    return parameters;
}

static void uri(const vector *vector)
{
    const char *words[7], *incompatible = one(vector, "incompatible");
    if (split(one(vector, "parameters"), words, 7) != 7)
        die("parameters are seven words");
    poterne_parameters parameters = parameters_of(words[0], words[1], words[2], words[3], words[4], words[5]);
    if (strcmp(words[6], "-") != 0)
        parameters.counter = number(words[6]);
    text secret = one_text(vector, "secret");
    text issuer = one_text(vector, "issuer"), label = one_text(vector, "label");
    if (strcmp(incompatible, "yes") != 0 && strcmp(incompatible, "no") != 0)
        die("incompatible is yes or no");
    if (secret.len < 10 || secret.len > 64)
        skip("no record holds this secret");
    char out[POTERNE_URI_MAX];
    size_t len, read_len;
    int32_t status = build_uri(&parameters, secret, strcmp(incompatible, "yes") == 0, issuer, label, out, sizeof out, &len);
    if (!is_done(vector, status, no_text))
        return;
    if (strcmp(out, one(vector, "uri")) != 0 || strlen(out) != len)
        fail("the URI is %s", out);
    /* What was built is read as it was. */
    poterne_parameters read = empty_parameters();
    uint8_t *read_secret = keep(secret.len + 1);
    text built = copy(out, len);
    is_status(poterne_uri_parse(TEXT(built), &read, read_secret, secret.len + 1, &read_len), POTERNE_OK);
    parameters.authenticator = POTERNE_APP;
    if (memcmp(&read, &parameters, sizeof read) != 0 || !same(secret, copy((char *)read_secret, read_len)))
        fail("read otherwise");
}

static void uri_parse(const vector *vector)
{
    text input = one_text(vector, "uri");
    poterne_parameters read = empty_parameters();
    uint8_t out[1025];
    size_t len, name_len;
    int32_t status = poterne_uri_parse(TEXT(input), &read, out, sizeof out, &len);
    if (!is_done(vector, status, input)) {
        poterne_parameters zero = empty_parameters();
        if (memcmp(&read, &zero, sizeof zero) != 0 || out[0] != 0 || len != 0)
            fail("an error that leaves something");
        return;
    }
    const char *words[5];
    if (split(one(vector, "parameters"), words, 5) != 5)
        die("parameters are five words");
    poterne_parameters expected = parameters_of("app", words[0], words[1], words[2], words[3],
                                                strcmp(words[0], "time") == 0 ? "0" : "-");
    if (strcmp(words[4], "-") != 0)
        expected.counter = number(words[4]);
    char name[4097];
    is_status(poterne_uri_issuer(TEXT(input), name, sizeof name, &name_len), POTERNE_OK);
    const char *issuer = one(vector, "issuer");
    text none = {"", 0};
    if (!same(strcmp(issuer, "none") == 0 ? none : one_text(vector, "issuer"), copy(name, name_len)))
        fail("another issuer");
    is_status(poterne_uri_label(TEXT(input), name, sizeof name, &name_len), POTERNE_OK);
    if (!same(one_text(vector, "label"), copy(name, name_len)))
        fail("another label");
    if (memcmp(&read, &expected, sizeof read) != 0)
        fail("other parameters");
    if (!same(one_text(vector, "secret"), copy((char *)out, len)))
        fail("another secret");
}

/* ---- Scripts ---- */

#define MAX_COPIES 16
#define MAX_CODES 64
#define MAX_WORDS 24

static struct {
    text application, account, record;
    struct {
        const char *name;
        text record;
    } copies[MAX_COPIES];
    size_t copy_count;
    text recovery[MAX_CODES];
    size_t recovery_count;
    text temporary;
} script;

static const char *const options[] = {
    "app_steps_backward", "app_steps_forward",  "token_steps_backward", "token_steps_forward", "look_ahead",
    "max_failures",       "max_drift",          "resync_look_ahead",    "recovery_codes",      "confirm_at_first_login",
    "allow_short_secret", "allow_incompatible", "confirm_within_days",  "ticket_seconds"};

#define OPTION_COUNT (sizeof options / sizeof options[0])

static void set_policy(const char *value)
{
    const char *words[MAX_WORDS], *key;
    size_t count = split(value, words, MAX_WORDS);
    for (size_t i = 0; i < count; i++) {
        const char *setting = pair(words[i], &key);
        size_t option = 0;
        while (option < OPTION_COUNT && strcmp(options[option], key) != 0)
            option++;
        if (option == OPTION_COUNT)
            die("unknown option %s", key);
        int64_t read;
        set((int32_t)option + 1, whole(setting));
        is_status(poterne_verifier_get(verifier_of_case, (int32_t)option + 1, &read), POTERNE_OK);
        if (read != whole(setting))
            fail("option %s reads %" PRId64, key, read);
    }
}

static void lifetime(const vector *vector)
{
    const char *policy = one_or_none(vector, "policy"), *authenticator = one(vector, "authenticator");
    uint32_t which = strcmp(authenticator, "app") == 0     ? POTERNE_APP
                     : strcmp(authenticator, "token") == 0 ? POTERNE_TOKEN
                                                           : 0;
    uint64_t seconds = UINT64_MAX;
    if (which == 0)
        die("unknown authenticator %s", authenticator);
    begin_verifier();
    if (policy != NULL)
        set_policy(policy);
    int32_t status = poterne_code_lifetime(verifier_of_case, which, small(one(vector, "time_step")), &seconds);
    if (seconds != (is_done(vector, status, no_text) ? number(one(vector, "seconds")) : 0))
        fail("%" PRIu64 " seconds", seconds);
}

/* The rows of a person, and the person of a login name. */
static void rows_of_person(const vector *vector)
{
    text login_name = one_text(vector, "login_name"), person = one_text(vector, "person");
    char out[512];
    size_t len;
    uint32_t person_row, row = 0;
    is_status(poterne_person_and_row(TEXT(login_name), &person_row, out, sizeof out, &len), POTERNE_OK);
    if (person_row != number(one(vector, "row")) || !same(person, copy(out, len)))
        fail("row %" PRIu32 " of another person", person_row);
    for (size_t i = 0; i < vector->count; i++) {
        if (strcmp(vector->lines[i].key, "rows") != 0)
            continue;
        is_status(poterne_row_of_person(TEXT(login_name), ++row, out, sizeof out, &len), POTERNE_OK);
        if (!same(bytes(vector->lines[i].value), copy(out, len)))
            fail("row %" PRIu32 " has another account", row);
    }
    if (row == 0)
        (void)is_done(vector, poterne_row_of_person(TEXT(login_name), 1, out, sizeof out, &len), no_text);
    else if (row != 3)
        die("not three rows");
    for (row = 0; row <= 4; row += 4)
        is_status(poterne_row_of_person(TEXT(login_name), row, out, sizeof out, &len), POTERNE_E_ARGUMENT);
}

/* What a ticket must have been made for. */
static poterne_presented_ticket presented(text ticket, text purpose, text context)
{
    poterne_presented_ticket presented = POTERNE_PRESENTED_TICKET_INIT;
    presented.ticket = ticket.at;
    presented.ticket_len = ticket.len;
    presented.purpose = purpose.at;
    presented.purpose_len = purpose.len;
    presented.context = (const uint8_t *)context.at;
    presented.context_len = context.len;
    return presented;
}

static void ticket(const vector *vector)
{
    const char *policy = one_or_none(vector, "policy"), *given = one_or_none(vector, "ticket");
    const char *made = one_or_none(vector, "made"), *dud = one_or_none(vector, "dud"), *said = one_or_none(vector, "said");
    text keys = one_text(vector, "keyring"), account = one_text(vector, "account"), shown = no_text;
    text purpose = one_text(vector, "purpose"), context = one_text(vector, "context"), code = copy("123456", 6);
    int64_t now = whole(one(vector, "now"));
    if ((given != NULL) + (made != NULL) + (dud != NULL) != 1)
        die("a ticket, or the time when it is made");
    if ((said == NULL) != (one_or_none(vector, "error") != NULL))
        die("neither what is said nor an error, or both");
    is_status(poterne_keyring_parse(TEXT(keys), &keyring_of_case), POTERNE_OK);
    verifier_of_case = new_verifier(keyring_of_case, one_text(vector, "application"));
    if (policy != NULL)
        set_policy(policy);
    if (given != NULL) {
        shown = bytes(given);
    } else {
        char out[POTERNE_TICKET_MAX];
        size_t len;
        int32_t status = made != NULL ? poterne_ticket(verifier_of_case, TEXT(account), TEXT(purpose), BYTES(context),
                                                       whole(made), out, sizeof out, &len)
                                      : poterne_dud_ticket(verifier_of_case, TEXT(account), TEXT(purpose), BYTES(context),
                                                           whole(dud), out, sizeof out, &len);
        if (!is_done(vector, status, no_text))
            return;
        if (len != 96 || strlen(out) != len)
            fail("a ticket of %zu characters", len);
        shown = copy(out, len);
    }
    const poterne_presented_ticket presented_ticket = presented(shown, purpose, context);
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    int32_t status = poterne_verify_with_ticket(verifier_of_case, NULL, 0, TEXT(account), &presented_ticket, TEXT(code), now,
                                                &attempt);
    if (said == NULL) {
        if (is_done(vector, status, no_text))
            fail("done, and an error is expected");
        return;
    }
    if (!begins(said, "refused ") || strcmp(status_name(status) + strlen("refused."), said + strlen("refused ")) != 0)
        fail("%s, not %s", status_name(status), said);
    is_status(poterne_outcome(&attempt, 0, NULL), status);
}

/* Another keyring or application, the same policy. */
static void rebuild(void)
{
    poterne_verifier *new = new_verifier(keyring_of_case, script.application);
    for (int32_t option = 1; option <= (int32_t)OPTION_COUNT; option++) {
        int64_t value;
        is_status(poterne_verifier_get(verifier_of_case, option, &value), POTERNE_OK);
        is_status(poterne_verifier_set(new, option, value), POTERNE_OK);
    }
    poterne_verifier_free(verifier_of_case);
    verifier_of_case = new;
}

static void set_keyring(text input)
{
    poterne_keyring_free(keyring_of_case);
    is_status(poterne_keyring_parse(TEXT(input), &keyring_of_case), POTERNE_OK);
    rebuild();
}

static text known_copy(const char *name)
{
    for (size_t i = script.copy_count; i > 0; i--)
        if (strcmp(script.copies[i - 1].name, name) == 0)
            return script.copies[i - 1].record;
    die("no copy %s", name);
    return no_text;
}

static text typed(const char *word)
{
    if (strcmp(word, "temporary") == 0) {
        if (script.temporary.at == NULL)
            die("no temporary code was issued");
        return script.temporary;
    }
    if (begins(word, "recovery[")) {
        size_t digits = strcspn(word + 9, "]");
        uint64_t index = number(string(word + 9, digits));
        if (strcmp(word + 9 + digits, "]") != 0 || index >= script.recovery_count)
            die("no code %s", word);
        return script.recovery[index];
    }
    return bytes(word);
}

/* The result of a line, or `none`; the words before it are cut off. */
static const char *cut_result(const char *value, const char **arguments, const char *none)
{
    const char *arrow = strstr(value, " -> ");
    if (arrow == NULL) {
        if (none == NULL)
            die("no result: %s", value);
        *arguments = value;
        return none;
    }
    *arguments = string(value, (size_t)(arrow - value));
    return arrow + 4;
}

static void is_result(const char *actual, const char *expected)
{
    if (strcmp(actual, expected) != 0)
        fail("%s, not %s", actual, expected);
}

static const char *error_result(int32_t status)
{
    char *out = keep(80);
    sprintf(out, "error %s", status_name(status) + strlen("error."));
    return out;
}

/* A second one takes the place of the first; an error leaves it. `kind` is import, enroll_token or enroll. */
static void begin(const char *kind, const char *value)
{
    const char *arguments, *words[MAX_WORDS], *expected = cut_result(value, &arguments, "stored");
    int is_import = strcmp(kind, "import") == 0, is_fresh = strcmp(kind, "enroll") == 0;
    size_t count = split(arguments, words, MAX_WORDS), fixed = is_import ? 8 : 6, at = 0;
    if (count < fixed)
        die("words are missing: %s", value);
    const char *authenticator = is_import || is_fresh ? words[at++] : "token";
    poterne_parameters parameters = parameters_of(authenticator, words[at], words[at + 1], words[at + 2], words[at + 3],
                                                  words[at + 4]);
    text secret = is_fresh ? no_text : bytes(words[at + 5]);
    poterne_existing_credential imported;
    memset(&imported, 0, sizeof imported);
    imported.struct_size = sizeof imported;
    if (is_import) {
        const char *state = words[at + 6];
        imported.state = strcmp(state, "pending") == 0     ? POTERNE_STATE_PENDING
                         : strcmp(state, "active") == 0    ? POTERNE_STATE_ACTIVE
                         : strcmp(state, "suspended") == 0 ? POTERNE_STATE_SUSPENDED
                                                           : UINT32_MAX;
        if (imported.state == UINT32_MAX)
            die("unknown state %s", state);
    }
    int64_t now = (int64_t)parameters.t0;
    for (size_t i = fixed; i < count; i++) {
        const char *key, *given = pair(words[i], &key);
        int is_none = strcmp(given, "none") == 0;
        if (strcmp(key, "now") == 0) {
            now = whole(given);
        } else if (!is_fresh && strcmp(key, "counter") == 0) {
            parameters.counter = number(given);
        } else if (strcmp(key, "not_before") == 0) {
            /* Second 0 is the first there is: no bound. */
            parameters.not_before = whole(given);
        } else if (strcmp(key, "not_after") == 0) {
            parameters.not_after = whole(given);
            if (parameters.not_after == 0)
                skip("a validity that ends at second 0 is no bound");
        } else if (strcmp(key, "confirm_by") == 0) {
            parameters.confirm_by = is_none ? 0 : whole(given);
            if (parameters.confirm_by == 0 && !is_none) {
                if (!begins(expected, "error "))
                    skip("a confirm_by of second 0 is no bound");
                skip_step("a confirm_by of second 0 is no bound");
                return;
            }
        } else if (is_import && strcmp(key, "watermark") == 0) {
            imported.has_watermark = !is_none;
            imported.watermark = is_none ? 0 : number(given);
        } else if (is_import && strcmp(key, "drift") == 0) {
            imported.drift = (int32_t)whole(given);
        } else if (is_import && strcmp(key, "last_sync") == 0) {
            imported.has_last_sync = !is_none;
            imported.last_sync = is_none ? 0 : small(given);
        } else {
            die("unknown key %s", key);
        }
    }
    char *out = keep(505);
    size_t len;
    int32_t status;
    if (is_import)
        status = poterne_import(verifier_of_case, TEXT(script.account), &parameters, BYTES(secret), &imported, now, out, 505,
                                &len);
    else if (is_fresh)
        status = poterne_enroll(verifier_of_case, TEXT(script.account), &parameters, now, out, 505, &len);
    else
        status = poterne_enroll_token(verifier_of_case, TEXT(script.account), &parameters, BYTES(secret), now, out, 505,
                                      &len);
    if (status == POTERNE_OK) {
        if (len != 504 || strlen(out) != 504)
            fail("a record of %zu characters", len);
        script.record = copy(out, len);
        is_result("stored", expected);
    } else {
        if (len != 0 || out[0] != 0)
            fail("an error that leaves a record");
        is_result(error_result(status), expected);
    }
}

/* The fixed words of a result and its keys: `expected` may leave out any key, nothing else. */
static void expect(const char *expected, const char *fixed, const char *keys)
{
    const char *words[MAX_WORDS];
    size_t count = split(expected, words, MAX_WORDS);
    char shown[256] = "", wanted[128];
    for (size_t i = 0; i < count; i++) {
        if (strchr(words[i], '=') == NULL) {
            if (strlen(shown) + strlen(words[i]) + 2 > sizeof shown)
                die("a long result: %s", expected);
            if (shown[0] != 0)
                strcat(shown, " ");
            strcat(shown, words[i]);
        } else {
            if (strlen(words[i]) + 3 > sizeof wanted)
                die("a long word: %s", words[i]);
            sprintf(wanted, " %s ", words[i]);
            if (strstr(keys, wanted) == NULL)
                fail("%s is not among%s(%s)", words[i], keys, fixed);
        }
    }
    is_result(fixed, shown);
}

/* What a step is given, and the rows to report instead of those of the swap. */
typedef struct {
    text given;
    int has_rows;
    int64_t rows;
} swap;

/* The compare-and-swap of a database with one row. */
static int64_t store(const swap *swap, const poterne_attempt *attempt)
{
    if (attempt->record_len != 504 || strlen(attempt->record) != 504)
        fail("a record of %" PRIu32 " characters to store", attempt->record_len);
    if (swap->has_rows)
        return swap->rows;
    if (!same(swap->given, script.record))
        return 0;
    script.record = copy(attempt->record, attempt->record_len);
    return 1;
}

static size_t trimmed(text record)
{
    while (record.len > 0 && record.at[record.len - 1] == ' ')
        record.len--;
    return record.len;
}

/* The codes that were issued, one to a line. */
static uint32_t codes_of(const poterne_attempt *attempt, int is_temporary)
{
    char out[POTERNE_CODES_MAX];
    size_t len;
    uint32_t count = 0;
    is_status(poterne_codes(attempt, out, sizeof out, &len), POTERNE_OK);
    if (strlen(out) != len)
        fail("the codes are not %zu characters long", len);
    for (const char *at = out; *at != 0;) {
        size_t one_len = strcspn(at, "\n");
        text code = copy(at, one_len);
        count++;
        if (is_temporary)
            script.temporary = code;
        else if (script.recovery_count == MAX_CODES)
            die("too many codes");
        else
            script.recovery[script.recovery_count++] = code;
        at += one_len;
        at += *at == '\n';
    }
    return count;
}

static poterne_attempt empty_attempt(void)
{
    poterne_attempt attempt;
    /* What the library does not write shows. */
    memset(&attempt, 0xa5, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    return attempt;
}

static poterne_result empty_result(void)
{
    poterne_result result;
    memset(&result, 0xa5, sizeof result);
    result.struct_size = sizeof result;
    return result;
}

/* An attempt that failed must have no verdict. */
static void is_empty(poterne_attempt *attempt)
{
    if (attempt->record_len != 0 || attempt->record[0] != 0 || attempt->changed != 0)
        fail("an error that leaves a record");
    is_status(poterne_outcome(attempt, 1, NULL), POTERNE_E_ATTEMPT);
}

/* From the status of a login step to its outcome. */
static int32_t finish_attempt(int32_t status, poterne_attempt *attempt, const swap *swap, const char *expected)
{
    poterne_result result = empty_result();
    char fixed[96], keys[160] = " ";
    if (status == POTERNE_OK)
        fail("the first step said 0");
    if (status < 0) {
        is_result(error_result(status), expected);
        is_empty(attempt);
        return status;
    }
    if ((status == POTERNE_STORE) != (attempt->changed == 1) || attempt->changed > 1)
        fail("status %s, and changed is %" PRIu32, status_name(status), attempt->changed);
    int64_t rows;
    if (attempt->changed) {
        rows = store(swap, attempt);
        if (same(copy(swap->given.at, trimmed(swap->given)), copy(attempt->record, attempt->record_len)))
            fail("a change that changes nothing");
    } else {
        rows = swap->has_rows ? swap->rows : 0;
        if (attempt->record_len != trimmed(swap->given)
            || (attempt->record_len > 0 && memcmp(attempt->record, swap->given.at, attempt->record_len) != 0))
            fail("nothing changed, and the record is another one");
    }
    int32_t outcome = poterne_outcome(attempt, rows, &result);
    if (outcome != result.status)
        fail("the result says %" PRId32 ", the call %" PRId32, result.status, outcome);
    if (!attempt->changed && outcome != status)
        fail("refused otherwise the second time: %s", status_name(outcome));
    if (outcome < 0) {
        is_result(error_result(outcome), expected);
        is_status(poterne_outcome(attempt, 1, NULL), POTERNE_E_ATTEMPT);
        return outcome;
    }
    static const char *const methods[] = {"otp", "recovery_code", "temporary_code"};
    switch (outcome) {
    case POTERNE_OK:
        if (result.method < 1 || result.method > 3)
            fail("unknown method %" PRIu32, result.method);
        if (result.method == POTERNE_METHOD_OTP)
            sprintf(fixed, "accepted otp %" PRIu64, result.moving_factor);
        else
            sprintf(fixed, "accepted %s", methods[result.method - 1]);
        sprintf(keys, " drift=%" PRId32 " recovery=%" PRIu32 " failures_before=%" PRIu32 " ", result.drift,
                result.recovery_codes_left, result.failures_before);
        break;
    case POTERNE_CONFIRMED:
        sprintf(fixed, "confirmed %" PRIu64, result.moving_factor);
        sprintf(keys, " drift=%" PRId32 " codes=%" PRIu32 " ", result.drift, codes_of(attempt, 0));
        break;
    case POTERNE_RESYNCHRONIZED:
        sprintf(fixed, "resynchronized %" PRIu64, result.moving_factor);
        sprintf(keys, " drift=%" PRId32 " ", result.drift);
        break;
    case POTERNE_REFUSED_WAIT:
        sprintf(fixed, "refused wait %" PRIu64, result.wait_seconds);
        break;
    case POTERNE_REFUSED_CLOCK_OFF:
        sprintf(fixed, "refused clock_off %" PRId32, result.clock_off_steps);
        break;
    default:
        if (outcome > POTERNE_REFUSED_TICKET)
            fail("a step said %s", status_name(outcome));
        sprintf(fixed, "refused %s", status_name(outcome) + strlen("refused."));
    }
    is_status(poterne_outcome(attempt, 1, NULL), POTERNE_E_ATTEMPT);
    expect(expected, fixed, keys);
    return outcome;
}

/* From the status of a change to its outcome: whether it is stored. */
static int finish_change(int32_t status, poterne_attempt *attempt, const swap *swap, const char *expected)
{
    poterne_result result = empty_result();
    if (status < 0) {
        is_result(error_result(status), expected);
        is_empty(attempt);
        return 0;
    }
    text given = copy(swap->given.at, trimmed(swap->given));
    if (status == POTERNE_CHANGED) {
        /* Nothing to store: the rows do not count. */
        if (attempt->changed != 0 || !same(copy(attempt->record, attempt->record_len), given))
            fail("nothing is to be stored, and the record is another one");
        is_status(poterne_outcome(attempt, swap->has_rows ? swap->rows : 0, &result), POTERNE_CHANGED);
        is_status(result.status, POTERNE_CHANGED);
        is_result("unchanged", expected);
        return 1;
    }
    is_status(status, POTERNE_STORE);
    if (attempt->changed != 1 || same(copy(attempt->record, attempt->record_len), given))
        fail("a change that changes nothing");
    int32_t outcome = poterne_outcome(attempt, store(swap, attempt), &result);
    if (outcome != result.status)
        fail("the result says %" PRId32 ", the call %" PRId32, result.status, outcome);
    if (outcome == POTERNE_CHANGED)
        is_result("stored", expected);
    else if (outcome == POTERNE_REFUSED_CONFLICT)
        is_result("conflict", expected);
    else if (outcome < 0)
        is_result(error_result(outcome), expected);
    else
        fail("a change said %s", status_name(outcome));
    return outcome == POTERNE_CHANGED;
}

static void inspect(int64_t now, text record, const char *expected)
{
    static const char *const states[] = {"pending", "active", "suspended", "revoked"};
    poterne_inspection status;
    char keys[288], confirm_by[24];
    memset(&status, 0xa5, sizeof status);
    status.struct_size = sizeof status;
    int32_t said = poterne_inspect(verifier_of_case, TEXT(record), TEXT(script.account), now, &status);
    if (said != POTERNE_OK) {
        poterne_inspection zero;
        memset(&zero, 0, sizeof zero);
        zero.struct_size = sizeof zero;
        if (said > 0 || memcmp(&status, &zero, sizeof zero) != 0)
            fail("an error that leaves something");
        is_result(error_result(said), expected);
        return;
    }
    if (status.state > POTERNE_STATE_REVOKED || status.locked > 1 || status.weak_secret > 1)
        fail("a status out of its range");
    if (strstr(expected, " confirm_by=0") != NULL) {
        skip_step("a confirm_by of second 0 is no bound");
        return;
    }
    if (status.confirm_by == 0)
        strcpy(confirm_by, "none");
    else
        sprintf(confirm_by, "%" PRId64, status.confirm_by);
    sprintf(keys,
            " failures=%" PRIu32 " wait=%" PRIu64 " locked=%s drift=%" PRId32 " recovery=%" PRIu32 " temporary=%" PRIu32
            " weak=%s confirm_by=%s ",
            status.failures, status.wait_seconds, status.locked ? "yes" : "no", status.drift, status.recovery_codes_left,
            status.temporary_uses_left, status.weak_secret ? "yes" : "no", confirm_by);
    expect(expected, states[status.state], keys);
}

/* The same step by poterne_login or poterne_apply, on a table of its own that remembers nothing. */
typedef struct {
    const swap *swap;
    poterne_store store;
    int64_t now;
    text first, second;
} ready;

static int32_t ready_load(void *arg, const char *account, char *record)
{
    const ready *ready = arg;
    (void)account;
    memcpy(record, ready->swap->given.at, ready->swap->given.len);
    record[ready->swap->given.len] = 0;
    return 0;
}

static int32_t ready_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const swap *swap = ((ready *)arg)->swap;
    (void)account;
    if (strlen(old_record) != swap->given.len || memcmp(old_record, swap->given.at, swap->given.len) != 0
        || strlen(record) != 504)
        return -1;
    *rows = swap->has_rows ? swap->rows : same(swap->given, script.record);
    return 0;
}

static int32_t ready_confirm(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                             poterne_attempt *attempt)
{
    const ready *ready = arg;
    return poterne_confirm(verifier, record, POTERNE_NUL, account, POTERNE_NUL, TEXT(ready->first), ready->now, attempt);
}

static int32_t ready_resynchronize(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                                   poterne_attempt *attempt)
{
    const ready *ready = arg;
    return poterne_resynchronize(verifier, record, POTERNE_NUL, account, POTERNE_NUL, TEXT(ready->first),
                                 TEXT(ready->second), ready->now, attempt);
}

static unsigned ready_count;

static const char purpose[] = "vectors";
static const char context[] = "192.0.2.1";

/* A ticket of this second, to log in with. Whether there is one: not for an account that has no name, or at no time. */
static int ticket_of(text account, int64_t now, poterne_presented_ticket *with)
{
    char *out = keep(POTERNE_TICKET_MAX);
    size_t len;
    text bound = copy(context, strlen(context));
    int32_t status = poterne_ticket(verifier_of_case, TEXT(account), purpose, POTERNE_NUL, BYTES(bound), now, out,
                                    POTERNE_TICKET_MAX, &len);
    *with = presented(copy(out, len), copy(purpose, strlen(purpose)), bound);
    return status == POTERNE_OK;
}

/* The same login with a ticket, whose time is that of the code: it must fill the attempt with the same status. */
static void is_same_with_ticket(const ready *ready, text account, int32_t status)
{
    text record = ready->swap->given;
    poterne_presented_ticket with;
    poterne_attempt attempt = empty_attempt();
    if (ticket_of(account, ready->now, &with))
        is_status(poterne_verify_with_ticket(verifier_of_case, TEXT(record), TEXT(account), &with, TEXT(ready->first),
                                             ready->now, &attempt),
                  status);
    else if (status >= 0)
        fail("no ticket for a login that may be");
}

/* It must come to the same status; `make` is NULL for a login. Callbacks give texts without a NUL that fit a record's buffer. */
static void is_ready_made(ready *ready, text account, poterne_make_fn make, int32_t status)
{
    text record = ready->swap->given;
    poterne_result result = empty_result();
    poterne_attempt attempt = empty_attempt();
    if (record.len >= POTERNE_RECORD_MAX || (record.len > 0 && memchr(record.at, 0, record.len) != NULL)
        || has_high_byte(record))
        return;
    ready->store.struct_size = sizeof ready->store;
    ready->store.arg = ready;
    ready->store.load = ready_load;
    ready->store.swap = ready_swap;
    /* Every other time the application has loaded the record itself. */
    if (++ready_count % 2) {
        ready->store.loaded = record.at == NULL ? "" : record.at;
        ready->store.loaded_len = record.len;
    }
    int32_t ready_status = make == NULL ? poterne_login(verifier_of_case, &ready->store, TEXT(account), TEXT(ready->first),
                                                        ready->now, &result)
                                        : poterne_apply(verifier_of_case, &ready->store, TEXT(account), make, ready,
                                                        &attempt, &result);
    is_status(ready_status, status);
    is_status(result.status, status);
    poterne_presented_ticket with;
    if (make == NULL && ticket_of(account, ready->now, &with)) {
        result = empty_result();
        is_status(poterne_login_with_ticket(verifier_of_case, &ready->store, TEXT(account), &with, TEXT(ready->first),
                                            ready->now, &result),
                  status);
        is_status(result.status, status);
    }
}

/* On what was stored before the step. */
static void ready_step(ready *ready, text account, poterne_make_fn make, int32_t status, text stored)
{
    const text now_stored = script.record;
    script.record = stored;
    is_ready_made(ready, account, make, status);
    script.record = now_stored;
}

static void step(const char *value)
{
    const char *call, *words[MAX_WORDS], *expected = cut_result(value, &call, NULL);
    size_t count = split(call, words, MAX_WORDS);
    swap swap = {script.record, 0, 0};
    if (count > 1 && begins(words[count - 1], "rows=")) {
        swap.has_rows = 1;
        swap.rows = whole(words[count - 1] + 5);
        count--;
    }
    if (count > 2 && strcmp(words[count - 2], "with") == 0) {
        swap.given = known_copy(words[count - 1]);
        count -= 2;
    }
    const char *verb = words[0];
    poterne_verifier *verifier = verifier_of_case;
    text record = swap.given, account = script.account;
    poterne_attempt attempt = empty_attempt();
    int32_t status;
#define IS(name, arguments) (strcmp(verb, name) == 0 && count == (arguments) + 1)
    if (IS("verify", 2)) {
        ready ready = {&swap, POTERNE_STORE_INIT, whole(words[1]), typed(words[2]), no_text};
        const text stored = script.record;
        status = poterne_verify(verifier, TEXT(record), TEXT(account), TEXT(ready.first), ready.now, &attempt);
        is_same_with_ticket(&ready, account, status);
        status = finish_attempt(status, &attempt, &swap, expected);
        ready_step(&ready, account, NULL, status, stored);
    } else if (IS("verify_absent", 2)) {
        text code = typed(words[2]);
        swap.given = no_text;
        status = poterne_verify(verifier, NULL, 0, TEXT(account), TEXT(code), whole(words[1]), &attempt);
        finish_attempt(status, &attempt, &swap, expected);
    } else if (IS("confirm", 2)) {
        ready ready = {&swap, POTERNE_STORE_INIT, whole(words[1]), typed(words[2]), no_text};
        const text stored = script.record;
        status = poterne_confirm(verifier, TEXT(record), TEXT(account), TEXT(ready.first), ready.now, &attempt);
        status = finish_attempt(status, &attempt, &swap, expected);
        ready_step(&ready, account, ready_confirm, status, stored);
    } else if (IS("replace", 3)) {
        /* Made once, so not by poterne_apply. */
        text code = typed(words[2]), pending = known_copy(words[3]);
        status = poterne_replace(verifier, TEXT(record), TEXT(pending), TEXT(account), TEXT(code), whole(words[1]),
                                 &attempt);
        finish_attempt(status, &attempt, &swap, expected);
    } else if (IS("resynchronize", 3)) {
        ready ready = {&swap, POTERNE_STORE_INIT, whole(words[1]), typed(words[2]), typed(words[3])};
        const text stored = script.record;
        status = poterne_resynchronize(verifier, TEXT(record), TEXT(account), TEXT(ready.first), TEXT(ready.second),
                                       ready.now, &attempt);
        status = finish_attempt(status, &attempt, &swap, expected);
        ready_step(&ready, account, ready_resynchronize, status, stored);
    } else if (IS("inspect", 1)) {
        inspect(whole(words[1]), record, expected);
    } else if (IS("recovery_codes", 1)) {
        status = poterne_recovery_codes(verifier, TEXT(record), TEXT(account), small(words[1]), &attempt);
        if (finish_change(status, &attempt, &swap, expected) && codes_of(&attempt, 0) != small(words[1]))
            fail("not %s codes", words[1]);
    } else if (IS("temporary_code", 4)) {
        uint32_t meanwhile = strcmp(words[4], "suspend") == 0 ? POTERNE_SUSPEND
                             : strcmp(words[4], "keep") == 0  ? POTERNE_KEEP
                                                              : 0;
        int64_t expiry = strcmp(words[2], "none") == 0 ? 0 : whole(words[2]);
        if (meanwhile == 0)
            die("unknown word %s", words[4]);
        if (small(words[3]) == 0 || (expiry == 0 && strcmp(words[2], "none") != 0)) {
            /* 0 is the default. Such a step is an error, which changes nothing, so the others go on. */
            if (!begins(expected, "error "))
                die("a step that C cannot take, and that changes something");
            skip_step("uses or expiry 0 is the default");
            return;
        }
        status = poterne_temporary_code(verifier, TEXT(record), TEXT(account), expiry, small(words[3]), meanwhile,
                                        whole(words[1]), &attempt);
        if (finish_change(status, &attempt, &swap, expected) && codes_of(&attempt, 1) != 1)
            fail("not one code");
    } else if (IS("otpauth_uri", 1)) {
        char uri[POTERNE_URI_MAX];
        size_t len;
        const poterne_uri_names names = {sizeof names, 0, "vectors", POTERNE_NUL, "a", POTERNE_NUL};
        status = poterne_otpauth_uri(verifier, TEXT(record), TEXT(account), &names, whole(words[1]), uri, sizeof uri, &len);
        if (status > 0 || (status == POTERNE_OK) != (len > 0) || strlen(uri) != len)
            fail("no URI without an error, or one with it");
        is_result(status == POTERNE_OK ? "ok" : error_result(status), expected);
    } else if (IS("end_codes", 1)) {
        static const char *const sets[] = {"recovery", "temporary", "both"};
        static const uint32_t numbers[] = {POTERNE_CODES_RECOVERY, POTERNE_CODES_TEMPORARY, POTERNE_CODES_BOTH};
        size_t i = 0;
        while (i < 3 && strcmp(sets[i], words[1]) != 0)
            i++;
        if (i == 3)
            die("unknown word %s", words[1]);
        status = poterne_end_codes(verifier, TEXT(record), TEXT(account), numbers[i], &attempt);
        if (finish_change(status, &attempt, &swap, expected) && codes_of(&attempt, 0) != 0)
            fail("codes that nobody asked for");
    } else if (IS("repair_clock", 1) || IS("forget", 1)) {
        status = verb[0] == 'r' ? poterne_repair_clock(verifier, TEXT(record), TEXT(account), whole(words[1]), &attempt)
                                : poterne_forget(verifier, TEXT(record), TEXT(account), whole(words[1]), &attempt);
        if (status == POTERNE_CHANGED && verb[0] != 'r')
            fail("a change that has nothing to do");
        if (finish_change(status, &attempt, &swap, expected) && codes_of(&attempt, 0) != 0)
            fail("codes that nobody asked for");
    } else if (IS("unlock", 0) || IS("suspend", 0) || IS("resume", 0) || IS("revoke", 0) || IS("reseal", 0)) {
        if (IS("unlock", 0))
            status = poterne_unlock(verifier, TEXT(record), TEXT(account), &attempt);
        else if (IS("suspend", 0))
            status = poterne_suspend(verifier, TEXT(record), TEXT(account), &attempt);
        else if (IS("resume", 0))
            status = poterne_resume(verifier, TEXT(record), TEXT(account), &attempt);
        else if (IS("revoke", 0))
            status = poterne_revoke(verifier, TEXT(record), TEXT(account), &attempt);
        else
            status = poterne_reseal(verifier, TEXT(record), TEXT(account), &attempt);
        if (finish_change(status, &attempt, &swap, expected) && codes_of(&attempt, 0) != 0)
            fail("codes that nobody asked for");
    } else if (IS("rename", 1)) {
        text name = bytes(words[1]);
        status = poterne_rename(verifier, TEXT(record), TEXT(account), TEXT(name), &attempt);
        if (finish_change(status, &attempt, &swap, expected))
            script.account = name;
    } else if (IS("fork", 1)) {
        if (script.copy_count == MAX_COPIES)
            die("too many copies");
        script.copies[script.copy_count].name = words[1];
        script.copies[script.copy_count++].record = script.record;
        is_result("ok", expected);
    } else {
        die("unknown step %s", call);
    }
#undef IS
    if (poterne_wipe(&attempt, sizeof attempt) != POTERNE_OK || attempt.record[0] != 0)
        fail("the attempt is not wiped");
}

static void begin_script(void)
{
    memset(&script, 0, sizeof script);
    script.application = copy(application, strlen(application));
    script.account = copy(first_account, strlen(first_account));
    begin_verifier();
}

/* Whether the line calls the library. */
static int script_line(const char *key, const char *value)
{
    int is_begin = strcmp(key, "import") == 0 || strcmp(key, "enroll_token") == 0 || strcmp(key, "enroll") == 0;
    int is_step = strcmp(key, "step") == 0;
    if (strcmp(key, "policy") == 0)
        set_policy(value);
    else if (strcmp(key, "keyring") == 0)
        set_keyring(bytes(value));
    else if (strcmp(key, "application") == 0)
        script.application = bytes(value), rebuild();
    else if (strcmp(key, "account") == 0)
        script.account = bytes(value);
    else if (strcmp(key, "record") == 0)
        script.record = bytes(value);
    else if (is_step)
        step(value);
    else if (is_begin)
        begin(key, value);
    /* `rule` is for the reader, `state` for the Rust library. */
    return is_begin || is_step;
}

static void run_script(const vector *vector)
{
    int calls = 0;
    begin_script();
    for (size_t i = 0; i < vector->count; i++)
        calls += script_line(vector->lines[i].key, vector->lines[i].value);
    if (calls == 0)
        die("a script that calls nothing");
}

/* ---- Token files ---- */

static uint32_t one_of(const char *word, const char *const *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i + 1;
    die("unknown word %s", word);
    return 0;
}

/* The lines of a file, joined by LF. */
static text lines_of_file(const vector *vector)
{
    text file = copy(NULL, 0);
    int is_first = 1;
    for (size_t i = 0; i < vector->count; i++) {
        if (strcmp(vector->lines[i].key, "file") != 0)
            continue;
        text part = bytes(vector->lines[i].value);
        char *joined = keep(file.len + part.len + 1);
        memcpy(joined, file.at, file.len);
        joined[file.len] = '\n';
        memcpy(joined + file.len + !is_first, part.at, part.len);
        file = copy(joined, file.len + part.len + !is_first);
        is_first = 0;
    }
    return file;
}

/* What a case declares; its key or its columns go to `extra`. */
static poterne_file_options file_options(const vector *vector, text *extra)
{
    static const char *const layouts[] = {"entra", "deepnet", "oath", "yubico_traditional", "yubico_flat"};
    static const char *const encodings[] = {"base32", "hex"}, *const separators[] = {"comma", "semicolon", "tab"};
    poterne_file_options options = POTERNE_FILE_OPTIONS_INIT;
    const char *layout = one_or_none(vector, "layout"), *with = one_or_none(vector, "key");
    *extra = no_text;
    if (with != NULL) {
        options.format = POTERNE_FILE_PSKC;
        if (begins(with, "key ") || begins(with, "password ")) {
            options.flags = *with == 'p' ? POTERNE_FILE_PASSWORD : 0;
            *extra = bytes(strchr(with, ' ') + 1);
        } else if (strcmp(with, "none") != 0) {
            die("unknown key %s", with);
        }
    } else if (layout == NULL) {
        options.format = POTERNE_FILE_ETOKEN;
        if (strcmp(one(vector, "algorithm"), "none") != 0)
            options.algorithm = algorithm(one(vector, "algorithm"));
    } else if (begins(layout, "columns ")) {
        options.format = POTERNE_FILE_COLUMNS;
        *extra = copy(layout + 8, strlen(layout + 8));
    } else {
        options.format = one_of(layout, layouts, 5);
    }
    for (size_t i = 0; i < vector->count; i++) {
        const char *words[2];
        if (strcmp(vector->lines[i].key, "declare") != 0)
            continue;
        size_t count = split(vector->lines[i].value, words, 2);
        if (count == 1 && strcmp(words[0], "header") == 0)
            options.flags |= POTERNE_FILE_HEADER;
        else if (count == 1 && strcmp(words[0], "counter_based") == 0)
            options.flags |= POTERNE_FILE_COUNTER_BASED;
        else if (count != 2)
            die("unknown word %s", words[0]);
        else if (strcmp(words[0], "encoding") == 0)
            options.encoding = one_of(words[1], encodings, 2);
        else if (strcmp(words[0], "algorithm") == 0)
            options.algorithm = algorithm(words[1]);
        else if (strcmp(words[0], "digits") == 0)
            options.digits = small(words[1]);
        else if (strcmp(words[0], "time_step") == 0)
            options.time_step = small(words[1]);
        else if (strcmp(words[0], "separator") == 0)
            options.separator = one_of(words[1], separators, 3);
        else
            die("unknown word %s", words[0]);
    }
    return options;
}

/* A text of a token, or a dash. */
static void is_text_of(const poterne_token_file *file, size_t index, uint32_t what, const char *expected)
{
    char out[1024];
    size_t len;
    int32_t status = poterne_token_file_text(file, index, what, out, sizeof out, &len);
    if (strcmp(expected, "-") == 0) {
        is_status(status, POTERNE_NOT_FOUND);
        return;
    }
    is_status(status, POTERNE_OK);
    if (!same(bytes(expected), copy(out, len)))
        fail("text %" PRIu32 " is %s, not %s", what, out, expected);
}

static void is_number_or_dash(uint64_t found, const char *expected, const char *what)
{
    if (found != (strcmp(expected, "-") == 0 ? 0 : number(expected)))
        fail("%s is %" PRIu64 ", not %s", what, found, expected);
}

/* The secret never leaves the handle: a code of it is accepted once the token is imported. */
static void is_secret_of(const poterne_token_file *file, size_t index, const poterne_file_token *token, text secret)
{
    poterne_parameters parameters = empty_parameters();
    poterne_attempt attempt;
    char record[POTERNE_RECORD_MAX], otp[9];
    size_t record_len, otp_len;
    int64_t now = 1800000000;
    uint64_t factor = token->counter;
    parameters.algorithm = token->algorithm;
    parameters.digits = token->digits;
    if (token->moving_factor == POTERNE_TIME)
        factor = (uint64_t)(now / token->time_step + token->drift);
    else
        parameters.moving_factor = POTERNE_COUNTER;
    is_status(poterne_verifier_set(verifier_of_case, POTERNE_OPTION_ALLOW_SHORT_SECRET, 1), POTERNE_OK);
    int32_t status = poterne_token_file_import(verifier_of_case, "a", 1, file, index, POTERNE_STATE_ACTIVE,
                                               POTERNE_IGNORE_DATES, now, record, sizeof record, &record_len);
    int is_long = token->algorithm == POTERNE_SHA512 && secret.len > 64 && secret.len <= 128;
    /* The bounds of a record: 1.4, 1.5. */
    if (secret.len < 10 || is_long) {
        is_status(status, POTERNE_E_SECRET);
        return;
    }
    if (token->moving_factor == POTERNE_TIME && (token->time_step < 30 || token->time_step > 120)) {
        is_status(status, POTERNE_E_ARGUMENT);
        return;
    }
    is_status(status, POTERNE_OK);
    is_status(poterne_token_file_enroll(verifier_of_case, "a", 1, file, index, POTERNE_IGNORE_DATES, now, otp, 0, &otp_len),
              POTERNE_E_BUFFER);
    /* Without the time step: a code of a moving factor. */
    is_status(poterne_otp(&parameters, BYTES(secret), factor, otp, sizeof otp, &otp_len), POTERNE_OK);
    memset(&attempt, 0, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    status = poterne_verify(verifier_of_case, record, record_len, "a", 1, otp, otp_len, now, &attempt);
    if (token->has_watermark && token->watermark >= factor) {
        if (status != POTERNE_REFUSED_REPLAYED && status != POTERNE_REFUSED_CLOCK_BEHIND)
            fail("a code below the watermark is %s", status_name(status));
    } else if (poterne_outcome(&attempt, 1, NULL) != POTERNE_OK) {
        fail("a code of the secret is refused");
    }
}

static void is_token(const poterne_token_file *file, size_t index, const char *key, const char *value)
{
    poterne_file_token token = POTERNE_FILE_TOKEN_INIT;
    const char *words[15];
    char record[POTERNE_RECORD_MAX];
    is_status(poterne_token_file_token(file, index, &token), POTERNE_OK);
    size_t count = split(value, words, 15);
    if (count != (*key == 't' ? 15 : 3))
        die("%zu words: %s", count, value);
    is_number_or_dash(token.line, words[0], "line");
    is_text_of(file, index, POTERNE_TEXT_SERIAL, words[1]);
    if (*key == 'f') {
        char said[32];
        sprintf(said, "error.%.20s", words[2]);
        if (strcmp(status_name(token.status), said) != 0)
            fail("%s, not %s", status_name(token.status), said);
        sprintf(said, "line %.20s", words[0]);
        is_status(poterne_token_file_text(file, index, POTERNE_TEXT_FAULT, record, sizeof record, NULL), POTERNE_OK);
        if (!begins(record, said))
            fail("%s", record);
        is_status(poterne_token_file_enroll(verifier_of_case, "a", 1, file, index, 0, 1800000000, record, sizeof record, NULL),
                  token.status);
        is_status(poterne_token_file_import(verifier_of_case, "a", 1, file, index, POTERNE_STATE_ACTIVE, 0, 1800000000, record,
                                            sizeof record, NULL),
                  token.status);
        return;
    }
    is_status(token.status, POTERNE_OK);
    if (token.moving_factor != (strcmp(words[2], "time") == 0 ? POTERNE_TIME : POTERNE_COUNTER))
        fail("the moving factor is not %s", words[2]);
    is_number_or_dash(token.time_step, words[3], "time step");
    is_number_or_dash(token.counter, words[4], "counter");
    is_number_or_dash(token.algorithm, string(&"123"[algorithm(words[5]) - 1], 1), "algorithm");
    is_number_or_dash(token.digits, words[6], "digits");
    if (token.drift != whole(words[7]))
        fail("the drift is %" PRId32 ", not %s", token.drift, words[7]);
    is_number_or_dash(token.watermark, words[8], "watermark");
    if (token.has_watermark != (strcmp(words[8], "-") != 0))
        fail("a watermark, or none");
    is_number_or_dash((uint64_t)token.not_before, words[9], "not_before");
    is_number_or_dash((uint64_t)token.not_after, words[10], "not_after");
    is_text_of(file, index, POTERNE_TEXT_MANUFACTURER, words[11]);
    is_text_of(file, index, POTERNE_TEXT_MODEL, words[12]);
    is_text_of(file, index, POTERNE_TEXT_ACCOUNT, words[13]);
    is_secret_of(file, index, &token, bytes(words[14]));
}

static void is_proof(const vector *vector, const char *proof, text file, const poterne_file_options *options, text extra)
{
    poterne_file_proof found = POTERNE_FILE_PROOF_INIT;
    const char *words[3];
    if (split(proof, words, 3) != 3)
        die("too few words: %s", proof);
    text serial = bytes(words[0]), typed = bytes(words[1]);
    int32_t status = poterne_token_file_prove(BYTES(file), options, TEXT(extra), TEXT(serial), TEXT(typed), whole(words[2]), &found);
    if (!is_done(vector, status, no_text))
        return;
    uint32_t count = 0;
    for (size_t i = 0; i < vector->count; i++) {
        const char *fit[2];
        if (strcmp(vector->lines[i].key, "fits") != 0 || strcmp(vector->lines[i].value, "none") == 0)
            continue;
        count++;
        if (split(vector->lines[i].value, fit, 2) != 2)
            die("no encoding and algorithm: %s", vector->lines[i].value);
        uint32_t encoding = strcmp(fit[0], "hex") == 0 ? POTERNE_ENCODING_HEX : POTERNE_ENCODING_BASE32;
        if (found.count == 1 && (found.encoding != encoding || found.algorithm != algorithm(fit[1])))
            fail("another proof than %s", vector->lines[i].value);
    }
    if (found.count != count || (count != 1 && (found.encoding != 0 || found.algorithm != 0)))
        fail("%" PRIu32 " fit, not %" PRIu32, found.count, count);
}

static void are_tokens(const vector *vector, const poterne_token_file *file)
{
    size_t count = 0;
    for (size_t i = 0; i < vector->count; i++)
        if (strcmp(vector->lines[i].key, "token") == 0 || strcmp(vector->lines[i].key, "fault") == 0)
            is_token(file, count++, vector->lines[i].key, vector->lines[i].value);
    poterne_file_token none = POTERNE_FILE_TOKEN_INIT;
    is_status(poterne_token_file_token(file, count, &none), POTERNE_NOT_FOUND);
    if (count == 0)
        die("a file without a token");
}

static void token_file(const vector *vector)
{
    text extra, content = lines_of_file(vector);
    poterne_file_options options = file_options(vector, &extra);
    const char *proof = one_or_none(vector, "prove");
    poterne_token_file *file;
    begin_script();
    if (proof != NULL) {
        is_proof(vector, proof, content, &options, extra);
        return;
    }
    if (!is_done(vector, poterne_token_file_read(BYTES(content), &options, TEXT(extra), &file), no_text)) {
        if (file != NULL)
            fail("an error with a handle");
        return;
    }
    are_tokens(vector, file);
    poterne_token_file_free(file);
}

/* ---- The life of a token ---- */

/* deliver = SERIAL STATE NOW: the token of the file becomes the record. */
static void deliver(const poterne_token_file *file, const char *value)
{
    const char *words[3];
    char serial[256], *out = keep(POTERNE_RECORD_MAX);
    size_t index = 0, len = 0;
    if (split(value, words, 3) != 3 || strcmp(words[1], "pending") != 0)
        die("not a serial number, pending and a time: %s", value);
    text wanted = bytes(words[0]);
    for (;; index++) {
        is_status(poterne_token_file_text(file, index, POTERNE_TEXT_SERIAL, serial, sizeof serial, &len), POTERNE_OK);
        if (same(wanted, copy(serial, len)))
            break;
    }
    is_status(poterne_token_file_import(verifier_of_case, TEXT(script.account), file, index, POTERNE_STATE_PENDING, 0,
                                        whole(words[2]), out, POTERNE_RECORD_MAX, &len),
              POTERNE_OK);
    script.record = copy(out, len);
}

static void token_life(const vector *vector)
{
    text extra, content = lines_of_file(vector);
    poterne_file_options options = file_options(vector, &extra);
    poterne_token_file *file;
    int calls = 0;
    begin_script();
    is_status(poterne_token_file_read(BYTES(content), &options, TEXT(extra), &file), POTERNE_OK);
    are_tokens(vector, file);
    /* What the comparison has set. */
    set(POTERNE_OPTION_ALLOW_SHORT_SECRET, 0);
    for (size_t i = 0; i < vector->count; i++) {
        if (strcmp(vector->lines[i].key, "deliver") == 0)
            deliver(file, vector->lines[i].value);
        else
            calls += script_line(vector->lines[i].key, vector->lines[i].value);
    }
    poterne_token_file_free(file);
    if (calls == 0)
        die("a life without a step");
}

/* ---- Files ---- */

typedef struct {
    const char *file, *keys;
    void (*run)(const vector *);
} kind;

#define MATCH_KEYS " algorithm digits secret submitted candidates watermark match "
#define SCRIPT_KEYS " rule policy import enroll enroll_token keyring application account record step state "

static const kind kinds[] = {
    {"hotp.txt", " algorithm digits secret counter otp ", hotp},
    {"totp.txt", " algorithm digits secret time_step t0 time otp error ", totp},
    {"base32.txt", " text secret error canonical ", base32},
    {"hex.txt", " text secret error canonical ", hex},
    {"match.txt", MATCH_KEYS, match},
    {"french-keyboard.txt", MATCH_KEYS, match},
    {"lifetime.txt", " policy authenticator time_step seconds error ", lifetime},
    {"rows.txt", " login_name person row rows error ", rows_of_person},
    {"ticket.txt", " keyring policy application account purpose context ticket made dud now said error ", ticket},
    {"conflicts.txt", " product database sqlstate code conflict ", conflicts},
    {"split.txt", " field digits password code ", split_field},
    {"keyring.txt", " text primary keys error ", keyring},
    {"uri.txt", " parameters secret issuer label incompatible uri error ", uri},
    {"uri-parse.txt", " uri parameters secret issuer label error ", uri_parse},
    {"pskc.txt", " file key token fault error ", token_file},
    {"token-csv.txt", " file layout declare prove token fault fits error ", token_file},
    {"etoken.txt", " file algorithm token fault error ", token_file},
    {"token-life.txt", " file layout key algorithm declare token deliver" SCRIPT_KEYS, token_life},
    {"record.txt", SCRIPT_KEYS, run_script},
    {"semantics-", SCRIPT_KEYS, run_script},
};

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    size_t cap = 1 << 16, len = 0, got;
    char *content = malloc(cap);
    if (file == NULL)
        die("cannot be opened");
    while (content != NULL && (got = fread(content + len, 1, cap - len, file)) > 0) {
        len += got;
        if (len == cap)
            content = realloc(content, cap *= 2);
    }
    if (content == NULL)
        die("out of memory");
    if (ferror(file))
        die("cannot be read");
    fclose(file);
    content[len] = 0;
    *size = len;
    return content;
}

static void check_name(const char *name, const vector *vectors, size_t count)
{
    if (*name == 0 || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-")] != 0)
        die("wrong name of a case: %s", name);
    for (size_t i = 0; i < count; i++)
        if (strcmp(vectors[i].name, name) == 0)
            die("two cases of the name %s", name);
}

static unsigned passed, failed;

/* Apart from its loop: what changes around a setjmp is lost. */
static void run_case(const kind *kind, const vector *vector)
{
    case_name = vector->name;
    switch (setjmp(next_case)) {
    case 0:
        kind->run(vector);
        passed++;
        break;
    case 1:
        failed++;
        break;
    default:
        cases_skipped++;
    }
    end_verifier();
    free_blocks();
}

static void run_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const kind *kind = NULL;
    file_name = slash == NULL ? path : slash + 1;
    case_name = "";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(file_name, kinds[i].file) == 0
            || (strchr(kinds[i].file, '.') == NULL && begins(file_name, kinds[i].file)))
            kind = &kinds[i];
    if (kind == NULL)
        die("unknown kind of file");
    size_t size, lines_max = 1, line_count = 0, count = 0;
    char *content = read_file(path, &size);
    for (size_t i = 0; i < size; i++) {
        if (content[i] == 0 || (unsigned char)content[i] >= 0x80 || content[i] == '\r')
            die("byte %zu is not plain ASCII", i);
        lines_max += content[i] == '\n';
    }
    line *lines = calloc(lines_max, sizeof *lines);
    vector *vectors = calloc(lines_max, sizeof *vectors);
    if (lines == NULL || vectors == NULL)
        die("out of memory");
    for (char *at = content, *next; at != NULL && *at != 0; at = next) {
        next = strchr(at, '\n');
        if (next != NULL)
            *next++ = 0;
        size_t len = strlen(at);
        if (len > 4096)
            die("a line of %zu bytes", len);
        if (len == 0 || *at == '#')
            continue;
        if (*at == '[') {
            if (at[len - 1] != ']')
                die("wrong name of a case: %s", at);
            at[len - 1] = 0;
            check_name(at + 1, vectors, count);
            vectors[count].name = at + 1;
            vectors[count++].lines = lines + line_count;
            continue;
        }
        char *sign = strstr(at, " = "), known[64];
        if (sign == NULL || sign == at || sign - at > 32)
            die("neither a key nor a name: %s", at);
        *sign = 0;
        sprintf(known, " %s ", at);
        if (strchr(at, ' ') != NULL || strstr(kind->keys, known) == NULL)
            die("unknown key %s", at);
        if (count == 0)
            die("%s is outside a case", at);
        lines[line_count].key = at;
        lines[line_count++].value = sign + 3;
        vectors[count - 1].count++;
    }
    if (count == 0)
        die("no case");
    unsigned passed_before = passed, failed_before = failed, skipped_before = cases_skipped;
    for (size_t i = 0; i < count; i++)
        run_case(kind, &vectors[i]);
    printf("%s: %u passed, %u failed, %u not for C\n", file_name, passed - passed_before, failed - failed_before,
           cases_skipped - skipped_before);
    free(vectors);
    free(lines);
    free(content);
}

int main(int argc, char **argv)
{
    file_name = "vectors";
    case_name = "";
    if (argc < 2)
        die("no files given");
    if (poterne_abi() != POTERNE_ABI)
        die("the library is of another generation than the header");
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    printf("not for C: %u cases, %u steps\n", cases_skipped, steps_skipped);
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
