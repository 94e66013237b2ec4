/**
 * @file poterne.h
 *
 * poterne: a second factor for applications that already exist. This header is the manual.
 *
 * Generated from the documentation in bindings/c/src; do not edit. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Everything about a credential is one string, the record. It lives in a table of the application's database:
 *
 *     CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)
 *
 * A login. Let the user in only on POTERNE_OK, and only if the password is right too:
 *
 * @code
 * #include <poterne.h>
 *
 * int32_t load_record(void *table, const char *account, char *record) POTERNE_NOEXCEPT;
 * int32_t swap_record(void *table, const char *account, const char *old_record, const char *record,
 *                     int64_t *rows) POTERNE_NOEXCEPT;
 *
 * int32_t login(const poterne_verifier *verifier, void *table, const char *account, const char *code)
 * {
 *     poterne_store store = POTERNE_STORE_INIT;
 *     store.arg = table;
 *     store.load = load_record;
 *     store.swap = swap_record;
 *     return poterne_login(verifier, &store, account, POTERNE_NUL, code, POTERNE_NUL, POTERNE_NOW, NULL);
 * }
 * @endcode
 *
 * Status: calls return an int32_t.
 *
 * - After poterne_login, poterne_login_with_ticket and poterne_outcome, only 0 is a login: accepted AND stored. After any other
 *   call 0 means that the call worked.
 * - A positive number is never a login. It is a refusal, or says that something is still to be done.
 * - Below 0 the call failed. That is never a verdict: refuse the login, and look at the journal.
 * - Refuse on unknown statuses too: above 0 they are refusals, below 0 errors.
 * - Write `== POTERNE_OK`. `if (status)` and `if (status < 0)` let refused users in.
 *
 * Each function lists all statuses that it returns. The list, or the status's definition, says what to do about each.
 *
 * Memory: the caller owns every buffer and structure. Only handles are freed, by the _free function of their type.
 *
 * Inputs are a pointer and a length. The length POTERNE_NUL means that the text ends with a NUL; NULL is allowed with a length of
 * 0. POTERNE_NUL is (size_t)-1: if read() fails and its -1 is passed as a length, the call reads to the next NUL. Other lengths
 * above SIZE_MAX / 2 are POTERNE_E_ARGUMENT. Texts are UTF-8: an application with another encoding must convert the names of
 * accounts, always in the same way.
 *
 * Text outputs are NUL-terminated. Their length does not count the NUL, and the pointer to the length may be NULL. If a buffer is
 * too small, the call returns POTERNE_E_BUFFER and the length that it needs; nothing is spent. Outputs are written on every return:
 * zeros or an empty text on failure. The caller's memory does not have to be aligned. Inputs and outputs must not overlap: a text
 * inside the attempt that a call fills is POTERNE_E_ARGUMENT.
 *
 * Without memory: a login takes no memory from the heap. That is poterne_login, poterne_verify, poterne_outcome, the same calls
 * with a ticket, and poterne_status_name. These take none either: poterne_ticket, poterne_dud_ticket, poterne_codes, poterne_wipe,
 * poterne_split, poterne_time_step, poterne_is_conflict, poterne_code_lifetime, poterne_inspect, the help desk's changes that issue
 * no codes, and poterne_apply with them. All others do, and end the process with a message on stderr if there is none. So make
 * handles when the program starts.
 *
 * Structures begin with their size. Initialize them with the macro that follows each, or set struct_size to sizeof before each
 * call. 0 in a field is its default. poterne_attempt, poterne_store, poterne_uri_names and poterne_presented_ticket keep their size
 * forever. The others may grow at their end, to at most twice their size. A wrong size is POTERNE_E_VERSION, and the call touches
 * only the first 8 bytes: an attempt gives no verdict until it is filled again, and the status of a poterne_result becomes
 * POTERNE_E_VERSION.
 *
 * Threads: any number of threads may call functions that take a const handle at the same time. The library uses no environment
 * variable, no locale, and no file except the one of poterne_keyring_open. Its only global state is one flag: the first call turns
 * off the panic messages of the library's own copy of Rust's runtime, which no other code uses. A child process may continue after
 * fork(), but not with an attempt that was filled before: both processes could spend it.
 *
 * Time: int64_t Unix seconds; POTERNE_NOW asks the system's clock. 0 is 1970.
 */


#ifndef POTERNE_H
#define POTERNE_H

#include <stddef.h>
#include <stdint.h>
/** On Windows, define POTERNE_SHARED to link with the DLL. */
#if defined(_WIN32) && defined(POTERNE_SHARED)
#define POTERNE_API __declspec(dllimport)
#else
#define POTERNE_API
#endif

/** The compiler warns if the result of a call is ignored: GCC even in a cast to void, MSVC for C and C++14 only with /analyze. */
#ifndef POTERNE_MUST_USE
#if defined(__cplusplus) && (__cplusplus >= 201703L || (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L))
#define POTERNE_MUST_USE [[nodiscard]]
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 202311L
#define POTERNE_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define POTERNE_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER)
#include <sal.h>
#define POTERNE_MUST_USE _Check_return_
#else
#define POTERNE_MUST_USE
#endif
#endif

/** Callbacks must not throw: C++17 and later check it, as a part of their types. */
#if defined(__cpp_noexcept_function_type)
#define POTERNE_NOEXCEPT noexcept
#else
#define POTERNE_NOEXCEPT
#endif

/** The length of a text that ends with a NUL. */
#define POTERNE_NUL SIZE_MAX

/** The system's clock, as a time argument. */
#define POTERNE_NOW INT64_MIN

/** The watermark of a caller of poterne_match that has none yet. */
#define POTERNE_NO_WATERMARK UINT64_MAX

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------------------------------------------------
 * STATUSES
 * ----------------------------------------------------------------------------------------------------
 * Frozen numbers. None is ever used again.
 */

/**
 * After `poterne_login`, `poterne_login_with_ticket` and `poterne_outcome`: a login, accepted AND stored. After any other call:
 * the call worked, which is not a login.
 */
#define POTERNE_OK 0

/** The code is wrong. A wrong one-time password counts as a failure. */
#define POTERNE_REFUSED_WRONG_CODE 1

/** The code was used before. The user must wait for the next one. */
#define POTERNE_REFUSED_REPLAYED 2

/** The submitted text is not a code. */
#define POTERNE_REFUSED_MALFORMED 3

/** Too many failures. `wait_seconds` of the result says how long to wait. */
#define POTERNE_REFUSED_WAIT 4

/** Locked, until the help desk calls `poterne_unlock`. */
#define POTERNE_REFUSED_LOCKED 5

/** The authenticator is not confirmed yet. */
#define POTERNE_REFUSED_PENDING 6

/** The credential is revoked. Enroll a new one. */
#define POTERNE_REFUSED_REVOKED 7

/** The validity has not begun. */
#define POTERNE_REFUSED_NOT_YET_VALID 8

/** The validity has ended, or the authenticator was not confirmed in time. */
#define POTERNE_REFUSED_EXPIRED 9

/** The server's clock is behind a code that was already accepted. Set the clock. */
#define POTERNE_REFUSED_CLOCK_BEHIND 10

/** The phone's clock is wrong. `clock_off_steps` of the result says by how much. */
#define POTERNE_REFUSED_CLOCK_OFF 11

/** The stored record changed in the meantime. Load it and try again. */
#define POTERNE_REFUSED_CONFLICT 12

/** The account has no record. */
#define POTERNE_REFUSED_NOT_ENROLLED 13

/** The authenticator is suspended. Recovery and temporary codes still work. */
#define POTERNE_REFUSED_SUSPENDED 14

/** The authenticator is already confirmed. */
#define POTERNE_REFUSED_NOT_PENDING 15

/** The ticket is late, altered, or made for another person or purpose. The login starts again with the password. */
#define POTERNE_REFUSED_TICKET 16

/** Not a verdict. Replace the stored record with the attempt's record, commit, then call `poterne_outcome`. */
#define POTERNE_STORE 101

/** The authenticator is resynchronized. Not a login. */
#define POTERNE_RESYNCHRONIZED 102

/** The authenticator is confirmed; `poterne_codes` gives its recovery codes. Not a login. */
#define POTERNE_CONFIRMED 103

/**
 * A change by the help desk is stored, or there was nothing to change; `poterne_codes` gives the codes that it issued. Not a
 * login.
 */
#define POTERNE_CHANGED 104

/** Only from `poterne_match`: no candidate has this code. */
#define POTERNE_NOT_FOUND 105

/** A name, a number or a length is outside its bounds. An account has 1 to 255 bytes, without control characters. */
#define POTERNE_E_ARGUMENT (-1)

/** A pointer that must not be NULL is NULL. */
#define POTERNE_E_NULL (-2)

/** A buffer is too small. The returned length is the one that it needs, without the NUL. */
#define POTERNE_E_BUFFER (-3)

/**
 * `struct_size` is not set, as the `_INIT` macros do, or is not the size of the structure; a reserved field is not 0; or the
 * caller was compiled for another generation of the interface.
 */
#define POTERNE_E_VERSION (-4)

/** A text is not UTF-8. */
#define POTERNE_E_UTF8 (-5)

/** A time is out of range, or before the credential's `t0`. */
#define POTERNE_E_TIME (-6)

/** The record is damaged, or belongs to another account or application. */
#define POTERNE_E_RECORD (-7)

/** The record's key is not in the keyring. Give this server the keyring of the others. */
#define POTERNE_E_UNKNOWN_KEY (-8)

/** The record was written by a later version of the library. Update this server. */
#define POTERNE_E_RECORD_FORMAT (-9)

/** The credential's state does not allow the call, or the account has no record. */
#define POTERNE_E_STATE (-10)

/** The number of updated rows is neither 0 nor 1. The swap is wrong. */
#define POTERNE_E_ROWS (-11)

/** The attempt was never filled, or is spent. From `poterne_codes`: its outcome was not asked for before. */
#define POTERNE_E_ATTEMPT (-12)

/** The keyring's text is damaged. */
#define POTERNE_E_KEYRING (-13)

/** The keyring's file cannot be read, or others can read it. */
#define POTERNE_E_KEYRING_FILE (-14)

/** The shared secret is neither base32 nor hexadecimal, too short or too long. */
#define POTERNE_E_SECRET (-15)

/** The otpauth URI cannot be built or read. */
#define POTERNE_E_URI (-16)

/** No moving factor is left, or an imported one is above 2^63 - 1. */
#define POTERNE_E_COUNTER (-17)

/** The system gave no randomness. Try again later. */
#define POTERNE_E_RANDOM (-18)

/** The application's table is unavailable. */
#define POTERNE_E_STORE (-19)

/** The token file is damaged. No function of this version reads token files. */
#define POTERNE_E_TOKEN_FILE (-20)

/** The token file's password or key is wrong. */
#define POTERNE_E_TOKEN_PASSWORD (-21)

/** The token file's authentication code is wrong or missing. */
#define POTERNE_E_TOKEN_MAC (-22)

/** The token file needs a feature that the library does not have. */
#define POTERNE_E_TOKEN_UNSUPPORTED (-23)

/** A fault of the library. Report it. */
#define POTERNE_E_INTERNAL (-99)

/* ----------------------------------------------------------------------------------------------------
 * KEYRING
 * ----------------------------------------------------------------------------------------------------
 * The keys that seal records. Keep them in a file of mode 0600, the same on all servers, and never in the database.
 */

/**
 * The keys that seal records. One thread configures it; then any number of threads may read it. `poterne_keyring_free` frees it,
 * and wipes the keys.
 */
typedef struct poterne_keyring poterne_keyring;

/**
 * Makes a keyring with one fresh key, the primary one.
 *
 * @param key_id a number from 1 by which you recognize the key, such as its day of creation: 20261121
 * @param keyring receives the new handle; NULL on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_generate(uint32_t key_id,
                                 struct poterne_keyring **keyring);

/**
 * Reads a keyring from its text, for keys that come from a credential store. Wipe the text afterwards.
 *
 * @param keyring_text,keyring_text_len the text of the keyring
 * @param keyring receives the new handle; NULL on failure
 * @return `POTERNE_OK`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_parse(const char *keyring_text,
                              size_t keyring_text_len,
                              struct poterne_keyring **keyring);

/**
 * Reads a keyring from a file that only its owner can read (mode 0600).
 *
 * @param path,path_len the file's path, in UTF-8
 * @param keyring receives the new handle; NULL on failure
 * @return `POTERNE_OK`, `POTERNE_E_KEYRING_FILE`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_open(const char *path,
                             size_t path_len,
                             struct poterne_keyring **keyring);

/**
 * Adds a fresh secondary key, which opens records but does not seal them. Do not call it while other threads use the keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (the id is 0 or there already, or there are 64 keys), `POTERNE_E_RANDOM`,
 *     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_add(struct poterne_keyring *keyring,
                            uint32_t key_id);

/**
 * Makes a key the primary one, which seals. Every server must have the key first. Do not call it while other threads use the
 * keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_promote(struct poterne_keyring *keyring,
                                uint32_t key_id);

/**
 * Removes a secondary key. Reseal all records first. Do not call it while other threads use the keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_ARGUMENT` (it is the primary key), `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_remove(struct poterne_keyring *keyring,
                               uint32_t key_id);

/**
 * Writes the keyring's text: all keys in clear. Store it in a file of mode 0600, and wipe the buffer. It has at most 16,385 bytes.
 *
 * @return `POTERNE_OK`, `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_to_text(const struct poterne_keyring *keyring,
                                char *out,
                                size_t cap,
                                size_t *len);

/**
 * Wipes and frees a keyring. NULL is allowed.
 * @since 0.1
 */
POTERNE_API
void poterne_keyring_free(struct poterne_keyring *keyring);

/* ----------------------------------------------------------------------------------------------------
 * VERIFIER
 * ----------------------------------------------------------------------------------------------------
 * A verifier makes and checks the records of one application. Make one when the program starts, configure it, and share it between
 * all threads.
 */

/** The generation of this interface. The soname includes it too. */
#define POTERNE_ABI 1

/**
 * Makes and checks the records of one application. Functions that take a const pointer need no lock. `poterne_verifier_free` frees
 * it.
 */
typedef struct poterne_verifier poterne_verifier;

/**
 * Makes a verifier with the default policy. It copies the keyring, which can then be freed.
 *
 * @param abi `POTERNE_ABI`, as the caller was compiled: a mismatch fails here, and not at the first login
 * @param application,application_len the application's name, part of every record: the same on all servers, forever
 * @param verifier receives the new handle; NULL on failure
 * @return `POTERNE_OK`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_UTF8`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verifier_new(uint32_t abi,
                             const struct poterne_keyring *keyring,
                             const char *application,
                             size_t application_len,
                             struct poterne_verifier **verifier);

/** Time steps before the present one, for an app: 0 to 10, default 1. */
#define POTERNE_OPTION_APP_STEPS_BACKWARD 1

/** Time steps after the present one, for an app: 0 to 10, default 1. */
#define POTERNE_OPTION_APP_STEPS_FORWARD 2

/** Time steps before the present one, for a hardware token: 0 to 10, default 2. */
#define POTERNE_OPTION_TOKEN_STEPS_BACKWARD 3

/** Time steps after the present one, for a hardware token: 0 to 10, default 1. */
#define POTERNE_OPTION_TOKEN_STEPS_FORWARD 4

/** Counters to try: 1 to 100, default 10. */
#define POTERNE_OPTION_LOOK_AHEAD 5

/** Failures that lock a credential: 1 to 100, default 20. */
#define POTERNE_OPTION_MAX_FAILURES 6

/** Largest difference of a token's clock, in time steps: 1 to 200, default 120. */
#define POTERNE_OPTION_MAX_DRIFT 7

/** Counters to try in a resynchronization: 1 to 10000, default 1000. */
#define POTERNE_OPTION_RESYNC_LOOK_AHEAD 8

/** Recovery codes that a confirmation issues: 0 to 10, default 8. */
#define POTERNE_OPTION_RECOVERY_CODES 9

/** 1: the first login with a pending authenticator confirms it. Default 0. */
#define POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN 10

/** 1: secrets of 10 to 15 bytes may be imported. Default 0. */
#define POTERNE_OPTION_ALLOW_SHORT_SECRET 11

/** 1: parameters and names that some apps do not honor may be enrolled. Default 0. */
#define POTERNE_OPTION_ALLOW_INCOMPATIBLE 12

/** Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30. */
#define POTERNE_OPTION_CONFIRM_WITHIN_DAYS 13

/** Lifetime of a ticket, in seconds: 1 to 600, default 300. */
#define POTERNE_OPTION_TICKET_SECONDS 14

/**
 * Sets an option of the policy. Do not call it while other threads use the verifier.
 *
 * @param option one of `POTERNE_OPTION_...`
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such option, or out of its bounds), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verifier_set(struct poterne_verifier *verifier,
                             int32_t option,
                             int64_t value);

/**
 * Returns the value of an option of the policy.
 *
 * @param value receives the value; 0 on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verifier_get(const struct poterne_verifier *verifier,
                             int32_t option,
                             int64_t *value);

/**
 * Returns the life of a time-based code under the policy: after that time, no server accepts a code that some server could accept
 * at its beginning. Wait this long before you hand a token to another user, and before you allow logins after a restored backup or
 * a database failover. By default it is 390 seconds for an app and 780 seconds for a token, with time steps of 30 seconds.
 *
 * @param authenticator `POTERNE_APP` or `POTERNE_TOKEN`
 * @param time_step seconds, 30 to 120
 * @param seconds receives the life; 0 on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_code_lifetime(const struct poterne_verifier *verifier,
                              uint32_t authenticator,
                              uint32_t time_step,
                              uint64_t *seconds);

/**
 * Frees a verifier, and wipes its keys. NULL is allowed.
 * @since 0.1
 */
POTERNE_API
void poterne_verifier_free(struct poterne_verifier *verifier);

/* ----------------------------------------------------------------------------------------------------
 * THE APPLICATION'S TABLE
 * ----------------------------------------------------------------------------------------------------
 * Two callbacks load and swap the record of an account. `poterne_login`, `poterne_login_with_ticket` and `poterne_apply` call
 * them. `poterne_check_store` checks that they do what they must. Languages without callbacks skip this section.
 */

/**
 * Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated. Trailing spaces do no harm.
 * Read from the database that the swap writes to, never from a replica.
 *
 * Returns 0 if there is a record, 1 if there is no row, and a negative number if the database is unavailable. It must not longjmp
 * or throw: an exception ends the process. C++17 and later accept only functions and lambdas that are `noexcept`.
 */
typedef int32_t (*poterne_load_fn)(void *arg,
                                   const char *account,
                                   char *record) POTERNE_NOEXCEPT;

/**
 * Replaces `old_record` with `record` in a transaction of its own, and COMMITS: `UPDATE ... SET record = :record WHERE account =
 * :account AND record = :old_record`. If `old_record` is NULL, it inserts `record` unless the account has a record. All texts are
 * NUL-terminated.
 *
 * `rows` receives the number of rows that were updated or inserted. Use the count that the database returns; with libpq that is
 * PQcmdTuples. `rows` is 0 if `poterne_is_conflict` calls the error a conflict, if the commit failed, or if the answer to the
 * commit was lost.
 *
 * Returns 0 if it committed or had nothing to commit, and a negative number if the database is unavailable. It must not longjmp or
 * throw, as `poterne_load_fn`.
 */
typedef int32_t (*poterne_swap_fn)(void *arg,
                                   const char *account,
                                   const char *old_record,
                                   const char *record,
                                   int64_t *rows) POTERNE_NOEXCEPT;

/** A handle on the application's table: two callbacks, and the argument that they receive. It belongs to one thread. */
typedef struct poterne_store {
    /** `sizeof(poterne_store)`. */
    uint32_t struct_size;
    /** Must be 0. */
    uint32_t reserved;
    /** Passed to the callbacks: a connection, for example. */
    void *arg;
    /** Loads a record. */
    poterne_load_fn load;
    /** Replaces a record. */
    poterne_swap_fn swap;
    /**
     * The record, if the application has already loaded it with its own row. Then `load` is called only after a conflict. An empty
     * text means that there is no row. NULL means not loaded. A field padded with spaces has at most 512 bytes.
     */
    const char *loaded;
    /** The length of `loaded`. */
    size_t loaded_len;
} poterne_store;

/** Its size, and zeros. */
#define POTERNE_STORE_INIT \
    {sizeof(poterne_store), 0, NULL, NULL, NULL, NULL, 0}

/** PostgreSQL, and databases that speak its protocol. */
#define POTERNE_DATABASE_POSTGRESQL 1

/** MariaDB and MySQL. */
#define POTERNE_DATABASE_MARIADB 2

/** SQLite. */
#define POTERNE_DATABASE_SQLITE 3

/** Oracle Database. */
#define POTERNE_DATABASE_ORACLE 4

/** Microsoft SQL Server. */
#define POTERNE_DATABASE_SQLSERVER 5

/** IBM Db2. */
#define POTERNE_DATABASE_DB2 6

/** Firebird. */
#define POTERNE_DATABASE_FIREBIRD 7

/** H2. */
#define POTERNE_DATABASE_H2 8

/** HSQLDB. */
#define POTERNE_DATABASE_HSQLDB 9

/** Apache Derby. */
#define POTERNE_DATABASE_DERBY 10

/** Any other: only the SQLSTATE of the standard counts. */
#define POTERNE_DATABASE_OTHER 0

/**
 * Tells whether a statement's error means that somebody else was in the way: a serialization failure, a deadlock, or a lock
 * timeout. Then roll back, and report 0 rows. Any other error means that the database is unavailable.
 *
 * If a commit fails, with any error, report 0 rows. Pass only its warnings here: PostgreSQL may commit with a warning of SQLSTATE
 * class 01. Such a commit may be lost in a failover, so report 0 rows too.
 *
 * @param database one of `POTERNE_DATABASE_...`
 * @param sqlstate,sqlstate_len the five characters of the SQL standard; NULL and 0 if the driver does not give them
 * @param code the vendor's own number, 0 if the driver does not give it: for SQLite the result code, extended or not; for Oracle
 *     the number after ORA-; for Firebird the gds code or the SQLCODE
 * @return `POTERNE_REFUSED_CONFLICT`: it does. `POTERNE_OK`: it does not. `POTERNE_E_ARGUMENT` (no such database),
 *     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_is_conflict(uint32_t database,
                            const char *sqlstate,
                            size_t sqlstate_len,
                            int32_t code);

/**
 * Checks that a store swaps, compares, commits and keeps. Call it when the program starts, before the first login. A callback that
 * forgets COMMIT or `AND record = :old_record` accepts a code twice, and nothing else notices it.
 *
 * It cannot detect a callback that compares in the program and then writes without a condition: the comparison must be in the
 * UPDATE.
 *
 * @param store,second two handles on the same table. Each has a connection of its own, and so its own `arg` unless that is NULL;
 *     `loaded` is not used
 * @param account,account_len an account kept for this check, with a revoked record, or any account that has a record; its
 *     credential is sealed anew
 * @return `POTERNE_OK`: the store is right. `POTERNE_REFUSED_CONFLICT`: others kept writing this record; check again.
 *     `POTERNE_E_ROWS`: the swap does not compare, does not write, does not commit, or reports 0 rows for what it wrote; correct
 *     it, and let nobody in before. `POTERNE_E_STATE`: the account has no record. `POTERNE_E_RECORD`: the record does not open;
 *     perhaps the column cuts it. `POTERNE_E_STORE`: the database is unavailable; or a callback returned a value that it must not
 *     return; or `swap` reports an error if the account already has a record, where that INSERT must be 0 rows.
 *     `POTERNE_E_ARGUMENT`: a wrong account, or both handles are the same. `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
 *     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_check_store(const struct poterne_verifier *verifier,
                            const struct poterne_store *store,
                            const struct poterne_store *second,
                            const char *account,
                            size_t account_len);

/* ----------------------------------------------------------------------------------------------------
 * ENROLLMENT
 * ----------------------------------------------------------------------------------------------------
 * Makes the first record of an account. Store it with an INSERT. It is pending until the first code of its authenticator is
 * confirmed. `poterne_otpauth_uri` and the QR codes below give the user the text to scan.
 */

/** The size of a record's buffer: a record has 504 characters and a NUL. */
#define POTERNE_RECORD_MAX 512

/** An authenticator app. */
#define POTERNE_APP 1

/** A hardware token. */
#define POTERNE_TOKEN 2

/** Counter-based, HOTP. */
#define POTERNE_COUNTER 1

/** Time-based, TOTP. */
#define POTERNE_TIME 2

/** HMAC-SHA-1. */
#define POTERNE_SHA1 1

/** HMAC-SHA-256. */
#define POTERNE_SHA256 2

/** HMAC-SHA-512. */
#define POTERNE_SHA512 3

/** Enrolled, and not confirmed yet. */
#define POTERNE_STATE_PENDING 0

/** In use. */
#define POTERNE_STATE_ACTIVE 1

/** The authenticator is out of use. Recovery and temporary codes still work. */
#define POTERNE_STATE_SUSPENDED 2

/** Ended. */
#define POTERNE_STATE_REVOKED 3

/** How one-time passwords are made. 0 in a field is its default. */
typedef struct poterne_parameters {
    /** `sizeof(poterne_parameters)`. */
    uint32_t struct_size;
    /** `POTERNE_APP` (default) or `POTERNE_TOKEN`. */
    uint32_t authenticator;
    /** `POTERNE_COUNTER` or `POTERNE_TIME` (default). */
    uint32_t moving_factor;
    /** `POTERNE_SHA1` (default), `POTERNE_SHA256` or `POTERNE_SHA512`. */
    uint32_t algorithm;
    /** 6 (default), 7 or 8. */
    uint32_t digits;
    /** Seconds, default 30; 30 to 120 in a record. */
    uint32_t time_step;
    /** Length of a generated secret in bytes, 16 to 64, default 20. */
    uint32_t secret_len;
    /** Must be 0. */
    uint32_t reserved;
    /** The counter that the device shows next; counter-based only. */
    uint64_t counter;
    /** The time from which steps are counted, default 0; time-based only. */
    uint64_t t0;
    /** The first valid second; 0 means no limit. */
    int64_t not_before;
    /** The last valid second; 0 means no limit. */
    int64_t not_after;
    /**
     * The last second in which a pending authenticator can be confirmed; 0 means no limit. For an app that `poterne_enroll` makes,
     * 0 means the date that `POTERNE_OPTION_CONFIRM_WITHIN_DAYS` gives.
     */
    int64_t confirm_by;
} poterne_parameters;

/** Its size, and zeros. */
#define POTERNE_PARAMETERS_INIT \
    {sizeof(poterne_parameters), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/**
 * Makes a credential with a fresh secret. It is pending until its first code is confirmed. `poterne_otpauth_uri` gives the text to
 * show.
 *
 * @param account,account_len the account's name as it is stored, 1 to 255 bytes
 * @param parameters how codes are made; NULL for the defaults
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param out,cap,len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
 * @return `POTERNE_OK`. `POTERNE_E_URI`: some apps do not honor the parameters; use the defaults. `POTERNE_E_ARGUMENT`,
 *     `POTERNE_E_TIME`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_enroll(const struct poterne_verifier *verifier,
                       const char *account,
                       size_t account_len,
                       const struct poterne_parameters *parameters,
                       int64_t now,
                       char *out,
                       size_t cap,
                       size_t *len);

/**
 * Makes a credential for a hardware token whose secret is known. It is pending until its first code is confirmed.
 *
 * When a user returns a token, wait before you hand it to the next one: as long as `poterne_code_lifetime` says, and before a
 * resynchronization `POTERNE_OPTION_MAX_DRIFT` time steps and 300 seconds. The codes that the last holder saw must have expired.
 *
 * @param secret,secret_len the token's secret, 16 to 1,024 bytes. If it has more than 64, the record stores the key that HMAC
 *     derives from it; with SHA-512 it cannot have 65 to 128
 * @return `POTERNE_OK`. `POTERNE_E_SECRET`: too short or too long. `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
 *     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
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

/** The state and history of an imported credential, besides its parameters and its secret. */
typedef struct poterne_existing_credential {
    /** `sizeof(poterne_existing_credential)`. */
    uint32_t struct_size;
    /** `POTERNE_STATE_PENDING` (0), `POTERNE_STATE_ACTIVE` or `POTERNE_STATE_SUSPENDED`. */
    uint32_t state;
    /** The drift of a token's clock, in time steps. */
    int32_t drift;
    /** 1 if `watermark` counts, else 0. */
    uint32_t has_watermark;
    /** The highest time step that was accepted. */
    uint64_t watermark;
    /** 1 if `last_sync` counts, else 0: the period of the import. */
    uint32_t has_last_sync;
    /**
     * The 30-day period in which a token's clock was last seen: days since 1970, divided by 30. If it is set, the first
     * resynchronization searches only as far as a poor clock can have drifted since then.
     */
    uint32_t last_sync;
} poterne_existing_credential;

/** Its size, and zeros. */
#define POTERNE_EXISTING_CREDENTIAL_INIT \
    {sizeof(poterne_existing_credential), 0, 0, 0, 0, 0, 0}

/**
 * Imports a credential from another system. Import its counter or watermark too. Otherwise a code that the other system has
 * accepted is accepted once more.
 *
 * @param secret,secret_len as for `poterne_enroll_token`
 * @param existing its state and history; NULL: active, without any history
 * @return as `poterne_enroll_token`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_import(const struct poterne_verifier *verifier,
                       const char *account,
                       size_t account_len,
                       const struct poterne_parameters *parameters,
                       const uint8_t *secret,
                       size_t secret_len,
                       const struct poterne_existing_credential *existing,
                       int64_t now,
                       char *out,
                       size_t cap,
                       size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * LOGIN IN ONE CALL
 * ----------------------------------------------------------------------------------------------------
 * Loads, verifies, swaps and returns the verdict.
 */

/** A one-time password of the authenticator. */
#define POTERNE_METHOD_OTP 1

/** A recovery code. It is spent. */
#define POTERNE_METHOD_RECOVERY_CODE 2

/** A temporary code of the help desk. */
#define POTERNE_METHOD_TEMPORARY_CODE 3

/** The outcome of an attempt. */
typedef struct poterne_result {
    /** `sizeof(poterne_result)`. */
    uint32_t struct_size;
    /** The status that the call returned. */
    int32_t status;
    /** After a login: `POTERNE_METHOD_OTP`, `POTERNE_METHOD_RECOVERY_CODE` or `POTERNE_METHOD_TEMPORARY_CODE`; otherwise 0. */
    uint32_t method;
    /** After a login: the number of recovery codes that are left. */
    uint32_t recovery_codes_left;
    /** The absolute counter or time step of the OTP; after a resynchronization that of the second OTP; otherwise 0. */
    uint64_t moving_factor;
    /** The drift of a token's clock, in time steps. */
    int32_t drift;
    /** With `POTERNE_REFUSED_CLOCK_OFF`: the difference in time steps. It is negative if the phone is slow. */
    int32_t clock_off_steps;
    /** With `POTERNE_REFUSED_WAIT`: the seconds until the next attempt. */
    uint64_t wait_seconds;
    /**
     * After a login: the number of refused attempts since the last login with a one-time password, at most 255. Show it to the
     * user.
     */
    uint32_t failures_before;
    /** Reserved: 0. */
    uint32_t reserved;
    /** Reserved: 0. */
    uint64_t reserved2[2];
} poterne_result;

/** Its size, and zeros. */
#define POTERNE_RESULT_INIT \
    {sizeof(poterne_result), 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}}

/**
 * Logs a user in: loads, verifies and swaps. After a conflict it starts again, at most three times in all. It fails closed.
 *
 * This thread calls the callbacks, and only during this call.
 *
 * @param account,account_len the account's name as it is stored; 1 to 255 bytes, or a field of at most 511 bytes padded with
 *     spaces
 * @param submitted,submitted_len the text that the user submitted, unchanged
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param result the outcome, with its `struct_size` set; may be NULL
 * @return `POTERNE_OK`: a login. Anything else lets nobody in. `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_PENDING`,
 *     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`, `POTERNE_REFUSED_CLOCK_BEHIND`,
 *     `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused; show `poterne_message_to_user`.
 *     `POTERNE_REFUSED_CONFLICT`: others kept writing the record; the user may try again. `POTERNE_E_STORE`: a callback returned a
 *     value that it must not return, or said that the database is unavailable. `POTERNE_E_ROWS`: a swap updated neither 0 nor 1
 *     row; correct it. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`,
 *     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_login(const struct poterne_verifier *verifier,
                      const struct poterne_store *store,
                      const char *account,
                      size_t account_len,
                      const char *submitted,
                      size_t submitted_len,
                      int64_t now,
                      struct poterne_result *result);

/* ----------------------------------------------------------------------------------------------------
 * LOGIN IN TWO STEPS
 * ----------------------------------------------------------------------------------------------------
 * The same without callbacks, for every language. `poterne_verify` gives the record to store; the program stores it and commits;
 * `poterne_outcome` returns the verdict. After `POTERNE_REFUSED_CONFLICT`, load again and start over, at most three times in all.
 */

/** The size of a buffer that holds all codes of `poterne_codes`: 10 of 15 characters, line feeds between them, and a NUL. */
#define POTERNE_CODES_MAX 160

/**
 * A login attempt, or a change by the help desk. The caller owns it; there is nothing to free. Initialize it with
 * `POTERNE_ATTEMPT_INIT`, and wipe it with `poterne_wipe` when done. Do not copy it: a copy could be spent twice.
 */
typedef struct poterne_attempt {
    /** `sizeof(poterne_attempt)`. */
    uint32_t struct_size;
    /** Must be 0. */
    uint32_t reserved;
    /** The length of `record`, without its NUL. */
    uint32_t record_len;
    /** 1 if the record must be stored, otherwise 0. */
    uint32_t changed;
    /** The record to store, NUL-terminated. If nothing changed, it is the given record. */
    char record[512];
    /** The verdict, for `poterne_outcome` only. */
    uint8_t opaque[256];
} poterne_attempt;

/** Its size, and zeros. */
#define POTERNE_ATTEMPT_INIT \
    {sizeof(poterne_attempt), 0, 0, 0, {0}, {0}}

/**
 * First step of a login: checks what the user submitted, and gives the record to store. `poterne_outcome` returns the verdict.
 *
 * @param record,record_len the stored record; NULL or empty if there is no row
 * @param account,account_len the account's name as it is stored
 * @param submitted,submitted_len the text that the user submitted, unchanged
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param attempt is filled; set its `struct_size` first
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_PENDING`,
 *     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused, and there is
 *     nothing to store; `poterne_outcome` says the same. Never 0. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
 *     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`,
 *     `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verify(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       const char *submitted,
                       size_t submitted_len,
                       int64_t now,
                       struct poterne_attempt *attempt);

/**
 * Takes the number of rows that the committed swap updated, and returns the verdict. This spends the attempt, unless the size of
 * `result` is wrong.
 *
 * First store the record of the attempt in a transaction of its own and COMMIT, whatever the verdict will be: `UPDATE ... SET
 * record = :new WHERE account = :account AND record = :old`. If the commit failed, or its answer was lost, pass 0 rows. If
 * `changed` of the attempt is 0, there is nothing to store, and `rows_updated` is ignored.
 *
 * The caller keeps the attempt; wipe it with `poterne_wipe`. If several threads ask for the outcome of one attempt at the same
 * time, each with a `result` of its own, one gets the verdict and the others get `POTERNE_E_ATTEMPT`.
 *
 * @param attempt filled by `poterne_verify`, or by another call that returned `POTERNE_STORE` or a refusal
 * @param rows_updated 1, or 0 for a conflict
 * @param result the outcome, with its `struct_size` set; may be NULL, since the status is enough
 * @return `POTERNE_OK`: a login. `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done, not a login.
 *     `POTERNE_REFUSED_...`: refused. `POTERNE_E_ROWS`: neither 0 nor 1 row, the swap is wrong. `POTERNE_E_ATTEMPT`: already
 *     spent, or never filled. `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_outcome(struct poterne_attempt *attempt,
                        int64_t rows_updated,
                        struct poterne_result *result);

/**
 * Gives the codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one
 * temporary code, each of the form XXXXX-XXXX-XXXX. Call it only after `poterne_outcome` returned `POTERNE_CONFIRMED` or
 * `POTERNE_CHANGED`, and before the attempt is wiped.
 *
 * @param attempt the attempt, as `poterne_outcome` left it
 * @param out,cap,len a buffer, `POTERNE_CODES_MAX` is enough; empty after a change that issues none
 * @return `POTERNE_OK`, `POTERNE_E_ATTEMPT` (the outcome was not asked for before, or is neither a confirmation nor a change),
 *     `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_codes(const struct poterne_attempt *attempt,
                      char *out,
                      size_t cap,
                      size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * TICKETS
 * ----------------------------------------------------------------------------------------------------
 * Password and code in two requests, with nothing kept between them: the State of RADIUS, a page without a session, a dialog in
 * two steps. If the password is right, `poterne_ticket` gives a text to send to the client. The next request brings it back with
 * the code. A ticket is not a login. One ticket is good for all rows of a person.
 * 
 * Until it expires, a ticket stands for the password. Send it as you send the password, never in a URL. When the code comes, check
 * again that the person may log in.
 */

/** The size of a ticket's buffer: a ticket has 96 characters and a NUL. */
#define POTERNE_TICKET_MAX 128

/** A ticket that came back, and the purpose and context for which it must have been made. */
typedef struct poterne_presented_ticket {
    /** `sizeof(poterne_presented_ticket)`. */
    uint32_t struct_size;
    /** Must be 0. */
    uint32_t reserved;
    /** The ticket as the client sent it. It may be padded with spaces. */
    const char *ticket;
    /** The length of `ticket`. */
    size_t ticket_len;
    /** The same purpose as in `poterne_ticket`. */
    const char *purpose;
    /** The length of `purpose`. */
    size_t purpose_len;
    /** The same context as in `poterne_ticket`, taken from this request. */
    const uint8_t *context;
    /** The length of `context`. */
    size_t context_len;
} poterne_presented_ticket;

/** Its size, and zeros. */
#define POTERNE_PRESENTED_TICKET_INIT \
    {sizeof(poterne_presented_ticket), 0, NULL, 0, NULL, 0, NULL, 0}

/**
 * Makes a ticket for a person whose password was right. It is valid for `POTERNE_OPTION_TICKET_SECONDS`.
 *
 * @param account,account_len the account's name as it is stored, of any row of the person
 * @param purpose,purpose_len the purpose of the login, such as `vpn`; 1 to 64 bytes
 * @param context,context_len data that the client's next request has as well, and data that changes with the password; at most
 *     1,024 bytes. For RADIUS: the NAS, the Calling-Station-Id and the time at which the password was changed. For a web page: a
 *     random cookie that scripts cannot read
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param out,cap,len the ticket, capital letters and digits; `POTERNE_TICKET_MAX` is enough
 * @return `POTERNE_OK`, which is not a login. `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`,
 *     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_ticket(const struct poterne_verifier *verifier,
                       const char *account,
                       size_t account_len,
                       const char *purpose,
                       size_t purpose_len,
                       const uint8_t *context,
                       size_t context_len,
                       int64_t now,
                       char *out,
                       size_t cap,
                       size_t *len);

/**
 * Makes a ticket that is never valid. It has the same form and takes the same work. Use it for a wrong password, where everybody
 * is asked for a code. If only the right password led to that question, the question would tell a guesser that the password is
 * right. Count wrong passwords where they are checked.
 *
 * @return as `poterne_ticket`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_dud_ticket(const struct poterne_verifier *verifier,
                           const char *account,
                           size_t account_len,
                           const char *purpose,
                           size_t purpose_len,
                           const uint8_t *context,
                           size_t context_len,
                           int64_t now,
                           char *out,
                           size_t cap,
                           size_t *len);

/**
 * Checks the ticket, and then does what `poterne_login` does.
 *
 * If the ticket is not valid, for any reason, the status is `POTERNE_REFUSED_TICKET`: no callback is called and no failure is
 * counted.
 *
 * @param account,account_len as for `poterne_login`
 * @param presented the ticket, and the purpose and context for which it must have been made
 * @param submitted,submitted_len the text that the user submitted, unchanged
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param result the outcome, with its `struct_size` set; may be NULL
 * @return `POTERNE_OK`: a login. Anything else lets nobody in. `POTERNE_REFUSED_TICKET`: start again with the password.
 *     `POTERNE_E_ARGUMENT`: also for a purpose or a context of a wrong length. Else as `poterne_login`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_login_with_ticket(const struct poterne_verifier *verifier,
                                  const struct poterne_store *store,
                                  const char *account,
                                  size_t account_len,
                                  const struct poterne_presented_ticket *presented,
                                  const char *submitted,
                                  size_t submitted_len,
                                  int64_t now,
                                  struct poterne_result *result);

/**
 * Checks the ticket, and then does what `poterne_verify` does: the first step of a login without callbacks.
 *
 * If the ticket is not valid, for any reason, the status is `POTERNE_REFUSED_TICKET`: the record is not opened, no failure is
 * counted, and there is nothing to store.
 *
 * @param record,record_len the stored record; NULL or empty if there is no row
 * @param account,account_len the account's name as it is stored
 * @param presented the ticket, and the purpose and context for which it must have been made
 * @param submitted,submitted_len the text that the user submitted, unchanged
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param attempt is filled; set its `struct_size` first
 * @return `POTERNE_REFUSED_TICKET`: start again with the password; `poterne_outcome` says the same. Never 0. `POTERNE_E_ARGUMENT`:
 *     also for a purpose or a context of a wrong length. Else as `poterne_verify`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verify_with_ticket(const struct poterne_verifier *verifier,
                                   const char *record,
                                   size_t record_len,
                                   const char *account,
                                   size_t account_len,
                                   const struct poterne_presented_ticket *presented,
                                   const char *submitted,
                                   size_t submitted_len,
                                   int64_t now,
                                   struct poterne_attempt *attempt);

/* ----------------------------------------------------------------------------------------------------
 * CONFIRMATION, AND ANY CHANGE IN ONE CALL
 * ----------------------------------------------------------------------------------------------------
 * The first code of an authenticator confirms it. That is not a login. These calls fill an attempt, as `poterne_verify` does, and
 * share its parameters. Call them in the callback of `poterne_apply`, which loads, swaps and starts again after a conflict, or in
 * two steps.
 */

/**
 * Confirms a pending authenticator by its first code.
 *
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_NOT_PENDING`: it is confirmed
 *     already. `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`: refused, and there is nothing to store. Never 0.
 *     `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
 *     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_confirm(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        const char *submitted,
                        size_t submitted_len,
                        int64_t now,
                        struct poterne_attempt *attempt);

/**
 * Confirms a new authenticator by its first code, and replaces the old one. A refusal leaves the old credential unchanged, and a
 * wrong code is not counted. The old credential may be locked or suspended, but not revoked or outside its validity. If the new
 * record does not set `not_before` or `not_after`, it takes that bound from the old one.
 *
 * @param old,old_len the record that was stored when the new authenticator was enrolled; the swap compares with it
 * @param pending,pending_len the new record, kept outside the table; delete it once it is confirmed
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_NOT_PENDING`: the new one is
 *     confirmed already. `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`,
 *     `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED` (these two by failures of the new one), `POTERNE_REFUSED_REVOKED`,
 *     `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`, `POTERNE_REFUSED_CLOCK_BEHIND`,
 *     `POTERNE_REFUSED_CLOCK_OFF`: refused, and there is nothing to store. Never 0.
 *     `POTERNE_E_STATE`: there is no old record. `POTERNE_E_ARGUMENT`: an account that is not a name, or both have the same
 *     secret. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_TIME`,
 *     `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_replace(const struct poterne_verifier *verifier,
                        const char *old,
                        size_t old_len,
                        const char *pending,
                        size_t pending_len,
                        const char *account,
                        size_t account_len,
                        const char *submitted,
                        size_t submitted_len,
                        int64_t now,
                        struct poterne_attempt *attempt);

/**
 * Checks two codes in a row, for a token whose clock or counter is out of reach.
 *
 * @param first,first_len,second,second_len the codes, in the order in which they were shown
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_CLOCK_OFF`: the app's clock is
 *     wrong; the phone must set it. `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused, and there is
 *     nothing to store. Never 0. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
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

/**
 * Fills the attempt for `poterne_apply`. It makes one call with these arguments, such as `return poterne_unlock(verifier, record,
 * POTERNE_NUL, account, POTERNE_NUL, attempt);`, and returns the status of that call. `arg` is `make_arg`, such as the code that
 * the user submitted. Both texts are NUL-terminated.
 *
 * It may be called three times. It must not longjmp or throw, as `poterne_load_fn`.
 */
typedef int32_t (*poterne_make_fn)(void *arg,
                                   const struct poterne_verifier *verifier,
                                   const char *record,
                                   const char *account,
                                   struct poterne_attempt *attempt) POTERNE_NOEXCEPT;

/**
 * Makes a confirmation or a change on the stored record: loads, calls `make`, swaps and returns the outcome. After a conflict it
 * starts again, at most three times in all. It never returns 0: it does not log in.
 *
 * The attempt belongs to this thread during the call. Only `make` may fill it.
 *
 * @param account,account_len as for `poterne_login`
 * @param make,make_arg fills the attempt. It must not call `poterne_verify` or `poterne_verify_with_ticket`, which are for logins,
 *     nor `poterne_rename`, whose row is another one, nor `poterne_replace`, which compares with an older record
 * @param attempt with its `struct_size` set. Afterwards `poterne_codes` gives the codes that were issued. Wipe it
 * @param result the outcome, with its `struct_size` set; may be NULL
 * @return `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done. `POTERNE_REFUSED_CONFLICT`: others
 *     wrote the record all the time. Refused, as the call in `make` documents: `POTERNE_REFUSED_WRONG_CODE`,
 *     `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_SUSPENDED`, `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_CLOCK_OFF`, `POTERNE_REFUSED_NOT_ENROLLED`,
 *     `POTERNE_REFUSED_NOT_PENDING`. Never 0.
 *     `POTERNE_E_ATTEMPT`: `make` did not fill the attempt, did not return what the call in it returned, or wrote into the attempt
 *     itself: nothing is stored. Or the attempt was filled again after `make`, as by `swap`: the record may be stored.
 *     `POTERNE_E_ARGUMENT`: a wrong account; `make` called `poterne_verify`, `poterne_verify_with_ticket`, `poterne_rename` or
 *     `poterne_replace`, or filled the attempt from another record than it was given; a text lies in the attempt. `POTERNE_E_STORE`,
 *     `POTERNE_E_ROWS`: as of
 *     `poterne_login`. `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
 *     `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_apply(const struct poterne_verifier *verifier,
                      const struct poterne_store *store,
                      const char *account,
                      size_t account_len,
                      poterne_make_fn make,
                      void *make_arg,
                      struct poterne_attempt *attempt,
                      struct poterne_result *result);

/* ----------------------------------------------------------------------------------------------------
 * HELP DESK
 * ----------------------------------------------------------------------------------------------------
 * Every change takes the stored record and fills an attempt, as `poterne_verify` does, and shares its parameters. Call it in the
 * callback of `poterne_apply`, or in two steps. None of these calls is a login.
 */

/** Keep the authenticator as it is: the user forgot it at home. */
#define POTERNE_KEEP 1

/** Suspend the authenticator: it was lost or stolen. */
#define POTERNE_SUSPEND 2

/** The recovery codes. */
#define POTERNE_CODES_RECOVERY 1

/** The temporary code. */
#define POTERNE_CODES_TEMPORARY 2

/** Both. */
#define POTERNE_CODES_BOTH 3

/** The status of a credential, for the help desk. */
typedef struct poterne_inspection {
    /** `sizeof(poterne_inspection)`. */
    uint32_t struct_size;
    /** `POTERNE_STATE_PENDING`, `_ACTIVE`, `_SUSPENDED` or `_REVOKED`. */
    uint32_t state;
    /** `POTERNE_APP` or `POTERNE_TOKEN`. */
    uint32_t authenticator;
    /** `POTERNE_COUNTER` or `POTERNE_TIME`. */
    uint32_t moving_factor;
    /** `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`. */
    uint32_t algorithm;
    /** 6, 7 or 8. */
    uint32_t digits;
    /** Seconds; 0 if counter-based. */
    uint32_t time_step;
    /** The failures that count. */
    uint32_t failures;
    /** The time from which steps are counted. */
    uint64_t t0;
    /** Seconds until the next attempt, 0 if it may be made now. */
    uint64_t wait_seconds;
    /** The drift of a token's clock, in time steps. */
    int32_t drift;
    /** 1 if the credential is locked, so that only the help desk can unlock it; otherwise 0. */
    uint32_t locked;
    /** The number of recovery codes that are left. */
    uint32_t recovery_codes_left;
    /** How many times a valid temporary code can be used; 0 if there is none. */
    uint32_t temporary_uses_left;
    /** The last second of the temporary code; 0 if there is none. */
    int64_t temporary_expiry;
    /** The first valid second; 0 means no limit. */
    int64_t not_before;
    /** The last valid second; 0 means no limit. */
    int64_t not_after;
    /** The last second in which a pending authenticator can be confirmed; 0 means no limit. */
    int64_t confirm_by;
    /** 1 if the secret has fewer than 16 bytes, otherwise 0. */
    uint32_t weak_secret;
    /** The id of the key that sealed the record. */
    uint32_t key_id;
    /** 1 if that key is no longer the primary one, otherwise 0. */
    uint32_t needs_reseal;
    /** Reserved: 0. */
    uint32_t reserved;
    /** Reserved: 0. */
    uint64_t reserved2[2];
} poterne_inspection;

/** Its size, and zeros. */
#define POTERNE_INSPECTION_INIT \
    {sizeof(poterne_inspection), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}}

/**
 * Gives the status of a credential, for the help desk. It never holds the secret, the counter, the watermark or a date of use.
 *
 * @param inspection is filled; set its `struct_size` first. Zeros on failure
 * @return `POTERNE_OK`. `POTERNE_E_STATE`: the account has no record. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
 *     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_inspect(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        int64_t now,
                        struct poterne_inspection *inspection);

/**
 * Clears the failures: the account is no longer locked and does not have to wait.
 *
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_E_STATE`: the account has no record, or it is
 *     revoked. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`,
 *     `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_unlock(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

/**
 * Issues 1 to 10 recovery codes. They replace the former ones. Each works once, even while the account is locked or has to wait.
 * Once `poterne_outcome` has returned `POTERNE_CHANGED`, `poterne_codes` gives the codes.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_recovery_codes(const struct poterne_verifier *verifier,
                               const char *record,
                               size_t record_len,
                               const char *account,
                               size_t account_len,
                               uint32_t count,
                               struct poterne_attempt *attempt);

/**
 * Issues a temporary code, as `poterne_recovery_codes` does. It replaces the former one, works even while the account is locked or
 * has to wait, and leaves the failures as they are.
 *
 * @param expiry its last second, at most 30 days from now; 0: 24 hours
 * @param uses 1 to 50; 0: 1
 * @param missing_authenticator `POTERNE_SUSPEND` (lost or stolen) or `POTERNE_KEEP` (forgotten at home)
 * @return as `poterne_unlock`; `POTERNE_E_TIME`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_temporary_code(const struct poterne_verifier *verifier,
                               const char *record,
                               size_t record_len,
                               const char *account,
                               size_t account_len,
                               int64_t expiry,
                               uint32_t uses,
                               uint32_t missing_authenticator,
                               int64_t now,
                               struct poterne_attempt *attempt);

/**
 * Ends the recovery codes, the temporary code, or both. Use it when they were lost with the phone or told to the wrong person.
 *
 * @param codes `POTERNE_CODES_RECOVERY`, `POTERNE_CODES_TEMPORARY` or `POTERNE_CODES_BOTH`
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_end_codes(const struct poterne_verifier *verifier,
                          const char *record,
                          size_t record_len,
                          const char *account,
                          size_t account_len,
                          uint32_t codes,
                          struct poterne_attempt *attempt);

/**
 * Suspends the authenticator. Recovery and temporary codes still work. A second call has no further effect.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_suspend(const struct poterne_verifier *verifier,
                        const char *record,
                        size_t record_len,
                        const char *account,
                        size_t account_len,
                        struct poterne_attempt *attempt);

/**
 * Resumes a suspended authenticator. A second call has no further effect.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_resume(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

/**
 * Ends a credential: erases its secret and its codes.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_revoke(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

/**
 * Moves the credential to another account name. Its recovery and temporary codes move along: issue new ones before you hand out a
 * token that came back. Store the record in the row of the new name: `UPDATE ... SET account = :new_account, record = :record
 * WHERE account = :account AND record = :old`.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_rename(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       const char *new_account,
                       size_t new_account_len,
                       struct poterne_attempt *attempt);

/**
 * Seals the same credential under the primary key.
 *
 * @return as `poterne_unlock`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_reseal(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       struct poterne_attempt *attempt);

/**
 * Erases traces of use that are no longer needed. Run it on all records every night. Then the record of an app does not reveal
 * when its user last logged in.
 *
 * @return as `poterne_unlock`; `POTERNE_E_TIME`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_forget(const struct poterne_verifier *verifier,
                       const char *record,
                       size_t record_len,
                       const char *account,
                       size_t account_len,
                       int64_t now,
                       struct poterne_attempt *attempt);

/**
 * Undoes what a fast clock has written: a watermark in the future, and failures or a last use in the future. Call it on all
 * records once the clock is right. A lock that an attack has caused stays. Check this server's own clock first: if it is behind,
 * used codes would work once more.
 *
 * @return as `poterne_forget`; `POTERNE_CHANGED`: there is nothing to repair and nothing to store, and `poterne_outcome` says the
 *     same for any number of rows
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_repair_clock(const struct poterne_verifier *verifier,
                             const char *record,
                             size_t record_len,
                             const char *account,
                             size_t account_len,
                             int64_t now,
                             struct poterne_attempt *attempt);

/* ----------------------------------------------------------------------------------------------------
 * A PHONE AND A TOKEN OF ONE PERSON
 * ----------------------------------------------------------------------------------------------------
 * A person has up to three rows in the table, one for each authenticator: `a.martin`, `a.martin#2` and `a.martin#3`. Revoke,
 * suspend, unlock, forget and rename all of them.
 */

/**
 * Gives the account of one of a person's rows. Take the person from the server's own list, as the login name whose password was
 * right. Never take it from the request.
 *
 * @param person,person_len the person's account: 1 to 253 bytes, and not itself the account of another row
 * @param row 1 for the person's own account, 2 or 3 for the others
 * @param out,cap,len the account; 256 is enough
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such row, or no name that a person may have), `POTERNE_E_BUFFER`,
 *     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_row_of_person(const char *person,
                              size_t person_len,
                              uint32_t row,
                              char *out,
                              size_t cap,
                              size_t *len);

/**
 * Gives the person and the row of a login name. On hosts without a login page, the user types `#2` or `#3` after the login name.
 * Check the person's password, and then the code on that row alone.
 *
 * @param login_name,login_name_len the text that the user typed as the login name
 * @param row 1, 2 or 3; 0 on failure
 * @param out,cap,len the person's account; not longer than the login name
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (longer than any text), `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_person_and_row(const char *login_name,
                               size_t login_name_len,
                               uint32_t *row,
                               char *out,
                               size_t cap,
                               size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * TOKEN FILES
 * ----------------------------------------------------------------------------------------------------
 * Files of hardware tokens: PSKC (RFC 6030), eToken PASS, and CSV. `poterne_token_file_read` gives a handle of which the secrets never
 * come out; its tokens are enrolled or imported by their index. A token that is wrong has a status below 0 and a text that says what
 * to do; the others are there.
 */

/** CSV of Microsoft Entra. */
#define POTERNE_FILE_ENTRA 1

/** CSV of Deepnet SafeID. */
#define POTERNE_FILE_DEEPNET 2

/** OATH CSV of LinOTP and privacyIDEA. */
#define POTERNE_FILE_OATH 3

/** The traditional log of Yubico's personalization tool. */
#define POTERNE_FILE_YUBICO_TRADITIONAL 4

/** Yubico's flat log. */
#define POTERNE_FILE_YUBICO_FLAT 5

/** CSV by a column map. */
#define POTERNE_FILE_COLUMNS 6

/** PSKC (RFC 6030). */
#define POTERNE_FILE_PSKC 7

/** The XML of SafeNet (Aladdin) eToken PASS. */
#define POTERNE_FILE_ETOKEN 8

/** Base32. */
#define POTERNE_ENCODING_BASE32 1

/** Hexadecimal. */
#define POTERNE_ENCODING_HEX 2

/** A comma. */
#define POTERNE_SEPARATOR_COMMA 1

/** A semicolon. */
#define POTERNE_SEPARATOR_SEMICOLON 2

/** A tab. */
#define POTERNE_SEPARATOR_TAB 3

/** The first line is a header line, which is not read; for a column map. */
#define POTERNE_FILE_HEADER 1

/** The tokens are counter-based; for a column map. */
#define POTERNE_FILE_COUNTER_BASED 2

/** The key is a password, from which PBKDF2 derives the key; for PSKC. Without this flag it is a pre-shared key. */
#define POTERNE_FILE_PASSWORD 4

/** The dates of the token do not count: some files give one that is past, of tokens that work. */
#define POTERNE_IGNORE_DATES 1

/** The serial number. */
#define POTERNE_TEXT_SERIAL 1

/** The manufacturer, as the file calls it. */
#define POTERNE_TEXT_MANUFACTURER 2

/** The model, as the file calls it. */
#define POTERNE_TEXT_MODEL 3

/** The user to whom the file assigns the token. */
#define POTERNE_TEXT_ACCOUNT 4

/** What is wrong, and what to do next, in English. */
#define POTERNE_TEXT_FAULT 5

/** The tokens of a file. Free it with `poterne_token_file_free`, which wipes the secrets. Threads may share it. */
typedef struct poterne_token_file poterne_token_file;

/** What a file is. What its format fixes must be 0; what the format leaves open must be declared: it is never guessed. */
typedef struct poterne_file_options {
    /** `sizeof(poterne_file_options)`. */
    uint32_t struct_size;
    /** `POTERNE_FILE_...`. */
    uint32_t format;
    /** `POTERNE_ENCODING_BASE32` or `POTERNE_ENCODING_HEX`; for Deepnet and a column map. */
    uint32_t encoding;
    /**
     * `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`; for Deepnet, OATH, a column map and eToken PASS, where 0 means SHA-1 for
     * secrets of 20 bytes and SHA-256 for 32.
     */
    uint32_t algorithm;
    /** 6 (default), 7 or 8; for Deepnet, Yubico's flat log and a column map. */
    uint32_t digits;
    /** Seconds, default 30; for a column map. */
    uint32_t time_step;
    /** `POTERNE_SEPARATOR_COMMA` (default), `POTERNE_SEPARATOR_SEMICOLON` or `POTERNE_SEPARATOR_TAB`; for CSV. */
    uint32_t separator;
    /** `POTERNE_FILE_HEADER`, `POTERNE_FILE_COUNTER_BASED` and `POTERNE_FILE_PASSWORD`, or 0. */
    uint32_t flags;
} poterne_file_options;

/** Its size, and zeros. */
#define POTERNE_FILE_OPTIONS_INIT \
    {sizeof(poterne_file_options), 0, 0, 0, 0, 0, 0, 0}

/** A token of a file. */
typedef struct poterne_file_token {
    /** `sizeof(poterne_file_token)`. */
    uint32_t struct_size;
    /** `POTERNE_OK`, or what is wrong: then only the line counts. */
    int32_t status;
    /** The line of the file on which the token begins, from 1. */
    uint32_t line;
    /** `POTERNE_COUNTER` or `POTERNE_TIME`. */
    uint32_t moving_factor;
    /** `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512`. */
    uint32_t algorithm;
    /** 6, 7 or 8. */
    uint32_t digits;
    /** Seconds; 0 if it is counter-based. */
    uint32_t time_step;
    /** The drift of its clock that another system has learned, in time steps. */
    int32_t drift;
    /** The counter that it shows next; 0 if it is time-based. */
    uint64_t counter;
    /** The time from which steps are counted. */
    uint64_t t0;
    /** The first valid second; 0 means no limit. */
    int64_t not_before;
    /** The last valid second; 0 means no limit. */
    int64_t not_after;
    /** The last time step that another system has accepted, if `has_watermark` is 1. */
    uint64_t watermark;
    /** 1 if `watermark` counts, else 0. */
    uint32_t has_watermark;
    /** 0. */
    uint32_t reserved;
} poterne_file_token;

/** Its size, and zeros. */
#define POTERNE_FILE_TOKEN_INIT \
    {sizeof(poterne_file_token), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/** What a code proves about a file. */
typedef struct poterne_file_proof {
    /** `sizeof(poterne_file_proof)`. */
    uint32_t struct_size;
    /**
     * How many encodings and hashes fit. One: it is proved. None: another token or file, a clock that is wrong, or a typing error.
     * Several, by chance: try the next code.
     */
    uint32_t count;
    /** `POTERNE_ENCODING_BASE32` or `POTERNE_ENCODING_HEX` if one fits, else 0. */
    uint32_t encoding;
    /** `POTERNE_SHA1`, `POTERNE_SHA256` or `POTERNE_SHA512` if one fits, else 0. */
    uint32_t algorithm;
} poterne_file_proof;

/** Its size, and zeros. */
#define POTERNE_FILE_PROOF_INIT \
    {sizeof(poterne_file_proof), 0, 0, 0}

/**
 * Reads a file from its bytes. Wipe them afterwards with `poterne_wipe`.
 *
 * @param file,file_len the bytes of the file
 * @param options what it is
 * @param with,with_len for encrypted PSKC: a pre-shared key of 16, 24 or 32 bytes, or a password. For a column map: the columns, such
 *     as `serial,secret,-,counter`; they are serial, secret, account, manufacturer, model, type, algorithm, digits, time_step, counter,
 *     drift, watermark, not_before, not_after, and - for one to ignore. Else NULL and 0
 * @param out receives the handle; NULL on failure
 * @return `POTERNE_OK`: at least one token, or what is wrong with it. `POTERNE_E_TOKEN_FILE`: it is no such file, or damaged.
 *     `POTERNE_E_TOKEN_PASSWORD`: the key is wrong or missing, or one is not needed. `POTERNE_E_TOKEN_MAC`: encrypted without being
 *     authenticated. `POTERNE_E_TOKEN_UNSUPPORTED`. `POTERNE_E_ARGUMENT`: the options do not fit the format. `POTERNE_E_UTF8`
 *     (columns), `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_read(const uint8_t *file,
                                size_t file_len,
                                const struct poterne_file_options *options,
                                const char *with,
                                size_t with_len,
                                struct poterne_token_file **out);

/**
 * Frees the handle and wipes its secrets. NULL is allowed.
 * @since 0.1
 */
POTERNE_API
void poterne_token_file_free(struct poterne_token_file *file);

/**
 * Gives a token, or what is wrong with it.
 *
 * @param index from 0, in the file's order
 * @param out receives the token; set its `struct_size`
 * @return `POTERNE_OK`: look at the token's `status`. `POTERNE_NOT_FOUND`: there is no token of this index; all were seen.
 *     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_token(const struct poterne_token_file *file,
                                 size_t index,
                                 struct poterne_file_token *out);

/**
 * Gives a text of a token, or of what is wrong with it.
 *
 * @param what `POTERNE_TEXT_...`
 * @param out,cap,len the text, in UTF-8; 512 is enough
 * @return `POTERNE_OK`. `POTERNE_NOT_FOUND`: the file does not have it, or there is no token of this index. `POTERNE_E_ARGUMENT`,
 *     `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_text(const struct poterne_token_file *file,
                                size_t index,
                                uint32_t what,
                                char *out,
                                size_t cap,
                                size_t *len);

/**
 * Makes a credential for a token of a file, as `poterne_enroll_token` does. Its drift and watermark are dropped. Store it under one
 * account only.
 *
 * @param index from 0; a token whose `status` is `POTERNE_OK`
 * @param flags `POTERNE_IGNORE_DATES` or 0
 * @param out,cap,len the record, for INSERT; `POTERNE_RECORD_MAX` is enough
 * @return `POTERNE_OK`. `POTERNE_NOT_FOUND`: there is no token of this index. The status of the token, if it is wrong.
 *     `POTERNE_E_SECRET`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_BUFFER`,
 *     `POTERNE_E_UTF8`, `POTERNE_E_VERSION` (flags of a later version), `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`,
 *     `POTERNE_E_TOKEN_FILE`, `POTERNE_E_TOKEN_MAC`, `POTERNE_E_TOKEN_UNSUPPORTED`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_enroll(const struct poterne_verifier *verifier,
                                  const char *account,
                                  size_t account_len,
                                  const struct poterne_token_file *file,
                                  size_t index,
                                  uint32_t flags,
                                  int64_t now,
                                  char *out,
                                  size_t cap,
                                  size_t *len);

/**
 * Makes a credential for a token of a file with its drift and its watermark, as `poterne_import` does: for tokens that were in use
 * elsewhere.
 *
 * @param state `POTERNE_STATE_PENDING` (0), `POTERNE_STATE_ACTIVE` or `POTERNE_STATE_SUSPENDED`
 * @return as `poterne_token_file_enroll`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_import(const struct poterne_verifier *verifier,
                                  const char *account,
                                  size_t account_len,
                                  const struct poterne_token_file *file,
                                  size_t index,
                                  uint32_t state,
                                  uint32_t flags,
                                  int64_t now,
                                  char *out,
                                  size_t cap,
                                  size_t *len);

/**
 * Finds out the encoding and the hash of a CSV or an eToken PASS file by a code that one of its tokens shows now. What the options leave
 * open is tried.
 *
 * @param serial,serial_len the serial number of the token
 * @param code,code_len the code that it shows
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param out receives what is proved; set its `struct_size`
 * @return `POTERNE_OK`: look at `count`. `POTERNE_E_ARGUMENT`: no token of this serial number can be read, the code does not have as
 *     many digits as the token, PSKC, or the options do not fit. `POTERNE_E_TOKEN_FILE`, `POTERNE_E_TOKEN_UNSUPPORTED`,
 *     `POTERNE_E_TIME`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_token_file_prove(const uint8_t *file,
                                 size_t file_len,
                                 const struct poterne_file_options *options,
                                 const char *with,
                                 size_t with_len,
                                 const char *serial,
                                 size_t serial_len,
                                 const char *code,
                                 size_t code_len,
                                 int64_t now,
                                 struct poterne_file_proof *out);

/* ----------------------------------------------------------------------------------------------------
 * PROVISIONING
 * ----------------------------------------------------------------------------------------------------
 * The text that the user scans or types into the authenticator app, and the URIs of other systems.
 */

/** The size of a buffer that holds any otpauth URI. */
#define POTERNE_URI_MAX 2048

/** The names that an authenticator app shows next to a code. */
typedef struct poterne_uri_names {
    /** `sizeof(poterne_uri_names)`. */
    uint32_t struct_size;
    /** Must be 0. */
    uint32_t reserved;
    /** The organization, 1 to 64 bytes. */
    const char *issuer;
    /** The length of `issuer`. */
    size_t issuer_len;
    /** The account as its user knows it, 1 to 255 bytes. */
    const char *label;
    /** The length of `label`. */
    size_t label_len;
} poterne_uri_names;

/** Its size, and zeros. */
#define POTERNE_URI_NAMES_INIT \
    {sizeof(poterne_uri_names), 0, NULL, 0, NULL, 0}

/**
 * Gives the otpauth URI of a pending credential: the text of its QR code, which holds the secret. Show it, wipe it, and do not
 * keep it. Once the credential is confirmed, or its `confirm_by` has passed, no call gives the secret.
 *
 * @param record,record_len the pending record
 * @param names the issuer and the label that the app shows
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param out,cap,len the URI; `POTERNE_URI_MAX` is enough
 * @return `POTERNE_OK`, `POTERNE_E_STATE` (no longer pending, after `confirm_by`, or no record), `POTERNE_E_URI`,
 *     `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`,
 *     `POTERNE_E_VERSION`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_otpauth_uri(const struct poterne_verifier *verifier,
                            const char *record,
                            size_t record_len,
                            const char *account,
                            size_t account_len,
                            const struct poterne_uri_names *names,
                            int64_t now,
                            char *out,
                            size_t cap,
                            size_t *len);

/**
 * Reads an otpauth URI that another system made.
 *
 * @param uri,uri_len the URI
 * @param parameters receives its parameters; set its `struct_size` first. Zeros on failure
 * @param secret,secret_cap,secret_len the secret's bytes, and a NUL after them; 1,025 is enough
 * @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_uri_parse(const char *uri,
                          size_t uri_len,
                          struct poterne_parameters *parameters,
                          uint8_t *secret,
                          size_t secret_cap,
                          size_t *secret_len);

/**
 * Gives the issuer that another system's otpauth URI names, or an empty text if it names none.
 *
 * @param uri,uri_len the URI
 * @param out,cap,len the name, in UTF-8; 4,097 is enough
 * @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_uri_issuer(const char *uri,
                           size_t uri_len,
                           char *out,
                           size_t cap,
                           size_t *len);

/**
 * Gives the label of another system's otpauth URI, without its issuer. It may be empty.
 *
 * @param uri,uri_len the URI
 * @param out,cap,len the name, in UTF-8; 4,097 is enough
 * @return `POTERNE_OK`, `POTERNE_E_URI`, `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_uri_label(const char *uri,
                          size_t uri_len,
                          char *out,
                          size_t cap,
                          size_t *len);

/**
 * Gives the QR code of an otpauth URI as an SVG image.
 *
 * @param uri,uri_len an otpauth URI
 * @param out,cap,len the image; ask for its length with a `cap` of 0
 * @return `POTERNE_OK`, `POTERNE_E_URI` (too long, or not an otpauth URI), `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`,
 *     `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_qr_svg(const char *uri,
                       size_t uri_len,
                       char *out,
                       size_t cap,
                       size_t *len);

/**
 * Gives the QR code as a PNG image, as `poterne_qr_svg` does.
 *
 * @return as `poterne_qr_svg`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_qr_png(const char *uri,
                       size_t uri_len,
                       uint8_t *out,
                       size_t cap,
                       size_t *len);

/**
 * Gives the QR code as text for a terminal, in black and white by ANSI colors, as `poterne_qr_svg` does.
 *
 * @return as `poterne_qr_svg`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_qr_text(const char *uri,
                        size_t uri_len,
                        char *out,
                        size_t cap,
                        size_t *len);

/**
 * Gives the secret of an otpauth URI in groups of four characters, for users who cannot scan and have to type it.
 *
 * @return as `poterne_qr_svg`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_secret_to_type(const char *uri,
                               size_t uri_len,
                               char *out,
                               size_t cap,
                               size_t *len);

/**
 * Gives the table of authenticator apps and the features that they honor, with its sources, as an HTML fragment.
 *
 * @param language,language_len `en` or `fr`
 * @param out,cap,len the fragment, in UTF-8; ask for its length with a `cap` of 0
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (another language), `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_apps_html(const char *language,
                          size_t language_len,
                          char *out,
                          size_t cap,
                          size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * BARE LAYER
 * ----------------------------------------------------------------------------------------------------
 * Only RFC 4226 and RFC 6238, without state, for applications that keep secrets and watermarks themselves.
 */

/**
 * Gives the one-time password of a counter or time step (RFC 4226, RFC 6238).
 *
 * @param parameters only the algorithm and the digits count; set its `struct_size`
 * @param secret,secret_len the shared secret, 1 to 1,024 bytes
 * @param moving_factor the counter, or the time step of `poterne_time_step`
 * @param out,cap,len the digits; 9 is enough
 * @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_BUFFER`,
 *     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_otp(const struct poterne_parameters *parameters,
                    const uint8_t *secret,
                    size_t secret_len,
                    uint64_t moving_factor,
                    char *out,
                    size_t cap,
                    size_t *len);

/**
 * Searches candidates for a submitted code, without any state: the caller keeps the watermark. It never returns 0 for a wrong
 * code, but 0 is not a login either.
 *
 * @param parameters only the algorithm and the digits count; set its `struct_size`
 * @param secret,secret_len the shared secret, 1 to 1,024 bytes
 * @param submitted,submitted_len the text that the user submitted, unchanged
 * @param first,last the candidates, absolute moving factors, at most 10,000
 * @param watermark the highest factor accepted before, or `POTERNE_NO_WATERMARK`
 * @param found the absolute moving factor; 0 unless the status is `POTERNE_OK`
 * @return `POTERNE_OK`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_NOT_FOUND`, `POTERNE_E_SECRET`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_COUNTER`, `POTERNE_E_TIME`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_match(const struct poterne_parameters *parameters,
                      const uint8_t *secret,
                      size_t secret_len,
                      const char *submitted,
                      size_t submitted_len,
                      uint64_t first,
                      uint64_t last,
                      uint64_t watermark,
                      uint64_t *found);

/**
 * Gives the time step of a time (RFC 6238 4.2).
 *
 * @param parameters only the time step and `t0` count; set its `struct_size`
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param step receives the time step; 0 on failure
 * @return `POTERNE_OK`, `POTERNE_E_TIME`, `POTERNE_E_ARGUMENT` (counter-based), `POTERNE_E_VERSION`, `POTERNE_E_NULL`,
 *     `POTERNE_E_COUNTER`, `POTERNE_E_SECRET` (its length in the parameters), `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_time_step(const struct poterne_parameters *parameters,
                          int64_t now,
                          uint64_t *step);

/**
 * Decodes a shared secret from base32 as people write it: either case; spaces, dashes and invisible
 * characters anywhere; padding at the end.
 *
 * @param base32,base32_len the text
 * @param out,cap,len the bytes, and a NUL after them; 1,025 is enough
 * @return `POTERNE_OK`, `POTERNE_E_SECRET`, `POTERNE_E_BUFFER`, `POTERNE_E_UTF8`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_base32_decode(const char *base32,
                              size_t base32_len,
                              uint8_t *out,
                              size_t cap,
                              size_t *len);

/**
 * Decodes a shared secret from hexadecimal, as token manufacturers print it: either case, no 0x; spaces and dashes anywhere. The
 * library never guesses the encoding of a text: hexadecimal that consists of the digits 2 to 7 is also base32.
 *
 * @param hex,hex_len the text
 * @param out,cap,len the bytes, and a NUL after them; 1,025 is enough
 * @return as `poterne_base32_decode`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_hex_decode(const char *hex,
                           size_t hex_len,
                           uint8_t *out,
                           size_t cap,
                           size_t *len);

/**
 * Splits a field that holds the password followed by the code: `digits` digits, or a recovery or temporary code with its hyphens.
 * Nothing is copied: the password is the first `password_len` bytes of the field, and the code is all bytes after them.
 *
 * @param field,field_len the field, in any encoding whose digits, letters and hyphens are those of ASCII
 * @param digits 6, 7 or 8
 * @param password_len the length of the password; the whole field if there is no code
 * @return `POTERNE_OK`: there is a code. `POTERNE_REFUSED_MALFORMED`: there is none. `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_split(const char *field,
                      size_t field_len,
                      uint32_t digits,
                      size_t *password_len);

/* ----------------------------------------------------------------------------------------------------
 * TEXTS
 * ----------------------------------------------------------------------------------------------------
 * The meaning of statuses, for journals and for people.
 */

/**
 * The version of the library: `0.1.0`, NUL-terminated. Never NULL, never freed.
 * @since 0.1
 */
POTERNE_API
const char *poterne_version(void);

/**
 * Returns the generation of the library's interface. Compare it with `POTERNE_ABI` of the header.
 * @since 0.1
 */
POTERNE_API
uint32_t poterne_abi(void);

/**
 * Gives the stable text of a status, for the application's own journal: `ok`, `refused.replayed`, `error.record`.
 *
 * @param out,cap,len the text; 64 is enough
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no such status), `POTERNE_E_BUFFER`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_API
int32_t poterne_status_name(int32_t status,
                            char *out,
                            size_t cap,
                            size_t *len);

/**
 * Gives the message for the help desk about a status: what happened, and what to do next. It is in English or French, and not for
 * the end user.
 *
 * @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; otherwise 0
 * @param language,language_len a tag whose language is `en` or `fr`, in either case, such as `fr-FR`
 * @param out,cap,len the text, in UTF-8; 256 is enough
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (no refusal and no error, or another language), `POTERNE_E_BUFFER`,
 *     `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_API
int32_t poterne_message(int32_t status,
                        int64_t detail,
                        const char *language,
                        size_t language_len,
                        char *out,
                        size_t cap,
                        size_t *len);

/**
 * Gives the message for the end user when a login was refused or failed, in English or French. A refusal always gives the same
 * text, except `POTERNE_REFUSED_WAIT` and `POTERNE_REFUSED_LOCKED`: show those two only once the password is right. A failure,
 * below 0, gives one text for every error: the service is unavailable.
 *
 * @param detail `wait_seconds` of the result for `POTERNE_REFUSED_WAIT`, otherwise 0
 * @return as `poterne_message`
 * @since 0.1
 */
POTERNE_API
int32_t poterne_message_to_user(int32_t status,
                                int64_t detail,
                                const char *language,
                                size_t language_len,
                                char *out,
                                size_t cap,
                                size_t *len);

/**
 * Gives the message for an enrollment page when a first code was refused, in English or French. It says what is wrong with the
 * code or the phone's clock, and never mentions a password. A failure, below 0, gives one text for every error: the service is
 * unavailable.
 *
 * @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; otherwise 0
 * @param language,language_len a tag whose language is `en` or `fr`, in either case, such as `fr-FR`
 * @param out,cap,len the text, in UTF-8; 256 is enough
 * @return as `poterne_message_to_user`
 * @since 0.1
 */
POTERNE_API
int32_t poterne_message_at_enrollment(int32_t status,
                                      int64_t detail,
                                      const char *language,
                                      size_t language_len,
                                      char *out,
                                      size_t cap,
                                      size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * WIPING
 * ----------------------------------------------------------------------------------------------------
 */

/**
 * Overwrites memory with zeros, in a way that no compiler removes. NULL with a length of 0 is allowed.
 *
 * @return `POTERNE_OK`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_API
int32_t poterne_wipe(void *memory,
                     size_t len);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* POTERNE_H */
