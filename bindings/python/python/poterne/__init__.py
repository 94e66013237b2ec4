"""A second factor for applications that already exist: one-time passwords (RFC 4226, RFC 6238) that are accepted once.

    verifier = poterne.Verifier(poterne.Keyring.open("poterne.keys"), "grand-angle")
    try:
        accepted = verifier.login(agent, code, store=store)
    except poterne.Refused as refused:
        ...  # one and the same refusal; refused.message_to_user("fr")
    except poterne.Error as error:
        ...  # unavailable or damaged: never a verdict; error.kind.message_to_user("fr")

`poterne.sql.Column` is a store over the database that the application already has.
"""

from poterne._enums import CodeSet, ErrorKind, Method, Refusal, State
from poterne._errors import Conflict, Error, Refused
from poterne._poterne import VERSION as __version__
from poterne._poterne import (
    Attempt,
    Change,
    Enrollment,
    Keyring,
    Match,
    OtpauthContent,
    OtpauthUri,
    Outcome,
    Policy,
    Qr,
    Rename,
    Secret,
    Status,
    TemporaryStatus,
    Verifier,
    hotp,
    match_otp,
    split_password_and_code,
    totp,
)
from poterne._store import Store, SupportsStore

__all__ = [
    "Attempt",
    "Change",
    "CodeSet",
    "Conflict",
    "Enrollment",
    "Error",
    "ErrorKind",
    "Keyring",
    "Match",
    "Method",
    "OtpauthContent",
    "OtpauthUri",
    "Outcome",
    "Policy",
    "Qr",
    "Refusal",
    "Refused",
    "Rename",
    "Secret",
    "State",
    "Status",
    "Store",
    "SupportsStore",
    "TemporaryStatus",
    "Verifier",
    "__version__",
    "hotp",
    "match_otp",
    "split_password_and_code",
    "totp",
]
