       *> Made by bindings/languages/declare from
       *> include/poterne.h; do not edit.
       *> The numbers of the header. COPY it in WORKING-STORAGE.
       *> After poterne_login, poterne_login_with_ticket and
       *> poterne_outcome: a login, accepted AND stored.
       78 POTERNE-OK VALUE 0.
       *> The code is wrong.
       78 POTERNE-REFUSED-WRONG-CODE VALUE 1.
       *> The code was used before.
       78 POTERNE-REFUSED-REPLAYED VALUE 2.
       *> The submitted text is not a code.
       78 POTERNE-REFUSED-MALFORMED VALUE 3.
       *> Too many failures. wait_seconds of the result says how
       *> long to wait.
       78 POTERNE-REFUSED-WAIT VALUE 4.
       *> Locked, until the help desk calls poterne_unlock.
       78 POTERNE-REFUSED-LOCKED VALUE 5.
       *> The authenticator is not confirmed yet.
       78 POTERNE-REFUSED-PENDING VALUE 6.
       *> The credential is revoked.
       78 POTERNE-REFUSED-REVOKED VALUE 7.
       *> The validity has not begun.
       78 POTERNE-REFUSED-NOT-YET-VALID VALUE 8.
       *> The validity has ended, or the authenticator was not
       *> confirmed in time.
       78 POTERNE-REFUSED-EXPIRED VALUE 9.
       *> The server's clock is behind a code that was already
       *> accepted.
       78 POTERNE-REFUSED-CLOCK-BEHIND VALUE 10.
       *> The phone's clock is wrong. clock_off_steps of the
       *> result says by how much.
       78 POTERNE-REFUSED-CLOCK-OFF VALUE 11.
       *> The stored record changed in the meantime.
       78 POTERNE-REFUSED-CONFLICT VALUE 12.
       *> The account has no record.
       78 POTERNE-REFUSED-NOT-ENROLLED VALUE 13.
       *> The authenticator is suspended.
       78 POTERNE-REFUSED-SUSPENDED VALUE 14.
       *> The authenticator is already confirmed.
       78 POTERNE-REFUSED-NOT-PENDING VALUE 15.
       *> The ticket is late, altered, or made for another person
       *> or purpose.
       78 POTERNE-REFUSED-TICKET VALUE 16.
       *> Not a verdict.
       78 POTERNE-STORE VALUE 101.
       *> The authenticator is resynchronized.
       78 POTERNE-RESYNCHRONIZED VALUE 102.
       *> The authenticator is confirmed; poterne_codes gives its
       *> recovery codes.
       78 POTERNE-CONFIRMED VALUE 103.
       *> A change by the help desk is stored, or there was
       *> nothing to change; poterne_codes gives the codes that
       *> it issued.
       78 POTERNE-CHANGED VALUE 104.
       *> Only from poterne_match: no candidate has this code.
       78 POTERNE-NOT-FOUND VALUE 105.
       *> A name, a number or a length is outside its bounds.
       78 POTERNE-E-ARGUMENT VALUE -1.
       *> A pointer that must not be NULL is NULL.
       78 POTERNE-E-NULL VALUE -2.
       *> A buffer is too small.
       78 POTERNE-E-BUFFER VALUE -3.
       *> struct_size is not set, as the _INIT macros do, or is
       *> not the size of the structure; a reserved field is not
       *> 0; or the caller was compiled for another generation of
       *> the interface.
       78 POTERNE-E-VERSION VALUE -4.
       *> A text is not UTF-8.
       78 POTERNE-E-UTF8 VALUE -5.
       *> A time is out of range, or before the credential's t0.
       78 POTERNE-E-TIME VALUE -6.
       *> The record is damaged, or belongs to another account or
       *> application.
       78 POTERNE-E-RECORD VALUE -7.
       *> The record's key is not in the keyring.
       78 POTERNE-E-UNKNOWN-KEY VALUE -8.
       *> The record was written by a later version of the
       *> library.
       78 POTERNE-E-RECORD-FORMAT VALUE -9.
       *> The credential's state does not allow the call, or the
       *> account has no record.
       78 POTERNE-E-STATE VALUE -10.
       *> The number of updated rows is neither 0 nor 1.
       78 POTERNE-E-ROWS VALUE -11.
       *> The attempt was never filled, or is spent.
       78 POTERNE-E-ATTEMPT VALUE -12.
       *> The keyring's text is damaged.
       78 POTERNE-E-KEYRING VALUE -13.
       *> The keyring's file cannot be read, or others can read
       *> it.
       78 POTERNE-E-KEYRING-FILE VALUE -14.
       *> The shared secret is neither base32 nor hexadecimal,
       *> too short or too long.
       78 POTERNE-E-SECRET VALUE -15.
       *> The otpauth URI cannot be built or read.
       78 POTERNE-E-URI VALUE -16.
       *> No moving factor is left, or an imported one is above
       *> 2^63 - 1.
       78 POTERNE-E-COUNTER VALUE -17.
       *> The system gave no randomness.
       78 POTERNE-E-RANDOM VALUE -18.
       *> The application's table is unavailable.
       78 POTERNE-E-STORE VALUE -19.
       *> The token file is damaged.
       78 POTERNE-E-TOKEN-FILE VALUE -20.
       *> The token file's password or key is wrong.
       78 POTERNE-E-TOKEN-PASSWORD VALUE -21.
       *> The token file's authentication code is wrong or
       *> missing.
       78 POTERNE-E-TOKEN-MAC VALUE -22.
       *> The token file needs a feature that the library does
       *> not have.
       78 POTERNE-E-TOKEN-UNSUPPORTED VALUE -23.
       *> A fault of the library.
       78 POTERNE-E-INTERNAL VALUE -99.
       *> The generation of this interface.
       78 POTERNE-ABI VALUE 1.
       *> Time steps before the present one, for an app: 0 to 10,
       *> default 1.
       78 POTERNE-OPTION-APP-STEPS-BACKWARD VALUE 1.
       *> Time steps after the present one, for an app: 0 to 10,
       *> default 1.
       78 POTERNE-OPTION-APP-STEPS-FORWARD VALUE 2.
       *> Time steps before the present one, for a hardware
       *> token: 0 to 10, default 2.
       78 POTERNE-OPTION-TOKEN-STEPS-BACKWARD VALUE 3.
       *> Time steps after the present one, for a hardware token:
       *> 0 to 10, default 1.
       78 POTERNE-OPTION-TOKEN-STEPS-FORWARD VALUE 4.
       *> Counters to try: 1 to 100, default 10.
       78 POTERNE-OPTION-LOOK-AHEAD VALUE 5.
       *> Failures that lock a credential: 1 to 100, default 20.
       78 POTERNE-OPTION-MAX-FAILURES VALUE 6.
       *> Largest difference of a token's clock, in time steps: 1
       *> to 200, default 120.
       78 POTERNE-OPTION-MAX-DRIFT VALUE 7.
       *> Counters to try in a resynchronization: 1 to 10000,
       *> default 1000.
       78 POTERNE-OPTION-RESYNC-LOOK-AHEAD VALUE 8.
       *> Recovery codes that a confirmation issues: 0 to 10,
       *> default 8.
       78 POTERNE-OPTION-RECOVERY-CODES VALUE 9.
       *> 1: the first login with a pending authenticator
       *> confirms it.
       78 POTERNE-OPTION-CONFIRM-AT-FIRST-LOGIN VALUE 10.
       *> 1: secrets of 10 to 15 bytes may be imported.
       78 POTERNE-OPTION-ALLOW-SHORT-SECRET VALUE 11.
       *> 1: parameters and names that some apps do not honor may
       *> be enrolled.
       78 POTERNE-OPTION-ALLOW-INCOMPATIBLE VALUE 12.
       *> Days within which an app must be confirmed, from its
       *> enrollment: 1 to 365, default 30.
       78 POTERNE-OPTION-CONFIRM-WITHIN-DAYS VALUE 13.
       *> Lifetime of a ticket, in seconds: 1 to 600, default
       *> 300.
       78 POTERNE-OPTION-TICKET-SECONDS VALUE 14.
       *> PostgreSQL, and databases that speak its protocol.
       78 POTERNE-DATABASE-POSTGRESQL VALUE 1.
       *> MariaDB and MySQL.
       78 POTERNE-DATABASE-MARIADB VALUE 2.
       *> SQLite.
       78 POTERNE-DATABASE-SQLITE VALUE 3.
       *> Oracle Database.
       78 POTERNE-DATABASE-ORACLE VALUE 4.
       *> Microsoft SQL Server.
       78 POTERNE-DATABASE-SQLSERVER VALUE 5.
       *> IBM Db2.
       78 POTERNE-DATABASE-DB2 VALUE 6.
       *> Firebird.
       78 POTERNE-DATABASE-FIREBIRD VALUE 7.
       *> H2.
       78 POTERNE-DATABASE-H2 VALUE 8.
       *> HSQLDB.
       78 POTERNE-DATABASE-HSQLDB VALUE 9.
       *> Apache Derby.
       78 POTERNE-DATABASE-DERBY VALUE 10.
       *> Any other: only the SQLSTATE of the standard counts.
       78 POTERNE-DATABASE-OTHER VALUE 0.
       *> The size of a record's buffer: a record has 504
       *> characters and a NUL.
       78 POTERNE-RECORD-MAX VALUE 512.
       *> An authenticator app.
       78 POTERNE-APP VALUE 1.
       *> A hardware token.
       78 POTERNE-TOKEN VALUE 2.
       *> Counter-based, HOTP.
       78 POTERNE-COUNTER VALUE 1.
       *> Time-based, TOTP.
       78 POTERNE-TIME VALUE 2.
       *> HMAC-SHA-1.
       78 POTERNE-SHA1 VALUE 1.
       *> HMAC-SHA-256.
       78 POTERNE-SHA256 VALUE 2.
       *> HMAC-SHA-512.
       78 POTERNE-SHA512 VALUE 3.
       *> Enrolled, and not confirmed yet.
       78 POTERNE-STATE-PENDING VALUE 0.
       *> In use.
       78 POTERNE-STATE-ACTIVE VALUE 1.
       *> The authenticator is out of use.
       78 POTERNE-STATE-SUSPENDED VALUE 2.
       *> Ended.
       78 POTERNE-STATE-REVOKED VALUE 3.
       *> A one-time password of the authenticator.
       78 POTERNE-METHOD-OTP VALUE 1.
       *> A recovery code.
       78 POTERNE-METHOD-RECOVERY-CODE VALUE 2.
       *> A temporary code of the help desk.
       78 POTERNE-METHOD-TEMPORARY-CODE VALUE 3.
       *> The size of a buffer that holds all codes of
       *> poterne_codes: 10 of 15 characters, line feeds between
       *> them, and a NUL.
       78 POTERNE-CODES-MAX VALUE 160.
       *> The size of a ticket's buffer: a ticket has 96
       *> characters and a NUL.
       78 POTERNE-TICKET-MAX VALUE 128.
       *> Keep the authenticator as it is: the user forgot it at
       *> home.
       78 POTERNE-KEEP VALUE 1.
       *> Suspend the authenticator: it was lost or stolen.
       78 POTERNE-SUSPEND VALUE 2.
       *> The recovery codes.
       78 POTERNE-CODES-RECOVERY VALUE 1.
       *> The temporary code.
       78 POTERNE-CODES-TEMPORARY VALUE 2.
       *> Both.
       78 POTERNE-CODES-BOTH VALUE 3.
       *> CSV of Microsoft Entra.
       78 POTERNE-FILE-ENTRA VALUE 1.
       *> CSV of Deepnet SafeID.
       78 POTERNE-FILE-DEEPNET VALUE 2.
       *> OATH CSV of LinOTP and privacyIDEA.
       78 POTERNE-FILE-OATH VALUE 3.
       *> The traditional log of Yubico's personalization tool.
       78 POTERNE-FILE-YUBICO-TRADITIONAL VALUE 4.
       *> Yubico's flat log.
       78 POTERNE-FILE-YUBICO-FLAT VALUE 5.
       *> CSV by a column map.
       78 POTERNE-FILE-COLUMNS VALUE 6.
       *> PSKC (RFC 6030).
       78 POTERNE-FILE-PSKC VALUE 7.
       *> The XML of SafeNet (Aladdin) eToken PASS.
       78 POTERNE-FILE-ETOKEN VALUE 8.
       *> Base32.
       78 POTERNE-ENCODING-BASE32 VALUE 1.
       *> Hexadecimal.
       78 POTERNE-ENCODING-HEX VALUE 2.
       *> A comma.
       78 POTERNE-SEPARATOR-COMMA VALUE 1.
       *> A semicolon.
       78 POTERNE-SEPARATOR-SEMICOLON VALUE 2.
       *> A tab.
       78 POTERNE-SEPARATOR-TAB VALUE 3.
       *> The first line is a header line, which is not read; for
       *> a column map.
       78 POTERNE-FILE-HEADER VALUE 1.
       *> The tokens are counter-based; for a column map.
       78 POTERNE-FILE-COUNTER-BASED VALUE 2.
       *> The key is a password, from which PBKDF2 derives the
       *> key; for PSKC.
       78 POTERNE-FILE-PASSWORD VALUE 4.
       *> The dates of the token do not count: some files give
       *> one that is past, of tokens that work.
       78 POTERNE-IGNORE-DATES VALUE 1.
       *> The serial number.
       78 POTERNE-TEXT-SERIAL VALUE 1.
       *> The manufacturer, as the file calls it.
       78 POTERNE-TEXT-MANUFACTURER VALUE 2.
       *> The model, as the file calls it.
       78 POTERNE-TEXT-MODEL VALUE 3.
       *> The user to whom the file assigns the token.
       78 POTERNE-TEXT-ACCOUNT VALUE 4.
       *> What is wrong, and what to do next, in English.
       78 POTERNE-TEXT-FAULT VALUE 5.
       *> The size of a buffer that holds any otpauth URI.
       78 POTERNE-URI-MAX VALUE 2048.
       *> The system's clock, as a time argument.
       78 POTERNE-NOW VALUE -9223372036854775808.
       *> A status. Only after poterne_outcome does POTERNE-
       *> LOGGED-IN mean a login.
       01 POTERNE-STATUS BINARY-LONG SIGNED VALUE -99.
          88 POTERNE-LOGGED-IN VALUE 0.
          88 POTERNE-MUST-STORE VALUE 101.
          88 POTERNE-IS-CONFLICT VALUE 12.
          88 POTERNE-IS-REFUSED VALUE 1 THRU 2147483647.
          88 POTERNE-IS-ERROR VALUE -2147483648 THRU -1.
