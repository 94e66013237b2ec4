/**
 * @file poterne.h
 *
 * poterne: a second factor for applications that already exist. This header is the manual.
 *
 * Made from the documentation of bindings/c/src; do not edit. SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Everything about a credential is one string, the record, in a table of the application's database:
 *
 *     CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)
 *
 * A login. Only POTERNE_OK lets them in, if the password is right too:
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
 * - After poterne_login and poterne_outcome, 0 and nothing else is a login, accepted AND stored. After any other call 0 means that
 *   the call worked.
 * - A positive number is never a login: refused, or something is still to be done.
 * - Below 0 the call failed. Refuse, and look at the journal: it is never a verdict.
 * - Refuse on what you do not know: above 0 it is a refusal, below 0 an error.
 * - Write `== POTERNE_OK`. `if (status)` and `if (status < 0)` let refused users in.
 *
 * Each function lists the statuses that it returns, and no others. What to do about one stands there or at its definition.
 *
 * Memory: the caller owns every buffer and structure. Only handles are freed, by the _free function of their type. Inputs are
 * pointer and length. A length of POTERNE_NUL says that the text ends with a NUL; NULL is allowed with 0. Text outputs are
 * NUL-terminated. Their length does not count the NUL, and the pointer to it may be NULL. A buffer that is too small gives
 * POTERNE_E_BUFFER and the length that is needed; nothing is spent. Outputs are written on every return: zeros on failure, or an
 * empty text. Inputs and outputs must not overlap. Texts are UTF-8: an application that has another encoding converts the names of
 * accounts, always in the same way.
 *
 * Without memory: a login takes none from the heap, that is poterne_login, poterne_verify, poterne_outcome and
 * poterne_status_name; nor do poterne_codes, poterne_wipe, poterne_split, poterne_time_step, poterne_is_conflict,
 * poterne_code_lifetime, poterne_inspect, the changes of the help desk that issue no codes, and poterne_apply with them. The others
 * do, and their process ends with a message on stderr if there is none: make handles when the program starts.
 *
 * Structures begin with their size: initialize them with the macro behind each, or set struct_size to sizeof before each call. 0 in a
 * field is its default. poterne_attempt, poterne_store and poterne_uri_names keep their size forever. The others may grow at their
 * end, to at most twice their size. A wrong size is POTERNE_E_VERSION, and touches nothing but the first 8 bytes: an attempt gives
 * no verdict any more until it is filled again, and the status of a poterne_result becomes POTERNE_E_VERSION.
 *
 * Threads: functions that take a const handle may be called by any number of threads at once. There is no file but that of
 * poterne_keyring_open, no environment, no locale. There is no global state but one flag: the first call takes the messages of
 * panics away from the library's own copy of Rust's runtime, which no other code uses. A child after fork() may go on.
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

/** The compiler warns if the result of a call is ignored: GCC of a cast to void too, MSVC for C and C++14 only with /analyze. */
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
#define POTERNE_NUL ((size_t)-1)

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
 * Frozen numbers, never used again.
 */

/**
 * After `poterne_login` and `poterne_outcome`: a login, accepted AND stored. After any other call: the call worked, which is
 * not a login.
 */
#define POTERNE_OK 0

/** The code is wrong. Of a one-time password, a failure was counted. */
#define POTERNE_REFUSED_WRONG_CODE 1

/** The code was used before. The user must wait for the next one. */
#define POTERNE_REFUSED_REPLAYED 2

/** What the user submitted is not a code. */
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

/** The validity has ended, or it is too late to confirm. */
#define POTERNE_REFUSED_EXPIRED 9

/** The server's clock is behind an accepted code. Set it. */
#define POTERNE_REFUSED_CLOCK_BEHIND 10

/** The phone's clock is wrong. `clock_off_steps` of the result says by how much. */
#define POTERNE_REFUSED_CLOCK_OFF 11

/** The stored record changed in between. Load it and try again. */
#define POTERNE_REFUSED_CONFLICT 12

/** The account has no record. */
#define POTERNE_REFUSED_NOT_ENROLLED 13

/** The authenticator is suspended. Recovery and temporary codes work. */
#define POTERNE_REFUSED_SUSPENDED 14

/** The authenticator is confirmed already. */
#define POTERNE_REFUSED_NOT_PENDING 15

/** Not a verdict. Replace the stored record by that of the attempt, commit, then call `poterne_outcome`. */
#define POTERNE_STORE 101

/** The authenticator is resynchronized. Not a login. */
#define POTERNE_RESYNCHRONIZED 102

/** The authenticator is confirmed; `poterne_codes` gives its recovery codes. Not a login. */
#define POTERNE_CONFIRMED 103

/** A change of the help desk is stored, or had nothing to do; `poterne_codes` gives the codes that it issued. Not a login. */
#define POTERNE_CHANGED 104

/** Of `poterne_match`: no candidate has this code. */
#define POTERNE_NOT_FOUND 105

/** A name, a number or a length is outside its bounds. An account has 1 to 255 bytes, without control characters. */
#define POTERNE_E_ARGUMENT (-1)

/** A pointer that must not be NULL is NULL. */
#define POTERNE_E_NULL (-2)

/** A buffer is too small. The length says what it needs, without the NUL. */
#define POTERNE_E_BUFFER (-3)

/**
 * `struct_size` is not set, which the `_INIT` macros do, or is not the size of the structure; a reserved field is not 0; or the
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

/** The attempt was never filled, or is spent. Of `poterne_codes`: its outcome was not asked before. */
#define POTERNE_E_ATTEMPT (-12)

/** The keyring's text is damaged. */
#define POTERNE_E_KEYRING (-13)

/** The keyring's file cannot be read, or others can read it. */
#define POTERNE_E_KEYRING_FILE (-14)

/** The shared secret is neither base32 nor hexadecimal, too short or too long. */
#define POTERNE_E_SECRET (-15)

/** The otpauth URI cannot be built or read. */
#define POTERNE_E_URI (-16)

/** No moving factor is left, or one to bring in is above 2^63 - 1. */
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

/** The token file asks for what the library does not have. */
#define POTERNE_E_TOKEN_UNSUPPORTED (-23)

/** A fault of the library. Report it. */
#define POTERNE_E_INTERNAL (-99)

/* ----------------------------------------------------------------------------------------------------
 * KEYRING
 * ----------------------------------------------------------------------------------------------------
 * The keys that seal records. They live in a file of mode 0600, the same on all servers, and never in the database.
 */

/**
 * The keys that seal records. Configured by one thread; then any number of threads may read it. Freed by
 * `poterne_keyring_free`, which wipes the keys.
 */
typedef struct poterne_keyring poterne_keyring;

/**
 * Makes a keyring with one fresh key, the primary.
 *
 * @param key_id a number from 1 to recognize the key by; the day of creation reads well: 20261121
 * @param keyring where the new handle goes; NULL is written on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_RANDOM`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_generate(uint32_t key_id,
                                 struct poterne_keyring **keyring);

/**
 * Makes a keyring from its text, for keys that come from a credential store. Wipe the text afterwards.
 *
 * @param keyring_text,keyring_text_len the text of the keyring
 * @param keyring where the new handle goes; NULL is written on failure
 * @return `POTERNE_OK`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_parse(const char *keyring_text,
                              size_t keyring_text_len,
                              struct poterne_keyring **keyring);

/**
 * Makes a keyring from a file that nobody but its owner can read (mode 0600).
 *
 * @param path,path_len the file's path, in UTF-8
 * @param keyring where the new handle goes; NULL is written on failure
 * @return `POTERNE_OK`, `POTERNE_E_KEYRING_FILE`, `POTERNE_E_KEYRING`, `POTERNE_E_UTF8`, `POTERNE_E_NULL`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_open(const char *path,
                             size_t path_len,
                             struct poterne_keyring **keyring);

/**
 * Adds a fresh secondary key, which opens records but does not seal them. Not while other threads use the keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT` (the id is 0 or there already, or there are 64 keys), `POTERNE_E_RANDOM`,
 *     `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_add(struct poterne_keyring *keyring,
                            uint32_t key_id);

/**
 * Makes a key the primary one, which seals. Every server must have it before. Not while other threads use the keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_promote(struct poterne_keyring *keyring,
                                uint32_t key_id);

/**
 * Removes a secondary key; reseal all records before. Not while other threads use the keyring.
 *
 * @return `POTERNE_OK`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_ARGUMENT` (it is the primary key), `POTERNE_E_NULL`,
 *     `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_keyring_remove(struct poterne_keyring *keyring,
                               uint32_t key_id);

/**
 * Writes the keyring's text: all keys in clear. Write it to a file of mode 0600, and wipe the buffer. At most 16,385 bytes.
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
 * Wipes and frees a keyring. NULL is fine.
 * @since 0.1
 */
POTERNE_API
void poterne_keyring_free(struct poterne_keyring *keyring);

/* ----------------------------------------------------------------------------------------------------
 * VERIFIER
 * ----------------------------------------------------------------------------------------------------
 * A verifier makes and checks the records of one application. Make one when the program starts, configure it, and share it
 * between all threads.
 */

/** The generation of this interface. The soname carries it too. */
#define POTERNE_ABI 1

/**
 * Makes and checks the records of one application. Functions that take a const pointer need no lock. Freed by
 * `poterne_verifier_free`.
 */
typedef struct poterne_verifier poterne_verifier;

/**
 * Makes a verifier with the default policy. The keyring is copied, and can be freed.
 *
 * @param abi `POTERNE_ABI`, as the caller was compiled: a mismatch is an error here, and not at the first login
 * @param application,application_len the application's name, part of every record: the same on all servers, forever
 * @param verifier where the new handle goes; NULL is written on failure
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

/** Counters that are tried: 1 to 100, default 10. */
#define POTERNE_OPTION_LOOK_AHEAD 5

/** Failures after which a credential is locked: 1 to 100, default 20. */
#define POTERNE_OPTION_MAX_FAILURES 6

/** Time steps by which a token's clock may differ: 1 to 200, default 120. */
#define POTERNE_OPTION_MAX_DRIFT 7

/** Counters that are tried in a resynchronization: 1 to 10000, default 1000. */
#define POTERNE_OPTION_RESYNC_LOOK_AHEAD 8

/** Recovery codes that a confirmation issues: 0 to 10, default 8. */
#define POTERNE_OPTION_RECOVERY_CODES 9

/** 1: the first login with a pending authenticator confirms it. Default 0. */
#define POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN 10

/** 1: secrets of 10 to 15 bytes may be brought in. Default 0. */
#define POTERNE_OPTION_ALLOW_SHORT_SECRET 11

/** 1: parameters and names that some apps do not honor may be enrolled. Default 0. */
#define POTERNE_OPTION_ALLOW_INCOMPATIBLE 12

/** Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30. */
#define POTERNE_OPTION_CONFIRM_WITHIN_DAYS 13

/**
 * Sets an option of the policy. Not while other threads use the verifier.
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
 * The value of an option of the policy.
 *
 * @param value where it goes; 0 on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_verifier_get(const struct poterne_verifier *verifier,
                             int32_t option,
                             int64_t *value);

/**
 * How long a time-based code lives under the policy: so long after a server could first accept it, no server does. Wait so long
 * before a token is handed to somebody else, and before logins are let in after a backup was restored or a database failed over.
 * By default 390 seconds for an app, 780 for a token of 30 seconds.
 *
 * @param authenticator `POTERNE_APP` or `POTERNE_TOKEN`
 * @param time_step seconds, 30 to 120
 * @param seconds where it goes; 0 on failure
 * @return `POTERNE_OK`, `POTERNE_E_ARGUMENT`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_code_lifetime(const struct poterne_verifier *verifier,
                              uint32_t authenticator,
                              uint32_t time_step,
                              uint64_t *seconds);

/**
 * Frees a verifier, and wipes its keys. NULL is fine.
 * @since 0.1
 */
POTERNE_API
void poterne_verifier_free(struct poterne_verifier *verifier);

/* ----------------------------------------------------------------------------------------------------
 * THE APPLICATION'S TABLE
 * ----------------------------------------------------------------------------------------------------
 * Two callbacks read and replace the record of an account. `poterne_login` and `poterne_apply` call them;
 * `poterne_check_store` finds out whether they do what they must. Languages without callbacks skip this section.
 */

/**
 * Loads the stored record of an account into `record` (`POTERNE_RECORD_MAX` bytes), NUL-terminated. Trailing spaces do no
 * harm. Read it where it is written, never from a replica.
 *
 * Returns 0 if there is a record, 1 if there is no row, and less than 0 if the database is unavailable. It must not longjmp or
 * throw: an exception ends the process. C++17 and later accept only functions and lambdas that are `noexcept`.
 */
typedef int32_t (*poterne_load_fn)(void *arg,
                                   const char *account,
                                   char *record) POTERNE_NOEXCEPT;

/**
 * Replaces `old_record` by `record` in a transaction of its own, and COMMITS:
 * `UPDATE ... SET record = :record WHERE account = :account AND record = :old_record`. If `old_record` is NULL, inserts `record`
 * unless the account has one. `rows` takes the number of rows that were updated or inserted. It is 0 if `poterne_is_conflict`
 * calls the error a conflict, if the commit failed, and if the answer to the commit was lost. It is the number that the database tells,
 * of libpq that of PQcmdTuples. All texts are NUL-terminated.
 *
 * Returns 0 if it committed, or had nothing to commit, and less than 0 if the database is unavailable. It must not longjmp or
 * throw, as `poterne_load_fn`.
 */
typedef int32_t (*poterne_swap_fn)(void *arg,
                                   const char *account,
                                   const char *old_record,
                                   const char *record,
                                   int64_t *rows) POTERNE_NOEXCEPT;

/** A handle on the application's table: two callbacks, and what they are called with. It belongs to one thread. */
typedef struct poterne_store {
    /** `sizeof(poterne_store)`. */
    uint32_t struct_size;
    /** 0. */
    uint32_t reserved;
    /** Passed to the callbacks, such as a connection. */
    void *arg;
    /** Loads a record. */
    poterne_load_fn load;
    /** Replaces a record. */
    poterne_swap_fn swap;
    /**
     * The record, if the application has loaded it already, with its own row: then `load` is called after a conflict only. An
     * empty text says that there is no row. NULL: not loaded.
     */
    const char *loaded;
    /** The length of `loaded`. */
    size_t loaded_len;
} poterne_store;

/** Its size, and zeros. */
#define POTERNE_STORE_INIT \
    {(uint32_t)sizeof(poterne_store), 0, NULL, NULL, NULL, NULL, 0}

/** PostgreSQL, and what speaks its protocol. */
#define POTERNE_DATABASE_POSTGRESQL 1

/** MariaDB and MySQL. */
#define POTERNE_DATABASE_MARIADB 2

/** SQLite. */
#define POTERNE_DATABASE_SQLITE 3

/** Oracle Database. */
#define POTERNE_DATABASE_ORACLE 4

/** Microsoft SQL Server. */
#define POTERNE_DATABASE_SQLSERVER 5

/** Db2 of IBM. */
#define POTERNE_DATABASE_DB2 6

/** Firebird. */
#define POTERNE_DATABASE_FIREBIRD 7

/** H2. */
#define POTERNE_DATABASE_H2 8

/** HSQLDB. */
#define POTERNE_DATABASE_HSQLDB 9

/** Apache Derby. */
#define POTERNE_DATABASE_DERBY 10

/** Any other: the SQLSTATE of the standard counts alone. */
#define POTERNE_DATABASE_OTHER 0

/**
 * Whether an error of a statement means that somebody else was in the way: a serialization failure, a deadlock, a lock that did
 * not come in time. Then the swap is 0 rows, after a rollback; every other error is an unavailable database.
 *
 * A commit that gives an error is 0 rows, whatever the error. Ask here for its warnings alone: what PostgreSQL commits with a
 * warning, of SQLSTATE class 01, may be lost in a failover, and is 0 rows too.
 *
 * @param database one of `POTERNE_DATABASE_...`
 * @param sqlstate,sqlstate_len the five characters of the SQL standard; NULL and 0 if the driver does not tell them
 * @param code the vendor's own number, 0 if the driver does not tell it: of SQLite the result code, extended or not; of Oracle the
 *     number behind ORA-; of Firebird the gds code or the SQLCODE
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
 * It does not find a callback that compares in the program and then writes without a condition: the comparison must stand in
 * the UPDATE.
 *
 * @param store,second two handles on the same table, each with a connection of its own; `loaded` is not used
 * @param account,account_len an account that is kept for this, with a revoked record, or any that has a record; its credential
 *     is sealed anew
 * @return `POTERNE_OK`: the store is right. `POTERNE_REFUSED_CONFLICT`: others wrote this record all the time; check again.
 *     `POTERNE_E_ROWS`: the swap does not compare, does not write, does not commit, or reports 0 rows for what
 *     it wrote; mend it, and let nobody in before.
 *     `POTERNE_E_STATE`: the account has no record. `POTERNE_E_RECORD`: the record does not open; perhaps the column cuts it.
 *     `POTERNE_E_STORE`: a callback returned what it must not. `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
 *     `POTERNE_E_RANDOM`, `POTERNE_E_ARGUMENT`, `POTERNE_E_UTF8`, `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
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
 * confirmed; `poterne_otpauth_uri` and the QR codes below give what the user scans.
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

/** Enrolled, not confirmed yet. */
#define POTERNE_STATE_PENDING 0

/** In use. */
#define POTERNE_STATE_ACTIVE 1

/** The authenticator is out of use; recovery and temporary codes work. */
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
    /** Bytes of a secret that is generated, 16 to 64, default 20. */
    uint32_t secret_len;
    /** 0. */
    uint32_t reserved;
    /** The counter that the device shows next; counter-based only. */
    uint64_t counter;
    /** Where time steps begin, default 0; time-based only. */
    uint64_t t0;
    /** The first valid second; 0 is no bound. */
    int64_t not_before;
    /** The last valid second; 0 is no bound. */
    int64_t not_after;
    /**
     * The last second in which a pending authenticator can be confirmed; 0 is no bound. Of an app that `poterne_enroll`
     * makes, 0 is the date that `POTERNE_OPTION_CONFIRM_WITHIN_DAYS` gives.
     */
    int64_t confirm_by;
} poterne_parameters;

/** Its size, and zeros. */
#define POTERNE_PARAMETERS_INIT \
    {(uint32_t)sizeof(poterne_parameters), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/**
 * Makes a credential with a fresh secret, pending until its first code is confirmed. `poterne_otpauth_uri` gives what to
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
 * Makes a credential of a hardware token whose secret is known, pending until its first code is confirmed.
 *
 * A token that comes back from somebody else waits before it is handed out again: as long as `poterne_code_lifetime` says, and
 * before it is resynchronized `POTERNE_OPTION_MAX_DRIFT` time steps and 300 seconds. The codes that its last holder saw must be
 * dead.
 *
 * @param secret,secret_len the token's secret: 16 to 1,024 bytes, of which more than 64 are stored as the key that HMAC makes of
 *     them; with SHA-512 not 65 to 128
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

/** What a credential of another system brings along, beside its parameters and its secret. */
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
     * The 30-day period in which a token's clock was last seen: days since 1970, divided by 30. With it, the first
     * resynchronization looks no further than a poor clock can have gone since.
     */
    uint32_t last_sync;
} poterne_existing_credential;

/** Its size, and zeros. */
#define POTERNE_EXISTING_CREDENTIAL_INIT \
    {(uint32_t)sizeof(poterne_existing_credential), 0, 0, 0, 0, 0, 0}

/**
 * Seals a credential that exists elsewhere. Bring its counter or watermark along, or a code that the other system has
 * accepted is accepted once more.
 *
 * @param secret,secret_len as of `poterne_enroll_token`
 * @param existing its state and history; NULL: active, without any
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
 * Loads, verifies, swaps and gives the verdict.
 */

/** A one-time password of the authenticator. */
#define POTERNE_METHOD_OTP 1

/** A recovery code, which is spent. */
#define POTERNE_METHOD_RECOVERY_CODE 2

/** A temporary code of the help desk. */
#define POTERNE_METHOD_TEMPORARY_CODE 3

/** The outcome of an attempt. */
typedef struct poterne_result {
    /** `sizeof(poterne_result)`. */
    uint32_t struct_size;
    /** The status that the call returned. */
    int32_t status;
    /** Of a login: `POTERNE_METHOD_OTP`, `POTERNE_METHOD_RECOVERY_CODE` or `POTERNE_METHOD_TEMPORARY_CODE`; else 0. */
    uint32_t method;
    /** Of a login: how many recovery codes are left. */
    uint32_t recovery_codes_left;
    /** The absolute counter or time step of the OTP, of the second one after a resynchronization; else 0. */
    uint64_t moving_factor;
    /** The drift of a token's clock, in time steps. */
    int32_t drift;
    /** Of `POTERNE_REFUSED_CLOCK_OFF`: time steps; negative: the phone is slow. */
    int32_t clock_off_steps;
    /** Of `POTERNE_REFUSED_WAIT`: seconds until the next attempt. */
    uint64_t wait_seconds;
    /** Of a login: the refused attempts since the last login with a one-time password, 255 at most; worth showing. */
    uint32_t failures_before;
    /** 0. */
    uint32_t reserved;
    /** 0. */
    uint64_t reserved2[2];
} poterne_result;

/** Its size, and zeros. */
#define POTERNE_RESULT_INIT \
    {(uint32_t)sizeof(poterne_result), 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}}

/**
 * Logs someone in: loads, verifies, swaps; after a conflict again, at most three times. It fails closed.
 *
 * The callbacks are called from this thread, during this call only.
 *
 * @param account,account_len the account's name as it is stored; 1 to 255 bytes, or a field of at most 511 padded with spaces
 * @param submitted,submitted_len what the user submitted, as it is
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param result the outcome, with its `struct_size` set; may be NULL
 * @return `POTERNE_OK`: a login. Anything else lets nobody in. `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_PENDING`,
 *     `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_NOT_ENROLLED`, `POTERNE_REFUSED_SUSPENDED`: refused; show
 *     `poterne_message_to_user`. `POTERNE_REFUSED_CONFLICT`: others wrote the record all the time; they may try again.
 *     `POTERNE_E_STORE`: a callback returned what it must not, or said that the database is unavailable. `POTERNE_E_ROWS`:
 *     a swap updated neither 0 nor 1 row; mend it. `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`, `POTERNE_E_RECORD_FORMAT`,
 *     `POTERNE_E_ARGUMENT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
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
 * The same without callbacks, for every language: `poterne_verify` gives the record to store, the program stores it and commits,
 * `poterne_outcome` gives the verdict. After `POTERNE_REFUSED_CONFLICT` load again and begin anew, three times at most.
 */

/** The size of a buffer that holds all codes of `poterne_codes`: 10 of 15 characters, line feeds between them, and a NUL. */
#define POTERNE_CODES_MAX 160

/**
 * A login try, or a change of the help desk. The caller owns it; there is nothing to free. Begin with
 * `POTERNE_ATTEMPT_INIT`, and wipe it with `poterne_wipe` when done. Do not copy it: a copy could be spent twice.
 */
typedef struct poterne_attempt {
    /** `sizeof(poterne_attempt)`. */
    uint32_t struct_size;
    /** 0. */
    uint32_t reserved;
    /** The length of `record`, without its NUL. */
    uint32_t record_len;
    /** 1 if the record is to be stored, else 0. */
    uint32_t changed;
    /** The record to store, NUL-terminated; the one that was given if nothing changed. */
    char record[512];
    /** The verdict, for `poterne_outcome` alone. */
    uint8_t opaque[256];
} poterne_attempt;

/** Its size, and zeros. */
#define POTERNE_ATTEMPT_INIT \
    {(uint32_t)sizeof(poterne_attempt), 0, 0, 0, {0}, {0}}

/**
 * A login, first step: checks what the user submitted, and gives the record to store. The verdict comes from `poterne_outcome`.
 *
 * @param record,record_len what the table holds for the account; NULL or empty if there is no row
 * @param account,account_len the account's name as it is stored
 * @param submitted,submitted_len what the user submitted, as it is
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param attempt filled, with its `struct_size` set before
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
 * Takes the number of rows that the committed swap updated, and gives the verdict. The attempt is spent by it, unless the size of
 * `result` is wrong.
 *
 * Store the record of the attempt in a transaction of its own and COMMIT before this call, whatever the verdict will be:
 * `UPDATE ... SET record = :new WHERE account = :account AND record = :old`. A commit that failed, or whose answer was lost,
 * is 0 rows. If `changed` of the attempt is 0 there is nothing to store, and `rows_updated` does not count.
 *
 * The caller keeps the attempt; wipe it with `poterne_wipe`. Of threads that ask one attempt at the same time, each with a
 * `result` of its own, one gets the verdict, and the others `POTERNE_E_ATTEMPT`.
 *
 * @param attempt filled by `poterne_verify` or another call that gave `POTERNE_STORE` or a refusal
 * @param rows_updated 1, or 0 for a conflict
 * @param result the outcome, with its `struct_size` set; may be NULL: the status is enough
 * @return `POTERNE_OK`: a login. `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done, not a login.
 *     `POTERNE_REFUSED_...`: refused. `POTERNE_E_ROWS`: neither 0 nor 1 row, the swap is wrong. `POTERNE_E_ATTEMPT`: spent
 *     already, or never filled. `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_INTERNAL`.
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_outcome(struct poterne_attempt *attempt,
                        int64_t rows_updated,
                        struct poterne_result *result);

/**
 * The codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one
 * temporary code, each of the form XXXXX-XXXX-XXXX. Only after `poterne_outcome` said `POTERNE_CONFIRMED` or `POTERNE_CHANGED`,
 * and until the attempt is wiped.
 *
 * @param attempt the attempt, as `poterne_outcome` left it
 * @param out,cap,len a buffer, `POTERNE_CODES_MAX` is enough; empty if no codes were issued
 * @return `POTERNE_OK`, `POTERNE_E_ATTEMPT` (the outcome was not asked before, or it was another one), `POTERNE_E_BUFFER`,
 *     `POTERNE_E_NULL`, `POTERNE_E_VERSION`, `POTERNE_E_ARGUMENT`, `POTERNE_E_INTERNAL`
 * @since 0.1
 */
POTERNE_MUST_USE POTERNE_API
int32_t poterne_codes(const struct poterne_attempt *attempt,
                      char *out,
                      size_t cap,
                      size_t *len);

/* ----------------------------------------------------------------------------------------------------
 * CONFIRMATION, AND ANY CHANGE IN ONE CALL
 * ----------------------------------------------------------------------------------------------------
 * The first code of an authenticator confirms it; that is not a login. These calls fill an attempt, as `poterne_verify` does,
 * and share its parameters. Make them in the callback of `poterne_apply`, which loads, swaps and begins anew after a conflict, or in
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
 * Confirms a new authenticator by its first code, in place of an old one. Whatever is refused leaves the old one as it is, and a
 * wrong code is not counted. The old one may be locked or suspended, but not revoked or out of its validity. A bound of validity
 * that the new record does not set is taken over from the old one.
 *
 * @param old,old_len the record that was stored when the new authenticator was enrolled; the swap compares with it
 * @param pending,pending_len the new record, kept outside the table; throw it away once it is confirmed
 * @return `POTERNE_STORE`: store the record, then call `poterne_outcome`. `POTERNE_REFUSED_NOT_PENDING`: the new one is
 *     confirmed already. `POTERNE_REFUSED_WRONG_CODE`, `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`,
 *     `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_CLOCK_OFF`: refused, and there is nothing to store. Never 0.
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
 * Checks two codes in a row, of a token whose clock or counter is out of reach.
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
 * Fills the attempt, for `poterne_apply`: makes one call with these arguments, such as
 * `return poterne_unlock(verifier, record, POTERNE_NUL, account, POTERNE_NUL, attempt);`, and returns what it returns. `arg` is
 * `make_arg`, such as the code that the user submitted. Both texts are NUL-terminated.
 *
 * It may be called three times. It must not longjmp or throw, as `poterne_load_fn`.
 */
typedef int32_t (*poterne_make_fn)(void *arg,
                                   const struct poterne_verifier *verifier,
                                   const char *record,
                                   const char *account,
                                   struct poterne_attempt *attempt) POTERNE_NOEXCEPT;

/**
 * Makes a confirmation or a change on the stored record: loads, calls `make`, swaps and gives the outcome; after a conflict again,
 * at most three times. Never 0: it does not log in.
 *
 * @param account,account_len as of `poterne_login`
 * @param make,make_arg fills the attempt; neither by `poterne_verify`, which is for `poterne_login`, nor by `poterne_rename`, whose
 *     row is another one, nor by `poterne_replace`, which compares with the record of another day
 * @param attempt with its `struct_size` set; afterwards `poterne_codes` gives the codes that were issued. Wipe it
 * @param result the outcome, with its `struct_size` set; may be NULL
 * @return `POTERNE_CONFIRMED`, `POTERNE_RESYNCHRONIZED`, `POTERNE_CHANGED`: done. `POTERNE_REFUSED_CONFLICT`: others
 *     wrote the record all the time. Refused, as the call in `make` documents: `POTERNE_REFUSED_WRONG_CODE`,
 *     `POTERNE_REFUSED_REPLAYED`, `POTERNE_REFUSED_MALFORMED`, `POTERNE_REFUSED_WAIT`, `POTERNE_REFUSED_LOCKED`,
 *     `POTERNE_REFUSED_SUSPENDED`, `POTERNE_REFUSED_REVOKED`, `POTERNE_REFUSED_NOT_YET_VALID`, `POTERNE_REFUSED_EXPIRED`,
 *     `POTERNE_REFUSED_CLOCK_BEHIND`, `POTERNE_REFUSED_CLOCK_OFF`, `POTERNE_REFUSED_NOT_ENROLLED`,
 *     `POTERNE_REFUSED_NOT_PENDING`. Never 0.
 *     `POTERNE_E_ATTEMPT`: `make` did not fill the attempt, or did not return what the call in it returned.
 *     `POTERNE_E_ARGUMENT`: a wrong account; `make` called `poterne_verify`, `poterne_rename` or `poterne_replace`, or filled the
 *     attempt from another record than it was given. `POTERNE_E_STORE`, `POTERNE_E_ROWS`: as of `poterne_login`. `POTERNE_E_STATE`, `POTERNE_E_RECORD`, `POTERNE_E_UNKNOWN_KEY`,
 *     `POTERNE_E_RECORD_FORMAT`, `POTERNE_E_TIME`, `POTERNE_E_COUNTER`, `POTERNE_E_RANDOM`, `POTERNE_E_UTF8`,
 *     `POTERNE_E_VERSION`, `POTERNE_E_NULL`, `POTERNE_E_INTERNAL`.
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
 * Every change takes the stored record and fills an attempt, as `poterne_verify` does, and shares its parameters. Make it in the
 * callback of `poterne_apply`, or in two steps. None of them is a login.
 */

/** The authenticator is kept as it is: forgotten at home. */
#define POTERNE_KEEP 1

/** The authenticator is suspended: lost or stolen. */
#define POTERNE_SUSPEND 2

/** The recovery codes. */
#define POTERNE_CODES_RECOVERY 1

/** The temporary code. */
#define POTERNE_CODES_TEMPORARY 2

/** All of them. */
#define POTERNE_CODES_BOTH 3

/** What the help desk may see of a credential. */
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
    /** Where time steps begin. */
    uint64_t t0;
    /** Seconds until the next attempt, 0 if it may be made now. */
    uint64_t wait_seconds;
    /** The drift of a token's clock, in time steps. */
    int32_t drift;
    /** 1 if only the help desk can help, else 0. */
    uint32_t locked;
    /** How many recovery codes are left. */
    uint32_t recovery_codes_left;
    /** How many times a valid temporary code can be used; 0 if there is none. */
    uint32_t temporary_uses_left;
    /** The last second of the temporary code; 0 if there is none. */
    int64_t temporary_expiry;
    /** The first valid second; 0 is no bound. */
    int64_t not_before;
    /** The last valid second; 0 is no bound. */
    int64_t not_after;
    /** The last second in which a pending authenticator can be confirmed; 0 is no bound. */
    int64_t confirm_by;
    /** 1 if the secret has less than 16 bytes, else 0. */
    uint32_t weak_secret;
    /** The key that sealed the record. */
    uint32_t key_id;
    /** 1 if that is not the primary key any more, else 0. */
    uint32_t needs_reseal;
    /** 0. */
    uint32_t reserved;
    /** 0. */
    uint64_t reserved2[2];
} poterne_inspection;

/** Its size, and zeros. */
#define POTERNE_INSPECTION_INIT \
    {(uint32_t)sizeof(poterne_inspection), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}}

/**
 * What the help desk may see of a credential: never the secret, counter, watermark or a date of use.
 *
 * @param inspection where it goes, with its `struct_size` set; zeros on failure
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
 * Clears the failures: the account is neither locked nor has to wait.
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
 * Issues 1 to 10 recovery codes in place of the former ones. Each works once, also while the account is locked or has to wait.
 * Once `poterne_outcome` has said `POTERNE_CHANGED`, `poterne_codes` gives them.
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
 * Issues a temporary code in place of the former one; as `poterne_recovery_codes`. It works while the account is locked or has to
 * wait, and leaves the failures as they are.
 *
 * @param expiry its last second, at most 30 days ahead; 0: 24 hours
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
 * Ends the recovery codes, the temporary code, or both: they were lost with the phone, or told to the wrong person.
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
 * Puts the authenticator out of use; recovery and temporary codes work. Done twice it is done once.
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
 * Puts the authenticator back in use. Done twice it is done once.
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
 * Ends a credential: its secret and codes are erased.
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
 * The same credential for another name of the account, recovery and temporary codes included: issue new ones before a token that
 * came back is handed out again. Store the record in the row of the new name:
 * `UPDATE ... SET account = :new_account, record = :record WHERE account = :account AND record = :old`.
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
 * The same credential under the primary key.
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
 * Drops what no longer matters; run it on all records every night. Then the record of an app tells nobody when its owner
 * last logged in.
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
 * Takes back what a clock that was ahead has written: a watermark that is not reached yet, failures and a last use of the future.
 * For all records, once the clock is right; a thief's lock stays. Look at the clock of this server first: on one that is itself
 * behind, used codes would work once more.
 *
 * @return as `poterne_forget`; `POTERNE_CHANGED`: there is nothing to repair and nothing to store, `poterne_outcome` says the same
 *     whatever the rows
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
 * The account of one of a person's rows. Take the person from the server's own list, for the login name whose password was right,
 * never from the request.
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
 * The person of a login name, and the row: on hosts without a page the user writes `#2` or `#3` behind the login name. Check the
 * password of the person, and then the code on that row alone.
 *
 * @param login_name,login_name_len what the user typed as the login name
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
 * PROVISIONING
 * ----------------------------------------------------------------------------------------------------
 * What the user scans or types into the authenticator app, and what other systems have made.
 */

/** The size of a buffer that holds any otpauth URI. */
#define POTERNE_URI_MAX 2048

/** What an authenticator app shows beside a code. */
typedef struct poterne_uri_names {
    /** `sizeof(poterne_uri_names)`. */
    uint32_t struct_size;
    /** 0. */
    uint32_t reserved;
    /** The organization, 1 to 64 bytes. */
    const char *issuer;
    /** The length of `issuer`. */
    size_t issuer_len;
    /** The account as its owner knows it, 1 to 255 bytes. */
    const char *label;
    /** The length of `label`. */
    size_t label_len;
} poterne_uri_names;

/** Its size, and zeros. */
#define POTERNE_URI_NAMES_INIT \
    {(uint32_t)sizeof(poterne_uri_names), 0, NULL, 0, NULL, 0}

/**
 * The otpauth URI of a pending credential: the text of its QR code, which holds the secret. Show it, wipe it, keep nothing.
 * Once the credential is confirmed, or its `confirm_by` is over, no call gives the secret.
 *
 * @param record,record_len the pending record
 * @param names the issuer and the label that the app shows
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param out,cap,len the URI; `POTERNE_URI_MAX` is enough
 * @return `POTERNE_OK`, `POTERNE_E_STATE` (not pending any more, after `confirm_by`, or no record), `POTERNE_E_URI`,
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
 * Reads an otpauth URI that another system has made.
 *
 * @param uri,uri_len the URI
 * @param parameters what it says, with its `struct_size` set; zeros on failure
 * @param secret,secret_cap,secret_len the secret's bytes, and a NUL behind them; 1,025 is enough
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
 * The issuer that an otpauth URI of another system names; an empty text if it names none.
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
 * The label of an otpauth URI of another system, without its issuer; it may be empty.
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
 * The QR code of a text, an otpauth URI above all, as an SVG image.
 *
 * @param uri,uri_len an otpauth URI
 * @param out,cap,len the image; ask for its length with a `cap` of 0
 * @return `POTERNE_OK`, `POTERNE_E_URI` (too long, or no otpauth URI), `POTERNE_E_SECRET`, `POTERNE_E_COUNTER`,
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
 * The QR code as a PNG image; as `poterne_qr_svg`.
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
 * The QR code as text for a terminal, in black and white by ANSI colors; as `poterne_qr_svg`.
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
 * The secret of an otpauth URI in groups of four characters, for those who cannot scan and type it.
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
 * The table of authenticator apps and what they honor, with its sources, as an HTML fragment.
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
 * RFC 4226 and RFC 6238 alone, without state, for applications that keep secrets and watermarks themselves.
 */

/**
 * The one-time password of a counter or time step (RFC 4226, RFC 6238).
 *
 * @param parameters of which the algorithm and the digits count, with its `struct_size` set
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
 * Looks for a submitted code among candidates, without any state: the caller keeps the watermark. Never 0 for a code that is
 * not right; 0 is not a login either.
 *
 * @param parameters of which the algorithm and the digits count, with its `struct_size` set
 * @param secret,secret_len the shared secret, 1 to 1,024 bytes
 * @param submitted,submitted_len what the user submitted, as it is
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
 * The time step of a time (RFC 6238 4.2).
 *
 * @param parameters of which the time step and `t0` count, with its `struct_size` set
 * @param now Unix seconds, or `POTERNE_NOW`
 * @param step where it goes; 0 on failure
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
 * @param out,cap,len the bytes, and a NUL behind them; 1,025 is enough
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
 * Decodes a shared secret from hexadecimal, as manufacturers of tokens print it: either case, no 0x; spaces and dashes anywhere.
 * Which of the two encodings a text has is never guessed: hexadecimal of the digits 2 to 7 is base32 too.
 *
 * @param hex,hex_len the text
 * @param out,cap,len the bytes, and a NUL behind them; 1,025 is enough
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
 * Splits a field in which the user types the password first and the code behind it: `digits` digits, or a recovery or temporary code
 * with its hyphens. Nothing is copied: the password is the first `password_len` bytes of the field, the code all bytes behind
 * them.
 *
 * @param field,field_len the field, in any encoding in which digits, letters and hyphens are those of ASCII
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
 * What statuses mean, for journals and for people.
 */

/**
 * The version of the library: `0.1.0`, NUL-terminated. Never NULL, never freed.
 * @since 0.1
 */
POTERNE_API
const char *poterne_version(void);

/**
 * The generation of the interface that the library has: compare it with `POTERNE_ABI` of the header.
 * @since 0.1
 */
POTERNE_API
uint32_t poterne_abi(void);

/**
 * The stable text of a status, for the application's own journal: `ok`, `refused.replayed`, `error.record`.
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
 * What the help desk may read about a status, and do next, in English or French. Not for the end user.
 *
 * @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; else 0
 * @param language,language_len `en` or `fr`
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
 * What the end user may read when a login was refused or failed, in English or French. Refused: one and the same text, but for
 * `POTERNE_REFUSED_WAIT` and `POTERNE_REFUSED_LOCKED`, to be shown only once the password is right. Failed, that is below 0: the
 * service is unavailable, whatever the error.
 *
 * @param detail `wait_seconds` of the result for `POTERNE_REFUSED_WAIT`, else 0
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
 * What the page of an enrollment may show when a first code was refused, in English or French: what is wrong with the code or the
 * phone's clock, and never a word of a password. Failed, that is below 0: the service is unavailable, whatever the error.
 *
 * @param detail `wait_seconds` or `clock_off_steps` of the result, for these two refusals; else 0
 * @param language,language_len `en` or `fr`
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
 * Overwrites memory with zeros, in a way that no compiler removes. NULL with a length of 0 is fine.
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
