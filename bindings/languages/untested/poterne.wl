// Made by bindings/languages/declare from include/poterne.h; do not edit.
// UNTESTED: generated, and never compiled or run. Try it on a copy of your application first, by the checklist of bindings/languages.
// WLanguage, for 64 bits. Addresses and lengths are system int: pass &Buffer and its size. Texts are UTF-8 in
// buffers: StringToUTF8 and UTF8ToString convert. Only 0 of poterne_outcome is a login.

CONST
	POTERNE_DLL = "poterne.dll"
	POTERNE_OK = 0 // After poterne_login, poterne_login_with_ticket and poterne_outcome: a login, accepted AND stored.
	POTERNE_REFUSED_WRONG_CODE = 1 // The code is wrong.
	POTERNE_REFUSED_REPLAYED = 2 // The code was used before.
	POTERNE_REFUSED_MALFORMED = 3 // The submitted text is not a code.
	POTERNE_REFUSED_WAIT = 4 // Too many failures. wait_seconds of the result says how long to wait.
	POTERNE_REFUSED_LOCKED = 5 // Locked, until the help desk calls poterne_unlock.
	POTERNE_REFUSED_PENDING = 6 // The authenticator is not confirmed yet.
	POTERNE_REFUSED_REVOKED = 7 // The credential is revoked.
	POTERNE_REFUSED_NOT_YET_VALID = 8 // The validity has not begun.
	POTERNE_REFUSED_EXPIRED = 9 // The validity has ended, or the authenticator was not confirmed in time.
	POTERNE_REFUSED_CLOCK_BEHIND = 10 // The server's clock is behind a code that was already accepted.
	POTERNE_REFUSED_CLOCK_OFF = 11 // The phone's clock is wrong. clock_off_steps of the result says by how much.
	POTERNE_REFUSED_CONFLICT = 12 // The stored record changed in the meantime.
	POTERNE_REFUSED_NOT_ENROLLED = 13 // The account has no record.
	POTERNE_REFUSED_SUSPENDED = 14 // The authenticator is suspended.
	POTERNE_REFUSED_NOT_PENDING = 15 // The authenticator is already confirmed.
	POTERNE_REFUSED_TICKET = 16 // The ticket is late, altered, or made for another person or purpose.
	POTERNE_STORE = 101 // Not a verdict.
	POTERNE_RESYNCHRONIZED = 102 // The authenticator is resynchronized.
	POTERNE_CONFIRMED = 103 // The authenticator is confirmed; poterne_codes gives its recovery codes.
	POTERNE_CHANGED = 104 // A change by the help desk is stored, or there was nothing to change; poterne_codes gives the codes that it issued.
	POTERNE_NOT_FOUND = 105 // Only from poterne_match: no candidate has this code.
	POTERNE_E_ARGUMENT = -1 // A name, a number or a length is outside its bounds.
	POTERNE_E_NULL = -2 // A pointer that must not be NULL is NULL.
	POTERNE_E_BUFFER = -3 // A buffer is too small.
	POTERNE_E_VERSION = -4 // struct_size is not set, as the _INIT macros do, or is not the size of the structure; a reserved field is not 0; or the caller was compiled for another generation of the interface.
	POTERNE_E_UTF8 = -5 // A text is not UTF-8.
	POTERNE_E_TIME = -6 // A time is out of range, or before the credential's t0.
	POTERNE_E_RECORD = -7 // The record is damaged, or belongs to another account or application.
	POTERNE_E_UNKNOWN_KEY = -8 // The record's key is not in the keyring.
	POTERNE_E_RECORD_FORMAT = -9 // The record was written by a later version of the library.
	POTERNE_E_STATE = -10 // The credential's state does not allow the call, or the account has no record.
	POTERNE_E_ROWS = -11 // The number of updated rows is neither 0 nor 1.
	POTERNE_E_ATTEMPT = -12 // The attempt was never filled, or is spent.
	POTERNE_E_KEYRING = -13 // The keyring's text is damaged.
	POTERNE_E_KEYRING_FILE = -14 // The keyring's file cannot be read, or others can read it.
	POTERNE_E_SECRET = -15 // The shared secret is neither base32 nor hexadecimal, too short or too long.
	POTERNE_E_URI = -16 // The otpauth URI cannot be built or read.
	POTERNE_E_COUNTER = -17 // No moving factor is left, or an imported one is above 2^63 - 1.
	POTERNE_E_RANDOM = -18 // The system gave no randomness.
	POTERNE_E_STORE = -19 // The application's table is unavailable.
	POTERNE_E_TOKEN_FILE = -20 // The token file is damaged.
	POTERNE_E_TOKEN_PASSWORD = -21 // The token file's password or key is wrong.
	POTERNE_E_TOKEN_MAC = -22 // The token file's authentication code is wrong or missing.
	POTERNE_E_TOKEN_UNSUPPORTED = -23 // The token file needs a feature that the library does not have.
	POTERNE_E_INTERNAL = -99 // A fault of the library.
	POTERNE_ABI = 1 // The generation of this interface.
	POTERNE_OPTION_APP_STEPS_BACKWARD = 1 // Time steps before the present one, for an app: 0 to 10, default 1.
	POTERNE_OPTION_APP_STEPS_FORWARD = 2 // Time steps after the present one, for an app: 0 to 10, default 1.
	POTERNE_OPTION_TOKEN_STEPS_BACKWARD = 3 // Time steps before the present one, for a hardware token: 0 to 10, default 2.
	POTERNE_OPTION_TOKEN_STEPS_FORWARD = 4 // Time steps after the present one, for a hardware token: 0 to 10, default 1.
	POTERNE_OPTION_LOOK_AHEAD = 5 // Counters to try: 1 to 100, default 10.
	POTERNE_OPTION_MAX_FAILURES = 6 // Failures that lock a credential: 1 to 100, default 20.
	POTERNE_OPTION_MAX_DRIFT = 7 // Largest difference of a token's clock, in time steps: 1 to 200, default 120.
	POTERNE_OPTION_RESYNC_LOOK_AHEAD = 8 // Counters to try in a resynchronization: 1 to 10000, default 1000.
	POTERNE_OPTION_RECOVERY_CODES = 9 // Recovery codes that a confirmation issues: 0 to 10, default 8.
	POTERNE_OPTION_CONFIRM_AT_FIRST_LOGIN = 10 // 1: the first login with a pending authenticator confirms it.
	POTERNE_OPTION_ALLOW_SHORT_SECRET = 11 // 1: secrets of 10 to 15 bytes may be imported.
	POTERNE_OPTION_ALLOW_INCOMPATIBLE = 12 // 1: parameters and names that some apps do not honor may be enrolled.
	POTERNE_OPTION_CONFIRM_WITHIN_DAYS = 13 // Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30.
	POTERNE_OPTION_TICKET_SECONDS = 14 // Lifetime of a ticket, in seconds: 1 to 600, default 300.
	POTERNE_DATABASE_POSTGRESQL = 1 // PostgreSQL, and databases that speak its protocol.
	POTERNE_DATABASE_MARIADB = 2 // MariaDB and MySQL.
	POTERNE_DATABASE_SQLITE = 3 // SQLite.
	POTERNE_DATABASE_ORACLE = 4 // Oracle Database.
	POTERNE_DATABASE_SQLSERVER = 5 // Microsoft SQL Server.
	POTERNE_DATABASE_DB2 = 6 // IBM Db2.
	POTERNE_DATABASE_FIREBIRD = 7 // Firebird.
	POTERNE_DATABASE_H2 = 8 // H2.
	POTERNE_DATABASE_HSQLDB = 9 // HSQLDB.
	POTERNE_DATABASE_DERBY = 10 // Apache Derby.
	POTERNE_DATABASE_OTHER = 0 // Any other: only the SQLSTATE of the standard counts.
	POTERNE_RECORD_MAX = 512 // The size of a record's buffer: a record has 504 characters and a NUL.
	POTERNE_APP = 1 // An authenticator app.
	POTERNE_TOKEN = 2 // A hardware token.
	POTERNE_COUNTER = 1 // Counter-based, HOTP.
	POTERNE_TIME = 2 // Time-based, TOTP.
	POTERNE_SHA1 = 1 // HMAC-SHA-1.
	POTERNE_SHA256 = 2 // HMAC-SHA-256.
	POTERNE_SHA512 = 3 // HMAC-SHA-512.
	POTERNE_STATE_PENDING = 0 // Enrolled, and not confirmed yet.
	POTERNE_STATE_ACTIVE = 1 // In use.
	POTERNE_STATE_SUSPENDED = 2 // The authenticator is out of use.
	POTERNE_STATE_REVOKED = 3 // Ended.
	POTERNE_METHOD_OTP = 1 // A one-time password of the authenticator.
	POTERNE_METHOD_RECOVERY_CODE = 2 // A recovery code.
	POTERNE_METHOD_TEMPORARY_CODE = 3 // A temporary code of the help desk.
	POTERNE_CODES_MAX = 160 // The size of a buffer that holds all codes of poterne_codes: 10 of 15 characters, line feeds between them, and a NUL.
	POTERNE_TICKET_MAX = 128 // The size of a ticket's buffer: a ticket has 96 characters and a NUL.
	POTERNE_KEEP = 1 // Keep the authenticator as it is: the user forgot it at home.
	POTERNE_SUSPEND = 2 // Suspend the authenticator: it was lost or stolen.
	POTERNE_CODES_RECOVERY = 1 // The recovery codes.
	POTERNE_CODES_TEMPORARY = 2 // The temporary code.
	POTERNE_CODES_BOTH = 3 // Both.
	POTERNE_FILE_ENTRA = 1 // CSV of Microsoft Entra.
	POTERNE_FILE_DEEPNET = 2 // CSV of Deepnet SafeID.
	POTERNE_FILE_OATH = 3 // OATH CSV of LinOTP and privacyIDEA.
	POTERNE_FILE_YUBICO_TRADITIONAL = 4 // The traditional log of Yubico's personalization tool.
	POTERNE_FILE_YUBICO_FLAT = 5 // Yubico's flat log.
	POTERNE_FILE_COLUMNS = 6 // CSV by a column map.
	POTERNE_FILE_PSKC = 7 // PSKC (RFC 6030).
	POTERNE_FILE_ETOKEN = 8 // The XML of SafeNet (Aladdin) eToken PASS.
	POTERNE_ENCODING_BASE32 = 1 // Base32.
	POTERNE_ENCODING_HEX = 2 // Hexadecimal.
	POTERNE_SEPARATOR_COMMA = 1 // A comma.
	POTERNE_SEPARATOR_SEMICOLON = 2 // A semicolon.
	POTERNE_SEPARATOR_TAB = 3 // A tab.
	POTERNE_FILE_HEADER = 1 // The first line is a header line, which is not read; for a column map.
	POTERNE_FILE_COUNTER_BASED = 2 // The tokens are counter-based; for a column map.
	POTERNE_FILE_PASSWORD = 4 // The key is a password, from which PBKDF2 derives the key; for PSKC.
	POTERNE_IGNORE_DATES = 1 // The dates of the token do not count: some files give one that is past, of tokens that work.
	POTERNE_TEXT_SERIAL = 1 // The serial number.
	POTERNE_TEXT_MANUFACTURER = 2 // The manufacturer, as the file calls it.
	POTERNE_TEXT_MODEL = 3 // The model, as the file calls it.
	POTERNE_TEXT_ACCOUNT = 4 // The user to whom the file assigns the token.
	POTERNE_TEXT_FAULT = 5 // What is wrong, and what to do next, in English.
	POTERNE_URI_MAX = 2048 // The size of a buffer that holds any otpauth URI.
	POTERNE_NOW = 0x8000000000000000 // The system's clock, as a time argument: an 8-byte int, -2^63.
END

// A handle on the application's table: two callbacks, and the argument that they receive. 48 bytes: check it when the program starts.
poterne_store is Structure
	struct_size is unsigned 4-byte int
	reserved is unsigned 4-byte int
	arg is system int
	load is system int
	swap is system int
	loaded is system int
	loaded_len is system int
END

// How one-time passwords are made. 0 in a field is its default. 72 bytes: check it when the program starts.
poterne_parameters is Structure
	struct_size is unsigned 4-byte int
	authenticator is unsigned 4-byte int
	moving_factor is unsigned 4-byte int
	algorithm is unsigned 4-byte int
	digits is unsigned 4-byte int
	time_step is unsigned 4-byte int
	secret_len is unsigned 4-byte int
	reserved is unsigned 4-byte int
	counter is unsigned 8-byte int
	t0 is unsigned 8-byte int
	not_before is 8-byte int
	not_after is 8-byte int
	confirm_by is 8-byte int
END

// The state and history of an imported credential, besides its parameters and its secret. 32 bytes: check it when the program starts.
poterne_existing_credential is Structure
	struct_size is unsigned 4-byte int
	state is unsigned 4-byte int
	drift is 4-byte int
	has_watermark is unsigned 4-byte int
	watermark is unsigned 8-byte int
	has_last_sync is unsigned 4-byte int
	last_sync is unsigned 4-byte int
END

// The outcome of an attempt. 64 bytes: check it when the program starts.
poterne_result is Structure
	struct_size is unsigned 4-byte int
	status is 4-byte int
	method is unsigned 4-byte int
	recovery_codes_left is unsigned 4-byte int
	moving_factor is unsigned 8-byte int
	drift is 4-byte int
	clock_off_steps is 4-byte int
	wait_seconds is unsigned 8-byte int
	failures_before is unsigned 4-byte int
	reserved is unsigned 4-byte int
	reserved2 is fixed array [2] unsigned 8-byte int
END

// A login attempt, or a change by the help desk. 784 bytes: check it when the program starts.
poterne_attempt is Structure
	struct_size is unsigned 4-byte int
	reserved is unsigned 4-byte int
	record_len is unsigned 4-byte int
	changed is unsigned 4-byte int
	record is fixed array [512] unsigned 1-byte int
	opaque is fixed array [256] unsigned 1-byte int
END

// A ticket that came back, and the purpose and context for which it must have been made. 56 bytes: check it when the program starts.
poterne_presented_ticket is Structure
	struct_size is unsigned 4-byte int
	reserved is unsigned 4-byte int
	ticket is system int
	ticket_len is system int
	purpose is system int
	purpose_len is system int
	context is system int
	context_len is system int
END

// The status of a credential, for the help desk. 128 bytes: check it when the program starts.
poterne_inspection is Structure
	struct_size is unsigned 4-byte int
	state is unsigned 4-byte int
	authenticator is unsigned 4-byte int
	moving_factor is unsigned 4-byte int
	algorithm is unsigned 4-byte int
	digits is unsigned 4-byte int
	time_step is unsigned 4-byte int
	failures is unsigned 4-byte int
	t0 is unsigned 8-byte int
	wait_seconds is unsigned 8-byte int
	drift is 4-byte int
	locked is unsigned 4-byte int
	recovery_codes_left is unsigned 4-byte int
	temporary_uses_left is unsigned 4-byte int
	temporary_expiry is 8-byte int
	not_before is 8-byte int
	not_after is 8-byte int
	confirm_by is 8-byte int
	weak_secret is unsigned 4-byte int
	key_id is unsigned 4-byte int
	needs_reseal is unsigned 4-byte int
	reserved is unsigned 4-byte int
	reserved2 is fixed array [2] unsigned 8-byte int
END

// What a file is. 32 bytes: check it when the program starts.
poterne_file_options is Structure
	struct_size is unsigned 4-byte int
	format is unsigned 4-byte int
	encoding is unsigned 4-byte int
	algorithm is unsigned 4-byte int
	digits is unsigned 4-byte int
	time_step is unsigned 4-byte int
	separator is unsigned 4-byte int
	flags is unsigned 4-byte int
END

// A token of a file. 80 bytes: check it when the program starts.
poterne_file_token is Structure
	struct_size is unsigned 4-byte int
	status is 4-byte int
	line is unsigned 4-byte int
	moving_factor is unsigned 4-byte int
	algorithm is unsigned 4-byte int
	digits is unsigned 4-byte int
	time_step is unsigned 4-byte int
	drift is 4-byte int
	counter is unsigned 8-byte int
	t0 is unsigned 8-byte int
	not_before is 8-byte int
	not_after is 8-byte int
	watermark is unsigned 8-byte int
	has_watermark is unsigned 4-byte int
	reserved is unsigned 4-byte int
END

// What a code proves about a file. 16 bytes: check it when the program starts.
poterne_file_proof is Structure
	struct_size is unsigned 4-byte int
	count is unsigned 4-byte int
	encoding is unsigned 4-byte int
	algorithm is unsigned 4-byte int
END

// The names that an authenticator app shows next to a code. 40 bytes: check it when the program starts.
poterne_uri_names is Structure
	struct_size is unsigned 4-byte int
	reserved is unsigned 4-byte int
	issuer is system int
	issuer_len is system int
	label is system int
	label_len is system int
END

// Makes a keyring with one fresh key, the primary one.
PROCEDURE poterne_keyring_generate(key_id is unsigned 4-byte int, keyring is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_generate", key_id, keyring)
END

// Reads a keyring from its text, for keys that come from a credential store.
PROCEDURE poterne_keyring_parse(keyring_text is system int, keyring_text_len is system int, keyring is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_parse", keyring_text, keyring_text_len, keyring)
END

// Reads a keyring from a file that only its owner can read (mode 0600).
PROCEDURE poterne_keyring_open(path is system int, path_len is system int, keyring is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_open", path, path_len, keyring)
END

// Adds a fresh secondary key, which opens records but does not seal them.
PROCEDURE poterne_keyring_add(keyring is system int, key_id is unsigned 4-byte int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_add", keyring, key_id)
END

// Makes a key the primary one, which seals.
PROCEDURE poterne_keyring_promote(keyring is system int, key_id is unsigned 4-byte int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_promote", keyring, key_id)
END

// Removes a secondary key.
PROCEDURE poterne_keyring_remove(keyring is system int, key_id is unsigned 4-byte int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_remove", keyring, key_id)
END

// Writes the keyring's text: all keys in clear.
PROCEDURE poterne_keyring_to_text(keyring is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_keyring_to_text", keyring, out_, cap_, len)
END

// Wipes and frees a keyring.
PROCEDURE poterne_keyring_free(keyring is system int)
API(POTERNE_DLL, "poterne_keyring_free", keyring)
END

// Makes a verifier with the default policy.
PROCEDURE poterne_verifier_new(abi is unsigned 4-byte int, keyring is system int, application is system int, application_len is system int, verifier is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_verifier_new", abi, keyring, application, application_len, verifier)
END

// Sets an option of the policy.
PROCEDURE poterne_verifier_set(verifier is system int, option_ is 4-byte int, value_ is 8-byte int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_verifier_set", verifier, option_, value_)
END

// Returns the value of an option of the policy.
PROCEDURE poterne_verifier_get(verifier is system int, option_ is 4-byte int, value_ is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_verifier_get", verifier, option_, value_)
END

// Returns the life of a time-based code under the policy: after that time, no server accepts a code that some server could accept at its beginning.
PROCEDURE poterne_code_lifetime(verifier is system int, authenticator is unsigned 4-byte int, time_step is unsigned 4-byte int, seconds is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_code_lifetime", verifier, authenticator, time_step, seconds)
END

// Frees a verifier, and wipes its keys.
PROCEDURE poterne_verifier_free(verifier is system int)
API(POTERNE_DLL, "poterne_verifier_free", verifier)
END

// Tells whether a statement's error means that somebody else was in the way: a serialization failure, a deadlock, or a lock timeout.
PROCEDURE poterne_is_conflict(database is unsigned 4-byte int, sqlstate is system int, sqlstate_len is system int, code is 4-byte int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_is_conflict", database, sqlstate, sqlstate_len, code)
END

// Checks that a store swaps, compares, commits and keeps.
PROCEDURE poterne_check_store(verifier is system int, store is system int, second_ is system int, account is system int, account_len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_check_store", verifier, store, second_, account, account_len)
END

// Makes a credential with a fresh secret.
PROCEDURE poterne_enroll(verifier is system int, account is system int, account_len is system int, parameters is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_enroll", verifier, account, account_len, parameters, now_, out_, cap_, len)
END

// Makes a credential for a hardware token whose secret is known.
PROCEDURE poterne_enroll_token(verifier is system int, account is system int, account_len is system int, parameters is system int, secret is system int, secret_len is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_enroll_token", verifier, account, account_len, parameters, secret, secret_len, now_, out_, cap_, len)
END

// Imports a credential from another system.
PROCEDURE poterne_import(verifier is system int, account is system int, account_len is system int, parameters is system int, secret is system int, secret_len is system int, existing is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_import", verifier, account, account_len, parameters, secret, secret_len, existing, now_, out_, cap_, len)
END

// Logs a user in: loads, verifies and swaps.
PROCEDURE poterne_login(verifier is system int, store is system int, account is system int, account_len is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, result is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_login", verifier, store, account, account_len, submitted, submitted_len, now_, result)
END

// First step of a login: checks what the user submitted, and gives the record to store. poterne_outcome returns the verdict.
PROCEDURE poterne_verify(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_verify", verifier, record_, record_len, account, account_len, submitted, submitted_len, now_, attempt)
END

// Takes the number of rows that the committed swap updated, and returns the verdict.
PROCEDURE poterne_outcome(attempt is system int, rows_updated is 8-byte int, result is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_outcome", attempt, rows_updated, result)
END

// Gives the codes that a confirmation or a change has issued, to show now: recovery codes with a line feed between them, or one temporary code, each of the form XXXXX-XXXX-XXXX.
PROCEDURE poterne_codes(attempt is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_codes", attempt, out_, cap_, len)
END

// Makes a ticket for a person whose password was right.
PROCEDURE poterne_ticket(verifier is system int, account is system int, account_len is system int, purpose is system int, purpose_len is system int, context_ is system int, context_len is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_ticket", verifier, account, account_len, purpose, purpose_len, context_, context_len, now_, out_, cap_, len)
END

// Makes a ticket that is never valid.
PROCEDURE poterne_dud_ticket(verifier is system int, account is system int, account_len is system int, purpose is system int, purpose_len is system int, context_ is system int, context_len is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_dud_ticket", verifier, account, account_len, purpose, purpose_len, context_, context_len, now_, out_, cap_, len)
END

// Checks the ticket, and then does what poterne_login does.  If the ticket is not valid, for any reason, the status is POTERNE_REFUSED_TICKET: no callback is called and no failure is counted.
PROCEDURE poterne_login_with_ticket(verifier is system int, store is system int, account is system int, account_len is system int, presented is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, result is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_login_with_ticket", verifier, store, account, account_len, presented, submitted, submitted_len, now_, result)
END

// Checks the ticket, and then does what poterne_verify does: the first step of a login without callbacks.  If the ticket is not valid, for any reason, the status is POTERNE_REFUSED_TICKET: the record is not opened, no failure is counted, and there is nothing to store.
PROCEDURE poterne_verify_with_ticket(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, presented is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_verify_with_ticket", verifier, record_, record_len, account, account_len, presented, submitted, submitted_len, now_, attempt)
END

// Confirms a pending authenticator by its first code.
PROCEDURE poterne_confirm(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_confirm", verifier, record_, record_len, account, account_len, submitted, submitted_len, now_, attempt)
END

// Confirms a new authenticator by its first code, and replaces the old one.
PROCEDURE poterne_replace(verifier is system int, old is system int, old_len is system int, pending is system int, pending_len is system int, account is system int, account_len is system int, submitted is system int, submitted_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_replace", verifier, old, old_len, pending, pending_len, account, account_len, submitted, submitted_len, now_, attempt)
END

// Checks two codes in a row, for a token whose clock or counter is out of reach.
PROCEDURE poterne_resynchronize(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, first_ is system int, first_len is system int, second_ is system int, second_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_resynchronize", verifier, record_, record_len, account, account_len, first_, first_len, second_, second_len, now_, attempt)
END

// Makes a confirmation or a change on the stored record: loads, calls make, swaps and returns the outcome.
PROCEDURE poterne_apply(verifier is system int, store is system int, account is system int, account_len is system int, make is system int, make_arg is system int, attempt is system int, result is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_apply", verifier, store, account, account_len, make, make_arg, attempt, result)
END

// Gives the status of a credential, for the help desk.
PROCEDURE poterne_inspect(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, now_ is 8-byte int, inspection is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_inspect", verifier, record_, record_len, account, account_len, now_, inspection)
END

// Clears the failures: the account is no longer locked and does not have to wait.
PROCEDURE poterne_unlock(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_unlock", verifier, record_, record_len, account, account_len, attempt)
END

// Issues 1 to 10 recovery codes.
PROCEDURE poterne_recovery_codes(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, count is unsigned 4-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_recovery_codes", verifier, record_, record_len, account, account_len, count, attempt)
END

// Issues a temporary code, as poterne_recovery_codes does.
PROCEDURE poterne_temporary_code(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, expiry is 8-byte int, uses is unsigned 4-byte int, missing_authenticator is unsigned 4-byte int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_temporary_code", verifier, record_, record_len, account, account_len, expiry, uses, missing_authenticator, now_, attempt)
END

// Ends the recovery codes, the temporary code, or both.
PROCEDURE poterne_end_codes(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, codes_ is unsigned 4-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_end_codes", verifier, record_, record_len, account, account_len, codes_, attempt)
END

// Suspends the authenticator.
PROCEDURE poterne_suspend_call(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_suspend", verifier, record_, record_len, account, account_len, attempt)
END

// Resumes a suspended authenticator.
PROCEDURE poterne_resume(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_resume", verifier, record_, record_len, account, account_len, attempt)
END

// Ends a credential: erases its secret and its codes.
PROCEDURE poterne_revoke(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_revoke", verifier, record_, record_len, account, account_len, attempt)
END

// Moves the credential to another account name.
PROCEDURE poterne_rename(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, new_account is system int, new_account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_rename", verifier, record_, record_len, account, account_len, new_account, new_account_len, attempt)
END

// Seals the same credential under the primary key.
PROCEDURE poterne_reseal(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_reseal", verifier, record_, record_len, account, account_len, attempt)
END

// Erases traces of use that are no longer needed.
PROCEDURE poterne_forget(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_forget", verifier, record_, record_len, account, account_len, now_, attempt)
END

// Undoes what a fast clock has written: a watermark in the future, and failures or a last use in the future.
PROCEDURE poterne_repair_clock(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, now_ is 8-byte int, attempt is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_repair_clock", verifier, record_, record_len, account, account_len, now_, attempt)
END

// Gives the account of one of a person's rows.
PROCEDURE poterne_row_of_person(person is system int, person_len is system int, row is unsigned 4-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_row_of_person", person, person_len, row, out_, cap_, len)
END

// Gives the person and the row of a login name.
PROCEDURE poterne_person_and_row(login_name is system int, login_name_len is system int, row is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_person_and_row", login_name, login_name_len, row, out_, cap_, len)
END

// Reads a file from its bytes.
PROCEDURE poterne_token_file_read(file is system int, file_len is system int, options is system int, with is system int, with_len is system int, out_ is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_read", file, file_len, options, with, with_len, out_)
END

// Frees the handle and wipes its secrets.
PROCEDURE poterne_token_file_free(file is system int)
API(POTERNE_DLL, "poterne_token_file_free", file)
END

// Gives a token, or what is wrong with it.
PROCEDURE poterne_token_file_token(file is system int, index is system int, out_ is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_token", file, index, out_)
END

// Gives a text of a token, or of what is wrong with it.
PROCEDURE poterne_token_file_text(file is system int, index is system int, what is unsigned 4-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_text", file, index, what, out_, cap_, len)
END

// Makes a credential for a token of a file, as poterne_enroll_token does.
PROCEDURE poterne_token_file_enroll(verifier is system int, account is system int, account_len is system int, file is system int, index is system int, flags is unsigned 4-byte int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_enroll", verifier, account, account_len, file, index, flags, now_, out_, cap_, len)
END

// Makes a credential for a token of a file with its drift and its watermark, as poterne_import does: for tokens that were in use elsewhere.
PROCEDURE poterne_token_file_import(verifier is system int, account is system int, account_len is system int, file is system int, index is system int, state is unsigned 4-byte int, flags is unsigned 4-byte int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_import", verifier, account, account_len, file, index, state, flags, now_, out_, cap_, len)
END

// Finds out the encoding and the hash of a CSV or an eToken PASS file by a code that one of its tokens shows now.
PROCEDURE poterne_token_file_prove(file is system int, file_len is system int, options is system int, with is system int, with_len is system int, serial is system int, serial_len is system int, code is system int, code_len is system int, now_ is 8-byte int, out_ is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_token_file_prove", file, file_len, options, with, with_len, serial, serial_len, code, code_len, now_, out_)
END

// Gives the otpauth URI of a pending credential: the text of its QR code, which holds the secret.
PROCEDURE poterne_otpauth_uri(verifier is system int, record_ is system int, record_len is system int, account is system int, account_len is system int, names is system int, now_ is 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_otpauth_uri", verifier, record_, record_len, account, account_len, names, now_, out_, cap_, len)
END

// Reads an otpauth URI that another system made.
PROCEDURE poterne_uri_parse(uri is system int, uri_len is system int, parameters is system int, secret is system int, secret_cap is system int, secret_len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_uri_parse", uri, uri_len, parameters, secret, secret_cap, secret_len)
END

// Gives the issuer that another system's otpauth URI names, or an empty text if it names none.
PROCEDURE poterne_uri_issuer(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_uri_issuer", uri, uri_len, out_, cap_, len)
END

// Gives the label of another system's otpauth URI, without its issuer.
PROCEDURE poterne_uri_label(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_uri_label", uri, uri_len, out_, cap_, len)
END

// Gives the QR code of an otpauth URI as an SVG image.
PROCEDURE poterne_qr_svg(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_qr_svg", uri, uri_len, out_, cap_, len)
END

// Gives the QR code as a PNG image, as poterne_qr_svg does.
PROCEDURE poterne_qr_png(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_qr_png", uri, uri_len, out_, cap_, len)
END

// Gives the QR code as text for a terminal, in black and white by ANSI colors, as poterne_qr_svg does.
PROCEDURE poterne_qr_text(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_qr_text", uri, uri_len, out_, cap_, len)
END

// Gives the secret of an otpauth URI in groups of four characters, for users who cannot scan and have to type it.
PROCEDURE poterne_secret_to_type(uri is system int, uri_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_secret_to_type", uri, uri_len, out_, cap_, len)
END

// Gives the table of authenticator apps and the features that they honor, with its sources, as an HTML fragment.
PROCEDURE poterne_apps_html(language is system int, language_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_apps_html", language, language_len, out_, cap_, len)
END

// Gives the one-time password of a counter or time step (RFC 4226, RFC 6238).
PROCEDURE poterne_otp(parameters is system int, secret is system int, secret_len is system int, moving_factor is unsigned 8-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_otp", parameters, secret, secret_len, moving_factor, out_, cap_, len)
END

// Searches candidates for a submitted code, without any state: the caller keeps the watermark.
PROCEDURE poterne_match(parameters is system int, secret is system int, secret_len is system int, submitted is system int, submitted_len is system int, first_ is unsigned 8-byte int, last_ is unsigned 8-byte int, watermark is unsigned 8-byte int, found is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_match", parameters, secret, secret_len, submitted, submitted_len, first_, last_, watermark, found)
END

// Gives the time step of a time (RFC 6238 4.2).
PROCEDURE poterne_time_step(parameters is system int, now_ is 8-byte int, step is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_time_step", parameters, now_, step)
END

// Decodes a shared secret from base32 as people write it: either case; spaces, dashes and invisible characters anywhere; padding at the end.
PROCEDURE poterne_base32_decode(base32 is system int, base32_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_base32_decode", base32, base32_len, out_, cap_, len)
END

// Decodes a shared secret from hexadecimal, as token manufacturers print it: either case, no 0x; spaces and dashes anywhere.
PROCEDURE poterne_hex_decode(hex is system int, hex_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_hex_decode", hex, hex_len, out_, cap_, len)
END

// Splits a field that holds the password followed by the code: digits digits, or a recovery or temporary code with its hyphens.
PROCEDURE poterne_split(field is system int, field_len is system int, digits is unsigned 4-byte int, password_len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_split", field, field_len, digits, password_len)
END

// The version of the library: 0.1.0, NUL-terminated.
PROCEDURE poterne_version() : system int
RESULT API(POTERNE_DLL, "poterne_version")
END

// Returns the generation of the library's interface.
PROCEDURE poterne_abi_call() : unsigned 4-byte int
RESULT API(POTERNE_DLL, "poterne_abi")
END

// Gives the stable text of a status, for the application's own journal: ok, refused.replayed, error.record.
PROCEDURE poterne_status_name(status is 4-byte int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_status_name", status, out_, cap_, len)
END

// Gives the message for the help desk about a status: what happened, and what to do next.
PROCEDURE poterne_message(status is 4-byte int, detail is 8-byte int, language is system int, language_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_message", status, detail, language, language_len, out_, cap_, len)
END

// Gives the message for the end user when a login was refused or failed, in English or French.
PROCEDURE poterne_message_to_user(status is 4-byte int, detail is 8-byte int, language is system int, language_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_message_to_user", status, detail, language, language_len, out_, cap_, len)
END

// Gives the message for an enrollment page when a first code was refused, in English or French.
PROCEDURE poterne_message_at_enrollment(status is 4-byte int, detail is 8-byte int, language is system int, language_len is system int, out_ is system int, cap_ is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_message_at_enrollment", status, detail, language, language_len, out_, cap_, len)
END

// Overwrites memory with zeros, in a way that no compiler removes.
PROCEDURE poterne_wipe(memory is system int, len is system int) : 4-byte int
RESULT API(POTERNE_DLL, "poterne_wipe", memory, len)
END
