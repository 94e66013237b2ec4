"""A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.

    verifier = poterne.Verifier(poterne.Keyring.open("poterne.keys"), "grand-angle")
    try:
        accepted = verifier.login(user, code, store=store)
    except poterne.Refused as refused:
        ...  # show refused.message_to_user("fr")
    except poterne.Error as error:
        ...  # never a verdict; show error.kind.message_to_user("fr")

`poterne.sql.Column` is a store over the database that the application already has.
"""

from poterne._enums import (
    Algorithm,
    Authenticator,
    CodeSet,
    CsvLayout,
    CsvSeparator,
    ErrorKind,
    MatchResult,
    Method,
    MissingAuthenticator,
    MovingFactor,
    Refusal,
    SecretEncoding,
    State,
)
from poterne._errors import ArgumentError, Error, Refused
from poterne._poterne import VERSION as __version__
from poterne._poterne import (
    Accepted,
    Attempt,
    Confirmed,
    Enrollment,
    Keyring,
    Match,
    OtpauthContent,
    OtpauthUri,
    Policy,
    Qr,
    Rename,
    ReplacementAttempt,
    Resynchronized,
    Secret,
    Settings,
    Status,
    StoredCredential,
    TemporaryStatus,
    TokenEntry,
    TokenFault,
    TokenFile,
    Verifier,
    hotp,
    key_id_of,
    match_otp,
    person_and_row,
    rows_of_person,
    split_password_and_code,
    totp,
)
from poterne._store import Store, SupportsStore

__all__ = [
    "Accepted",
    "Algorithm",
    "ArgumentError",
    "Attempt",
    "Authenticator",
    "CodeSet",
    "Confirmed",
    "CsvLayout",
    "CsvSeparator",
    "Enrollment",
    "Error",
    "ErrorKind",
    "Keyring",
    "Match",
    "MatchResult",
    "Method",
    "MissingAuthenticator",
    "MovingFactor",
    "OtpauthContent",
    "OtpauthUri",
    "Policy",
    "Qr",
    "Refusal",
    "Refused",
    "Rename",
    "ReplacementAttempt",
    "Resynchronized",
    "Secret",
    "SecretEncoding",
    "Settings",
    "State",
    "Status",
    "Store",
    "StoredCredential",
    "SupportsStore",
    "TemporaryStatus",
    "TokenEntry",
    "TokenFault",
    "TokenFile",
    "Verifier",
    "__version__",
    "hotp",
    "key_id_of",
    "match_otp",
    "person_and_row",
    "rows_of_person",
    "split_password_and_code",
    "totp",
]

# People import them from here: a traceback and pickle name the same place.
for _public in (Algorithm, ArgumentError, Authenticator, CodeSet, CsvLayout, CsvSeparator, Error, ErrorKind, MatchResult, Method, MissingAuthenticator, MovingFactor, Refusal, Refused, SecretEncoding, State, Store, SupportsStore):
    _public.__module__ = __name__
