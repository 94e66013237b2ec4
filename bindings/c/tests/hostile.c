/*
 * Bad arguments to every function of the C interface: hostile HEADER, the path of poterne.h. Compiled with PLANTED_PANICS and
 * linked with a library in which every function can be made to panic, it does that instead.
 *
 * The functions, and the statuses that each may return, are read from the header. Every input is a block of exactly its size,
 * every output has a canary on both sides and is filled before the call, so what is not written, or too much, shows.
 */

#define _DEFAULT_SOURCE

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifndef _WIN32
#include <sys/syscall.h>
#include <sys/wait.h>
#endif
#include <unistd.h>

#include "poterne.h"

#ifdef COUNT_SEEN
#include "seen.h"
#endif

#include "documented.h"

#define NOW 1700000010
#define CANARY 16

static unsigned long calls, faults;

/* The system's randomness, which can fail; the library asks the dynamic linker for it, and finds this program's. That of Windows is
 * documented to always succeed. */
static int is_without_randomness;

#ifndef _WIN32
ssize_t getrandom(void *memory, size_t size, unsigned flags);

ssize_t getrandom(void *memory, size_t size, unsigned flags)
{
    if (is_without_randomness) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_getrandom, memory, size, flags);
}
#endif

static void fault(const char *where, const char *what)
{
    fprintf(stderr, "%s: %s\n", where, what);
    faults++;
}

static void check(int holds, const char *where, const char *what)
{
    calls++;
    if (!holds)
        fault(where, what);
}

static void *get(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL && size > 0) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

/* A random number, the same in every run. */
static uint64_t seed = 20261121;

static uint64_t dice(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* ---- What the calls are given ---- */

typedef struct {
    const void *at;
    size_t len;
} text;

static char active[POTERNE_RECORD_MAX], pending[POTERNE_RECORD_MAX], ahead[POTERNE_RECORD_MAX];
static char old[POTERNE_RECORD_MAX], code[9], second_code[9], keyring_text[512];
static const uint8_t secret[] = "12345678901234567890";
static const char uri[] = "otpauth://totp/i:l?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=i";
static char keyring_path[4096];

#define LITERAL(value)          \
    {                           \
        value, sizeof value - 1 \
    }

static text t_active, t_pending, t_ahead, t_old, t_code, t_second, t_keyring, t_path;
static const text t_secret = LITERAL("12345678901234567890"), t_uri = LITERAL(uri), t_account = LITERAL("a.martin"),
                  t_other = LITERAL("b.martin"), t_application = LITERAL("hostile"), t_base32 = LITERAL("GEZDGNBVGY3TQOJQ"),
                  t_hex = LITERAL("31323334353637383930"), t_state = LITERAL("40001"), t_field = LITERAL("password123456"),
                  t_purpose = LITERAL("vpn"), t_context = LITERAL("192.0.2.1"), t_language = LITERAL("fr");

static poterne_parameters parameters;
static poterne_existing_credential existing;
static poterne_store store;
static poterne_uri_names names;
static poterne_presented_ticket presented;
static poterne_file_options file_options, open_options;
static const text t_file = LITERAL("7,3132333435363738393031323334353637383930,totp\n"), t_columns = LITERAL("serial,secret,type"),
                  t_serial = LITERAL("7");
static char ticket[POTERNE_TICKET_MAX];

static poterne_keyring *new_keyring(void)
{
    poterne_keyring *keyring;
    if (poterne_keyring_parse(t_keyring.at, t_keyring.len, &keyring) != POTERNE_OK)
        fault("new_keyring", "cannot be parsed");
    return keyring;
}

static poterne_verifier *new_verifier(void)
{
    poterne_keyring *keyring = new_keyring();
    poterne_verifier *verifier;
    if (poterne_verifier_new(POTERNE_ABI, keyring, "hostile", 7, &verifier) != POTERNE_OK)
        fault("new_verifier", "cannot be made");
    poterne_keyring_free(keyring);
    return verifier;
}

static poterne_token_file *new_token_file(void)
{
    poterne_token_file *file;
    poterne_file_options options = {sizeof options, POTERNE_FILE_COLUMNS, POTERNE_ENCODING_HEX, POTERNE_SHA1, 0, 0, 0, 0};
    if (poterne_token_file_read(t_file.at, t_file.len, &options, t_columns.at, t_columns.len, &file) != POTERNE_OK)
        fault("new_token_file", "cannot be read");
    return file;
}

/* The application's table: one row, and what its callbacks do. */
typedef struct {
    char record[POTERNE_RECORD_MAX];
    int32_t load_status, swap_status;
    int64_t rows;
    int lies, fills, loads, swaps;
} table;

static void begin_table(table *table)
{
    memset(table, 0, sizeof *table);
    memcpy(table->record, active, sizeof active);
}

static table plain;

static int32_t load(void *arg, const char *account, char *record)
{
    table *table = arg == NULL ? &plain : arg;
    table->loads++;
    if (strcmp(account, "a.martin") != 0)
        return 1;
    if (table->fills)
        memset(record, table->fills, POTERNE_RECORD_MAX);
    else
        memcpy(record, table->record, POTERNE_RECORD_MAX);
    return table->load_status;
}

static int32_t swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    table *table = arg == NULL ? &plain : arg;
    table->swaps++;
    *rows = strcmp(account, "a.martin") == 0 && old_record != NULL && strcmp(old_record, table->record) == 0;
    if (table->lies)
        *rows = table->rows;
    else if (*rows == 1 && table->swap_status == 0)
        strcpy(table->record, record);
    return table->swap_status;
}

/* What poterne_apply asks for. */
static int32_t make(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                    poterne_attempt *attempt)
{
    (void)arg;
    return poterne_unlock(verifier, record, POTERNE_NUL, account, POTERNE_NUL, attempt);
}

/* ---- Parameters of a call ---- */

typedef enum {
    END,
    KEYRING, /* a handle, to change or to read */
    VERIFIER,
    TOKENS,
    HANDLE, /* where a new handle goes */
    IN,     /* a text and its length, or bytes */
    TYPED,  /* a text that is never an error */
    OUT,    /* a buffer, its size, its length */
    STRUCT_IN,
    STRUCT_OUT,
    ATTEMPT, /* to be filled */
    ASKED,   /* filled, for poterne_outcome */
    TOLD,    /* confirmed, for poterne_codes */
    MEMORY,  /* bytes to wipe */
    WORD,    /* where a number of so many bytes goes */
    TIME,
    NUMBER
} kind;

typedef struct {
    kind kind;
    const void *data; /* a text, or a structure */
    uint64_t number;  /* or the structure's size */
    int is_optional;
    size_t reserved; /* where a structure has its reserved field, or 0 */
    int is_bytes;    /* an input that is no text */
    int is_encoded;  /* a text in any encoding */
} parameter;

typedef struct {
    unsigned char *block; /* with its canaries */
    void *at;
    size_t size; /* behind `at` */
    size_t given;
    size_t len, *len_at;
    uint64_t number;
} slot;

#define MAX_PARAMETERS 12

typedef struct {
    const char *name;
    int32_t (*call)(slot *);
    int32_t good;
    int is_never_0;
    parameter parameters[MAX_PARAMETERS];
} row;

#define P(i) s[i].at
#define B(i) s[i].at, s[i].given
#define O(i) s[i].at, s[i].given, s[i].len_at
#define N32(i) (uint32_t) s[i].number
#define I32(i) (int32_t)(uint32_t) s[i].number
#define I64(i) (int64_t) s[i].number
#define N64(i) s[i].number
#define CALL(name, ...)                     \
    static int32_t call_##name(slot *s)     \
    {                                       \
        return poterne_##name(__VA_ARGS__); \
    }

CALL(outcome, P(0), I64(1), P(2))
CALL(codes, P(0), O(1))
CALL(otp, P(0), B(1), N64(2), O(3))
CALL(match, P(0), B(1), B(2), N64(3), N64(4), N64(5), P(6))
CALL(time_step, P(0), I64(1), P(2))
CALL(base32_decode, B(0), O(1))
CALL(hex_decode, B(0), O(1))
CALL(is_conflict, N32(0), B(1), I32(2))
CALL(code_lifetime, P(0), N32(1), N32(2), P(3))
CALL(split, B(0), N32(1), P(2))
CALL(wipe, B(0))
CALL(keyring_generate, N32(0), P(1))
CALL(keyring_parse, B(0), P(1))
CALL(keyring_open, B(0), P(1))
CALL(keyring_add, P(0), N32(1))
CALL(keyring_promote, P(0), N32(1))
CALL(keyring_remove, P(0), N32(1))
CALL(keyring_to_text, P(0), O(1))
CALL(login, P(0), P(1), B(2), B(3), I64(4), P(5))
CALL(login_with_ticket, P(0), P(1), B(2), P(3), B(4), I64(5), P(6))
CALL(ticket, P(0), B(1), B(2), B(3), I64(4), O(5))
CALL(dud_ticket, P(0), B(1), B(2), B(3), I64(4), O(5))
CALL(check_store, P(0), P(1), P(2), B(3))
CALL(apply, P(0), P(1), B(2), make, NULL, P(3), P(4))
CALL(otpauth_uri, P(0), B(1), B(2), P(3), I64(4), O(5))
CALL(uri_parse, B(0), P(1), O(2))
CALL(qr_svg, B(0), O(1))
CALL(qr_png, B(0), O(1))
CALL(qr_text, B(0), O(1))
CALL(uri_issuer, B(0), O(1))
CALL(uri_label, B(0), O(1))
CALL(secret_to_type, B(0), O(1))
CALL(apps_html, B(0), O(1))
CALL(status_name, I32(0), O(1))
CALL(message, I32(0), I64(1), B(2), O(3))
CALL(message_to_user, I32(0), I64(1), B(2), O(3))
CALL(message_at_enrollment, I32(0), I64(1), B(2), O(3))
CALL(row_of_person, B(0), N32(1), O(2))
CALL(person_and_row, B(0), P(1), O(2))
CALL(verifier_new, N32(0), P(1), B(2), P(3))
CALL(verifier_set, P(0), I32(1), I64(2))
CALL(verifier_get, P(0), I32(1), P(2))
CALL(enroll, P(0), B(1), P(2), I64(3), O(4))
CALL(enroll_token, P(0), B(1), P(2), B(3), I64(4), O(5))
CALL(import, P(0), B(1), P(2), B(3), P(4), I64(5), O(6))
CALL(inspect, P(0), B(1), B(2), I64(3), P(4))
CALL(verify, P(0), B(1), B(2), B(3), I64(4), P(5))
CALL(verify_with_ticket, P(0), B(1), B(2), P(3), B(4), I64(5), P(6))
CALL(confirm, P(0), B(1), B(2), B(3), I64(4), P(5))
CALL(replace, P(0), B(1), B(2), B(3), B(4), I64(5), P(6))
CALL(resynchronize, P(0), B(1), B(2), B(3), B(4), I64(5), P(6))
CALL(recovery_codes, P(0), B(1), B(2), N32(3), P(4))
CALL(temporary_code, P(0), B(1), B(2), I64(3), N32(4), N32(5), I64(6), P(7))
CALL(end_codes, P(0), B(1), B(2), N32(3), P(4))
CALL(unlock, P(0), B(1), B(2), P(3))
CALL(repair_clock, P(0), B(1), B(2), I64(3), P(4))
CALL(suspend, P(0), B(1), B(2), P(3))
CALL(resume, P(0), B(1), B(2), P(3))
CALL(revoke, P(0), B(1), B(2), P(3))
CALL(forget, P(0), B(1), B(2), I64(3), P(4))
CALL(reseal, P(0), B(1), B(2), P(3))
CALL(rename, P(0), B(1), B(2), B(3), P(4))

CALL(token_file_read, B(0), P(1), B(2), P(3))
CALL(token_file_token, P(0), (size_t)N64(1), P(2))
CALL(token_file_text, P(0), (size_t)N64(1), N32(2), O(3))
CALL(token_file_enroll, P(0), B(1), P(2), (size_t)N64(3), N32(4), I64(5), O(6))
CALL(token_file_import, P(0), B(1), P(2), (size_t)N64(3), N32(4), N32(5), I64(6), O(7))
CALL(token_file_prove, B(0), P(1), B(2), B(3), B(4), I64(5), P(6))

static int32_t call_token_file_free(slot *s)
{
    poterne_token_file_free(s[0].at);
    s[0].at = NULL;
    return POTERNE_OK;
}

static int32_t call_keyring_free(slot *s)
{
    poterne_keyring_free(s[0].at);
    s[0].at = NULL;
    return POTERNE_OK;
}

static int32_t call_verifier_free(slot *s)
{
    poterne_verifier_free(s[0].at);
    s[0].at = NULL;
    return POTERNE_OK;
}

static int32_t call_version(slot *s)
{
    (void)s;
    return poterne_version() != NULL && strlen(poterne_version()) >= 5 ? POTERNE_OK : POTERNE_E_INTERNAL;
}

static int32_t call_abi(slot *s)
{
    (void)s;
    return poterne_abi() == POTERNE_ABI ? POTERNE_OK : POTERNE_E_INTERNAL;
}

#define KEYRING_                     \
    {                                \
        KEYRING, NULL, 0, 0, 0, 0, 0 \
    }
#define VERIFIER_                     \
    {                                 \
        VERIFIER, NULL, 0, 0, 0, 0, 0 \
    }
#define TOKENS_                     \
    {                               \
        TOKENS, NULL, 0, 0, 0, 0, 0 \
    }
#define FILE_OPTIONS_(options)                           \
    {                                                    \
        STRUCT_IN, &options, sizeof options, 0, 0, 0, 0 \
    }
#define FREED_(kind)              \
    {                             \
        kind, NULL, 0, 1, 0, 0, 0 \
    }
#define HANDLE_                                  \
    {                                            \
        HANDLE, NULL, sizeof(void *), 0, 0, 0, 0 \
    }
#define IN_(data)                \
    {                            \
        IN, &data, 0, 0, 0, 0, 0 \
    }
#define BYTES_(data)             \
    {                            \
        IN, &data, 0, 0, 0, 1, 0 \
    }
#define ENCODED_(data)           \
    {                            \
        IN, &data, 0, 0, 0, 0, 1 \
    }
#define TYPED_(data)                \
    {                               \
        TYPED, &data, 0, 0, 0, 0, 0 \
    }
#define OUT_                     \
    {                            \
        OUT, NULL, 0, 0, 0, 0, 0 \
    }
#define PARAMETERS_(optional)                                                                             \
    {                                                                                                     \
        STRUCT_IN, &parameters, sizeof parameters, optional, offsetof(poterne_parameters, reserved), 0, 0 \
    }
#define EXISTING_                                         \
    {                                                     \
        STRUCT_IN, &existing, sizeof existing, 1, 0, 0, 0 \
    }
#define STORE_                                                                      \
    {                                                                               \
        STRUCT_IN, &store, sizeof store, 0, offsetof(poterne_store, reserved), 0, 0 \
    }
#define NAMES_                                                                          \
    {                                                                                   \
        STRUCT_IN, &names, sizeof names, 0, offsetof(poterne_uri_names, reserved), 0, 0 \
    }
#define TICKET_                                                                                        \
    {                                                                                                  \
        STRUCT_IN, &presented, sizeof presented, 0, offsetof(poterne_presented_ticket, reserved), 0, 0 \
    }
#define RESULT_                                              \
    {                                                        \
        STRUCT_OUT, NULL, sizeof(poterne_result), 1, 0, 0, 0 \
    }
#define ATTEMPT_                                           \
    {                                                      \
        ATTEMPT, NULL, sizeof(poterne_attempt), 0, 0, 0, 0 \
    }
#define WORD_                     \
    {                             \
        WORD, NULL, 8, 0, 0, 0, 0 \
    }
#define LENGTH_                                \
    {                                          \
        WORD, NULL, sizeof(size_t), 0, 0, 0, 0 \
    }
#define HALF_                     \
    {                             \
        WORD, NULL, 4, 0, 0, 0, 0 \
    }
#define TIME_                       \
    {                               \
        TIME, NULL, NOW, 0, 0, 0, 0 \
    }
#define NUMBER_(number)                  \
    {                                    \
        NUMBER, NULL, number, 0, 0, 0, 0 \
    }
#define RECORD_ VERIFIER_, IN_(t_active), IN_(t_account)

static const row rows[] = {
    {"outcome",
     call_outcome,
     POTERNE_OK,
     0,
     {{ASKED, NULL, sizeof(poterne_attempt), 0, offsetof(poterne_attempt, reserved), 0, 0}, NUMBER_(1), RESULT_}},
    {"codes",
     call_codes,
     POTERNE_OK,
     0,
     {{TOLD, NULL, sizeof(poterne_attempt), 0, offsetof(poterne_attempt, reserved), 0, 0}, OUT_}},
    {"otp", call_otp, POTERNE_OK, 0, {PARAMETERS_(0), BYTES_(t_secret), NUMBER_(7), OUT_}},
    {"match",
     call_match,
     POTERNE_OK,
     0,
     {PARAMETERS_(0), BYTES_(t_secret), TYPED_(t_code), NUMBER_(56666660), NUMBER_(56666670), NUMBER_(UINT64_MAX), WORD_}},
    {"time_step", call_time_step, POTERNE_OK, 0, {PARAMETERS_(0), TIME_, WORD_}},
    {"base32_decode", call_base32_decode, POTERNE_OK, 0, {IN_(t_base32), OUT_}},
    {"hex_decode", call_hex_decode, POTERNE_OK, 0, {IN_(t_hex), OUT_}},
    {"split", call_split, POTERNE_OK, 0, {ENCODED_(t_field), NUMBER_(6), LENGTH_}},
    {"is_conflict",
     call_is_conflict,
     POTERNE_REFUSED_CONFLICT,
     0,
     {NUMBER_(POTERNE_DATABASE_POSTGRESQL), ENCODED_(t_state), NUMBER_(0)}},
    {"wipe", call_wipe, POTERNE_OK, 0, {{MEMORY, NULL, 32, 0, 0, 0, 0}}},
    {"keyring_generate", call_keyring_generate, POTERNE_OK, 0, {NUMBER_(20261121), HANDLE_}},
    {"keyring_parse", call_keyring_parse, POTERNE_OK, 0, {IN_(t_keyring), HANDLE_}},
    {"keyring_open", call_keyring_open, POTERNE_OK, 0, {IN_(t_path), HANDLE_}},
    {"keyring_add", call_keyring_add, POTERNE_OK, 0, {KEYRING_, NUMBER_(77)}},
    {"keyring_promote", call_keyring_promote, POTERNE_OK, 0, {KEYRING_, NUMBER_(2)}},
    {"keyring_remove", call_keyring_remove, POTERNE_OK, 0, {KEYRING_, NUMBER_(2)}},
    {"keyring_to_text", call_keyring_to_text, POTERNE_OK, 0, {KEYRING_, OUT_}},
    {"keyring_free", call_keyring_free, POTERNE_OK, 0, {FREED_(KEYRING)}},
    {"login", call_login, POTERNE_OK, 0, {VERIFIER_, STORE_, IN_(t_account), TYPED_(t_code), TIME_, RESULT_}},
    {"login_with_ticket",
     call_login_with_ticket,
     POTERNE_OK,
     0,
     {VERIFIER_, STORE_, IN_(t_account), TICKET_, TYPED_(t_code), TIME_, RESULT_}},
    {"ticket", call_ticket, POTERNE_OK, 0, {VERIFIER_, IN_(t_account), IN_(t_purpose), BYTES_(t_context), TIME_, OUT_}},
    {"dud_ticket",
     call_dud_ticket,
     POTERNE_OK,
     0,
     {VERIFIER_, IN_(t_account), IN_(t_purpose), BYTES_(t_context), TIME_, OUT_}},
    {"check_store", call_check_store, POTERNE_OK, 0, {VERIFIER_, STORE_, STORE_, IN_(t_account)}},
    {"apply", call_apply, POTERNE_CHANGED, 1, {VERIFIER_, STORE_, IN_(t_account), ATTEMPT_, RESULT_}},
    {"otpauth_uri", call_otpauth_uri, POTERNE_OK, 0, {VERIFIER_, IN_(t_pending), IN_(t_account), NAMES_, TIME_, OUT_}},
    {"uri_parse",
     call_uri_parse,
     POTERNE_OK,
     0,
     {IN_(t_uri), {STRUCT_OUT, NULL, sizeof(poterne_parameters), 0, 0, 0, 0}, OUT_}},
    {"qr_svg", call_qr_svg, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"qr_png", call_qr_png, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"qr_text", call_qr_text, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"uri_issuer", call_uri_issuer, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"uri_label", call_uri_label, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"secret_to_type", call_secret_to_type, POTERNE_OK, 0, {IN_(t_uri), OUT_}},
    {"apps_html", call_apps_html, POTERNE_OK, 0, {IN_(t_language), OUT_}},
    {"version", call_version, POTERNE_OK, 0, {{END, NULL, 0, 0, 0, 0, 0}}},
    {"abi", call_abi, POTERNE_OK, 0, {{END, NULL, 0, 0, 0, 0, 0}}},
    {"status_name", call_status_name, POTERNE_OK, 0, {NUMBER_(4), OUT_}},
    {"message", call_message, POTERNE_OK, 0, {NUMBER_(4), NUMBER_(90), IN_(t_language), OUT_}},
    {"message_to_user", call_message_to_user, POTERNE_OK, 0, {NUMBER_(4), NUMBER_(90), IN_(t_language), OUT_}},
    {"message_at_enrollment", call_message_at_enrollment, POTERNE_OK, 0, {NUMBER_(4), NUMBER_(90), IN_(t_language), OUT_}},
    {"row_of_person", call_row_of_person, POTERNE_OK, 0, {IN_(t_account), NUMBER_(2), OUT_}},
    {"person_and_row", call_person_and_row, POTERNE_OK, 0, {IN_(t_other), HALF_, OUT_}},
    {"verifier_new", call_verifier_new, POTERNE_OK, 0, {NUMBER_(POTERNE_ABI), KEYRING_, IN_(t_application), HANDLE_}},
    {"verifier_set", call_verifier_set, POTERNE_OK, 0, {VERIFIER_, NUMBER_(POTERNE_OPTION_MAX_FAILURES), NUMBER_(10)}},
    {"verifier_get", call_verifier_get, POTERNE_OK, 0, {VERIFIER_, NUMBER_(POTERNE_OPTION_MAX_FAILURES), WORD_}},
    {"code_lifetime", call_code_lifetime, POTERNE_OK, 0, {VERIFIER_, NUMBER_(POTERNE_TOKEN), NUMBER_(30), WORD_}},
    {"verifier_free", call_verifier_free, POTERNE_OK, 0, {FREED_(VERIFIER)}},
    {"enroll", call_enroll, POTERNE_OK, 0, {VERIFIER_, IN_(t_account), PARAMETERS_(1), TIME_, OUT_}},
    {"enroll_token",
     call_enroll_token,
     POTERNE_OK,
     0,
     {VERIFIER_, IN_(t_account), PARAMETERS_(1), BYTES_(t_secret), TIME_, OUT_}},
    {"import",
     call_import,
     POTERNE_OK,
     0,
     {VERIFIER_, IN_(t_account), PARAMETERS_(1), BYTES_(t_secret), EXISTING_, TIME_, OUT_}},
    {"token_file_read", call_token_file_read, POTERNE_OK, 0, {BYTES_(t_file), FILE_OPTIONS_(file_options), ENCODED_(t_columns), HANDLE_}},
    {"token_file_free", call_token_file_free, POTERNE_OK, 0, {FREED_(TOKENS)}},
    {"token_file_token",
     call_token_file_token,
     POTERNE_OK,
     0,
     {TOKENS_, NUMBER_(0), {STRUCT_OUT, NULL, sizeof(poterne_file_token), 0, 0, 0, 0}}},
    {"token_file_text", call_token_file_text, POTERNE_OK, 0, {TOKENS_, NUMBER_(0), NUMBER_(POTERNE_TEXT_SERIAL), OUT_}},
    {"token_file_enroll",
     call_token_file_enroll,
     POTERNE_OK,
     0,
     {VERIFIER_, IN_(t_account), TOKENS_, NUMBER_(0), NUMBER_(0), TIME_, OUT_}},
    {"token_file_import",
     call_token_file_import,
     POTERNE_OK,
     0,
     {VERIFIER_, IN_(t_account), TOKENS_, NUMBER_(0), NUMBER_(POTERNE_STATE_ACTIVE), NUMBER_(0), TIME_, OUT_}},
    {"token_file_prove",
     call_token_file_prove,
     POTERNE_OK,
     0,
     {BYTES_(t_file), FILE_OPTIONS_(open_options), ENCODED_(t_columns), IN_(t_serial), IN_(t_code), TIME_,
      {STRUCT_OUT, NULL, sizeof(poterne_file_proof), 0, 0, 0, 0}}},
    {"inspect", call_inspect, POTERNE_OK, 0, {RECORD_, TIME_, {STRUCT_OUT, NULL, sizeof(poterne_inspection), 0, 0, 0, 0}}},
    {"verify", call_verify, POTERNE_STORE, 1, {RECORD_, TYPED_(t_code), TIME_, ATTEMPT_}},
    {"verify_with_ticket", call_verify_with_ticket, POTERNE_STORE, 1, {RECORD_, TICKET_, TYPED_(t_code), TIME_, ATTEMPT_}},
    {"confirm",
     call_confirm,
     POTERNE_STORE,
     1,
     {VERIFIER_, IN_(t_pending), IN_(t_account), TYPED_(t_code), TIME_, ATTEMPT_}},
    {"replace",
     call_replace,
     POTERNE_STORE,
     1,
     {VERIFIER_, IN_(t_old), IN_(t_pending), IN_(t_account), TYPED_(t_code), TIME_, ATTEMPT_}},
    {"resynchronize",
     call_resynchronize,
     POTERNE_STORE,
     1,
     {VERIFIER_, IN_(t_pending), IN_(t_account), TYPED_(t_code), TYPED_(t_second), TIME_, ATTEMPT_}},
    {"recovery_codes", call_recovery_codes, POTERNE_STORE, 1, {RECORD_, NUMBER_(8), ATTEMPT_}},
    {"temporary_code",
     call_temporary_code,
     POTERNE_STORE,
     1,
     {RECORD_, NUMBER_(0), NUMBER_(1), NUMBER_(POTERNE_KEEP), TIME_, ATTEMPT_}},
    {"end_codes", call_end_codes, POTERNE_STORE, 1, {RECORD_, NUMBER_(POTERNE_CODES_BOTH), ATTEMPT_}},
    {"unlock", call_unlock, POTERNE_STORE, 1, {RECORD_, ATTEMPT_}},
    {"repair_clock", call_repair_clock, POTERNE_STORE, 1, {VERIFIER_, IN_(t_ahead), IN_(t_account), TIME_, ATTEMPT_}},
    {"suspend", call_suspend, POTERNE_STORE, 1, {RECORD_, ATTEMPT_}},
    {"resume", call_resume, POTERNE_STORE, 1, {RECORD_, ATTEMPT_}},
    {"revoke", call_revoke, POTERNE_STORE, 1, {RECORD_, ATTEMPT_}},
    {"forget", call_forget, POTERNE_STORE, 1, {RECORD_, TIME_, ATTEMPT_}},
    {"reseal", call_reseal, POTERNE_STORE, 1, {RECORD_, ATTEMPT_}},
    {"rename", call_rename, POTERNE_STORE, 1, {RECORD_, IN_(t_other), ATTEMPT_}},
};

#define ROWS (sizeof rows / sizeof rows[0])

/* ---- One call ---- */

typedef enum {
    AS_IT_IS,
    IS_NULL,
    NULL_AND_0,
    NULL_AND_NUL,
    NUL,
    NO_LEN,
    LENGTH,
    CAPACITY,
    STATED,
    TAIL,
    RESERVED,
    CONTENT,
    VALUE
} change;

typedef struct {
    int at;
    change change;
    uint64_t value;
    const void *content;
    size_t content_len;
} mutation;

static const mutation none = {-1, AS_IT_IS, 0, NULL, 0};

/* The size that the outputs of the row's good call need, with the NUL. */
static size_t need;

static poterne_attempt asked(const poterne_verifier *verifier)
{
    poterne_attempt attempt;
    attempt.struct_size = sizeof attempt;
    if (poterne_verify(verifier, active, 504, "a.martin", 8, code, 6, NOW, &attempt) != POTERNE_STORE)
        fault("verify", "the right code is not to be stored");
    return attempt;
}

static poterne_attempt told(const poterne_verifier *verifier)
{
    poterne_attempt attempt;
    attempt.struct_size = sizeof attempt;
    if (poterne_confirm(verifier, pending, 504, "a.martin", 8, code, 6, NOW, &attempt) != POTERNE_STORE
        || poterne_outcome(&attempt, 1, NULL) != POTERNE_CONFIRMED)
        fault("confirm", "the right code does not confirm");
    return attempt;
}

static int is_attempt(const parameter *parameter)
{
    return parameter->kind == ATTEMPT || parameter->kind == ASKED || parameter->kind == TOLD;
}

/* A structure that never grows, and has pointers. */
static int is_fixed(const parameter *parameter)
{
    return parameter->data == &store || parameter->data == &names || parameter->data == &presented;
}

/* Whether a structure may state this size: its own and no other, or from its first one, which all still have, to twice it. */
static int is_size(const parameter *parameter, uint64_t stated)
{
    if (is_attempt(parameter) || is_fixed(parameter))
        return stated == parameter->number;
    return stated >= parameter->number && stated <= 2 * parameter->number;
}

/* A block with a canary on both sides. */
static void guarded(slot *slot, size_t size)
{
    slot->block = get(size + 2 * CANARY);
    memset(slot->block, 0x5a, CANARY);
    memset(slot->block + CANARY, 0xa5, size);
    memset(slot->block + CANARY + size, 0x5a, CANARY);
    slot->at = slot->block + CANARY;
    slot->size = slot->given = size;
}

/* A block of exactly its size: a tool sees what is read behind it. */
static void exact(slot *slot, const void *from, size_t size)
{
    slot->block = get(size);
    if (size > 0)
        memcpy(slot->block, from, size);
    slot->at = slot->block;
    slot->size = slot->given = size;
}

static void structure(slot *slot, const void *from, size_t size, const parameter *parameter, const mutation *m, int is_mine)
{
    uint32_t stated = (uint32_t)size;
    size_t there = size;
    if (is_mine && (m->change == STATED || m->change == TAIL)) {
        stated = (uint32_t)m->value;
        /* Of what is no size, the first two fields are all that may be touched. */
        there = is_size(parameter, stated) ? stated : 8;
    }
    guarded(slot, there);
    if (from != NULL) {
        memset(slot->at, 0, there);
        memcpy(slot->at, from, there < size ? there : size);
    }
    memcpy(slot->at, &stated, 4);
    if (is_mine && m->change == TAIL)
        memset((unsigned char *)slot->at + there - 1, 1, 1);
    if (is_mine && m->change == RESERVED)
        memset((unsigned char *)slot->at + parameter->reserved, 1, 1);
}

static void prepare(slot *slot, const parameter *parameter, const mutation *m, int is_mine)
{
    const text *data = parameter->data;
    poterne_verifier *verifier;
    poterne_attempt attempt;
    size_t size = (size_t)parameter->number;
    memset(slot, 0, sizeof *slot);
    slot->number = parameter->number;
    slot->len_at = &slot->len;
    slot->len = 0xa5a5;
    switch (parameter->kind) {
    case KEYRING:
        slot->at = new_keyring();
        break;
    case VERIFIER:
        slot->at = new_verifier();
        break;
    case TOKENS:
        slot->at = new_token_file();
        break;
    case HANDLE:
    case WORD:
        guarded(slot, size);
        break;
    case IN:
    case TYPED:
        if (is_mine && (m->change == CONTENT || m->change == NUL))
            exact(slot, m->content, m->content_len);
        else
            exact(slot, data->at, data->len);
        break;
    case OUT:
        guarded(slot, is_mine && m->change == CAPACITY && m->value <= need ? (size_t)m->value : need);
        if (is_mine && m->change == CAPACITY)
            slot->given = (size_t)m->value;
        break;
    case MEMORY:
        guarded(slot, size);
        break;
    case STRUCT_IN:
        if (parameter->data == &store)
            begin_table(&plain);
        structure(slot, parameter->data, size, parameter, m, is_mine);
        break;
    case STRUCT_OUT:
    case ATTEMPT:
        structure(slot, NULL, size, parameter, m, is_mine);
        break;
    case ASKED:
    case TOLD:
        verifier = new_verifier();
        attempt = parameter->kind == ASKED ? asked(verifier) : told(verifier);
        poterne_verifier_free(verifier);
        structure(slot, &attempt, size, parameter, m, is_mine);
        break;
    default:
        break;
    }
    if (!is_mine)
        return;
    if (m->change == NUL)
        slot->given = POTERNE_NUL;
    if (m->change == LENGTH)
        slot->given = (size_t)m->value;
    if (m->change == VALUE)
        slot->number = m->value;
    if (m->change == NO_LEN)
        slot->len_at = NULL;
    if (m->change == IS_NULL || m->change == NULL_AND_0 || m->change == NULL_AND_NUL) {
        if (parameter->kind == KEYRING)
            poterne_keyring_free(slot->at);
        if (parameter->kind == VERIFIER)
            poterne_verifier_free(slot->at);
        if (parameter->kind == TOKENS)
            poterne_token_file_free(slot->at);
        slot->at = NULL;
        if (m->change == NULL_AND_0)
            slot->given = 0;
        if (m->change == NULL_AND_NUL)
            slot->given = POTERNE_NUL;
    }
}

static int is_filled(const unsigned char *at, size_t len, int with)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] != with)
            return 0;
    return 1;
}

/* What an output must be after the call. */
static void examine(const char *where, const slot *slot, const parameter *parameter, int32_t status)
{
    const unsigned char *at = slot->at;
    uint32_t stated = 0;
    if (slot->block != NULL && (parameter->kind != IN && parameter->kind != TYPED))
        check(is_filled(slot->block, CANARY, 0x5a) && is_filled(slot->block + CANARY + slot->size, CANARY, 0x5a), where,
              "something is written outside a buffer");
    if (parameter->kind == OUT && slot->len_at != NULL) {
        if (status == POTERNE_E_BUFFER)
            check(slot->len >= slot->given, where, "a length that is not what is needed");
        else if (status < 0)
            check(slot->len == 0, where, "a failure leaves a length");
        else
            check(slot->len < slot->given && at != NULL && at[slot->len] == 0, where, "an output without its NUL");
    }
    if (at == NULL)
        return;
    switch (parameter->kind) {
    case OUT:
        if (status < 0 && slot->size > 0)
            check(at[0] == 0, where, "a failure leaves an output");
        break;
    case HANDLE:
    case WORD:
        if (status < 0)
            check(is_filled(at, slot->size, 0), where, "a failure leaves a value");
        else
            check(!is_filled(at, slot->size, 0xa5), where, "an output is not written");
        break;
    case STRUCT_OUT:
    case ATTEMPT:
        memcpy(&stated, at, 4);
        if (!is_size(parameter, stated)) {
            /* An attempt has no verdict any more, and a result says so. */
            int is_result = parameter->number == sizeof(poterne_result) && parameter->is_optional;
            check(is_filled(at + 4, slot->size - 4, 0xa5) == (parameter->kind != ATTEMPT && !is_result), where,
                  "written to a structure of a wrong size, or an old verdict left");
        } else {
            size_t from = 4;
            check(stated == slot->size, where, "the size is overwritten");
            if (parameter->number == sizeof(poterne_result) && parameter->is_optional) {
                int32_t told_status;
                memcpy(&told_status, at + 4, 4);
                check(told_status == status, where, "the result has another status than the call");
                from = 8;
            }
            if (status < 0)
                check(is_filled(at + from, slot->size - from, 0), where, "a failure leaves something in a structure");
            /* What a later header has behind our fields. */
            if (slot->size > parameter->number)
                check(is_filled(at + parameter->number, slot->size - parameter->number, 0), where,
                      "the fields of a later header are not zeros");
        }
        break;
    case MEMORY:
        if (status == POTERNE_OK)
            check(is_filled(at, slot->given, 0), where, "memory is not wiped");
        break;
    default:
        break;
    }
}

static size_t count_of(const row *row)
{
    size_t count = 0;
    while (count < MAX_PARAMETERS && row->parameters[count].kind != END)
        count++;
    return count;
}

static int is_random = 1;

static int32_t run(const row *row, const mutation *m, const char *what)
{
    slot slots[MAX_PARAMETERS];
    size_t count = count_of(row);
    char where[160], said[64], full[64];
    for (size_t i = 0; i < count; i++)
        prepare(&slots[i], &row->parameters[i], m, (int)i == m->at);
    is_without_randomness = !is_random;
    int32_t status = row->call(slots);
    is_without_randomness = 0;
    calls++;
    sprintf(where, "poterne_%.40s, parameter %d, %.40s %" PRIx64 ": %" PRId32, row->name, m->at, what, m->value, status);
    sprintf(full, "poterne_%.40s", row->name);
    const function *function = find(full, strlen(full));
    int is_allowed = 0;
    for (size_t i = 0; i < function->count; i++)
        is_allowed |= function->allowed[i] == status;
    sprintf(said, "status %" PRId32 " is not documented", status);
    check(is_allowed, where, said);
    check(status != POTERNE_E_INTERNAL, where, "a fault of the library");
    check(!row->is_never_0 || status != 0, where, "0 where 0 must never be");
    for (size_t i = 0; i < count; i++) {
        const parameter *parameter = &row->parameters[i];
        examine(where, &slots[i], parameter, status);
        if (parameter->kind == HANDLE && status == POTERNE_OK) {
            void *handle;
            memcpy(&handle, slots[i].at, sizeof handle);
            if (strncmp(row->name, "verifier", 8) == 0)
                poterne_verifier_free(handle);
            else if (strncmp(row->name, "token_file", 10) == 0)
                poterne_token_file_free(handle);
            else
                poterne_keyring_free(handle);
        }
        if (parameter->kind == OUT && status == POTERNE_E_BUFFER && need == 0)
            need = slots[i].len + 1;
        if (parameter->kind == KEYRING)
            poterne_keyring_free(slots[i].at);
        if (parameter->kind == VERIFIER)
            poterne_verifier_free(slots[i].at);
        if (parameter->kind == TOKENS)
            poterne_token_file_free(slots[i].at);
        free(slots[i].block);
    }
    return status;
}

#ifdef PLANTED_PANICS
void poterne_planted_panics(int32_t place);

/* A panic before and after the work of a function is a status, and the next call is as if nothing had been. */
static void panicking_row(const row *row)
{
    int has_guard = strcmp(row->name, "version") != 0 && strcmp(row->name, "abi") != 0;
    int has_status = strstr(row->name, "_free") == NULL;
    size_t count = count_of(row);
    need = POTERNE_URI_MAX * 100;
    for (int32_t place = 1; has_guard && place <= 2; place++) {
        slot slots[MAX_PARAMETERS];
        for (size_t i = 0; i < count; i++)
            prepare(&slots[i], &row->parameters[i], &none, 0);
        poterne_planted_panics(place);
        int32_t status = row->call(slots);
        poterne_planted_panics(0);
        check(status == (has_status ? POTERNE_E_INTERNAL : POTERNE_OK), row->name, "a panic is no internal error");
        for (size_t i = 0; i < count; i++)
            free(slots[i].block);
    }
    check(run(row, &none, "after a panic") == row->good, row->name, "after a panic the good call is not good");
}
#endif

static int32_t one(const row *row, int at, change change, uint64_t value, const char *what)
{
    mutation m = none;
    m.at = at;
    m.change = change;
    m.value = value;
    return run(row, &m, what);
}

static int32_t content(const row *row, int at, const void *content, size_t len, const char *what)
{
    mutation m = none;
    m.at = at;
    m.change = CONTENT;
    m.content = content;
    m.content_len = len;
    return run(row, &m, what);
}

static void is(const row *row, int32_t status, int32_t expected, const char *what)
{
    char said[96];
    sprintf(said, "%.40s gives %" PRId32 ", not %" PRId32, what, status, expected);
    check(status == expected, row->name, said);
}

static const uint64_t extremes[] = {0,           1,          2,
                                    3,           6,          9,
                                    10,          11,         51,
                                    65,          101,        201,
                                    10001,       30 * 86400, INT32_MAX,
                                    0x80000000u, UINT32_MAX, UINT32_MAX + 1ull,
                                    INT64_MAX,   1ull << 63, UINT64_MAX - 1,
                                    UINT64_MAX};

static int is_record(const text *data)
{
    return data == &t_active || data == &t_pending || data == &t_ahead || data == &t_old;
}

/* No record: nobody logs in, and what would read or change it is told the state. */
static void hostile_absence(const row *row, int i)
{
    int is_login = strncmp(row->name, "verify", 6) == 0 || strcmp(row->name, "confirm") == 0
                   || strcmp(row->name, "resynchronize") == 0;
    int32_t expected = is_login ? POTERNE_REFUSED_NOT_ENROLLED : POTERNE_E_STATE;
    is(row, one(row, i, NULL_AND_0, 0, "no record"), expected, "no record");
    is(row, one(row, i, LENGTH, 0, "an empty record"), expected, "an empty record");
    is(row, content(row, i, "    ", 4, "spaces"), expected, "a record of spaces");
}

/* What the user typed: never an error, whatever it is. */
static void hostile_typed(const row *row, int i, const text *data)
{
    char typed[300];
    is(row,
       content(row, i,
               "\xff\xfe"
               "a.b.",
               6, "not UTF-8"),
       POTERNE_REFUSED_MALFORMED, "what is not UTF-8");
    memcpy(typed, data->at, data->len);
    memcpy(typed + data->len, "\xe9", 1);
    is(row, content(row, i, typed, data->len + 1, "ISO-8859-1"), POTERNE_REFUSED_MALFORMED, "a code, and what is not UTF-8");
    memcpy(typed, data->at, 3);
    typed[3] = 0;
    memcpy(typed + 4, (const char *)data->at + 3, data->len - 3);
    is(row, content(row, i, typed, data->len + 1, "a NUL"), POTERNE_REFUSED_MALFORMED, "a code with a NUL in it");
    memcpy(typed, data->at, data->len);
    typed[data->len] = 0;
    is(row, content(row, i, typed, data->len + 1, "a NUL"), POTERNE_REFUSED_MALFORMED, "a code with a NUL behind it");
    /* 64 characters are read, and no more; 256 bytes are more. */
    memset(typed, ' ', sizeof typed);
    memcpy(typed, data->at, data->len);
    is(row, content(row, i, typed, 64, "64 characters"), row->good, "a code in 64 characters");
    is(row, content(row, i, typed, 65, "65 characters"), POTERNE_REFUSED_MALFORMED, "a code in 65 characters");
    is(row, content(row, i, typed, 257, "257 bytes"), POTERNE_REFUSED_MALFORMED, "a code in 257 bytes");
    is(row, one(row, i, NULL_AND_0, 0, "nothing"), POTERNE_REFUSED_MALFORMED, "nothing typed");
}

/* The text that ends with a NUL. */
static void hostile_nul(const row *row, int i, const text *data)
{
    char *ends = get(data->len + 1);
    mutation m = none;
    memcpy(ends, data->at, data->len);
    ends[data->len] = 0;
    m.at = i;
    m.change = NUL;
    m.content = ends;
    m.content_len = data->len + 1;
    is(row, run(row, &m, "a NUL-terminated text"), row->good, "a NUL-terminated text");
    m.content = "";
    m.content_len = 1;
    is(row, run(row, &m, "an empty NUL-terminated text"), one(row, i, LENGTH, 0, "length"), "an empty NUL-terminated text");
    free(ends);
    is(row, one(row, i, NULL_AND_NUL, 0, "NULL and POTERNE_NUL"), POTERNE_E_NULL, "NULL and POTERNE_NUL");
}

static void hostile_input(const row *row, int i, const parameter *parameter)
{
    const text *data = parameter->data;
    is(row, one(row, i, IS_NULL, 0, "NULL"), POTERNE_E_NULL, "NULL with a length");
    one(row, i, NULL_AND_0, 0, "NULL and 0");
    if (is_record(data))
        hostile_absence(row, i);
    if (parameter->kind == TYPED)
        hostile_typed(row, i, data);
    one(row, i, LENGTH, 0, "length");
    one(row, i, LENGTH, 1, "length");
    one(row, i, LENGTH, data->len - 1, "length");
    if (parameter->is_bytes)
        is(row, one(row, i, LENGTH, SIZE_MAX, "length"), POTERNE_E_ARGUMENT, "a length of SIZE_MAX");
    else
        hostile_nul(row, i, data);
    is(row, one(row, i, LENGTH, SIZE_MAX / 2 + 1, "length"), POTERNE_E_ARGUMENT, "a length of half of it");
    int32_t status = content(row, i,
                             "\xff\xfe"
                             "a.b.",
                             6, "not UTF-8");
    if (parameter->kind == IN && !parameter->is_bytes && !parameter->is_encoded)
        is(row, status, POTERNE_E_UTF8, "what is not UTF-8");
    status = content(row, i, "a\0b", 3, "an embedded NUL");
    if (data == &t_account)
        is(row, status, POTERNE_E_ARGUMENT, "an account with a NUL");
    static char long_text[20000];
    memset(long_text, 'A', sizeof long_text);
    status = content(row, i, long_text, sizeof long_text, "20,000 bytes");
    if (parameter->kind == TYPED)
        is(row, status, POTERNE_REFUSED_MALFORMED, "20,000 bytes");
    for (int round = 0; round < 8; round++) {
        unsigned char noise[600];
        size_t len = dice() % sizeof noise;
        for (size_t at = 0; at < len; at++)
            noise[at] = (unsigned char)(round % 2 ? dice() % 128 : dice());
        status = content(row, i, noise, len, "noise");
        check(parameter->kind != TYPED || status > 0, row->name, "what the user typed is an error, or right");
    }
    /* One bit of it turned: a record, a secret or a text of another value. */
    for (int round = 0; round < 8 && data->len <= 600; round++) {
        unsigned char turned[600];
        memcpy(turned, data->at, data->len);
        turned[dice() % data->len] ^= (unsigned char)(1 << dice() % 7);
        status = content(row, i, turned, data->len, "a turned bit");
        if (is_record(data))
            check(status == POTERNE_E_RECORD || status == POTERNE_E_UNKNOWN_KEY || status == POTERNE_E_RECORD_FORMAT,
                  row->name, "a record with a turned bit is opened");
    }
}

static void hostile_structure(const row *row, int i, const parameter *parameter)
{
    uint64_t size = parameter->number;
    const uint64_t wrong[] = {0, 4, 7, 8, size / 2, size - 8, size - 1, 2 * size + 1, 4096, 4097, 0x7fffffff, UINT32_MAX};
    const uint64_t larger[] = {size + 1, size + 16, 2 * size};
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++)
        is(row, one(row, i, STATED, wrong[w], "struct_size"), POTERNE_E_VERSION, "a wrong struct_size");
    for (size_t l = 0; l < sizeof larger / sizeof larger[0]; l++)
        if (is_size(parameter, larger[l]))
            is(row, one(row, i, STATED, larger[l], "struct_size"), row->good, "a larger structure, zeros behind");
        else
            is(row, one(row, i, STATED, larger[l], "struct_size"), POTERNE_E_VERSION,
               "a structure that never grows, larger");
    if (parameter->kind == STRUCT_IN)
        is(row, one(row, i, TAIL, size + 16, "a tail"), POTERNE_E_VERSION, "a larger structure, not zeros behind");
    if (parameter->reserved > 0)
        is(row, one(row, i, RESERVED, 0, "reserved"), POTERNE_E_VERSION, "a reserved field that is not 0");
}

/* Each field of a structure at its extremes. */
static void hostile_fields(const row *row, int i, const parameter *parameter)
{
    unsigned char changed[256];
    void *kept = get((size_t)parameter->number);
    memcpy(kept, parameter->data, (size_t)parameter->number);
    for (size_t at = 4; !is_fixed(parameter) && at < parameter->number; at += 4)
        for (size_t v = 0; v < sizeof extremes / sizeof extremes[0]; v++) {
            uint32_t field = (uint32_t)extremes[v];
            memcpy(changed, kept, (size_t)parameter->number);
            memcpy(changed + at, &field, 4);
            memcpy((void *)(uintptr_t)parameter->data, changed, (size_t)parameter->number);
            one(row, i, AS_IT_IS, (uint64_t)at << 32 | field, "a field");
        }
    memcpy((void *)(uintptr_t)parameter->data, kept, (size_t)parameter->number);
    free(kept);
}

static void hostile_row(const row *row)
{
    size_t count = count_of(row);
    need = 0;
    for (size_t i = 0; i < count; i++)
        if (row->parameters[i].kind == OUT) {
            is(row, one(row, (int)i, NULL_AND_0, 0, "asking for the size"), POTERNE_E_BUFFER, "a buffer of no size");
            check(need > 0, row->name, "the size that is needed is not told");
        }
    is(row, run(row, &none, "good"), row->good, "the good call");
    for (size_t j = 0; j < count; j++) {
        const parameter *parameter = &row->parameters[j];
        int i = (int)j;
        switch (parameter->kind) {
        case IN:
        case TYPED:
            hostile_input(row, i, parameter);
            break;
        case OUT:
            is(row, one(row, i, IS_NULL, 0, "NULL"), POTERNE_E_NULL, "NULL with a size");
            is(row, one(row, i, NO_LEN, 0, "no length"), row->good, "a length that nobody asks for");
            is(row, one(row, i, CAPACITY, 0, "capacity"), POTERNE_E_BUFFER, "no capacity");
            is(row, one(row, i, CAPACITY, 1, "capacity"), POTERNE_E_BUFFER, "a capacity of 1");
            is(row, one(row, i, CAPACITY, need - 1, "capacity"), POTERNE_E_BUFFER, "one byte less than needed");
            is(row, one(row, i, CAPACITY, need, "capacity"), row->good, "what is needed");
            is(row, one(row, i, CAPACITY, SIZE_MAX, "capacity"), POTERNE_E_ARGUMENT, "a capacity of SIZE_MAX");
            break;
        case MEMORY:
            is(row, one(row, i, IS_NULL, 0, "NULL"), POTERNE_E_NULL, "NULL with a length");
            is(row, one(row, i, NULL_AND_0, 0, "NULL and 0"), POTERNE_OK, "NULL and 0");
            is(row, one(row, i, LENGTH, 0, "length"), POTERNE_OK, "no length");
            is(row, one(row, i, LENGTH, 1, "length"), POTERNE_OK, "one byte");
            is(row, one(row, i, LENGTH, parameter->number - 1, "length"), POTERNE_OK, "all but one byte");
            is(row, one(row, i, LENGTH, SIZE_MAX, "length"), POTERNE_E_ARGUMENT, "a length of SIZE_MAX");
            break;
        case STRUCT_IN:
            hostile_structure(row, i, parameter);
            hostile_fields(row, i, parameter);
            goto null;
        case STRUCT_OUT:
        case ATTEMPT:
        case ASKED:
        case TOLD:
            hostile_structure(row, i, parameter);
            goto null;
        case TIME:
            is(row, one(row, i, VALUE, (uint64_t)INT64_MIN + 1, "time"), POTERNE_E_TIME, "a time of INT64_MIN + 1");
            is(row, one(row, i, VALUE, (uint64_t)-1, "time"), POTERNE_E_TIME, "a time of -1");
            is(row, one(row, i, VALUE, INT64_MAX, "time"), POTERNE_E_TIME, "a time of INT64_MAX");
            one(row, i, VALUE, (uint64_t)INT64_MIN, "POTERNE_NOW");
            one(row, i, VALUE, 0, "time");
            one(row, i, VALUE, 253402300799, "time");
            is(row, one(row, i, VALUE, 253402300800, "time"), POTERNE_E_TIME, "the year 10000");
            break;
        case NUMBER:
            for (size_t v = 0; v < sizeof extremes / sizeof extremes[0]; v++) {
                one(row, i, VALUE, extremes[v], "number");
                one(row, i, VALUE, 0 - extremes[v], "number");
            }
            break;
        default:
        null : {
            int32_t status = one(row, i, IS_NULL, 0, "NULL");
            if (parameter->is_optional)
                is(row, status, row->good, "NULL, which is fine");
            else
                is(row, status, POTERNE_E_NULL, "NULL");
        }
        }
    }
}

/* No randomness: a status, and outputs as after every failure. Prepared with randomness, called without. */
static void hostile_randomness(const row *row)
{
    is_random = 0;
    int32_t status = run(row, &none, "no randomness");
    is_random = 1;
    check(status == row->good || status == POTERNE_E_RANDOM, row->name, "another status without randomness");
}

/* Records whose beginning is another one: of a key that nobody has, of a later version, or of nothing. */
static void hostile_beginnings(const row *row)
{
    for (size_t i = 0; i < count_of(row); i++) {
        const text *data = row->parameters[i].data;
        if (row->parameters[i].kind != IN || !is_record(data))
            continue;
        for (size_t at = 0; at < 16; at++) {
            char turned[POTERNE_RECORD_MAX];
            memcpy(turned, data->at, data->len);
            turned[at] = turned[at] == 'A' ? 'B' : 'A';
            int32_t status = content(row, (int)i, turned, data->len, "another beginning");
            check(status == POTERNE_E_RECORD || status == POTERNE_E_UNKNOWN_KEY || status == POTERNE_E_RECORD_FORMAT,
                  row->name, "a record with another beginning is opened");
        }
    }
}

/* URIs of a wrong secret, and of a counter above 2^63 - 1. */
static void hostile_uris(const row *row)
{
    static const char no_secret[] = "otpauth://totp/i:l?secret=1&issuer=i",
                      high[] = "otpauth://hotp/i:l?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=9223372036854775808";
    if (row->parameters[0].kind != IN || row->parameters[0].data != &t_uri)
        return;
    is(row, content(row, 0, no_secret, sizeof no_secret - 1, "a wrong secret"), POTERNE_E_SECRET, "a wrong secret");
    is(row, content(row, 0, high, sizeof high - 1, "a high counter"), POTERNE_E_COUNTER, "a high counter");
}

/* Parameters of a counter above 2^63 - 1. */
static void hostile_counters(const row *row)
{
    for (size_t i = 0; i < count_of(row); i++)
        if (row->parameters[i].data == &parameters) {
            const poterne_parameters kept = parameters;
            parameters.moving_factor = POTERNE_COUNTER;
            parameters.counter = UINT64_MAX;
            is(row, run(row, &none, "a high counter"), POTERNE_E_COUNTER, "a high counter");
            parameters = kept;
        }
}

/* Files of another format: what their options may not say, and a proof of the hash alone. */
static void hostile_token_files(void)
{
    static const char xml[] = "<Tokens><Token serial=\"7\"><Applications><Application><Seed>3132333435363738393031323334353637383930"
                              "</Seed></Application></Applications></Token></Tokens>";
    const uint8_t *file = (const uint8_t *)xml;
    poterne_file_options options = {sizeof options, POTERNE_FILE_ETOKEN, 0, 0, 0, 0, 0, 0};
    poterne_file_proof proof = POTERNE_FILE_PROOF_INIT;
    poterne_token_file *tokens;
    /* RFC 4226 appendix D: the first code of this secret. */
    check(poterne_token_file_prove(file, sizeof xml - 1, &options, NULL, 0, "7", 1, "755224", 6, NOW, &proof) == POTERNE_OK
              && proof.count == 1 && proof.algorithm == POTERNE_SHA1 && proof.encoding == POTERNE_ENCODING_HEX,
          "token_file_prove", "the hash of eToken PASS is not proved");
    check(poterne_token_file_prove(file, sizeof xml - 1, &options, "x", 1, "7", 1, "755224", 6, NOW, &proof) == POTERNE_E_ARGUMENT
              && proof.count == 0,
          "token_file_prove", "eToken PASS has columns");
    options.digits = 8;
    check(poterne_token_file_read(file, sizeof xml - 1, &options, NULL, 0, &tokens) == POTERNE_E_ARGUMENT && tokens == NULL,
          "token_file_read", "eToken PASS has digits");
    options.digits = 0;
    options.format = POTERNE_FILE_PSKC;
    options.flags = POTERNE_FILE_COUNTER_BASED;
    check(poterne_token_file_read(file, sizeof xml - 1, &options, NULL, 0, &tokens) == POTERNE_E_ARGUMENT && tokens == NULL,
          "token_file_read", "PSKC is counter-based");
}

/* ---- Attempts ---- */

static poterne_verifier *shared_verifier;

static int32_t ask(poterne_attempt *attempt, int64_t updated)
{
    poterne_result result;
    memset(&result, 0xa5, sizeof result);
    result.struct_size = sizeof result;
    int32_t status = poterne_outcome(attempt, updated, &result);
    check(result.status == status, "outcome", "the result has another status than the call");
    check((status == POTERNE_OK) == (result.method != 0), "outcome", "a method is told of a login, and of nothing else");
    check(status >= POTERNE_OK || result.moving_factor == 0, "outcome", "no verdict, and a moving factor");
    return status;
}

/* No verdict, and no codes. */
static void is_no_attempt(poterne_attempt *attempt, const char *what)
{
    char out[POTERNE_CODES_MAX];
    size_t len = 0;
    poterne_attempt other = *attempt;
    check(poterne_codes(attempt, out, sizeof out, &len) == POTERNE_E_ATTEMPT && len == 0, "codes", what);
    check(ask(attempt, 1) == POTERNE_E_ATTEMPT, "outcome", what);
    check(ask(&other, 0) == POTERNE_E_ATTEMPT, "outcome", what);
}

static void hostile_attempts(void)
{
    poterne_attempt attempt, other;
    memset(&attempt, 0, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    is_no_attempt(&attempt, "a zeroed attempt");
    memset(&attempt, 0xff, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    attempt.reserved = 0;
    is_no_attempt(&attempt, "an attempt of ones");
    for (int round = 0; round < 20000; round++) {
        unsigned char *at = (unsigned char *)&attempt;
        for (size_t i = 0; i < sizeof attempt; i++)
            at[i] = (unsigned char)dice();
        attempt.struct_size = sizeof attempt;
        attempt.reserved = 0;
        attempt.changed = round % 2;
        /* As a filled one has its phase. */
        attempt.opaque[8] = (uint8_t)(1 + round % 2);
        is_no_attempt(&attempt, "a random attempt");
    }
    /* Spent, whatever came of it. */
    static const int64_t updated[] = {1, 0, -1, 2, INT64_MAX, INT64_MIN};
    static const int32_t said[] = {POTERNE_OK,     POTERNE_REFUSED_CONFLICT, POTERNE_E_ROWS,
                                   POTERNE_E_ROWS, POTERNE_E_ROWS,           POTERNE_E_ROWS};
    for (size_t i = 0; i < sizeof updated / sizeof updated[0]; i++) {
        attempt = asked(shared_verifier);
        check(ask(&attempt, updated[i]) == said[i], "outcome", "another verdict for these rows");
        check(ask(&attempt, 1) == POTERNE_E_ATTEMPT, "outcome", "a spent attempt has a verdict");
        check(ask(&attempt, 0) == POTERNE_E_ATTEMPT, "outcome", "a spent attempt has a verdict");
    }
    /* A result of a wrong size is seen before the attempt is spent. */
    poterne_result small = {0};
    attempt = asked(shared_verifier);
    check(poterne_outcome(&attempt, 1, &small) == POTERNE_E_VERSION, "outcome", "a result of no size");
    check(ask(&attempt, 1) == POTERNE_OK, "outcome", "a result of no size has spent the attempt");
    check(ask(&attempt, 1) == POTERNE_E_ATTEMPT, "outcome", "a spent attempt has a verdict");
    /* A copy can be spent, as the header says; but it is the same verdict. */
    attempt = asked(shared_verifier);
    other = attempt;
    check(ask(&attempt, 0) == POTERNE_REFUSED_CONFLICT, "outcome", "0 rows are no conflict");
    check(ask(&other, 1) == POTERNE_OK, "outcome", "a copy gives another verdict");
    check(ask(&other, 1) == POTERNE_E_ATTEMPT, "outcome", "a spent copy has a verdict");
    /* A refusal of which nothing is stored stays one, whatever the rows. */
    for (size_t i = 0; i < sizeof updated / sizeof updated[0]; i++) {
        attempt.struct_size = sizeof attempt;
        check(poterne_verify(shared_verifier, active, 504, "a.martin", 8, "abc", 3, NOW, &attempt)
                  == POTERNE_REFUSED_MALFORMED,
              "verify", "letters are a code");
        check(ask(&attempt, updated[i]) == POTERNE_REFUSED_MALFORMED, "outcome", "another refusal for these rows");
    }
    /* Any byte of the verdict or the codes changed. */
    const poterne_attempt filled = asked(shared_verifier), confirmed = told(shared_verifier);
    const size_t verdict = offsetof(poterne_attempt, opaque), codes = verdict + 64, end = codes + POTERNE_CODES_MAX;
    for (size_t i = offsetof(poterne_attempt, record_len); i < end; i++)
        for (int bit = 0; bit < 8; bit++) {
            if (i >= offsetof(poterne_attempt, record) && i < verdict)
                continue;
            char out[POTERNE_CODES_MAX];
            size_t len = 0;
            attempt = filled;
            ((unsigned char *)&attempt)[i] ^= (unsigned char)(1 << bit);
            if (i < codes)
                is_no_attempt(&attempt, "an attempt with a changed bit");
            attempt = confirmed;
            ((unsigned char *)&attempt)[i] ^= (unsigned char)(1 << bit);
            check(poterne_codes(&attempt, out, sizeof out, &len) == POTERNE_E_ATTEMPT && len == 0 && out[0] == 0, "codes",
                  "an attempt with a changed bit has codes");
        }
    /* No codes before the verdict, none of a login. */
    char out[POTERNE_CODES_MAX];
    size_t len = 0;
    attempt.struct_size = sizeof attempt;
    check(poterne_confirm(shared_verifier, pending, 504, "a.martin", 8, code, 6, NOW, &attempt) == POTERNE_STORE, "confirm",
          "not to be stored");
    check(poterne_codes(&attempt, out, sizeof out, &len) == POTERNE_E_ATTEMPT, "codes", "codes before the verdict");
    check(ask(&attempt, 0) == POTERNE_REFUSED_CONFLICT, "outcome", "0 rows are no conflict");
    check(poterne_codes(&attempt, out, sizeof out, &len) == POTERNE_E_ATTEMPT, "codes", "codes after a conflict");
}

/* The same secret twice is no new authenticator. */
static void hostile_replacement(void)
{
    poterne_attempt attempt;
    memset(&attempt, 0xa5, sizeof attempt);
    attempt.struct_size = sizeof attempt;
    check(poterne_replace(shared_verifier, active, 504, pending, 504, "a.martin", 8, code, 6, NOW, &attempt)
              == POTERNE_E_ARGUMENT,
          "replace", "an authenticator by itself");
    is_no_attempt(&attempt, "a replacement that failed");
}

/* What fills an attempt, with arguments that are all right; one of them may lie elsewhere. */
static int32_t fill_from(size_t which, poterne_attempt *attempt, size_t moved, char *to, size_t len)
{
    const row *row = &rows[which];
    size_t count = count_of(row);
    slot slots[MAX_PARAMETERS];
    for (size_t i = 0; i < count; i++) {
        if (row->parameters[i].kind == ATTEMPT) {
            memset(&slots[i], 0, sizeof slots[i]);
            slots[i].at = attempt;
        } else {
            prepare(&slots[i], &row->parameters[i], &none, 0);
        }
    }
    if (to != NULL) {
        const text *data = row->parameters[moved].data;
        memcpy(to, data->at, data->len);
        slots[moved].at = to;
        slots[moved].given = len;
        attempt->struct_size = sizeof *attempt;
    }
    int32_t status = row->call(slots);
    for (size_t i = 0; i < count; i++) {
        if (row->parameters[i].kind == VERIFIER)
            poterne_verifier_free(slots[i].at);
        free(slots[i].block);
    }
    return status;
}

static int32_t fill(size_t which, poterne_attempt *attempt)
{
    return fill_from(which, attempt, 0, NULL, 0);
}

static int fills(size_t which)
{
    /* It gives the outcome as well. */
    if (rows[which].call == call_apply)
        return 0;
    for (size_t i = 0; i < count_of(&rows[which]); i++)
        if (rows[which].parameters[i].kind == ATTEMPT)
            return 1;
    return 0;
}

/* Codes are issued by what is confirmed or changed, not by a resynchronization, and not by a refusal that is stored. */
static void hostile_codes(void)
{
    char out[POTERNE_CODES_MAX];
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    check(poterne_confirm(shared_verifier, pending, 504, "a.martin", 8, "000000", 6, NOW, &attempt) == POTERNE_STORE
              && ask(&attempt, 1) == POTERNE_REFUSED_WRONG_CODE,
          "confirm", "a wrong code that is not counted");
    is_no_attempt(&attempt, "the codes of a wrong code");
    check(poterne_resynchronize(shared_verifier, pending, 504, "a.martin", 8, code, 6, second_code, 6, NOW, &attempt)
                  == POTERNE_STORE
              && ask(&attempt, 1) == POTERNE_RESYNCHRONIZED,
          "resynchronize", "not to be stored");
    is_no_attempt(&attempt, "the codes of a resynchronization");
    check(poterne_suspend(shared_verifier, active, 504, "a.martin", 8, &attempt) == POTERNE_STORE
              && ask(&attempt, 1) == POTERNE_CHANGED && poterne_codes(&attempt, out, sizeof out, NULL) == POTERNE_OK
              && out[0] == 0,
          "codes", "not empty for a change without codes");
}

/* A text that lies in the attempt that is filled from it, at any place of it, and one that ends where it begins. */
static void hostile_overlap(void)
{
    struct {
        char before[512];
        poterne_attempt attempt;
        char behind[512];
    } mine;
    char *const attempt = (char *)&mine.attempt, *const behind = mine.behind;
    size_t functions = 0, texts = 0;
    for (size_t which = 0; which < ROWS; which++) {
        const row *row = &rows[which];
        if (!fills(which) && row->call != call_apply)
            continue;
        functions++;
        for (size_t i = 0; i < count_of(row); i++) {
            if (row->parameters[i].kind != IN && row->parameters[i].kind != TYPED)
                continue;
            texts++;
            const text *data = row->parameters[i].data;
            char *const wrong[] = {attempt - data->len + 1, attempt, attempt + 16, mine.attempt.record, behind - 1};
            char *const right[] = {attempt - data->len, behind};
            for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
                check(fill_from(which, &mine.attempt, i, wrong[at], data->len) == POTERNE_E_ARGUMENT, row->name,
                      "a text that lies in the attempt");
                is_no_attempt(&mine.attempt, "an attempt that is filled from itself");
            }
            check(fill_from(which, &mine.attempt, i, mine.attempt.record, POTERNE_NUL) == POTERNE_E_ARGUMENT, row->name,
                  "a text that lies in the attempt, with its NUL");
            for (size_t at = 0; at < sizeof right / sizeof right[0]; at++)
                check(fill_from(which, &mine.attempt, i, right[at], data->len) == row->good, row->name,
                      "a text that lies beside the attempt");
        }
    }
    check(functions > 10 && texts > 30, "overlap", "too few functions fill an attempt");
    /* As the application has loaded it. */
    table table;
    begin_table(&table);
    poterne_store from = store;
    from.arg = &table;
    from.loaded = mine.attempt.record;
    from.loaded_len = POTERNE_NUL;
    for (int turn = 0; turn < 2; turn++) {
        mine.attempt.struct_size = sizeof mine.attempt;
        memcpy(mine.attempt.record, active, sizeof active);
        check(poterne_apply(shared_verifier, &from, "a.martin", POTERNE_NUL, make, NULL, &mine.attempt, NULL)
                      == POTERNE_E_ARGUMENT
                  && table.swaps == 0,
              "apply", "a record that was loaded into the attempt");
        from.loaded_len = 504;
    }
}

/* A clock that needs no repair: nothing to store, whatever the rows. */
static void hostile_repair(void)
{
    static const int64_t updated[] = {0, 1, 2, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof updated / sizeof updated[0]; i++) {
        poterne_attempt attempt;
        char out[POTERNE_CODES_MAX];
        size_t len = 1;
        memset(&attempt, 0xa5, sizeof attempt);
        attempt.struct_size = sizeof attempt;
        check(poterne_repair_clock(shared_verifier, active, 504, "a.martin", 8, NOW, &attempt) == POTERNE_CHANGED,
              "repair_clock", "something to store");
        check(attempt.changed == 0 && attempt.record_len == 504 && strcmp(attempt.record, active) == 0, "repair_clock",
              "another record");
        check(poterne_codes(&attempt, out, sizeof out, &len) == POTERNE_E_ATTEMPT, "repair_clock",
              "codes before the verdict");
        check(ask(&attempt, updated[i]) == POTERNE_CHANGED, "repair_clock", "rows count where nothing is stored");
        check(poterne_codes(&attempt, out, sizeof out, &len) == POTERNE_OK && len == 0, "repair_clock", "codes");
        check(ask(&attempt, 1) == POTERNE_E_ATTEMPT, "repair_clock", "a spent attempt has a verdict");
    }
}

/* ---- Sizes that are wrong ---- */

/* An attempt inside a larger structure of the caller's, whose other fields are nobody else's, whatever the number says. */
static void hostile_neighbors(void)
{
    struct {
        unsigned char before[64];
        poterne_attempt attempt;
        unsigned char behind[8192];
    } mine;
    static const uint32_t sizes[] = {0, 8, 783, 784, 785, 792, 848, 1024, 1568, 4096, 4097, 8192, UINT32_MAX};
    size_t functions = 0;
    for (size_t which = 0; which < ROWS; which++) {
        if (!fills(which))
            continue;
        functions++;
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            memset(&mine, 0x5a, sizeof mine);
            mine.attempt.struct_size = sizes[i];
            check(fill(which, &mine.attempt) == (sizes[i] == sizeof mine.attempt ? POTERNE_STORE : POTERNE_E_VERSION),
                  rows[which].name, "an attempt of this size");
            (void)ask(&mine.attempt, 1);
            check(mine.attempt.struct_size == sizes[i] && is_filled(mine.before, sizeof mine.before, 0x5a)
                      && is_filled(mine.behind, sizeof mine.behind, 0x5a),
                  rows[which].name, "the neighbors of an attempt are overwritten");
        }
    }
    check(functions > 10, "neighbors", "too few functions fill an attempt");
}

/* Of all that fills an attempt, only a login comes to 0. */
static void hostile_zeros(void)
{
    size_t functions = 0;
    for (size_t which = 0; which < ROWS; which++) {
        if (!fills(which))
            continue;
        functions++;
        poterne_attempt attempt;
        attempt.struct_size = sizeof attempt;
        int is_login = strncmp(rows[which].name, "verify", 6) == 0;
        check(fill(which, &attempt) == POTERNE_STORE, rows[which].name, "not to be stored");
        int32_t status = ask(&attempt, 1);
        check(is_login ? status == POTERNE_OK : status > 0, rows[which].name,
              "0 of what is no login, or a login that is not 0");
    }
    check(functions > 10, "zeros", "too few functions fill an attempt");
}

/* A verdict ends with the next use of its attempt, even if that has a wrong size. */
static void hostile_sizes(void)
{
    static const uint32_t wrong[] = {0, 4, 8, 783, 785, 1024, 4096, 4097, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        for (size_t which = 0; which < ROWS; which++) {
            if (!fills(which))
                continue;
            poterne_attempt attempt = asked(shared_verifier);
            attempt.struct_size = wrong[i];
            check(fill(which, &attempt) == POTERNE_E_VERSION, rows[which].name, "an attempt of a wrong size");
            check(ask(&attempt, 1) == POTERNE_E_VERSION, "outcome", "an attempt of a wrong size");
            attempt.struct_size = sizeof attempt;
            check(ask(&attempt, 1) < 0, "outcome", "the verdict of an earlier use");
            check(ask(&attempt, 0) < 0, "outcome", "the verdict of an earlier use");
            check(fill(which, &attempt) == POTERNE_STORE && ask(&attempt, 1) >= 0, rows[which].name, "not to be used again");
            attempt = asked(shared_verifier);
            attempt.struct_size = wrong[i];
            check(ask(&attempt, 1) == POTERNE_E_VERSION, "outcome", "an attempt of a wrong size");
            attempt.struct_size = sizeof attempt;
            check(ask(&attempt, 1) < 0, "outcome", "a verdict after a wrong size");
        }
    /* A result with a login in it, used again. */
    static const uint32_t sizes[] = {0, 4, 8, 63, 129, 4096, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        poterne_result result = {0};
        poterne_attempt attempt = asked(shared_verifier);
        result.struct_size = sizeof result;
        begin_table(&plain);
        check(poterne_login(shared_verifier, &store, "a.martin", 8, code, 6, NOW, &result) == POTERNE_OK
                  && result.status == POTERNE_OK,
              "login", "the right code is refused");
        result.struct_size = sizes[i];
        check(poterne_login(shared_verifier, &store, "a.martin", 8, code, 6, NOW, &result) == POTERNE_E_VERSION
                  && result.status == POTERNE_E_VERSION,
              "login", "the status of an earlier login");
        result.status = POTERNE_OK;
        check(poterne_outcome(&attempt, 1, &result) == POTERNE_E_VERSION && result.status == POTERNE_E_VERSION, "outcome",
              "the status of an earlier login");
    }
}

/* ---- The store's callbacks ---- */

static poterne_store store_of(table *table)
{
    poterne_store mine = store;
    mine.arg = table;
    return mine;
}

/* How `log_in` does it. */
static int is_with_ticket;

static int32_t log_in(table *table, const char *typed)
{
    poterne_result result;
    memset(&result, 0xa5, sizeof result);
    result.struct_size = sizeof result;
    const poterne_store mine = store_of(table);
    int32_t status = is_with_ticket
                         ? poterne_login_with_ticket(shared_verifier, &mine, "a.martin", 8, &presented, typed, strlen(typed),
                                                     NOW, &result)
                         : poterne_login(shared_verifier, &mine, "a.martin", 8, typed, strlen(typed), NOW, &result);
    check(result.status == status, "login", "the result has another status than the call");
    check(status == POTERNE_OK || result.method == 0, "login", "no login, and a method");
    return status;
}

static void hostile_store(void)
{
    static const int32_t wrong[] = {7, -1, 2, INT32_MIN, INT32_MAX, 101};
    table table;
    begin_table(&table);
    check(log_in(&table, code) == POTERNE_OK && table.swaps == 1, "login", "the right code is refused");
    check(log_in(&table, code) == POTERNE_REFUSED_REPLAYED, "login", "the same code twice");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        begin_table(&table);
        table.load_status = wrong[i];
        check(log_in(&table, code) == POTERNE_E_STORE && table.swaps == 0, "login", "a load that failed");
        begin_table(&table);
        table.swap_status = wrong[i];
        check(log_in(&table, code) == POTERNE_E_STORE && table.swaps == 1, "login", "a swap that failed");
    }
    begin_table(&table);
    table.swap_status = 1;
    check(log_in(&table, code) == POTERNE_E_STORE, "login", "a swap that said 1");
    begin_table(&table);
    table.load_status = 1;
    check(log_in(&table, code) == POTERNE_REFUSED_NOT_ENROLLED && table.swaps == 0, "login", "no row");
    static const int64_t lies[] = {2, -1, INT64_MAX, INT64_MIN, 3};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin_table(&table);
        table.lies = 1;
        table.rows = lies[i];
        check(log_in(&table, code) == POTERNE_E_ROWS && table.swaps == 1, "login", "rows that cannot be");
    }
    /* A result that cannot be written spends no code. */
    poterne_result small = {0};
    begin_table(&table);
    poterne_store mine = store_of(&table);
    check(poterne_login(shared_verifier, &mine, "a.martin", 8, code, 6, NOW, &small) == POTERNE_E_VERSION
              && table.loads == 0,
          "login", "a result of no size");
    begin_table(&table);
    table.lies = 1;
    check(log_in(&table, code) == POTERNE_REFUSED_CONFLICT && table.swaps == 3, "login", "conflicts without end");
    static const int fills[] = {'A', ' ', 0xff, 'P', 0x80};
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        begin_table(&table);
        table.fills = fills[i];
        int32_t status = log_in(&table, code);
        check(status != POTERNE_OK && table.swaps == 0, "login", "a record without a NUL");
    }
    /* Wrong codes until it is locked, the store counting along. */
    begin_table(&table);
    check(poterne_verifier_set(shared_verifier, POTERNE_OPTION_MAX_FAILURES, 2) == POTERNE_OK, "verifier_set", "not set");
    check(log_in(&table, "000000") == POTERNE_REFUSED_WRONG_CODE, "login", "a wrong code");
    check(log_in(&table, "000000") == POTERNE_REFUSED_WRONG_CODE, "login", "a wrong code");
    check(log_in(&table, code) == POTERNE_REFUSED_LOCKED, "login", "a lock that does not hold");
    check(poterne_verifier_set(shared_verifier, POTERNE_OPTION_MAX_FAILURES, 20) == POTERNE_OK, "verifier_set", "not set");
}

/* ---- Tickets ---- */

/* A ticket that is refused: nothing is loaded, opened or counted, and there is nothing to store. */
static void is_no_ticket(const char *account, const poterne_presented_ticket *with, int64_t now, const char *what)
{
    static char garbage[20000];
    const text records[] = {{active, 504}, {NULL, 0}, {garbage, sizeof garbage}};
    table table;
    begin_table(&table);
    const poterne_store mine = store_of(&table);
    memset(garbage, 'A', sizeof garbage);
    check(poterne_login_with_ticket(shared_verifier, &mine, account, POTERNE_NUL, with, code, 6, now, NULL)
                  == POTERNE_REFUSED_TICKET
              && table.loads == 0 && table.swaps == 0,
          "login_with_ticket", what);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        poterne_attempt attempt;
        memset(&attempt, 0xa5, sizeof attempt);
        attempt.struct_size = sizeof attempt;
        check(poterne_verify_with_ticket(shared_verifier, records[i].at, records[i].len, account, POTERNE_NUL, with, code, 6,
                                         now, &attempt)
                      == POTERNE_REFUSED_TICKET
                  && attempt.changed == 0 && ask(&attempt, 1) == POTERNE_REFUSED_TICKET,
              "verify_with_ticket", what);
    }
}

/* What is wrong with the purpose or the context is the application's mistake. */
static void is_no_binding(const poterne_presented_ticket *with, int32_t expected, const char *what)
{
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    char out[POTERNE_TICKET_MAX];
    begin_table(&plain);
    check(poterne_login_with_ticket(shared_verifier, &store, "a.martin", 8, with, code, 6, NOW, NULL) == expected
              && plain.loads == 0,
          "login_with_ticket", what);
    check(poterne_verify_with_ticket(shared_verifier, active, 504, "a.martin", 8, with, code, 6, NOW, &attempt) == expected,
          "verify_with_ticket", what);
    check(poterne_ticket(shared_verifier, "a.martin", 8, with->purpose, with->purpose_len, with->context, with->context_len,
                         NOW, out, sizeof out, NULL)
              == expected,
          "ticket", what);
}

static void hostile_tickets(void)
{
    static char padded[300], changed[20000];
    static uint8_t long_context[1025];
    char other[POTERNE_TICKET_MAX];
    table table;
    /* Right, as often as it is sent, and for each row of the person; the code is used once. */
    begin_table(&table);
    is_with_ticket = 1;
    check(log_in(&table, code) == POTERNE_OK, "login_with_ticket", "the right ticket and code are refused");
    check(log_in(&table, code) == POTERNE_REFUSED_REPLAYED, "login_with_ticket", "the same code twice");
    is_with_ticket = 0;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    check(poterne_verify_with_ticket(shared_verifier, NULL, 0, "a.martin#2", POTERNE_NUL, &presented, code, 6, NOW, &attempt)
              == POTERNE_REFUSED_NOT_ENROLLED,
          "verify_with_ticket", "another row of the person");
    poterne_presented_ticket with = presented;
    memset(padded, ' ', sizeof padded);
    memcpy(padded, ticket, 96);
    with.ticket = padded;
    with.ticket_len = sizeof padded;
    check(poterne_verify_with_ticket(shared_verifier, active, 504, "a.martin", 8, &with, code, 6, NOW, &attempt)
              == POTERNE_STORE,
          "verify_with_ticket", "a ticket that is padded");

    /* For somebody or something else, late, or from the future. */
    is_no_ticket("b.martin", &presented, NOW, "another person");
    is_no_ticket("a.martin", &presented, NOW + 301, "a late ticket");
    is_no_ticket("a.martin", &presented, NOW - 601, "a ticket from the future");
    with = presented;
    with.purpose = "portal";
    is_no_ticket("a.martin", &with, NOW, "another purpose");
    with = presented;
    with.context = (const uint8_t *)"192.0.2.2";
    is_no_ticket("a.martin", &with, NOW, "another context");
    with.context = NULL;
    with.context_len = 0;
    is_no_ticket("a.martin", &with, NOW, "no context");
    check(poterne_dud_ticket(shared_verifier, "a.martin", 8, "vpn", 3, t_context.at, t_context.len, NOW, other, sizeof other,
                             NULL)
                  == POTERNE_OK
              && strlen(other) == 96,
          "dud_ticket", "not of the form of a ticket");
    with = presented;
    with.ticket = other;
    is_no_ticket("a.martin", &with, NOW, "a dud");

    /* Damaged: whatever the client sends, it is never an error. */
    const struct {
        size_t len;
        int at, to;
    } damages[] = {{96, 95, '='}, {96, 0, 'p'},  {96, 40, 0}, {96, 40, 0xe9}, {95, 0, 'P'},
                   {97, 96, 0},   {97, 96, 'A'}, {0, 0, 'P'}, {1, 0, 'P'},    {20000, 0, 'P'}};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        memset(changed, 'A', sizeof changed);
        memcpy(changed, ticket, 96);
        changed[damages[i].at] = (char)damages[i].to;
        with.ticket = changed;
        with.ticket_len = damages[i].len;
        is_no_ticket("a.martin", &with, NOW, "a damaged ticket");
    }
    for (size_t at = 0; at < 96; at++) {
        memcpy(changed, ticket, 96);
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        with.ticket_len = 96;
        is_no_ticket("a.martin", &with, NOW, "a ticket with another character");
    }
    with.ticket = NULL;
    with.ticket_len = 0;
    is_no_ticket("a.martin", &with, NOW, "no ticket");
    const size_t lengths[] = {96, POTERNE_NUL};
    for (size_t i = 0; i < 2; i++) {
        with.ticket_len = lengths[i];
        check(poterne_login_with_ticket(shared_verifier, &store, "a.martin", 8, &with, code, 6, NOW, NULL) == POTERNE_E_NULL,
              "login_with_ticket", "a ticket of NULL with a length");
    }

    memset(changed, 'A', sizeof changed);
    with = presented;
    with.purpose_len = 0;
    is_no_binding(&with, POTERNE_E_ARGUMENT, "no purpose");
    with.purpose = changed;
    with.purpose_len = 65;
    is_no_binding(&with, POTERNE_E_ARGUMENT, "a purpose of 65 bytes");
    with.purpose = "\xff";
    with.purpose_len = 1;
    is_no_binding(&with, POTERNE_E_UTF8, "a purpose that is not UTF-8");
    with.purpose = NULL;
    is_no_binding(&with, POTERNE_E_NULL, "a purpose of NULL with a length");
    with = presented;
    with.context = long_context;
    with.context_len = sizeof long_context;
    is_no_binding(&with, POTERNE_E_ARGUMENT, "a context of 1,025 bytes");
    with.context_len = SIZE_MAX;
    is_no_binding(&with, POTERNE_E_ARGUMENT, "a context of SIZE_MAX");
    with.context = NULL;
    with.context_len = 1;
    is_no_binding(&with, POTERNE_E_NULL, "a context of NULL with a length");
}

/* ---- The check of a store ---- */

/* A table that somebody else writes all the time. */
static int32_t busy_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    static size_t turn;
    int32_t status = swap(arg, account, old_record, record, rows);
    if (*rows == 1)
        strcpy(((table *)arg)->record, turn++ % 2 ? pending : old);
    return status;
}

/* It says that it has replaced the record, and has not. */
static int32_t idle_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    const table *table = arg;
    (void)account;
    (void)record;
    *rows = old_record != NULL && strcmp(old_record, table->record) == 0;
    return 0;
}

/* It does not compare. */
static int32_t blind_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    (void)account;
    (void)old_record;
    strcpy(((table *)arg)->record, record);
    *rows = 1;
    return 0;
}

/* A first record takes the place of the one that is there. */
static int32_t upserting_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return old_record == NULL ? blind_swap(arg, account, old_record, record, rows)
                              : swap(arg, account, old_record, record, rows);
}

/* The second connection to a table: another `arg`. */
static int32_t second_load(void *arg, const char *account, char *record)
{
    return load(*(table **)arg, account, record);
}

static int32_t second_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    return swap(*(table **)arg, account, old_record, record, rows);
}

static int32_t check_table(table *table, poterne_swap_fn with)
{
    poterne_store first = store_of(table), second = store;
    first.swap = with;
    second.arg = &table;
    second.load = second_load;
    second.swap = second_swap;
    return poterne_check_store(shared_verifier, &first, &second, "a.martin", POTERNE_NUL);
}

/* Another function, which may know another connection. */
static int32_t same_load(void *arg, const char *account, char *record)
{
    return load(arg, account, record);
}

/* One connection would see what it has not committed. */
static void hostile_handles(void)
{
    table table;
    begin_table(&table);
    poterne_store first = store_of(&table), second = store_of(&table);
    check(poterne_check_store(shared_verifier, &first, &first, "a.martin", POTERNE_NUL) == POTERNE_E_ARGUMENT
              && poterne_check_store(shared_verifier, &first, &second, "a.martin", POTERNE_NUL) == POTERNE_E_ARGUMENT,
          "check_store", "a handle twice");
    first.arg = NULL;
    check(poterne_check_store(shared_verifier, &first, &first, "a.martin", POTERNE_NUL) == POTERNE_E_ARGUMENT, "check_store",
          "a handle twice");
    check(table.loads == 0 && table.swaps == 0, "check_store", "a handle twice is used");
    /* Other functions may know another connection. */
    begin_table(&plain);
    second = first;
    check(poterne_check_store(shared_verifier, &first, &second, "a.martin", POTERNE_NUL) == POTERNE_OK, "check_store",
          "handles that keep their connections elsewhere");
    first = second = store_of(&table);
    second.swap = busy_swap;
    check(poterne_check_store(shared_verifier, &first, &second, "a.martin", POTERNE_NUL) != POTERNE_E_ARGUMENT,
          "check_store", "one arg of two swaps");
    begin_table(&table);
    second = first;
    second.load = same_load;
    check(poterne_check_store(shared_verifier, &first, &second, "a.martin", POTERNE_NUL) == POTERNE_OK, "check_store",
          "one arg of two loads");
}

static void hostile_check(void)
{
    table table;
    begin_table(&table);
    check(check_table(&table, swap) == POTERNE_OK, "check_store", "a right store");
    begin_table(&table);
    check(check_table(&table, blind_swap) == POTERNE_E_ROWS, "check_store", "a swap that does not compare");
    begin_table(&table);
    check(check_table(&table, upserting_swap) == POTERNE_E_ROWS, "check_store", "a first record that overwrites");
    begin_table(&table);
    check(check_table(&table, idle_swap) == POTERNE_E_ROWS, "check_store", "a swap that stores nothing");
    begin_table(&table);
    check(check_table(&table, busy_swap) == POTERNE_REFUSED_CONFLICT, "check_store", "a table that others write");
    begin_table(&table);
    table.load_status = 1;
    check(check_table(&table, swap) == POTERNE_E_STATE, "check_store", "no row");
    static const int32_t wrong[] = {-1, 2, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        begin_table(&table);
        table.load_status = wrong[i];
        check(check_table(&table, swap) == POTERNE_E_STORE, "check_store", "a load that failed");
        begin_table(&table);
        table.swap_status = wrong[i];
        check(check_table(&table, swap) == POTERNE_E_STORE, "check_store", "a swap that failed");
    }
    for (size_t at = 0; at < 16; at++) {
        begin_table(&table);
        table.record[at] = table.record[at] == 'A' ? 'B' : 'A';
        int32_t login = log_in(&table, code), checked = check_table(&table, swap);
        check(login == checked
                  && (login == POTERNE_E_RECORD || login == POTERNE_E_UNKNOWN_KEY || login == POTERNE_E_RECORD_FORMAT),
              "check_store", "a record with another beginning");
    }
}

/* ---- What poterne_apply calls ---- */

typedef struct {
    int32_t (*fill)(poterne_attempt *attempt, const char *record, const char *account);
    int has_result; /* another one than that of `fill` */
    int32_t result;
    unsigned calls;
} maker;

static int32_t fill_nothing(poterne_attempt *attempt, const char *record, const char *account)
{
    (void)attempt;
    (void)record;
    (void)account;
    return POTERNE_STORE;
}

static int32_t fill_unlock(poterne_attempt *attempt, const char *record, const char *account)
{
    return poterne_unlock(shared_verifier, record, POTERNE_NUL, account, POTERNE_NUL, attempt);
}

static int32_t fill_repair(poterne_attempt *attempt, const char *record, const char *account)
{
    return poterne_repair_clock(shared_verifier, record, POTERNE_NUL, account, POTERNE_NUL, NOW, attempt);
}

static int32_t fill_verify(poterne_attempt *attempt, const char *record, const char *account)
{
    return poterne_verify(shared_verifier, record, POTERNE_NUL, account, POTERNE_NUL, code, POTERNE_NUL, NOW, attempt);
}

static int32_t fill_rename(poterne_attempt *attempt, const char *record, const char *account)
{
    return poterne_rename(shared_verifier, record, POTERNE_NUL, account, POTERNE_NUL, "b.martin", POTERNE_NUL, attempt);
}

static int32_t fill_replace(poterne_attempt *attempt, const char *record, const char *account)
{
    (void)record;
    int32_t status = poterne_replace(shared_verifier, t_old.at, t_old.len, t_pending.at, t_pending.len, account, POTERNE_NUL,
                                     code, POTERNE_NUL, NOW, attempt);
    check(status == POTERNE_STORE, "replace", "not to be stored");
    return status;
}

static int32_t fill_codes(poterne_attempt *attempt, const char *record, const char *account)
{
    return poterne_recovery_codes(shared_verifier, record, POTERNE_NUL, account, POTERNE_NUL, 3, attempt);
}

/* Of another day, of another authenticator: not the record that was loaded. */
static int32_t fill_another(poterne_attempt *attempt, const char *record, const char *account)
{
    check(strlen(record) != t_pending.len || memcmp(record, t_pending.at, t_pending.len) != 0, "apply", "the same record");
    return poterne_reseal(shared_verifier, t_pending.at, t_pending.len, account, POTERNE_NUL, attempt);
}

static int32_t fill_another_code(poterne_attempt *attempt, const char *record, const char *account)
{
    (void)record;
    return poterne_confirm(shared_verifier, t_pending.at, t_pending.len, account, POTERNE_NUL, code, POTERNE_NUL, NOW,
                           attempt);
}

static int32_t fill_none(poterne_attempt *attempt, const char *record, const char *account)
{
    (void)record;
    return poterne_confirm(shared_verifier, "", 0, account, POTERNE_NUL, code, POTERNE_NUL, NOW, attempt);
}

/* The record that was loaded, as a column that pads gives it. */
static int32_t fill_padded(poterne_attempt *attempt, const char *record, const char *account)
{
    char padded[POTERNE_RECORD_MAX + 32];
    int len = snprintf(padded, sizeof padded, "%s      ", record);
    return poterne_unlock(shared_verifier, padded, (size_t)len, account, POTERNE_NUL, attempt);
}

static int32_t fill_told(poterne_attempt *attempt, const char *record, const char *account)
{
    int32_t status = fill_unlock(attempt, record, account);
    (void)!poterne_outcome(attempt, 1, NULL);
    return status;
}

/* Another record where the one to store was put: one that opens, one that is torn, no text, none. */
static int32_t fill_overwritten(poterne_attempt *attempt, const char *record, const char *account)
{
    int32_t status = fill_unlock(attempt, record, account);
    memcpy(attempt->record, old, sizeof old);
    return status;
}

static int32_t fill_torn(poterne_attempt *attempt, const char *record, const char *account)
{
    int32_t status = fill_unlock(attempt, record, account);
    attempt->record[20] = (char)(attempt->record[20] ^ 1);
    return status;
}

static int32_t fill_unreadable(poterne_attempt *attempt, const char *record, const char *account)
{
    int32_t status = fill_unlock(attempt, record, account);
    memset(attempt->record, 0xff, sizeof attempt->record);
    return status;
}

static int32_t fill_emptied(poterne_attempt *attempt, const char *record, const char *account)
{
    int32_t status = fill_unlock(attempt, record, account);
    memset(attempt->record, 0, sizeof attempt->record);
    return status;
}

static int32_t make_by(void *arg, const poterne_verifier *verifier, const char *record, const char *account,
                       poterne_attempt *attempt)
{
    maker *maker = arg;
    maker->calls++;
    check(verifier == shared_verifier && strcmp(account, "a.martin") == 0, "apply", "other arguments");
    int32_t status = maker->fill(attempt, record, account);
    return maker->has_result ? maker->result : status;
}

static int32_t applied(table *table, maker *maker, poterne_attempt *attempt)
{
    const poterne_store mine = store_of(table);
    poterne_result result = POTERNE_RESULT_INIT;
    attempt->struct_size = sizeof *attempt;
    maker->calls = 0;
    int32_t status = poterne_apply(shared_verifier, &mine, "a.martin", POTERNE_NUL, make_by, maker, attempt, &result);
    check(result.status == status, "apply", "the result has another status than the call");
    check(status != POTERNE_OK && result.method == 0, "apply", "a login");
    check(poterne_outcome(attempt, 1, NULL) == POTERNE_E_ATTEMPT, "apply", "a verdict that can be asked again");
    return status;
}

static void hostile_apply(void)
{
    table table;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    char out[POTERNE_CODES_MAX];
    maker unlock = {fill_unlock, 0, 0, 0}, repair = {fill_repair, 0, 0, 0}, codes = {fill_codes, 0, 0, 0};
    begin_table(&table);
    check(applied(&table, &unlock, &attempt) == POTERNE_CHANGED && table.swaps == 1 && unlock.calls == 1, "apply",
          "not done");
    check(applied(&table, &repair, &attempt) == POTERNE_CHANGED && table.swaps == 1, "apply", "a swap of nothing");
    check(applied(&table, &codes, &attempt) == POTERNE_CHANGED
              && poterne_codes(&attempt, out, sizeof out, NULL) == POTERNE_OK && strlen(out) == 3 * 16 - 1,
          "apply", "no codes");
    /* Of a conflict, no codes. */
    begin_table(&table);
    table.lies = 1;
    check(applied(&table, &codes, &attempt) == POTERNE_REFUSED_CONFLICT && codes.calls == 3 && table.swaps == 3
              && poterne_codes(&attempt, out, sizeof out, NULL) == POTERNE_E_ATTEMPT,
          "apply", "conflicts without end");
    static const int64_t lies[] = {2, -1, INT64_MAX, INT64_MIN, 3};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin_table(&table);
        table.lies = 1;
        table.rows = lies[i];
        check(applied(&table, &unlock, &attempt) == POTERNE_E_ROWS && table.swaps == 1, "apply", "rows that cannot be");
    }
    static const int32_t wrong[] = {-1, 2, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        begin_table(&table);
        table.load_status = wrong[i];
        check(applied(&table, &unlock, &attempt) == POTERNE_E_STORE && unlock.calls == 0, "apply", "a load that failed");
        begin_table(&table);
        table.swap_status = wrong[i];
        check(applied(&table, &unlock, &attempt) == POTERNE_E_STORE && table.swaps == 1, "apply", "a swap that failed");
    }
    /* What returns something else than the call that filled the attempt: nothing is stored. */
    static const int32_t results[] = {
        POTERNE_OK,        1,   12,  102,  POTERNE_CHANGED, 106, INT32_MAX, POTERNE_E_BUFFER, POTERNE_E_ROWS,
        POTERNE_E_ATTEMPT, -24, -98, -100, INT32_MIN};
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        maker lying = {fill_unlock, 1, results[i], 0};
        begin_table(&table);
        check(applied(&table, &lying, &attempt) == POTERNE_E_ATTEMPT && table.swaps == 0, "apply", "a callback that lies");
    }
    static const struct {
        maker maker;
        int32_t expected;
    } others[] = {{{fill_nothing, 0, 0, 0}, POTERNE_E_ATTEMPT},       {{fill_told, 0, 0, 0}, POTERNE_E_ATTEMPT},
                  {{fill_verify, 0, 0, 0}, POTERNE_E_ARGUMENT},       {{fill_rename, 0, 0, 0}, POTERNE_E_ARGUMENT},
                  {{fill_replace, 0, 0, 0}, POTERNE_E_ARGUMENT},      {{fill_another, 0, 0, 0}, POTERNE_E_ARGUMENT},
                  {{fill_another_code, 0, 0, 0}, POTERNE_E_ARGUMENT}, {{fill_none, 0, 0, 0}, POTERNE_E_ARGUMENT},
                  {{fill_overwritten, 0, 0, 0}, POTERNE_E_ATTEMPT},   {{fill_torn, 0, 0, 0}, POTERNE_E_ATTEMPT},
                  {{fill_unreadable, 0, 0, 0}, POTERNE_E_ATTEMPT},    {{fill_emptied, 0, 0, 0}, POTERNE_E_ATTEMPT}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        maker maker = others[i].maker;
        begin_table(&table);
        check(applied(&table, &maker, &attempt) == others[i].expected && table.swaps == 0, "apply",
              "what fills no attempt, logs in, is for another row, was made on another record, or is not what was filled");
    }
    /* An error of a call on a record, or of the table, is that of the whole. */
    static const int32_t errors[] = {POTERNE_E_ARGUMENT,    POTERNE_E_NULL,          POTERNE_E_VERSION, POTERNE_E_UTF8,
                                     POTERNE_E_TIME,        POTERNE_E_RECORD,        POTERNE_E_STATE,   POTERNE_E_RANDOM,
                                     POTERNE_E_UNKNOWN_KEY, POTERNE_E_RECORD_FORMAT, POTERNE_E_COUNTER, POTERNE_E_STORE,
                                     POTERNE_E_INTERNAL};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        maker failing = {fill_unlock, 1, errors[i], 0};
        begin_table(&table);
        check(applied(&table, &failing, &attempt) == errors[i] && table.swaps == 0, "apply", "another error");
    }
    maker verify = {fill_verify, 0, 0, 0};
    begin_table(&table);
    memcpy(table.record, pending, sizeof pending);
    check(applied(&table, &verify, &attempt) == POTERNE_E_ARGUMENT, "apply", "a login that is refused");
    maker padded = {fill_padded, 0, 0, 0};
    begin_table(&table);
    check(applied(&table, &padded, &attempt) == POTERNE_CHANGED && table.swaps == 1, "apply", "spaces behind the record");
    const poterne_store mine = store_of(&table);
    check(poterne_apply(shared_verifier, &mine, "a.martin", POTERNE_NUL, NULL, NULL, &attempt, NULL) == POTERNE_E_NULL,
          "apply", "no callback");
}

/* A swap that fills the attempt again: the verdict there is not that of what it stores. */
static poterne_attempt *refilled;
static int32_t (*refill)(poterne_attempt *attempt, const char *record, const char *account);

static int32_t refilling_swap(void *arg, const char *account, const char *old_record, const char *record, int64_t *rows)
{
    int32_t status = refill(refilled, old_record, account);
    check(status == POTERNE_STORE, "apply", "the attempt cannot be filled again");
    return swap(arg, account, old_record, record, rows);
}

static int32_t refill_other_account(poterne_attempt *attempt, const char *record, const char *account)
{
    char theirs[POTERNE_RECORD_MAX];
    (void)record;
    (void)account;
    check(
        poterne_import(shared_verifier, "b.martin", 8, &parameters, secret, 20, &existing, NOW, theirs, sizeof theirs, NULL)
            == POTERNE_OK,
        "import", "the credential cannot be sealed");
    return poterne_recovery_codes(shared_verifier, theirs, POTERNE_NUL, "b.martin", 8, 8, attempt);
}

static void hostile_refill(void)
{
    static int32_t (*const refills[])(poterne_attempt *, const char *, const char *) = {fill_verify, refill_other_account,
                                                                                        fill_unlock, fill_codes};
    for (size_t i = 0; i < sizeof refills / sizeof refills[0]; i++)
        for (int is_conflict = 0; is_conflict < 2; is_conflict++) {
            table table;
            poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
            poterne_result result = POTERNE_RESULT_INIT;
            maker unlock = {fill_unlock, 0, 0, 0};
            begin_table(&table);
            table.lies = is_conflict;
            poterne_store mine = store_of(&table);
            mine.swap = refilling_swap;
            refilled = &attempt;
            refill = refills[i];
            check(poterne_apply(shared_verifier, &mine, "a.martin", POTERNE_NUL, make_by, &unlock, &attempt, &result)
                          == POTERNE_E_ATTEMPT
                      && result.status == POTERNE_E_ATTEMPT && table.swaps == 1,
                  "apply", "the verdict of an attempt that was filled again");
            is_no_attempt(&attempt, "an attempt that was filled again");
        }
}

/* A record that the application has loaded itself. */
static void hostile_loaded(void)
{
    table table;
    char long_text[POTERNE_RECORD_MAX + 100];
    memset(long_text, 'A', sizeof long_text);
    const struct {
        const char *loaded;
        size_t len;
        int32_t expected;
        int loads, swaps;
    } cases[] = {{active, POTERNE_NUL, POTERNE_OK, 0, 1},
                 {active, 504, POTERNE_OK, 0, 1},
                 {"", 0, POTERNE_REFUSED_NOT_ENROLLED, 0, 0},
                 {"", POTERNE_NUL, POTERNE_REFUSED_NOT_ENROLLED, 0, 0},
                 /* A conflict, and then the stored one. */
                 {ahead, POTERNE_NUL, POTERNE_REFUSED_CLOCK_BEHIND, 0, 0},
                 {old, POTERNE_NUL, POTERNE_OK, 1, 2},
                 {pending, POTERNE_NUL, POTERNE_REFUSED_PENDING, 0, 0},
                 {"PAB", POTERNE_NUL, POTERNE_E_RECORD, 0, 0},
                 {long_text, sizeof long_text, POTERNE_E_ARGUMENT, 0, 0},
                 {"a\0b", 3, POTERNE_E_ARGUMENT, 0, 0},
                 {"\xff", 1, POTERNE_E_UTF8, 0, 0},
                 {NULL, 1, POTERNE_E_NULL, 0, 0},
                 {NULL, POTERNE_NUL, POTERNE_E_NULL, 0, 0},
                 {active, SIZE_MAX / 2 + 1, POTERNE_E_ARGUMENT, 0, 0},
                 {NULL, 0, POTERNE_OK, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_table(&table);
        poterne_store mine = store_of(&table);
        mine.loaded = cases[i].loaded;
        mine.loaded_len = cases[i].len;
        int32_t status = poterne_login(shared_verifier, &mine, "a.martin", POTERNE_NUL, code, POTERNE_NUL, NOW, NULL);
        char where[64];
        sprintf(where, "loaded, case %zu: %" PRId32, i, status);
        check(status == cases[i].expected && table.loads == cases[i].loads && table.swaps == cases[i].swaps, where,
              "another outcome, or another number of calls");
    }
}

/* A time so early that the whole window lies before the first step. */
static void hostile_counter(void)
{
    poterne_parameters late = POTERNE_PARAMETERS_INIT;
    poterne_existing_credential state = POTERNE_EXISTING_CREDENTIAL_INIT;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    char record[2][POTERNE_RECORD_MAX];
    static const char *const secrets[] = {"12345678901234567890", "09876543210987654321"};
    late.authenticator = POTERNE_TOKEN;
    state.drift = -100;
    for (uint32_t i = 0; i < 2; i++) {
        state.state = i;
        check(poterne_import(shared_verifier, "a.martin", 8, &late, (const uint8_t *)secrets[i], 20, &state, 0, record[i],
                             POTERNE_RECORD_MAX, NULL)
                  == POTERNE_OK,
              "import", "a slow token");
    }
    check(poterne_verify(shared_verifier, record[1], POTERNE_NUL, "a.martin", 8, code, 6, 0, &attempt) == POTERNE_E_COUNTER,
          "verify", "a window before the first step");
    char early[POTERNE_TICKET_MAX];
    poterne_presented_ticket with = presented;
    with.ticket = early;
    check(poterne_ticket(shared_verifier, "a.martin", 8, "vpn", 3, t_context.at, t_context.len, 0, early, sizeof early, NULL)
              == POTERNE_OK,
          "ticket", "the first second");
    check(poterne_verify_with_ticket(shared_verifier, record[1], POTERNE_NUL, "a.martin", 8, &with, code, 6, 0, &attempt)
              == POTERNE_E_COUNTER,
          "verify_with_ticket", "a window before the first step");
    check(poterne_confirm(shared_verifier, record[0], POTERNE_NUL, "a.martin", 8, code, 6, 0, &attempt) == POTERNE_E_COUNTER,
          "confirm", "a window before the first step");
    check(
        poterne_replace(shared_verifier, record[1], POTERNE_NUL, record[0], POTERNE_NUL, "a.martin", 8, code, 6, 0, &attempt)
            == POTERNE_E_COUNTER,
        "replace", "a window before the first step");
}

/* New authenticators that bring a watermark along. */
static void hostile_watermarks(void)
{
    poterne_parameters token = POTERNE_PARAMETERS_INIT;
    poterne_existing_credential used = POTERNE_EXISTING_CREDENTIAL_INIT;
    poterne_attempt attempt = POTERNE_ATTEMPT_INIT;
    char record[POTERNE_RECORD_MAX];
    static const int32_t expected[] = {POTERNE_REFUSED_REPLAYED, POTERNE_REFUSED_CLOCK_BEHIND};
    token.authenticator = POTERNE_TOKEN;
    used.has_watermark = 1;
    for (uint64_t i = 0; i < 2; i++) {
        used.watermark = NOW / 30 + i * 1000;
        check(poterne_import(shared_verifier, "a.martin", 8, &token, secret, 20, &used, NOW, record, sizeof record, NULL)
                  == POTERNE_OK,
              "import", "a used token");
        check(poterne_replace(shared_verifier, old, POTERNE_NUL, record, POTERNE_NUL, "a.martin", 8, code, 6, NOW, &attempt)
                  == expected[i],
              "replace", "a code of a used step");
        check(poterne_confirm(shared_verifier, record, POTERNE_NUL, "a.martin", 8, code, 6, NOW, &attempt) == expected[i],
              "confirm", "a code of a used step");
    }
}

/* A file that is no keyring. */
static void hostile_keyring(void)
{
    char path[4200];
    poterne_keyring *keyring;
    sprintf(path, "%s.wrong", keyring_path);
    FILE *file = fopen(path, "w");
    check(file != NULL && fputs("no keyring\n", file) >= 0 && fclose(file) == 0 && chmod(path, 0600) == 0, "keyring_open",
          "the file cannot be written");
    check(poterne_keyring_open(path, POTERNE_NUL, &keyring) == POTERNE_E_KEYRING && keyring == NULL, "keyring_open",
          "a file that is no keyring");
    unlink(path);
}

/* ---- What must not be set, and what must be ---- */

static void hostile_structs(void)
{
    poterne_parameters mixed;
    uint64_t step;
    char name[64];
    size_t len;
    memset(&mixed, 0, sizeof mixed);
    mixed.struct_size = sizeof mixed;
    mixed.moving_factor = POTERNE_COUNTER;
    check(poterne_otp(&mixed, secret, 20, 0, name, sizeof name, &len) == POTERNE_OK && strcmp(name, "755224") == 0, "otp",
          "RFC 4226 D");
    mixed.time_step = 30;
    check(poterne_otp(&mixed, secret, 20, 0, name, sizeof name, &len) == POTERNE_E_ARGUMENT, "otp",
          "a counter with a time step");
    mixed.time_step = 0;
    mixed.t0 = 1;
    check(poterne_otp(&mixed, secret, 20, 0, name, sizeof name, &len) == POTERNE_E_ARGUMENT, "otp", "a counter with a t0");
    mixed.t0 = 0;
    mixed.moving_factor = POTERNE_TIME;
    mixed.counter = 1;
    check(poterne_time_step(&mixed, NOW, &step) == POTERNE_E_ARGUMENT, "time_step", "a time step with a counter");
    poterne_store halves[2] = {store, store};
    halves[0].load = NULL;
    halves[1].swap = NULL;
    for (size_t i = 0; i < 2; i++) {
        begin_table(&plain);
        check(poterne_login(shared_verifier, &halves[i], "a.martin", 8, code, 6, NOW, NULL) == POTERNE_E_NULL
                  && plain.loads == 0,
              "login", "a store without a callback");
    }
    static const struct {
        int32_t status;
        const char *name;
    } names[] = {{POTERNE_OK, "ok"},
                 {POTERNE_STORE, "store"},
                 {POTERNE_RESYNCHRONIZED, "resynchronized"},
                 {POTERNE_CONFIRMED, "confirmed"},
                 {POTERNE_CHANGED, "changed"},
                 {POTERNE_NOT_FOUND, "not_found"},
                 {POTERNE_REFUSED_REPLAYED, "refused.replayed"},
                 {POTERNE_E_RECORD, "error.record"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check(poterne_status_name(names[i].status, name, sizeof name, &len) == POTERNE_OK
                  && strcmp(name, names[i].name) == 0,
              "status_name", names[i].name);
}

/* What the one reads who forgot something: it says what to do. */
static void hostile_texts(void)
{
    poterne_attempt attempt;
    char out[256];
    memset(&attempt, 0, sizeof attempt);
    int32_t forgotten = poterne_verify(shared_verifier, active, 504, "a.martin", 8, code, 6, NOW, &attempt);
    attempt.struct_size = sizeof attempt;
    check(poterne_confirm(shared_verifier, pending, 504, "a.martin", 8, code, 6, NOW, &attempt) == POTERNE_STORE, "confirm",
          "not to be stored");
    int32_t early = poterne_codes(&attempt, out, sizeof out, NULL);
    static const char *const languages[] = {"en", "fr"}, *const outcomes[] = {"outcome was not asked",
                                                                              "n'a pas été demandé"};
    for (size_t i = 0; i < 2; i++) {
        check(poterne_message(forgotten, 0, languages[i], 2, out, sizeof out, NULL) == POTERNE_OK
                  && strstr(out, "struct_size") != NULL,
              "message", "a forgotten struct_size is not named");
        check(poterne_message(early, 0, languages[i], 2, out, sizeof out, NULL) == POTERNE_OK
                  && strstr(out, outcomes[i]) != NULL,
              "message", "codes before the outcome are not named");
    }
    /* An error does not read like a wrong code; all errors read alike, and so do all refusals but two. */
    for (size_t i = 0; i < 2; i++) {
        char unavailable[256], refused[256];
        size_t errors = 0;
        check(poterne_message_to_user(POTERNE_E_STORE, 0, languages[i], 2, unavailable, sizeof unavailable, NULL)
                      == POTERNE_OK
                  && poterne_message_to_user(POTERNE_REFUSED_WRONG_CODE, 0, languages[i], 2, refused, sizeof refused, NULL)
                         == POTERNE_OK
                  && strcmp(unavailable, refused) != 0,
              "message_to_user", "an unavailable database reads like a wrong code");
        for (int32_t status = -100; status <= 106; status++) {
            int32_t said = poterne_message_to_user(status, 1, languages[i], 2, out, sizeof out, NULL);
            int is_own = status == POTERNE_REFUSED_WAIT || status == POTERNE_REFUSED_LOCKED;
            errors += said == POTERNE_OK && status < 0;
            if (status >= 1 && status <= POTERNE_REFUSED_TICKET)
                check(said == POTERNE_OK && strcmp(out, unavailable) != 0 && is_own == (strcmp(out, refused) != 0),
                      "message_to_user", "another text of a refusal");
            else if (status >= 0)
                check(said == POTERNE_E_ARGUMENT, "message_to_user", "a text of what is no refusal and no error");
            else if (said == POTERNE_OK)
                check(strcmp(out, unavailable) == 0, "message_to_user", "another text of an error");
        }
        check(errors == 24, "message_to_user", "not 24 errors");
    }
}

/* ---- Threads and fork ---- */

#define THREADS 8
#define ROUNDS 40

typedef struct {
    pthread_t thread;
    unsigned wrong;
} worker;

/* Each with a table of its own, all with one verifier. Only what belongs to the thread is written. */
static void *work(void *arg)
{
    worker *worker = arg;
    for (int round = 0; round < ROUNDS; round++) {
        table table;
        poterne_result result;
        memset(&result, 0, sizeof result);
        result.struct_size = sizeof result;
        begin_table(&table);
        table.swap_status = round % 4 == 3 ? -1 : 0;
        const poterne_store mine = store_of(&table);
        int32_t status = poterne_login(shared_verifier, &mine, "a.martin", 8, code, 6, NOW, &result);
        worker->wrong += status != (round % 4 == 3 ? POTERNE_E_STORE : POTERNE_OK);
        poterne_attempt attempt;
        attempt.struct_size = sizeof attempt;
        worker->wrong += poterne_confirm(shared_verifier, pending, 504, "a.martin", 8, code, 6, NOW, &attempt)
                         != POTERNE_STORE;
        worker->wrong += poterne_outcome(&attempt, 1, NULL) != POTERNE_CONFIRMED;
    }
    return NULL;
}

static void hostile_threads(void)
{
    worker workers[THREADS];
    memset(workers, 0, sizeof workers);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            fault("threads", "cannot be started");
            return;
        }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        check(workers[i].wrong == 0, "threads", "another verdict than alone");
    }
}

#ifndef _WIN32
static int all_is_well(void)
{
    table table;
    begin_table(&table);
    unsigned long before = faults;
    check(log_in(&table, code) == POTERNE_OK, "fork", "the right code is refused");
    poterne_verifier *fresh = new_verifier();
    poterne_verifier_free(fresh);
    return faults == before;
}

/* The child verifies and goes on, and so does the parent; their randomness is not the same. */
static void hostile_fork(void)
{
    int ends[2], status;
    poterne_attempt mine, theirs;
    if (pipe(ends) != 0) {
        fault("fork", "no pipe");
        return;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int well = all_is_well();
        mine = asked(shared_verifier);
        well &= write(ends[1], &mine, sizeof mine) == (ssize_t)sizeof mine;
        _exit(well ? 0 : 1);
    }
    mine = asked(shared_verifier);
    check(child > 0 && read(ends[0], &theirs, sizeof theirs) == (ssize_t)sizeof theirs, "fork", "the child says nothing");
    check(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "fork",
          "the child could not go on");
    check(memcmp(mine.record, theirs.record, 504) != 0, "fork", "parent and child seal with one nonce");
    check(ask(&theirs, 1) == POTERNE_OK && ask(&mine, 1) == POTERNE_OK, "fork", "an attempt is refused");
    all_is_well();
    close(ends[0]);
    close(ends[1]);
}
#endif

/* ---- All of it ---- */

static void seal(char *out, uint32_t state, const uint8_t *with, text *sealed)
{
    size_t len = 0;
    poterne_verifier *verifier = new_verifier();
    existing.state = state;
    if (poterne_import(verifier, "a.martin", 8, &parameters, with, 20, &existing, NOW, out, POTERNE_RECORD_MAX, &len)
        != POTERNE_OK)
        fault("import", "the credential cannot be sealed");
    sealed->at = out;
    sealed->len = len;
    poterne_verifier_free(verifier);
}

static void begin(void)
{
    poterne_keyring *keyring;
    size_t len = 0;
    parameters.struct_size = sizeof parameters;
    existing.struct_size = sizeof existing;
    store.struct_size = sizeof store;
    store.load = load;
    store.swap = swap;
    names.struct_size = sizeof names;
    names.issuer = names.label = "name";
    names.issuer_len = names.label_len = POTERNE_NUL;
    if (poterne_keyring_generate(1, &keyring) != POTERNE_OK || poterne_keyring_add(keyring, 2) != POTERNE_OK
        || poterne_keyring_to_text(keyring, keyring_text, sizeof keyring_text, &len) != POTERNE_OK)
        fault("begin", "no keyring");
    poterne_keyring_free(keyring);
    t_keyring.at = keyring_text;
    t_keyring.len = len;
    const char *folder = getenv("TMPDIR");
    snprintf(keyring_path, sizeof keyring_path, "%s/poterne-hostile-XXXXXX", folder == NULL ? "/tmp" : folder);
    t_path.at = keyring_path;
    t_path.len = strlen(keyring_path);
    int file = mkstemp(keyring_path);
    if (file < 0 || write(file, keyring_text, len) != (ssize_t)len || close(file) != 0)
        fault("begin", "the keyring cannot be written to a file");
    uint64_t step = 0;
    if (poterne_time_step(&parameters, NOW, &step) != POTERNE_OK
        || poterne_otp(&parameters, secret, 20, step, code, sizeof code, &t_code.len) != POTERNE_OK
        || poterne_otp(&parameters, secret, 20, step + 1, second_code, sizeof second_code, &t_second.len) != POTERNE_OK)
        fault("begin", "no codes");
    t_code.at = code;
    t_second.at = second_code;
    parameters.authenticator = POTERNE_TOKEN;
    seal(pending, POTERNE_STATE_PENDING, secret, &t_pending);
    parameters.authenticator = 0;
    seal(active, POTERNE_STATE_ACTIVE, secret, &t_active);
    /* Of another authenticator, that `pending` replaces. */
    seal(old, POTERNE_STATE_ACTIVE, (const uint8_t *)"09876543210987654321", &t_old);
    existing.has_watermark = 1;
    existing.watermark = step + 1000;
    seal(ahead, POTERNE_STATE_ACTIVE, secret, &t_ahead);
    existing.has_watermark = 0;
    existing.watermark = 0;
    shared_verifier = new_verifier();
    if (poterne_ticket(shared_verifier, "a.martin", 8, "vpn", 3, t_context.at, t_context.len, NOW, ticket, sizeof ticket,
                       &len)
            != POTERNE_OK
        || len != 96)
        fault("begin", "no ticket");
    presented.struct_size = sizeof presented;
    open_options.struct_size = sizeof open_options;
    open_options.format = POTERNE_FILE_COLUMNS;
    file_options = open_options;
    file_options.encoding = POTERNE_ENCODING_HEX;
    file_options.algorithm = POTERNE_SHA1;
    presented.ticket = ticket;
    presented.ticket_len = presented.purpose_len = POTERNE_NUL;
    presented.purpose = "vpn";
    presented.context = t_context.at;
    presented.context_len = t_context.len;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: hostile HEADER\n");
        return 1;
    }
    read_header(argv[1]);
    begin();
    for (size_t i = 0; i < ROWS; i++) {
        char name[64];
        sprintf(name, "poterne_%.40s", rows[i].name);
        function *function = find(name, strlen(name));
        if (function == NULL) {
            fault(name, "is not in the header");
            continue;
        }
        function->is_used = 1;
#ifdef PLANTED_PANICS
        panicking_row(&rows[i]);
#else
        hostile_row(&rows[i]);
        hostile_randomness(&rows[i]);
        hostile_beginnings(&rows[i]);
        hostile_uris(&rows[i]);
        hostile_counters(&rows[i]);
#endif
    }
    for (size_t i = 0; i < function_count; i++)
        if (!functions[i].is_used)
            fault(functions[i].name, "has no row in this program");
    hostile_attempts();
    hostile_codes();
    hostile_token_files();
    hostile_overlap();
    hostile_repair();
    hostile_replacement();
    hostile_neighbors();
    hostile_sizes();
    hostile_zeros();
    for (is_with_ticket = 0; is_with_ticket <= 1; is_with_ticket++)
        hostile_store();
    is_with_ticket = 0;
    hostile_tickets();
    hostile_check();
    hostile_handles();
    hostile_apply();
    hostile_refill();
    hostile_loaded();
    hostile_counter();
    hostile_watermarks();
    hostile_keyring();
    hostile_structs();
    hostile_texts();
    hostile_threads();
#ifndef _WIN32
    hostile_fork();
#endif
    poterne_verifier_free(shared_verifier);
    unlink(keyring_path);
    printf("%zu functions, %lu checks, %lu faults\n", function_count, calls, faults);
    return faults != 0;
}
