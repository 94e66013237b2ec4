<?php

declare(strict_types=1);

namespace Poterne;

// Made by bindings/languages/declare from include/poterne.h; do not edit.
final class Number
{
    /** After poterne_login, poterne_login_with_ticket and poterne_outcome: a login, accepted AND stored. */
    public const OK = 0;
    /** The code is wrong. */
    public const REFUSED_WRONG_CODE = 1;
    /** The code was used before. */
    public const REFUSED_REPLAYED = 2;
    /** The submitted text is not a code. */
    public const REFUSED_MALFORMED = 3;
    /** Too many failures. wait_seconds of the result says how long to wait. */
    public const REFUSED_WAIT = 4;
    /** Locked, until the help desk calls poterne_unlock. */
    public const REFUSED_LOCKED = 5;
    /** The authenticator is not confirmed yet. */
    public const REFUSED_PENDING = 6;
    /** The credential is revoked. */
    public const REFUSED_REVOKED = 7;
    /** The validity has not begun. */
    public const REFUSED_NOT_YET_VALID = 8;
    /** The validity has ended, or the authenticator was not confirmed in time. */
    public const REFUSED_EXPIRED = 9;
    /** The server's clock is behind a code that was already accepted. */
    public const REFUSED_CLOCK_BEHIND = 10;
    /** The phone's clock is wrong. clock_off_steps of the result says by how much. */
    public const REFUSED_CLOCK_OFF = 11;
    /** The stored record changed in the meantime. */
    public const REFUSED_CONFLICT = 12;
    /** The account has no record. */
    public const REFUSED_NOT_ENROLLED = 13;
    /** The authenticator is suspended. */
    public const REFUSED_SUSPENDED = 14;
    /** The authenticator is already confirmed. */
    public const REFUSED_NOT_PENDING = 15;
    /** The ticket is late, altered, or made for another person or purpose. */
    public const REFUSED_TICKET = 16;
    /** Not a verdict. */
    public const STORE = 101;
    /** The authenticator is resynchronized. */
    public const RESYNCHRONIZED = 102;
    /** The authenticator is confirmed; poterne_codes gives its recovery codes. */
    public const CONFIRMED = 103;
    /** A change by the help desk is stored, or there was nothing to change; poterne_codes gives the codes that it issued. */
    public const CHANGED = 104;
    /** Only from poterne_match: no candidate has this code. */
    public const NOT_FOUND = 105;
    /** A name, a number or a length is outside its bounds. */
    public const E_ARGUMENT = -1;
    /** A pointer that must not be NULL is NULL. */
    public const E_NULL = -2;
    /** A buffer is too small. */
    public const E_BUFFER = -3;
    /** struct_size is not set, as the _INIT macros do, or is not the size of the structure; a reserved field is not 0; or the caller was compiled for another generation of the interface. */
    public const E_VERSION = -4;
    /** A text is not UTF-8. */
    public const E_UTF8 = -5;
    /** A time is out of range, or before the credential's t0. */
    public const E_TIME = -6;
    /** The record is damaged, or belongs to another account or application. */
    public const E_RECORD = -7;
    /** The record's key is not in the keyring. */
    public const E_UNKNOWN_KEY = -8;
    /** The record was written by a later version of the library. */
    public const E_RECORD_FORMAT = -9;
    /** The credential's state does not allow the call, or the account has no record. */
    public const E_STATE = -10;
    /** The number of updated rows is neither 0 nor 1. */
    public const E_ROWS = -11;
    /** The attempt was never filled, or is spent. */
    public const E_ATTEMPT = -12;
    /** The keyring's text is damaged. */
    public const E_KEYRING = -13;
    /** The keyring's file cannot be read, or others can read it. */
    public const E_KEYRING_FILE = -14;
    /** The shared secret is neither base32 nor hexadecimal, too short or too long. */
    public const E_SECRET = -15;
    /** The otpauth URI cannot be built or read. */
    public const E_URI = -16;
    /** No moving factor is left, or an imported one is above 2^63 - 1. */
    public const E_COUNTER = -17;
    /** The system gave no randomness. */
    public const E_RANDOM = -18;
    /** The application's table is unavailable. */
    public const E_STORE = -19;
    /** The token file is damaged. */
    public const E_TOKEN_FILE = -20;
    /** The token file's password or key is wrong. */
    public const E_TOKEN_PASSWORD = -21;
    /** The token file's authentication code is wrong or missing. */
    public const E_TOKEN_MAC = -22;
    /** The token file needs a feature that the library does not have. */
    public const E_TOKEN_UNSUPPORTED = -23;
    /** A fault of the library. */
    public const E_INTERNAL = -99;
    /** The generation of this interface. */
    public const ABI = 1;
    /** Time steps before the present one, for an app: 0 to 10, default 1. */
    public const OPTION_APP_STEPS_BACKWARD = 1;
    /** Time steps after the present one, for an app: 0 to 10, default 1. */
    public const OPTION_APP_STEPS_FORWARD = 2;
    /** Time steps before the present one, for a hardware token: 0 to 10, default 2. */
    public const OPTION_TOKEN_STEPS_BACKWARD = 3;
    /** Time steps after the present one, for a hardware token: 0 to 10, default 1. */
    public const OPTION_TOKEN_STEPS_FORWARD = 4;
    /** Counters to try: 1 to 100, default 10. */
    public const OPTION_LOOK_AHEAD = 5;
    /** Failures that lock a credential: 1 to 100, default 20. */
    public const OPTION_MAX_FAILURES = 6;
    /** Largest difference of a token's clock, in time steps: 1 to 200, default 120. */
    public const OPTION_MAX_DRIFT = 7;
    /** Counters to try in a resynchronization: 1 to 10000, default 1000. */
    public const OPTION_RESYNC_LOOK_AHEAD = 8;
    /** Recovery codes that a confirmation issues: 0 to 10, default 8. */
    public const OPTION_RECOVERY_CODES = 9;
    /** 1: the first login with a pending authenticator confirms it. */
    public const OPTION_CONFIRM_AT_FIRST_LOGIN = 10;
    /** 1: secrets of 10 to 15 bytes may be imported. */
    public const OPTION_ALLOW_SHORT_SECRET = 11;
    /** 1: parameters and names that some apps do not honor may be enrolled. */
    public const OPTION_ALLOW_INCOMPATIBLE = 12;
    /** Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30. */
    public const OPTION_CONFIRM_WITHIN_DAYS = 13;
    /** Lifetime of a ticket, in seconds: 1 to 600, default 300. */
    public const OPTION_TICKET_SECONDS = 14;
    /** PostgreSQL, and databases that speak its protocol. */
    public const DATABASE_POSTGRESQL = 1;
    /** MariaDB and MySQL. */
    public const DATABASE_MARIADB = 2;
    /** SQLite. */
    public const DATABASE_SQLITE = 3;
    /** Oracle Database. */
    public const DATABASE_ORACLE = 4;
    /** Microsoft SQL Server. */
    public const DATABASE_SQLSERVER = 5;
    /** IBM Db2. */
    public const DATABASE_DB2 = 6;
    /** Firebird. */
    public const DATABASE_FIREBIRD = 7;
    /** H2. */
    public const DATABASE_H2 = 8;
    /** HSQLDB. */
    public const DATABASE_HSQLDB = 9;
    /** Apache Derby. */
    public const DATABASE_DERBY = 10;
    /** Any other: only the SQLSTATE of the standard counts. */
    public const DATABASE_OTHER = 0;
    /** The size of a record's buffer: a record has 504 characters and a NUL. */
    public const RECORD_MAX = 512;
    /** An authenticator app. */
    public const APP = 1;
    /** A hardware token. */
    public const TOKEN = 2;
    /** Counter-based, HOTP. */
    public const COUNTER = 1;
    /** Time-based, TOTP. */
    public const TIME = 2;
    /** HMAC-SHA-1. */
    public const SHA1 = 1;
    /** HMAC-SHA-256. */
    public const SHA256 = 2;
    /** HMAC-SHA-512. */
    public const SHA512 = 3;
    /** Enrolled, and not confirmed yet. */
    public const STATE_PENDING = 0;
    /** In use. */
    public const STATE_ACTIVE = 1;
    /** The authenticator is out of use. */
    public const STATE_SUSPENDED = 2;
    /** Ended. */
    public const STATE_REVOKED = 3;
    /** A one-time password of the authenticator. */
    public const METHOD_OTP = 1;
    /** A recovery code. */
    public const METHOD_RECOVERY_CODE = 2;
    /** A temporary code of the help desk. */
    public const METHOD_TEMPORARY_CODE = 3;
    /** The size of a buffer that holds all codes of poterne_codes: 10 of 15 characters, line feeds between them, and a NUL. */
    public const CODES_MAX = 160;
    /** The size of a ticket's buffer: a ticket has 96 characters and a NUL. */
    public const TICKET_MAX = 128;
    /** Keep the authenticator as it is: the user forgot it at home. */
    public const KEEP = 1;
    /** Suspend the authenticator: it was lost or stolen. */
    public const SUSPEND = 2;
    /** The recovery codes. */
    public const CODES_RECOVERY = 1;
    /** The temporary code. */
    public const CODES_TEMPORARY = 2;
    /** Both. */
    public const CODES_BOTH = 3;
    /** CSV of Microsoft Entra. */
    public const FILE_ENTRA = 1;
    /** CSV of Deepnet SafeID. */
    public const FILE_DEEPNET = 2;
    /** OATH CSV of LinOTP and privacyIDEA. */
    public const FILE_OATH = 3;
    /** The traditional log of Yubico's personalization tool. */
    public const FILE_YUBICO_TRADITIONAL = 4;
    /** Yubico's flat log. */
    public const FILE_YUBICO_FLAT = 5;
    /** CSV by a column map. */
    public const FILE_COLUMNS = 6;
    /** PSKC (RFC 6030). */
    public const FILE_PSKC = 7;
    /** The XML of SafeNet (Aladdin) eToken PASS. */
    public const FILE_ETOKEN = 8;
    /** Base32. */
    public const ENCODING_BASE32 = 1;
    /** Hexadecimal. */
    public const ENCODING_HEX = 2;
    /** A comma. */
    public const SEPARATOR_COMMA = 1;
    /** A semicolon. */
    public const SEPARATOR_SEMICOLON = 2;
    /** A tab. */
    public const SEPARATOR_TAB = 3;
    /** The first line is a header line, which is not read; for a column map. */
    public const FILE_HEADER = 1;
    /** The tokens are counter-based; for a column map. */
    public const FILE_COUNTER_BASED = 2;
    /** The key is a password, from which PBKDF2 derives the key; for PSKC. */
    public const FILE_PASSWORD = 4;
    /** The dates of the token do not count: some files give one that is past, of tokens that work. */
    public const IGNORE_DATES = 1;
    /** The serial number. */
    public const TEXT_SERIAL = 1;
    /** The manufacturer, as the file calls it. */
    public const TEXT_MANUFACTURER = 2;
    /** The model, as the file calls it. */
    public const TEXT_MODEL = 3;
    /** The user to whom the file assigns the token. */
    public const TEXT_ACCOUNT = 4;
    /** What is wrong, and what to do next, in English. */
    public const TEXT_FAULT = 5;
    /** The size of a buffer that holds any otpauth URI. */
    public const URI_MAX = 2048;
    /** The system's clock, as a time argument. */
    public const NOW = PHP_INT_MIN;
}
