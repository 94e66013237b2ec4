/*
 * poterne: a second factor for applications that already exist.
 *
 * Made from the documentation of bindings/c/src; do not edit. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Everything about a credential is one string, the record, in a table of the application's database:
 *
 *     CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)
 *
 * Status: calls return an int32_t. After poterne_login and poterne_outcome, 0 and nothing else is a login, accepted AND
 * stored. After any other call 0 means that the call worked. A positive number is never a login: refused, or something is still
 * to be done. Below 0 the call failed; refuse, it is never a verdict. Unknown numbers above 0: refuse; below 0: an error.
 *
 * Memory: the caller owns every buffer and structure; nothing but handles is freed, by the _free function of their type.
 * Inputs are pointer and length; NULL is allowed with 0. Text outputs are NUL-terminated, and their length does not count the
 * NUL and may be NULL; too small a buffer is POTERNE_E_BUFFER, the length says what is needed, and nothing is spent. Outputs
 * are written on every return: zeros on failure, of a text an empty one. Inputs and outputs must not overlap.
 *
 * Without memory: a login takes none from the heap, that is poterne_login, poterne_verify, poterne_outcome and
 * poterne_status_name; nor do poterne_codes, poterne_wipe, poterne_split, poterne_time_step, poterne_is_conflict,
 * poterne_code_lifetime, poterne_inspect, and the changes of the help desk that issue no codes. The others do, and their process
 * ends with a message on stderr if there is none: make handles when the program starts.
 *
 * Structures begin with their size: set struct_size to sizeof before each call. 0 in a field is its default. poterne_attempt and
 * poterne_store keep their size forever. The others may grow at their end, to at most twice their size. A wrong size is
 * POTERNE_E_VERSION, and touches nothing but the first 8 bytes: an attempt gives no verdict any more until it is filled again, and
 * the status of a poterne_result becomes POTERNE_E_VERSION.
 *
 * Threads: functions that take a const handle may be called by any number of threads at once. There is no file but that of
 * poterne_keyring_open, no environment, no locale. There is no global state but one flag: the first call takes the messages of
 * panics away from the library's own copy of Rust's runtime, which no other code uses. A child after fork() may go on.
 *
 * Time: int64_t Unix seconds; POTERNE_NOW asks the system's clock.
 */


#ifndef POTERNE_H
#define POTERNE_H

#include <stddef.h>
#include <stdint.h>
/* On Windows, define POTERNE_SHARED to link with the DLL. */
#if defined(_WIN32) && defined(POTERNE_SHARED)
#define POTERNE_API __declspec(dllimport)
#else
#define POTERNE_API
#endif

/* Callbacks must not throw: C++17 and later check it, as a part of their types. */
#if defined(__cpp_noexcept_function_type)
#define POTERNE_NOEXCEPT noexcept
#else
#define POTERNE_NOEXCEPT
#endif

/* The system's clock, as a time argument. */
#define POTERNE_NOW INT64_MIN

/* The watermark of a caller of poterne_match that has none yet. */
#define POTERNE_NO_WATERMARK UINT64_MAX


// The size of a record's buffer: a record has 504 characters and a NUL.
#define POTERNE_RECORD_MAX 512

// The size of a buffer that holds all codes of `poterne_codes`: 10 of 15 characters, line feeds between them, and a NUL.
#define POTERNE_CODES_MAX 160

// PostgreSQL, and what speaks its protocol.
#define POTERNE_DATABASE_POSTGRESQL 1

// MariaDB and MySQL.
#define POTERNE_DATABASE_MARIADB 2

// SQLite.
#define POTERNE_DATABASE_SQLITE 3

// Oracle Database.
#define POTERNE_DATABASE_ORACLE 4

// Microsoft SQL Server.
#define POTERNE_DATABASE_SQLSERVER 5

// Db2 of IBM.
#define POTERNE_DATABASE_DB2 6

// Firebird.
#define POTERNE_DATABASE_FIREBIRD 7

// H2.
#define POTERNE_DATABASE_H2 8

// HSQLDB.
#define POTERNE_DATABASE_HSQLDB 9

// Apache Derby.
#define POTERNE_DATABASE_DERBY 10

// Any other: the SQLSTATE of the standard counts alone.
#define POTERNE_DATABASE_OTHER 0

// The size of a buffer that holds any otpauth URI.
#define POTERNE_URI_MAX 2048

// After `poterne_login` and `poterne_outcome`: a login, accepted AND stored. After any other call: the call worked, which is
// not a login.
#define POTERNE_OK 0

// The code is wrong; of a one-time password, a failure was counted.
#define POTERNE_REFUSED_WRONG_CODE 1

// The code was used before.
#define POTERNE_REFUSED_REPLAYED 2

// What was typed is not a code.
#define POTERNE_REFUSED_MALFORMED 3

// Too many failures; `wait_seconds` of the result says how long.
#define POTERNE_REFUSED_WAIT 4

// Locked until the help desk unlocks it.
#define POTERNE_REFUSED_LOCKED 5

// The authenticator was not confirmed yet.
#define POTERNE_REFUSED_PENDING 6

// The credential is revoked.
#define POTERNE_REFUSED_REVOKED 7

// Before the validity begins.
#define POTERNE_REFUSED_NOT_YET_VALID 8

// After the validity ended, or too late to confirm.
#define POTERNE_REFUSED_EXPIRED 9

// The server's clock is behind an accepted code.
#define POTERNE_REFUSED_CLOCK_BEHIND 10

// The phone's clock is wrong; `clock_off_steps` of the result says by how much.
#define POTERNE_REFUSED_CLOCK_OFF 11

// The stored record changed in between: load it and try again.
#define POTERNE_REFUSED_CONFLICT 12

// The account has no record.
#define POTERNE_REFUSED_NOT_ENROLLED 13

// The authenticator is suspended; recovery and temporary codes work.
#define POTERNE_REFUSED_SUSPENDED 14

// The authenticator is confirmed already.
#define POTERNE_REFUSED_NOT_PENDING 15

// Not a verdict: replace the stored record by that of the attempt, commit, then call `poterne_outcome`.
#define POTERNE_STORE 101

// The authenticator is resynchronized. Not a login.
#define POTERNE_RESYNCHRONIZED 102

// The authenticator is confirmed; `poterne_codes` gives its recovery codes. Not a login.
#define POTERNE_CONFIRMED 103

// A change of the help desk is stored, or had nothing to do; `poterne_codes` gives the codes that it issued. Not a login.
#define POTERNE_CHANGED 104

// Of `poterne_match`: no candidate has this code.
#define POTERNE_NOT_FOUND 105

// A name, a number or a length is outside the bounds that the call's document gives. An account has 1 to 255 bytes, without
// control characters.
#define POTERNE_E_ARGUMENT -1

// A pointer that must not be null is null.
#define POTERNE_E_NULL -2

// A buffer is too small; the length says what it needs, without the NUL.
#define POTERNE_E_BUFFER -3

// `struct_size` is not set, or not to the size that the structure has; a reserved field is not 0; or the caller was compiled for
// another generation of the interface.
#define POTERNE_E_VERSION -4

// A text is not UTF-8.
#define POTERNE_E_UTF8 -5

// A time is out of range, or before the credential's `t0`.
#define POTERNE_E_TIME -6

// The record is damaged, or belongs to another account or application.
#define POTERNE_E_RECORD -7

// The record's key is not in the keyring.
#define POTERNE_E_UNKNOWN_KEY -8

// The record was written by a later version of the library.
#define POTERNE_E_RECORD_FORMAT -9

// The credential's state does not allow the call, or the account has no record.
#define POTERNE_E_STATE -10

// The number of updated rows is neither 0 nor 1.
#define POTERNE_E_ROWS -11

// The attempt was spent, or never was one; of `poterne_codes` also: its outcome was not asked first.
#define POTERNE_E_ATTEMPT -12

// The keyring's text is damaged.
#define POTERNE_E_KEYRING -13

// The keyring's file cannot be read, or others can read it.
#define POTERNE_E_KEYRING_FILE -14

// The shared secret is neither base32 nor hexadecimal, too short or too long.
#define POTERNE_E_SECRET -15

// The otpauth URI cannot be built or read.
#define POTERNE_E_URI -16

// No moving factor is left, or one to bring in is above 2^63 - 1.
#define POTERNE_E_COUNTER -17

// The system gave no randomness.
#define POTERNE_E_RANDOM -18

// The store is unavailable.
#define POTERNE_E_STORE -19

// The token file is damaged.
#define POTERNE_E_TOKEN_FILE -20

// The token file's password or key is wrong.
#define POTERNE_E_TOKEN_PASSWORD -21

// The token file's authentication code is wrong or missing.
#define POTERNE_E_TOKEN_MAC -22

// The token file asks for what the library does not have.
#define POTERNE_E_TOKEN_UNSUPPORTED -23

// A fault of the library.
#define POTERNE_E_INTERNAL -99

// An authenticator application.
#define POTERNE_APP 1

// A hardware token.
#define POTERNE_TOKEN 2

// Counter-based, HOTP.
#define POTERNE_COUNTER 1

// Time-based, TOTP.
#define POTERNE_TIME 2

// HMAC-SHA-1.
#define POTERNE_SHA1 1

// HMAC-SHA-256.
#define POTERNE_SHA256 2

// HMAC-SHA-512.
#define POTERNE_SHA512 3

// Enrolled, not confirmed yet.
#define POTERNE_STATE_PENDING 0

// In use.
#define POTERNE_STATE_ACTIVE 1

// The authenticator is out of use; recovery and temporary codes work.
#define POTERNE_STATE_SUSPENDED 2

// Ended.
#define POTERNE_STATE_REVOKED 3

// A one-time password of the authenticator.
#define POTERNE_METHOD_OTP 1

// A recovery code, which is spent.
#define POTERNE_METHOD_RECOVERY_CODE 2

// A temporary code of the help desk.
#define POTERNE_METHOD_TEMPORARY_CODE 3

// The generation of this interface, which the soname carries too.
#define POTERNE_ABI 1

// Time steps before the present one, for an application: 0 to 10, default 1.
#define POTERNE_OPTION_APP_STEPS_BACKWARD 1

// Time steps after the present one, for an application: 0 to 10, default 1.
#define POTERNE_OPTION_APP_STEPS_FORWARD 2

// Time steps before the present one, for a hardware token: 0 to 10, default 2.
#define POTERNE_OPTION_TOKEN_STEPS_BACKWARD 3

// Time steps after the present one, for a hardware token: 0 to 10, default 1.
#define POTERNE_OPTION_TOKEN_STEPS_FORWARD 4

// Counters that are tried: 1 to 100, default 10.
#define POTERNE_OPTION_LOOK_AHEAD 5

// Failures after which a credential is locked: 1 to 100, default 20.
#define POTERNE_OPTION_MAX_FAILURES 6

// Time steps by which a token's clock may differ: 1 to 200, default 120.
#define POTERNE_OPTION_MAX_DRIFT 7

// Counters that are tried in a resynchronization: 1 to 10000, default 1000.
#define POTERNE_OPTION_RESYNC_LOOK_AHEAD 8

// Recovery codes that a confirmation issues: 0 to 10, default 8.
#define POTERNE_OPTION_RECOVERY_CODES 9

// 1: the first login with a pending authenticator confirms it. Default 0.
#define POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN 10

// 1: secrets of 10 to 15 bytes may be brought in. Default 0.
#define POTERNE_OPTION_ALLOW_SHORT_SECRET 11

// 1: parameters and names that some applications do not honor may be enrolled. Default 0.
#define POTERNE_OPTION_ALLOW_INCOMPATIBLE 12

// Days within which an application must be confirmed, from its enrollment: 1 to 365, default 30.
#define POTERNE_OPTION_CONFIRM_WITHIN_DAYS 13

// The authenticator is kept as it is: forgotten at home.
#define POTERNE_KEEP 1

// The authenticator is suspended: lost or stolen.
#define POTERNE_SUSPEND 2

// The recovery codes.
#define POTERNE_CODES_RECOVERY 1

// The temporary code.
#define POTERNE_CODES_TEMPORARY 2

// All of them.
#define POTERNE_CODES_BOTH 3

// The keys that seal records. Configured by one thread; then any number of threads may read it. Freed by
// `poterne_keyring_free`, which wipes the keys.
typedef struct poterne_keyring poterne_keyring;

// Makes and checks the records of one application. Configure it, then share it between threads: functions that take a
// const pointer need no lock. Freed by `poterne_verifier_free`.
typedef struct poterne_verifier poterne_verifier;

// A login try, or a change of the help desk. The caller owns it; there is nothing to free. Set `struct_size`, and wipe it
// with `poterne_wipe` when done. Do not copy it: a copy could be spent twice.
typedef struct poterne_attempt {
    // `sizeof(poterne_attempt)`.
    uint32_t struct_size;
    // 0.
    uint32_t reserved;
    // The length of `record`, without its NUL.
    uint32_t record_len;
    // 1 if the record is to be stored, else 0.
    uint32_t changed;
    // The record to store, NUL-terminated.
    char record[512];
    // The verdict, for `poterne_outcome` alone.
    uint8_t opaque[256];
} poterne_attempt;

// What an attempt came to.
typedef struct poterne_result {
    // `sizeof(poterne_result)`.
    uint32_t struct_size;
    // The status that the call returned.
    int32_t status;
    // Of a login: `POTERNE_METHOD_OTP`, `POTERNE_METHOD_RECOVERY_CODE` or `POTERNE_METHOD_TEMPORARY_CODE`; else 0.
    uint32_t method;
    // Of a login: how many recovery codes are left.
    uint32_t recovery_codes_left;
    // The absolute counter or time step of the OTP, of the second one after a resynchronization; else 0.
    uint64_t moving_factor;
    // The drift of a token's clock, in time steps.
    int32_t drift;
    // Of `POTERNE_REFUSED_CLOCK_OFF`: time steps; negative: the phone is slow.
    int32_t clock_off_steps;
    // Of `POTERNE_REFUSED_WAIT`: seconds until the next attempt.
    uint64_t wait_seconds;
    // Of a login: the refused attempts since the last login with a one-time password, 255 at most; worth showing.
    uint32_t failures_before;
    // 0.
    uint32_t reserved;
    // 0.
    uint64_t reserved2[2];
} poterne_result;

// How one-time passwords are made. 0 in a field is its default.
typedef struct poterne_parameters {
    // `sizeof(poterne_parameters)`.
    uint32_t struct_size;
    // `POTERNE_APP` (default) or `POTERNE_TOKEN`.
    uint32_t authenticator;
    // `POTERNE_COUNTER` or `POTERNE_TIME` (default).
    uint32_t moving_factor;
    // `POTERNE_SHA1` (default), `POTERNE_SHA256` or `POTERNE_SHA512`.
    uint32_t algorithm;
    // 6 (default), 7 or 8.
    uint32_t digits;
    // Seconds, default 30; 30 to 120 in a record.
    uint32_t time_step;
    // Bytes of a secret that is generated, 16 to 64, default 20.
    uint32_t secret_len;
    // 0.
    uint32_t reserved;
    // The counter that the device shows next; counter-based only.
    uint64_t counter;
    // Where time steps begin, default 0; time-based only.
    uint64_t t0;
    // The first valid second; 0 is no bound.
    int64_t not_before;
    // The last valid second; 0 is no bound.
    int64_t not_after;
    // The last second in which a pending authenticator can be confirmed; 0 is no bound. Of an application that `poterne_enroll`
    // makes, 0 is the date that `POTERNE_OPTION_CONFIRM_WITHIN_DAYS` gives. Not before `now` and not before `not_before`.
    int64_t confirm_by;
} poterne_parameters;

// Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated; trailing spaces do no
// harm. Read it where it is written, never from a replica.
//
// Returns 0: found. 1: there is no row. Below 0: the database is unavailable. It must not longjmp or throw: an exception ends the
// process. C++17 and later take only functions and lambdas that are `noexcept`.
typedef int32_t (*poterne_load_fn)(void *arg,
                                   const char *account,
                                   char *record) POTERNE_NOEXCEPT;

// Replaces `old_record` by `record` in a transaction of its own, and COMMITS:
// `UPDATE ... SET record = :record WHERE account = :account AND record = :old_record`. `rows` takes the number of updated
// rows: what `poterne_is_conflict` says to be a conflict, a commit that failed or whose answer was lost are 0. Both texts are
// NUL-terminated.
//
// Returns 0: committed, or nothing to commit. Below 0: the database is unavailable. It must not longjmp or throw, as
// `poterne_load_fn`.
typedef int32_t (*poterne_swap_fn)(void *arg,
                                   const char *account,
                                   const char *old_record,
                                   const char *record,
                                   int64_t *rows) POTERNE_NOEXCEPT;

// The application's table.
typedef struct poterne_store {
    // `sizeof(poterne_store)`.
    uint32_t struct_size;
    // 0.
    uint32_t reserved;
    // Loads a record.
    poterne_load_fn load;
    // Replaces a record.
    poterne_swap_fn swap;
} poterne_store;

// What a credential of another system brings along, beside its parameters and its secret.
typedef struct poterne_imported {
    // `sizeof(poterne_imported)`.
    uint32_t struct_size;
    // `POTERNE_STATE_PENDING` (0), `POTERNE_STATE_ACTIVE` or `POTERNE_STATE_SUSPENDED`.
    uint32_t state;
    // The drift of a token's clock, in time steps.
    int32_t drift;
    // 1 if `watermark` counts, else 0.
    uint32_t has_watermark;
    // The highest time step that was accepted.
    uint64_t watermark;
    // 1 if `last_sync` counts, else 0: the period of the import.
    uint32_t has_last_sync;
    // The 30-day period in which a token's clock was last seen: days since 1970, divided by 30. With it, the first
    // resynchronization looks no further than a poor clock can have gone since.
    uint32_t last_sync;
} poterne_imported;

// What the help desk may see of a credential.
typedef struct poterne_status {
    // `sizeof(poterne_status)`.
    uint32_t struct_size;
    // `POTERNE_STATE_PENDING`, `_ACTIVE`, `_SUSPENDED` or `_REVOKED`.
    uint32_t state;
    // `POTERNE_APP` or `POTERNE_TOKEN`.
    uint32_t authenticator;
    // `POTERNE_COUNTER` or `POTERNE_TIME`.
    uint32_t moving_factor;
    // `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`.
    uint32_t algorithm;
    // 6, 7 or 8.
    uint32_t digits;
    // Seconds; 0 if counter-based.
    uint32_t time_step;
    // The failures that count.
    uint32_t failures;
    // Where time steps begin.
    uint64_t t0;
    // Seconds until the next attempt, 0 if it may be made now.
    uint64_t wait_seconds;
    // The drift of a token's clock, in time steps.
    int32_t drift;
    // 1 if only the help desk can help, else 0.
    uint32_t locked;
    // How many recovery codes are left.
    uint32_t recovery_codes_left;
    // How many times a valid temporary code can be used; 0 if there is none.
    uint32_t temporary_uses_left;
    // The last second of the temporary code; 0 if there is none.
    int64_t temporary_expiry;
    // The first valid second; 0 is no bound.
    int64_t not_before;
    // The last valid second; 0 is no bound.
    int64_t not_after;
    // The last second in which a pending authenticator can be confirmed; 0 is no bound.
    int64_t confirm_by;
    // 1 if the secret has less than 16 bytes, else 0.
    uint32_t weak_secret;
    // The key that sealed the record.
    uint32_t key_id;
    // 1 if that is not the primary key any more, else 0.
    uint32_t needs_reseal;
    // 0.
    uint32_t reserved;
    // 0.
    uint64_t reserved2[2];
} poterne_status;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Reports how many rows the committed swap updated, and gives the verdict. The attempt is spent, whatever
// comes of it, unless the size of `result` is wrong.
//
// Store the record of the attempt in a transaction of its own and COMMIT before this call, whatever the verdict will be:
// `UPDATE ... SET record = :new WHERE account = :account AND record = :old`. A commit that failed, or whose answer was lost,
// is 0 rows. If `changed` of the attempt is 0 there is nothing to store, and `rows_updated` does not count.
//
// The caller keeps the attempt; wipe it with `poterne_wipe`. Of threads that ask one attempt at the same time, each with a
// `result` of its own, one gets the verdict, and the others `POTERNE_E_ATTEMPT`.
//
// @param attempt filled by `poterne_verify` or another call that gave `POTERNE_STORE` or a refusal
// @param rows_updated 1, or 0 for a conflict
// @param result what the attempt came to, with its `struct_size` set; may be NULL: the status is enough
// @return `POTERNE_OK`: a login. `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done, not a login.
//     `POTERNE_REFUSED_...`: refused. `POTERNE_E_ROWS`: neither 0 nor 1 row, the swap is wrong. `POTERNE_E_ATTEMPT`: spent
//     already, or never filled. `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_INTERNAL`.
// Since 0.1.
POTERNE_API
int32_t poterne_outcome(struct poterne_attempt *attempt,
                        int64_t rows_updated,
                        struct poterne_result *result);

// The codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one
// temporary code, each of the form XXXXX-XXXX-XXXX. Only after `poterne_outcome` said `POTERNE_CONFIRMED` or `POTERNE_CHANGED`,
// and until the attempt is wiped.
//
// @param attempt the attempt, as `poterne_outcome` left it
// @param out, cap, len a buffer, `POTERNE_CODES_MAX` is enough; empty if no codes were issued
// @return `POTERNE_OK`, `POTERNE_E_ATTEMPT` (the outcome was not asked before, or it was another one), `POTERNE_E_BUFFER`,
//     `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_codes(const struct poterne_attempt *attempt,
                      char *out,
                      size_t cap,
                      size_t *len);

// The one-time password of a counter or time step (RFC 4226, RFC 6238).
//
// @param parameters of which the algorithm and the digits count, with its `struct_size` set
// @param secret, secret_len the shared secret, 1 to 1,024 bytes
// @param moving_factor the counter, or the time step of `poterne_time_step`
// @param out, cap, len the digits; 9 is enough
// @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_BUFFER`,
//     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_otp(const struct poterne_parameters *parameters,
                    const uint8_t *secret,
                    size_t secret_len,
                    uint64_t moving_factor,
                    char *out,
                    size_t cap,
                    size_t *len);

// Looks for a submitted code among candidates, without any state: the caller keeps the watermark. Never 0 for a code that is
// not right; 0 is not a login either.
//
// @param parameters of which the algorithm and the digits count, with its `struct_size` set
// @param secret, secret_len the shared secret, 1 to 1,024 bytes
// @param typed, typed_len what the user typed, as it is
// @param first, last the candidates, absolute moving factors, at most 10,000
// @param watermark the highest factor accepted before, or `POTERNE_NO_WATERMARK`
// @param found the absolute moving factor; 0 unless the status is `POTERNE_OK`
// @return `POTERNE_OK`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_NOT_FOUND`, `POTERNE_E_SECRET`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_match(const struct poterne_parameters *parameters,
                      const uint8_t *secret,
                      size_t secret_len,
                      const char *typed,
                      size_t typed_len,
                      uint64_t first,
                      uint64_t last,
                      uint64_t watermark,
                      uint64_t *found);

// The time step of a time (RFC 6238 4.2).
//
// @param parameters of which the time step and `t0` count, with its `struct_size` set
// @param now Unix seconds, or `POTERNE_NOW`
// @param step where it goes; 0 on failure
// @return `POTERNE_OK`, `POTERNE_E_TIME`, `POTERNE_E_ARGUMENT` (counter-based), `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
//     `POTERNE_E_COUNTER`, `POTERNE_E_SECRET` (its length in the parameters), `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_time_step(const struct poterne_parameters *parameters,
                          int64_t now,
                          uint64_t *step);

// Decodes a shared secret from base32 as people write it: either case; spaces, dashes and invisible
// characters anywhere; padding at the end.
//
// @param base32, base32_len the text
// @param out, cap, len the bytes, and a NUL behind them; 1,025 is enough
// @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_base32_decode(const char *base32,
                              size_t base32_len,
                              uint8_t *out,
                              size_t cap,
                              size_t *len);

// Decodes a shared secret from hexadecimal, as manufacturers of tokens print it: either case, no 0x; spaces and dashes anywhere.
// Which of the two encodings a text has is never guessed: hexadecimal of the digits 2 to 7 is base32 too.
//
// @param hex, hex_len the text
// @param out, cap, len the bytes, and a NUL behind them; 1,025 is enough
// @return as `poterne_base32_decode`
// Since 0.1.
POTERNE_API
int32_t poterne_hex_decode(const char *hex,
                           size_t hex_len,
                           uint8_t *out,
                           size_t cap,
                           size_t *len);

// Splits a field in which the password is typed first and the code behind it: `digits` digits, or a recovery or temporary code
// with its hyphens. Nothing is copied: the password is the first `password_len` bytes of the field, the code all bytes behind
// them.
//
// @param field, field_len the field, in any encoding in which digits, letters and hyphens are those of ASCII
// @param digits 6, 7 or 8
// @param password_len the length of the password; the whole field if there is no code
// @return `POTERNE_OK`: there is a code. `POTERNE_REFUSED_MALFORMED`: there is none. `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_split(const char *field,
                      size_t field_len,
                      uint32_t digits,
                      size_t *password_len);

// Overwrites memory with zeros, in a way that no compiler removes. NULL with a length of 0 is fine.
//
// @return `POTERNE_OK`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_wipe(void *memory,
                     size_t len);

// Makes a keyring with one fresh key, the primary.
//
// @param key_id a number from 1 to recognize the key by; the day of creation reads well: 20261121
// @param keyring where the new handle goes; NULL is written on failure
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_generate(uint32_t key_id,
                                 struct poterne_keyring **keyring);

// Makes a keyring from its text, for keys that come from a credential store. Wipe the text afterwards.
//
// @param keyring_text, keyring_text_len the text of the keyring
// @param keyring where the new handle goes; NULL is written on failure
// @return `POTERNE_OK`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_parse(const char *keyring_text,
                              size_t keyring_text_len,
                              struct poterne_keyring **keyring);

// Makes a keyring from a file that nobody but its owner can read (mode 0600).
//
// @param path, path_len the file's path, in UTF-8
// @param keyring where the new handle goes; NULL is written on failure
// @return `POTERNE_OK`, `POTERNE_E_KEYRING_FILE`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_open(const char *path,
                             size_t path_len,
                             struct poterne_keyring **keyring);

// Adds a fresh secondary key, which opens records but does not seal them. Not while other threads use the keyring.
//
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (the id is 0 or there already, or there are 64 keys), `POTERNE_E_RANDOM`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_add(struct poterne_keyring *keyring,
                            uint32_t key_id);

// Makes a key the primary one, which seals. Every server must have it before. Not while other threads use the keyring.
//
// @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_promote(struct poterne_keyring *keyring,
                                uint32_t key_id);

// Removes a secondary key; reseal all records before. Not while other threads use the keyring.
//
// @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_ARGUMENT` (it is the primary key), `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_remove(struct poterne_keyring *keyring,
                               uint32_t key_id);

// Writes the keyring's text: all keys in clear. Write it to a file of mode 0600, and wipe the buffer. At most 16,385 bytes.
//
// @return `POTERNE_OK`, `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_keyring_to_text(const struct poterne_keyring *keyring,
                                char *out,
                                size_t cap,
                                size_t *len);

// Wipes and frees a keyring. NULL is fine.
// Since 0.1.
POTERNE_API
void poterne_keyring_free(struct poterne_keyring *keyring);

// Whether an error of a statement means that somebody else was in the way: a serialization failure, a deadlock, a lock that did
// not come in time. Then the swap is 0 rows, after a rollback; every other error is an unavailable database.
//
// A commit that gives an error is 0 rows, whatever the error. Ask here for its warnings alone: what PostgreSQL commits with a
// warning, of SQLSTATE class 01, may be lost in a failover, and is 0 rows too.
//
// @param database one of `POTERNE_DATABASE_...`
// @param sqlstate, sqlstate_len the five characters of the SQL standard; NULL and 0 if the driver does not tell them
// @param code the vendor's own number, 0 if the driver does not tell it: of SQLite the result code, extended or not; of Oracle the
//     number behind ORA-; of Firebird the gds code or the SQLCODE
// @return `POTERNE_REFUSED_CONFLICT`: it does. `POTERNE_OK`: it does not. `POTERNE_E_ARGUMENT` (no such database),
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_is_conflict(uint32_t database,
                            const char *sqlstate,
                            size_t sqlstate_len,
                            int32_t code);

// Logs someone in: loads, verifies, swaps; after a conflict again, at most three times. It fails closed.
//
// The callbacks are called from this thread, during this call only.
//
// @param store the callbacks, with its `struct_size` set
// @param arg handed to the callbacks
// @param account, account_len the account's name as it is stored; 1 to 255 bytes, or a field of at most 511 padded with spaces
// @param typed, typed_len what the user typed, as it is
// @param now Unix seconds, or `POTERNE_NOW`
// @param result what the login came to, with its `struct_size` set; may be NULL
// @return `POTERNE_OK`: a login. `POTERNE_REFUSED_...`: refused. `POTERNE_E_STORE`: a callback returned less than 0, or
//     something that it must not. `POTERNE_E_ROWS`: a swap updated neither 0 nor 1 row. `POTERNE_E_RECORD`,
//     `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`,
//     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`: not a verdict, refuse.
// Since 0.1.
POTERNE_API
int32_t poterne_login(const struct poterne_verifier *verifier,
                      const struct poterne_store *store,
                      void *arg,
                      const char *account,
                      size_t account_len,
                      const char *typed,
                      size_t typed_len,
                      int64_t now,
                      struct poterne_result *result);

// The otpauth URI of a pending credential: the text of its QR code, which holds the secret. Show it, wipe it, keep nothing.
// Once the credential is confirmed, or its `confirm_by` is over, no call gives the secret.
//
// @param record, record_len the pending record
// @param issuer, issuer_len the organization, 1 to 64 bytes
// @param label, label_len the account as its owner knows it, 1 to 255 bytes
// @param now Unix seconds, or `POTERNE_NOW`
// @param out, cap, len the URI; `POTERNE_URI_MAX` is enough
// @return `POTERNE_OK`, `POTERNE_E_STATE` (not pending any more, after `confirm_by`, or no record), `POTERNE_E_URI`,
//     `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
//     `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_otpauth_uri(const struct poterne_verifier *verifier,
                            const char *record,
                            size_t record_len,
                            const char *account,
                            size_t account_len,
                            const char *issuer,
                            size_t issuer_len,
                            const char *label,
                            size_t label_len,
                            int64_t now,
                            char *out,
                            size_t cap,
                            size_t *len);

// Reads an otpauth URI that another system has made.
//
// @param uri, uri_len the URI
// @param parameters what it says, with its `struct_size` set; zeros on failure
// @param secret, secret_cap, secret_len the secret's bytes, and a NUL behind them; 1,025 is enough
// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_uri_parse(const char *uri,
                          size_t uri_len,
                          struct poterne_parameters *parameters,
                          uint8_t *secret,
                          size_t secret_cap,
                          size_t *secret_len);

// The issuer that an otpauth URI of another system names; an empty text if it names none.
//
// @param uri, uri_len the URI
// @param out, cap, len the name, in UTF-8; 4,097 is enough
// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_uri_issuer(const char *uri,
                           size_t uri_len,
                           char *out,
                           size_t cap,
                           size_t *len);

// The label of an otpauth URI of another system, without its issuer; it may be empty.
//
// @param uri, uri_len the URI
// @param out, cap, len the name, in UTF-8; 4,097 is enough
// @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_uri_label(const char *uri,
                          size_t uri_len,
                          char *out,
                          size_t cap,
                          size_t *len);

// The QR code of a text, an otpauth URI above all, as an SVG image.
//
// @param uri, uri_len an otpauth URI
// @param out, cap, len the image; ask for its length with a `cap` of 0
// @return `POTERNE_OK`, `POTERNE_E_URI` (too long, or no otpauth URI), `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`,
//     `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_qr_svg(const char *uri,
                       size_t uri_len,
                       char *out,
                       size_t cap,
                       size_t *len);

// The QR code as a PNG image; as `poterne_qr_svg`.
//
// @return as `poterne_qr_svg`
// Since 0.1.
POTERNE_API
int32_t poterne_qr_png(const char *uri,
                       size_t uri_len,
                       uint8_t *out,
                       size_t cap,
                       size_t *len);

// The QR code as text for a terminal, in black and white by ANSI colors; as `poterne_qr_svg`.
//
// @return as `poterne_qr_svg`
// Since 0.1.
POTERNE_API
int32_t poterne_qr_text(const char *uri,
                        size_t uri_len,
                        char *out,
                        size_t cap,
                        size_t *len);

// The secret of an otpauth URI in groups of four characters, for those who cannot scan and type it.
//
// @return as `poterne_qr_svg`
// Since 0.1.
POTERNE_API
int32_t poterne_secret_to_type(const char *uri,
                               size_t uri_len,
                               char *out,
                               size_t cap,
                               size_t *len);

// The table of authenticator applications and what they honor, with its sources, as an HTML fragment.
//
// @param language, language_len `en` or `fr`
// @param out, cap, len the fragment, in UTF-8; ask for its length with a `cap` of 0
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (another language), `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_apps_html(const char *language,
                          size_t language_len,
                          char *out,
                          size_t cap,
                          size_t *len);

// The version of the library: `0.1.0`, NUL-terminated. Never NULL, never freed.
// Since 0.1.
POTERNE_API
const char *poterne_version(void);

// The generation of the interface that the library has: compare it with `POTERNE_ABI` of the header.
// Since 0.1.
POTERNE_API
uint32_t poterne_abi(void);

// The stable text of a status, for the application's own journal: `ok`, `refused.replayed`, `error.record`.
//
// @param out, cap, len the text; 64 is enough
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such status), `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_status_name(int32_t status,
                            char *out,
                            size_t cap,
                            size_t *len);

// What the help desk may read about a status, and do next, in English or French. Not for the end user.
//
// @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; else 0
// @param language, language_len `en` or `fr`
// @param out, cap, len the text, in UTF-8; 256 is enough
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no refusal and no error, or another language), `POTERNE_E_BUFFER`,
//     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_status_text(int32_t status,
                            int64_t detail,
                            const char *language,
                            size_t language_len,
                            char *out,
                            size_t cap,
                            size_t *len);

// What the end user may read when a login was refused or failed, in English or French. Refused: one and the same text, but for
// `POTERNE_REFUSED_WAIT` and `POTERNE_REFUSED_LOCKED`, to be shown only once the password is right. Failed, that is below 0: the
// service is unavailable, whatever the error.
//
// @param detail `wait_seconds` of the result for `POTERNE_REFUSED_WAIT`, else 0
// @return as `poterne_status_text`
// Since 0.1.
POTERNE_API
int32_t poterne_user_text(int32_t status,
                          int64_t detail,
                          const char *language,
                          size_t language_len,
                          char *out,
                          size_t cap,
                          size_t *len);

// Makes a verifier with the default policy. The keyring is copied, and can be freed.
//
// @param abi `POTERNE_ABI`, as the caller was compiled: a mismatch is an error here, and not at the first login
// @param application, application_len the application's name, part of every record: the same on all servers, for ever
// @param verifier where the new handle goes; NULL is written on failure
// @return `POTERNE_OK`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_UTF8`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_verifier_new(uint32_t abi,
                             const struct poterne_keyring *keyring,
                             const char *application,
                             size_t application_len,
                             struct poterne_verifier **verifier);

// Sets an option of the policy. Not while other threads use the verifier.
//
// @param option one of `POTERNE_OPTION_...`
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such option, or out of its bounds), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_verifier_set(struct poterne_verifier *verifier,
                             int32_t option,
                             int64_t value);

// The value of an option of the policy.
//
// @param value where it goes; 0 on failure
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_verifier_get(const struct poterne_verifier *verifier,
                             int32_t option,
                             int64_t *value);

// How long a time-based code lives under the policy: so long after a server could first accept it, no server does. Wait so long
// before a token is handed to somebody else, and before logins are let in after a backup was restored or a database failed over.
// By default 390 seconds for an application, 780 for a token of 30 seconds.
//
// @param authenticator `POTERNE_APP` or `POTERNE_TOKEN`
// @param time_step seconds, 30 to 120
// @param seconds where it goes; 0 on failure
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_code_lifetime(const struct poterne_verifier *verifier,
                              uint32_t authenticator,
                              uint32_t time_step,
                              uint64_t *seconds);

// Frees a verifier, and wipes its keys. NULL is fine.
// Since 0.1.
POTERNE_API
void poterne_verifier_free(struct poterne_verifier *verifier);

// Makes a credential with a fresh secret, pending until its first code is confirmed. `poterne_otpauth_uri` gives what to
// show.
//
// @param account, account_len the account's name as it is stored, 1 to 255 bytes
// @param parameters how codes are made; NULL for the defaults
// @param now Unix seconds, or `POTERNE_NOW`
// @param out, cap, len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
// @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_URI` (some applications do not honor the parameters),
//     `POTERNE_E_TIME`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
//     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_enroll(const struct poterne_verifier *verifier,
                       const char *account,
                       size_t account_len,
                       const struct poterne_parameters *parameters,
                       int64_t now,
                       char *out,
                       size_t cap,
                       size_t *len);

// Makes a credential of a hardware token whose secret is known, pending until its first code is confirmed.
//
// A token that comes back from somebody else waits before it is handed out again: as long as `poterne_code_lifetime` says, and
// before it is resynchronized `POTERNE_OPTION_MAX_DRIFT` time steps and 300 seconds. The codes that its last holder saw must be
// dead.
//
// @param secret, secret_len the token's secret: 16 to 1,024 bytes, of which more than 64 are stored as the key that HMAC makes of
//     them; with SHA-512 not 65 to 128
// @return as `poterne_enroll`
// Since 0.1.
POTERNE_API
int32_t poterne_enroll_token(const struct poterne_verifier *verifier,
                             const char *account,
                             size_t account_len,
                             const struct poterne_parameters *parameters,
                             const uint8_t *secret,
                             size_t secret_len,
                             int64_t now,
                             char *out,
                             size_t cap,
                             size_t *len);

// Seals a credential that exists elsewhere. Bring its counter or watermark along, or a code that the other system has
// accepted is accepted once more.
//
// @param secret, secret_len as of `poterne_enroll_token`
// @param imported its state and history; NULL: active, without any
// @return as `poterne_enroll`
// Since 0.1.
POTERNE_API
int32_t poterne_import(const struct poterne_verifier *verifier,
                       const char *account,
                       size_t account_len,
                       const struct poterne_parameters *parameters,
                       const uint8_t *secret,
                       size_t secret_len,
                       const struct poterne_imported *imported,
                       int64_t now,
                       char *out,
                       size_t cap,
                       size_t *len);

// What the help desk may see of a credential: never the secret, counter, watermark or a date of use.
//
// @param status where it goes, with its `struct_size` set; zeros on failure
// @return `POTERNE_OK`, `POTERNE_E_STATE` (no record), `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
//     `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_inspect(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        int64_t now,
                        struct poterne_status *status);

// A login, first step: checks what the user typed, and gives the record to store. The verdict comes from `poterne_outcome`.
//
// @param record, record_len what the table holds for the account; NULL or empty if there is no row
// @param account, account_len the account's name as it is stored
// @param typed, typed_len what the user typed, as it is
// @param now Unix seconds, or `POTERNE_NOW`
// @param attempt filled, with its `struct_size` set before
// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
//     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_verify(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       const char *typed,
                       size_t typed_len,
                       int64_t now,
                       struct poterne_attempt *attempt);

// The first code of a pending authenticator; not a login. As `poterne_verify`.
//
// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
//     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_confirm(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        const char *typed,
                        size_t typed_len,
                        int64_t now,
                        struct poterne_attempt *attempt);

// The first code of a new authenticator that replaces an old one; not a login. The swap compares with `old`; whatever is
// refused leaves it as it is, and a wrong code is not counted. `old` may be locked or suspended, not revoked or out of its
// validity; a bound of validity that the new record does not set is taken over from it.
//
// @param old, old_len the record that was stored when the new authenticator was enrolled
// @param pending, pending_len the new record, kept outside the table; throw it away once it is confirmed
// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_STATE` (no record), `POTERNE_E_RECORD`,
//     `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT` (both have the same secret, too),
//     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
//     `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_replace(const struct poterne_verifier *verifier,
                        const char *old,
                        size_t old_len,
                        const char *pending,
                        size_t pending_len,
                        const char *account,
                        size_t account_len,
                        const char *typed,
                        size_t typed_len,
                        int64_t now,
                        struct poterne_attempt *attempt);

// Two codes in a row, for a token whose clock or counter is out of reach; not a login. As `poterne_verify`.
//
// @param first, first_len, second, second_len the codes, in the order in which they were shown
// @return `POTERNE_STORE`, `POTERNE_REFUSED_...` if nothing changed, never 0; `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
//     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_resynchronize(const struct poterne_verifier *verifier,
                              const char *record,
                              size_t record_len,
                              const char *account,
                              size_t account_len,
                              const char *first,
                              size_t first_len,
                              const char *second,
                              size_t second_len,
                              int64_t now,
                              struct poterne_attempt *attempt);

// Issues 1 to 10 recovery codes in place of the former ones. Each works once, also while the account is locked or has to wait.
// Once `poterne_outcome` has said `POTERNE_CHANGED`, `poterne_codes` gives them.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_recovery_codes(const struct poterne_verifier *verifier,
                               const char *record,
                               size_t record_len,
                               const char *account,
                               size_t account_len,
                               uint32_t count,
                               struct poterne_attempt *attempt);

// Issues a temporary code in place of the former one; as `poterne_recovery_codes`. It works while the account is locked or has to
// wait, and leaves the failures as they are.
//
// @param expiry its last second, at most 30 days ahead; 0: 24 hours
// @param uses 1 to 50; 0: 1
// @param meanwhile `POTERNE_SUSPEND` (lost or stolen) or `POTERNE_KEEP` (forgotten at home)
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
//     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_temporary_code(const struct poterne_verifier *verifier,
                               const char *record,
                               size_t record_len,
                               const char *account,
                               size_t account_len,
                               int64_t expiry,
                               uint32_t uses,
                               uint32_t meanwhile,
                               int64_t now,
                               struct poterne_attempt *attempt);

// Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
//
// @param codes `POTERNE_CODES_RECOVERY`, `POTERNE_CODES_TEMPORARY` or `POTERNE_CODES_BOTH`
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_end_codes(const struct poterne_verifier *verifier,
                          const char *record,
                          size_t record_len,
                          const char *account,
                          size_t account_len,
                          uint32_t codes,
                          struct poterne_attempt *attempt);

// Clears the failures: the account is neither locked nor has to wait.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_unlock(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

// Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the future.
// For all records, once the clock is right; a thief's lock stays. Look at the clock of this server first: on one that is itself
// behind, used codes would work once more.
//
// @return `POTERNE_STORE`; `POTERNE_CHANGED` if there was nothing to repair: `changed` of the attempt is 0, the record is the one
//     given, there is nothing to store, and `poterne_outcome` says `POTERNE_CHANGED` whatever the rows. Never 0; `POTERNE_E_TIME`
//     also before the credential's `t0`; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_repair_clock(const struct poterne_verifier *verifier,
                             const char *record,
                             size_t record_len,
                             const char *account,
                             size_t account_len,
                             int64_t now,
                             struct poterne_attempt *attempt);

// Puts the authenticator out of use; recovery and temporary codes work. Done twice it is done once.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_suspend(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        struct poterne_attempt *attempt);

// Puts the authenticator back in use. Done twice it is done once.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_resume(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

// Ends a credential: its secret and codes are erased.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_revoke(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

// Drops what no longer matters; run it on all records every night. Then the record of an application tells nobody when its owner
// last logged in.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
//     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_forget(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       int64_t now,
                       struct poterne_attempt *attempt);

// The same credential under the primary key.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_reseal(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

// The same credential for another name of the account, recovery and temporary codes included: issue new ones before a token that
// came back is handed out again. Store the record in the row of the new name:
// `UPDATE ... SET account = :new_account, record = :record WHERE account = :account AND record = :old`.
//
// @return `POTERNE_STORE`, never 0; `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
//     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`,
//     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
// Since 0.1.
POTERNE_API
int32_t poterne_rename(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       const char *new_account,
                       size_t new_account_len,
                       struct poterne_attempt *attempt);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* POTERNE_H */
