// Made by bindings/languages/declare from include/poterne.h; do not edit.
using System;
using System.Runtime.InteropServices;

namespace Poterne
{
    /// <summary>The numbers of the header: statuses, options, states.</summary>
    public static class Number
    {
        /// <summary>After poterne_login, poterne_login_with_ticket and poterne_outcome: a login, accepted AND stored.</summary>
        public const int OK = 0;
        /// <summary>The code is wrong.</summary>
        public const int REFUSED_WRONG_CODE = 1;
        /// <summary>The code was used before.</summary>
        public const int REFUSED_REPLAYED = 2;
        /// <summary>The submitted text is not a code.</summary>
        public const int REFUSED_MALFORMED = 3;
        /// <summary>Too many failures. wait_seconds of the result says how long to wait.</summary>
        public const int REFUSED_WAIT = 4;
        /// <summary>Locked, until the help desk calls poterne_unlock.</summary>
        public const int REFUSED_LOCKED = 5;
        /// <summary>The authenticator is not confirmed yet.</summary>
        public const int REFUSED_PENDING = 6;
        /// <summary>The credential is revoked.</summary>
        public const int REFUSED_REVOKED = 7;
        /// <summary>The validity has not begun.</summary>
        public const int REFUSED_NOT_YET_VALID = 8;
        /// <summary>The validity has ended, or the authenticator was not confirmed in time.</summary>
        public const int REFUSED_EXPIRED = 9;
        /// <summary>The server's clock is behind a code that was already accepted.</summary>
        public const int REFUSED_CLOCK_BEHIND = 10;
        /// <summary>The phone's clock is wrong. clock_off_steps of the result says by how much.</summary>
        public const int REFUSED_CLOCK_OFF = 11;
        /// <summary>The stored record changed in the meantime.</summary>
        public const int REFUSED_CONFLICT = 12;
        /// <summary>The account has no record.</summary>
        public const int REFUSED_NOT_ENROLLED = 13;
        /// <summary>The authenticator is suspended.</summary>
        public const int REFUSED_SUSPENDED = 14;
        /// <summary>The authenticator is already confirmed.</summary>
        public const int REFUSED_NOT_PENDING = 15;
        /// <summary>The ticket is late, altered, or made for another person or purpose.</summary>
        public const int REFUSED_TICKET = 16;
        /// <summary>Not a verdict.</summary>
        public const int STORE = 101;
        /// <summary>The authenticator is resynchronized.</summary>
        public const int RESYNCHRONIZED = 102;
        /// <summary>The authenticator is confirmed; poterne_codes gives its recovery codes.</summary>
        public const int CONFIRMED = 103;
        /// <summary>A change by the help desk is stored, or there was nothing to change; poterne_codes gives the codes that it issued.</summary>
        public const int CHANGED = 104;
        /// <summary>Only from poterne_match: no candidate has this code.</summary>
        public const int NOT_FOUND = 105;
        /// <summary>A name, a number or a length is outside its bounds.</summary>
        public const int E_ARGUMENT = -1;
        /// <summary>A pointer that must not be NULL is NULL.</summary>
        public const int E_NULL = -2;
        /// <summary>A buffer is too small.</summary>
        public const int E_BUFFER = -3;
        /// <summary>struct_size is not set, as the _INIT macros do, or is not the size of the structure; a reserved field is not 0; or the caller was compiled for another generation of the interface.</summary>
        public const int E_VERSION = -4;
        /// <summary>A text is not UTF-8.</summary>
        public const int E_UTF8 = -5;
        /// <summary>A time is out of range, or before the credential's t0.</summary>
        public const int E_TIME = -6;
        /// <summary>The record is damaged, or belongs to another account or application.</summary>
        public const int E_RECORD = -7;
        /// <summary>The record's key is not in the keyring.</summary>
        public const int E_UNKNOWN_KEY = -8;
        /// <summary>The record was written by a later version of the library.</summary>
        public const int E_RECORD_FORMAT = -9;
        /// <summary>The credential's state does not allow the call, or the account has no record.</summary>
        public const int E_STATE = -10;
        /// <summary>The number of updated rows is neither 0 nor 1.</summary>
        public const int E_ROWS = -11;
        /// <summary>The attempt was never filled, or is spent.</summary>
        public const int E_ATTEMPT = -12;
        /// <summary>The keyring's text is damaged.</summary>
        public const int E_KEYRING = -13;
        /// <summary>The keyring's file cannot be read, or others can read it.</summary>
        public const int E_KEYRING_FILE = -14;
        /// <summary>The shared secret is neither base32 nor hexadecimal, too short or too long.</summary>
        public const int E_SECRET = -15;
        /// <summary>The otpauth URI cannot be built or read.</summary>
        public const int E_URI = -16;
        /// <summary>No moving factor is left, or an imported one is above 2^63 - 1.</summary>
        public const int E_COUNTER = -17;
        /// <summary>The system gave no randomness.</summary>
        public const int E_RANDOM = -18;
        /// <summary>The application's table is unavailable.</summary>
        public const int E_STORE = -19;
        /// <summary>The token file is damaged.</summary>
        public const int E_TOKEN_FILE = -20;
        /// <summary>The token file's password or key is wrong.</summary>
        public const int E_TOKEN_PASSWORD = -21;
        /// <summary>The token file's authentication code is wrong or missing.</summary>
        public const int E_TOKEN_MAC = -22;
        /// <summary>The token file needs a feature that the library does not have.</summary>
        public const int E_TOKEN_UNSUPPORTED = -23;
        /// <summary>A fault of the library.</summary>
        public const int E_INTERNAL = -99;
        /// <summary>The generation of this interface.</summary>
        public const int ABI = 1;
        /// <summary>Time steps before the present one, for an app: 0 to 10, default 1.</summary>
        public const int OPTION_APP_STEPS_BACKWARD = 1;
        /// <summary>Time steps after the present one, for an app: 0 to 10, default 1.</summary>
        public const int OPTION_APP_STEPS_FORWARD = 2;
        /// <summary>Time steps before the present one, for a hardware token: 0 to 10, default 2.</summary>
        public const int OPTION_TOKEN_STEPS_BACKWARD = 3;
        /// <summary>Time steps after the present one, for a hardware token: 0 to 10, default 1.</summary>
        public const int OPTION_TOKEN_STEPS_FORWARD = 4;
        /// <summary>Counters to try: 1 to 100, default 10.</summary>
        public const int OPTION_LOOK_AHEAD = 5;
        /// <summary>Failures that lock a credential: 1 to 100, default 20.</summary>
        public const int OPTION_MAX_FAILURES = 6;
        /// <summary>Largest difference of a token's clock, in time steps: 1 to 200, default 120.</summary>
        public const int OPTION_MAX_DRIFT = 7;
        /// <summary>Counters to try in a resynchronization: 1 to 10000, default 1000.</summary>
        public const int OPTION_RESYNC_LOOK_AHEAD = 8;
        /// <summary>Recovery codes that a confirmation issues: 0 to 10, default 8.</summary>
        public const int OPTION_RECOVERY_CODES = 9;
        /// <summary>1: the first login with a pending authenticator confirms it.</summary>
        public const int OPTION_CONFIRM_AT_FIRST_LOGIN = 10;
        /// <summary>1: secrets of 10 to 15 bytes may be imported.</summary>
        public const int OPTION_ALLOW_SHORT_SECRET = 11;
        /// <summary>1: parameters and names that some apps do not honor may be enrolled.</summary>
        public const int OPTION_ALLOW_INCOMPATIBLE = 12;
        /// <summary>Days within which an app must be confirmed, from its enrollment: 1 to 365, default 30.</summary>
        public const int OPTION_CONFIRM_WITHIN_DAYS = 13;
        /// <summary>Lifetime of a ticket, in seconds: 1 to 600, default 300.</summary>
        public const int OPTION_TICKET_SECONDS = 14;
        /// <summary>PostgreSQL, and databases that speak its protocol.</summary>
        public const int DATABASE_POSTGRESQL = 1;
        /// <summary>MariaDB and MySQL.</summary>
        public const int DATABASE_MARIADB = 2;
        /// <summary>SQLite.</summary>
        public const int DATABASE_SQLITE = 3;
        /// <summary>Oracle Database.</summary>
        public const int DATABASE_ORACLE = 4;
        /// <summary>Microsoft SQL Server.</summary>
        public const int DATABASE_SQLSERVER = 5;
        /// <summary>IBM Db2.</summary>
        public const int DATABASE_DB2 = 6;
        /// <summary>Firebird.</summary>
        public const int DATABASE_FIREBIRD = 7;
        /// <summary>H2.</summary>
        public const int DATABASE_H2 = 8;
        /// <summary>HSQLDB.</summary>
        public const int DATABASE_HSQLDB = 9;
        /// <summary>Apache Derby.</summary>
        public const int DATABASE_DERBY = 10;
        /// <summary>Any other: only the SQLSTATE of the standard counts.</summary>
        public const int DATABASE_OTHER = 0;
        /// <summary>The size of a record's buffer: a record has 504 characters and a NUL.</summary>
        public const int RECORD_MAX = 512;
        /// <summary>An authenticator app.</summary>
        public const int APP = 1;
        /// <summary>A hardware token.</summary>
        public const int TOKEN = 2;
        /// <summary>Counter-based, HOTP.</summary>
        public const int COUNTER = 1;
        /// <summary>Time-based, TOTP.</summary>
        public const int TIME = 2;
        /// <summary>HMAC-SHA-1.</summary>
        public const int SHA1 = 1;
        /// <summary>HMAC-SHA-256.</summary>
        public const int SHA256 = 2;
        /// <summary>HMAC-SHA-512.</summary>
        public const int SHA512 = 3;
        /// <summary>Enrolled, and not confirmed yet.</summary>
        public const int STATE_PENDING = 0;
        /// <summary>In use.</summary>
        public const int STATE_ACTIVE = 1;
        /// <summary>The authenticator is out of use.</summary>
        public const int STATE_SUSPENDED = 2;
        /// <summary>Ended.</summary>
        public const int STATE_REVOKED = 3;
        /// <summary>A one-time password of the authenticator.</summary>
        public const int METHOD_OTP = 1;
        /// <summary>A recovery code.</summary>
        public const int METHOD_RECOVERY_CODE = 2;
        /// <summary>A temporary code of the help desk.</summary>
        public const int METHOD_TEMPORARY_CODE = 3;
        /// <summary>The size of a buffer that holds all codes of poterne_codes: 10 of 15 characters, line feeds between them, and a NUL.</summary>
        public const int CODES_MAX = 160;
        /// <summary>The size of a ticket's buffer: a ticket has 96 characters and a NUL.</summary>
        public const int TICKET_MAX = 128;
        /// <summary>Keep the authenticator as it is: the user forgot it at home.</summary>
        public const int KEEP = 1;
        /// <summary>Suspend the authenticator: it was lost or stolen.</summary>
        public const int SUSPEND = 2;
        /// <summary>The recovery codes.</summary>
        public const int CODES_RECOVERY = 1;
        /// <summary>The temporary code.</summary>
        public const int CODES_TEMPORARY = 2;
        /// <summary>Both.</summary>
        public const int CODES_BOTH = 3;
        /// <summary>CSV of Microsoft Entra.</summary>
        public const int FILE_ENTRA = 1;
        /// <summary>CSV of Deepnet SafeID.</summary>
        public const int FILE_DEEPNET = 2;
        /// <summary>OATH CSV of LinOTP and privacyIDEA.</summary>
        public const int FILE_OATH = 3;
        /// <summary>The traditional log of Yubico's personalization tool.</summary>
        public const int FILE_YUBICO_TRADITIONAL = 4;
        /// <summary>Yubico's flat log.</summary>
        public const int FILE_YUBICO_FLAT = 5;
        /// <summary>CSV by a column map.</summary>
        public const int FILE_COLUMNS = 6;
        /// <summary>PSKC (RFC 6030).</summary>
        public const int FILE_PSKC = 7;
        /// <summary>The XML of SafeNet (Aladdin) eToken PASS.</summary>
        public const int FILE_ETOKEN = 8;
        /// <summary>Base32.</summary>
        public const int ENCODING_BASE32 = 1;
        /// <summary>Hexadecimal.</summary>
        public const int ENCODING_HEX = 2;
        /// <summary>A comma.</summary>
        public const int SEPARATOR_COMMA = 1;
        /// <summary>A semicolon.</summary>
        public const int SEPARATOR_SEMICOLON = 2;
        /// <summary>A tab.</summary>
        public const int SEPARATOR_TAB = 3;
        /// <summary>The first line is a header line, which is not read; for a column map.</summary>
        public const int FILE_HEADER = 1;
        /// <summary>The tokens are counter-based; for a column map.</summary>
        public const int FILE_COUNTER_BASED = 2;
        /// <summary>The key is a password, from which PBKDF2 derives the key; for PSKC.</summary>
        public const int FILE_PASSWORD = 4;
        /// <summary>The dates of the token do not count: some files give one that is past, of tokens that work.</summary>
        public const int IGNORE_DATES = 1;
        /// <summary>The serial number.</summary>
        public const int TEXT_SERIAL = 1;
        /// <summary>The manufacturer, as the file calls it.</summary>
        public const int TEXT_MANUFACTURER = 2;
        /// <summary>The model, as the file calls it.</summary>
        public const int TEXT_MODEL = 3;
        /// <summary>The user to whom the file assigns the token.</summary>
        public const int TEXT_ACCOUNT = 4;
        /// <summary>What is wrong, and what to do next, in English.</summary>
        public const int TEXT_FAULT = 5;
        /// <summary>The size of a buffer that holds any otpauth URI.</summary>
        public const int URI_MAX = 2048;
        /// <summary>The system's clock, as a time argument.</summary>
        public const long NOW = long.MinValue;
    }

    /// <summary>A handle on the application's table: two callbacks, and the argument that they receive.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Store
    {
        internal uint StructSize;
        internal uint Reserved;
        internal IntPtr Arg;
        internal IntPtr Load;
        internal IntPtr Swap;
        internal IntPtr Loaded;
        internal UIntPtr LoadedLen;
        internal const int Size = 48;
    }

    /// <summary>How one-time passwords are made. 0 in a field is its default.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        internal uint StructSize;
        internal uint Authenticator;
        internal uint MovingFactor;
        internal uint Algorithm;
        internal uint Digits;
        internal uint TimeStep;
        internal uint SecretLen;
        internal uint Reserved;
        internal ulong Counter;
        internal ulong T0;
        internal long NotBefore;
        internal long NotAfter;
        internal long ConfirmBy;
        internal const int Size = 72;
    }

    /// <summary>The state and history of an imported credential, besides its parameters and its secret.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ExistingCredential
    {
        internal uint StructSize;
        internal uint State;
        internal int Drift;
        internal uint HasWatermark;
        internal ulong Watermark;
        internal uint HasLastSync;
        internal uint LastSync;
        internal const int Size = 32;
    }

    /// <summary>The outcome of an attempt.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Result
    {
        internal uint StructSize;
        internal int Status;
        internal uint Method;
        internal uint RecoveryCodesLeft;
        internal ulong MovingFactor;
        internal int Drift;
        internal int ClockOffSteps;
        internal ulong WaitSeconds;
        internal uint FailuresBefore;
        internal uint Reserved;
        internal ulong Reserved20;
        internal ulong Reserved21;
        internal const int Size = 64;
    }

    internal static class AttemptLayout
    {
        internal const int Size = 784;
        internal const int StructSize = 0;
        internal const int Reserved = 4;
        internal const int RecordLen = 8;
        internal const int Changed = 12;
        internal const int Record = 16;
        internal const int Opaque = 528;
    }

    /// <summary>A ticket that came back, and the purpose and context for which it must have been made.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PresentedTicket
    {
        internal uint StructSize;
        internal uint Reserved;
        internal IntPtr Ticket;
        internal UIntPtr TicketLen;
        internal IntPtr Purpose;
        internal UIntPtr PurposeLen;
        internal IntPtr Context;
        internal UIntPtr ContextLen;
        internal const int Size = 56;
    }

    /// <summary>The status of a credential, for the help desk.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Inspection
    {
        internal uint StructSize;
        internal uint State;
        internal uint Authenticator;
        internal uint MovingFactor;
        internal uint Algorithm;
        internal uint Digits;
        internal uint TimeStep;
        internal uint Failures;
        internal ulong T0;
        internal ulong WaitSeconds;
        internal int Drift;
        internal uint Locked;
        internal uint RecoveryCodesLeft;
        internal uint TemporaryUsesLeft;
        internal long TemporaryExpiry;
        internal long NotBefore;
        internal long NotAfter;
        internal long ConfirmBy;
        internal uint WeakSecret;
        internal uint KeyId;
        internal uint NeedsReseal;
        internal uint Reserved;
        internal ulong Reserved20;
        internal ulong Reserved21;
        internal const int Size = 128;
    }

    /// <summary>What a file is.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileOptions
    {
        internal uint StructSize;
        internal uint Format;
        internal uint Encoding;
        internal uint Algorithm;
        internal uint Digits;
        internal uint TimeStep;
        internal uint Separator;
        internal uint Flags;
        internal const int Size = 32;
    }

    /// <summary>A token of a file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileToken
    {
        internal uint StructSize;
        internal int Status;
        internal uint Line;
        internal uint MovingFactor;
        internal uint Algorithm;
        internal uint Digits;
        internal uint TimeStep;
        internal int Drift;
        internal ulong Counter;
        internal ulong T0;
        internal long NotBefore;
        internal long NotAfter;
        internal ulong Watermark;
        internal uint HasWatermark;
        internal uint Reserved;
        internal const int Size = 80;
    }

    /// <summary>What a code proves about a file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileProof
    {
        internal uint StructSize;
        internal uint Count;
        internal uint Encoding;
        internal uint Algorithm;
        internal const int Size = 16;
    }

    /// <summary>The names that an authenticator app shows next to a code.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UriNames
    {
        internal uint StructSize;
        internal uint Reserved;
        internal IntPtr Issuer;
        internal UIntPtr IssuerLen;
        internal IntPtr Label;
        internal UIntPtr LabelLen;
        internal const int Size = 40;
    }

    internal static class Native
    {
#if POTERNE_WINDOWS
        private const string Library = "poterne";
#else
        // The soname is the generation of the interface.
        private const string Library = "libpoterne.so.1";
#endif

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_generate(uint keyId, out IntPtr keyring);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_parse(byte[] keyringText, UIntPtr keyringTextLen, out IntPtr
            keyring);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_open(byte[] path, UIntPtr pathLen, out IntPtr keyring);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_add(IntPtr keyring, uint keyId);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_promote(IntPtr keyring, uint keyId);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_remove(IntPtr keyring, uint keyId);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_keyring_to_text(IntPtr keyring, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void poterne_keyring_free(IntPtr keyring);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_verifier_new(uint abi, IntPtr keyring, byte[] application, UIntPtr
            applicationLen, out IntPtr verifier);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_verifier_set(IntPtr verifier, int option, long value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_verifier_get(IntPtr verifier, int option, out long value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_code_lifetime(IntPtr verifier, uint authenticator, uint timeStep, out ulong
            seconds);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void poterne_verifier_free(IntPtr verifier);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_is_conflict(uint database, byte[] sqlstate, UIntPtr sqlstateLen, int code);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_check_store(IntPtr verifier, ref Store store, ref Store second, byte[]
            account, UIntPtr accountLen);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_enroll(IntPtr verifier, byte[] account, UIntPtr accountLen, ref Parameters
            parameters, long now, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_enroll_token(IntPtr verifier, byte[] account, UIntPtr accountLen, ref
            Parameters parameters, byte[] secret, UIntPtr secretLen, long now, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_import(IntPtr verifier, byte[] account, UIntPtr accountLen, ref Parameters
            parameters, byte[] secret, UIntPtr secretLen, ref ExistingCredential existing, long now, byte[] @out,
            UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_login(IntPtr verifier, ref Store store, byte[] account, UIntPtr accountLen,
            byte[] submitted, UIntPtr submittedLen, long now, ref Result result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_verify(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, byte[] submitted, UIntPtr submittedLen, long now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_outcome(IntPtr attempt, long rowsUpdated, ref Result result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_codes(IntPtr attempt, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_ticket(IntPtr verifier, byte[] account, UIntPtr accountLen, byte[] purpose,
            UIntPtr purposeLen, byte[] context, UIntPtr contextLen, long now, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_dud_ticket(IntPtr verifier, byte[] account, UIntPtr accountLen, byte[]
            purpose, UIntPtr purposeLen, byte[] context, UIntPtr contextLen, long now, byte[] @out, UIntPtr cap, out
            UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_login_with_ticket(IntPtr verifier, ref Store store, byte[] account, UIntPtr
            accountLen, ref PresentedTicket presented, byte[] submitted, UIntPtr submittedLen, long now, ref Result
            result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_verify_with_ticket(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, ref PresentedTicket presented, byte[] submitted, UIntPtr submittedLen, long
            now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_confirm(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, byte[] submitted, UIntPtr submittedLen, long now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_replace(IntPtr verifier, byte[] old, UIntPtr oldLen, byte[] pending, UIntPtr
            pendingLen, byte[] account, UIntPtr accountLen, byte[] submitted, UIntPtr submittedLen, long now, IntPtr
            attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_resynchronize(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, byte[] first, UIntPtr firstLen, byte[] second, UIntPtr secondLen, long now,
            IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_apply(IntPtr verifier, ref Store store, byte[] account, UIntPtr accountLen,
            IntPtr make, IntPtr makeArg, IntPtr attempt, ref Result result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_inspect(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, long now, ref Inspection inspection);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_unlock(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_recovery_codes(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, uint count, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_temporary_code(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, long expiry, uint uses, uint missingAuthenticator, long now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_end_codes(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, uint codes, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_suspend(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_resume(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_revoke(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_rename(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, byte[] newAccount, UIntPtr newAccountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_reseal(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_forget(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[] account,
            UIntPtr accountLen, long now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_repair_clock(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, long now, IntPtr attempt);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_row_of_person(byte[] person, UIntPtr personLen, uint row, byte[] @out,
            UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_person_and_row(byte[] loginName, UIntPtr loginNameLen, out uint row, byte[]
            @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_read(byte[] file, UIntPtr fileLen, ref FileOptions @options,
            byte[] with, UIntPtr withLen, out IntPtr @out);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void poterne_token_file_free(IntPtr file);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_token(IntPtr file, UIntPtr index, ref FileToken @out);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_text(IntPtr file, UIntPtr index, uint what, byte[] @out, UIntPtr
            cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_enroll(IntPtr verifier, byte[] account, UIntPtr accountLen, IntPtr
            file, UIntPtr index, uint flags, long now, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_import(IntPtr verifier, byte[] account, UIntPtr accountLen, IntPtr
            file, UIntPtr index, uint state, uint flags, long now, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_token_file_prove(byte[] file, UIntPtr fileLen, ref FileOptions @options,
            byte[] with, UIntPtr withLen, byte[] serial, UIntPtr serialLen, byte[] code, UIntPtr codeLen, long now, ref
            FileProof @out);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_otpauth_uri(IntPtr verifier, byte[] record, UIntPtr recordLen, byte[]
            account, UIntPtr accountLen, ref UriNames names, long now, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_uri_parse(byte[] uri, UIntPtr uriLen, ref Parameters parameters, byte[]
            secret, UIntPtr secretCap, out UIntPtr secretLen);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_uri_issuer(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_uri_label(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_qr_svg(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_qr_png(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_qr_text(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_secret_to_type(byte[] uri, UIntPtr uriLen, byte[] @out, UIntPtr cap, out
            UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_apps_html(byte[] language, UIntPtr languageLen, byte[] @out, UIntPtr cap, out
            UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_otp(ref Parameters parameters, byte[] secret, UIntPtr secretLen, ulong
            movingFactor, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_match(ref Parameters parameters, byte[] secret, UIntPtr secretLen, byte[]
            submitted, UIntPtr submittedLen, ulong first, ulong last, ulong watermark, out ulong found);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_time_step(ref Parameters parameters, long now, out ulong step);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_base32_decode(byte[] base32, UIntPtr base32Len, byte[] @out, UIntPtr cap, out
            UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_hex_decode(byte[] hex, UIntPtr hexLen, byte[] @out, UIntPtr cap, out UIntPtr
            len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_split(byte[] field, UIntPtr fieldLen, uint digits, out UIntPtr passwordLen);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr poterne_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint poterne_abi();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_status_name(int status, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_message(int status, long detail, byte[] language, UIntPtr languageLen, byte[]
            @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_message_to_user(int status, long detail, byte[] language, UIntPtr
            languageLen, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_message_at_enrollment(int status, long detail, byte[] language, UIntPtr
            languageLen, byte[] @out, UIntPtr cap, out UIntPtr len);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int poterne_wipe(IntPtr memory, UIntPtr len);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int LoadFn(IntPtr arg, IntPtr account, IntPtr record);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int SwapFn(IntPtr arg, IntPtr account, IntPtr oldRecord, IntPtr record, out long rows);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int MakeFn(IntPtr arg, IntPtr verifier, IntPtr record, IntPtr account, IntPtr attempt);
    }
}
