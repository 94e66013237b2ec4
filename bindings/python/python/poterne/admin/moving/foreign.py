"""Exports of authenticator apps, which are not read: each holds the private accounts of a person beside ours."""

from __future__ import annotations

import re
from typing import Optional

from poterne.admin.language import Say

# By their name as a kind, and by what a file begins with or has in it.
NAMES = {
    "otpauth-migration": "Google Authenticator (otpauth-migration)",
    "aegis": "Aegis",
    "andotp": "andOTP",
    "2fas": "2FAS",
    "freeotp": "FreeOTP",
    "bitwarden": "Bitwarden",
    "authy": "Authy",
    "ente": "Ente Auth",
    "raivo": "Raivo",
    "stratum": "Stratum",
}

_SIGNS = (
    (rb"otpauth-migration://", "otpauth-migration"),
    (rb'"schemaVersion"\s*:\s*[0-9]+[^{]{0,200}"(?:appVersionCode|appOrigin|groups)"|"servicesEncrypted"', "2fas"),
    (rb'"header"\s*:\s*\{\s*"slots"|"db"\s*:\s*\{\s*"version"', "aegis"),
    (rb'"last_used"\s*:.{0,200}"used_frequency"|"thumbnail"\s*:', "andotp"),
    (rb'"tokenOrder"\s*:', "freeotp"),
    (rb'"passwordProtected"\s*:|"encrypted"\s*:\s*(?:true|false)\s*,\s*"folders"', "bitwarden"),
)

_SEEN = 64 << 10


def named(kind: str, say: Say) -> Optional[str]:
    """Why this kind is refused; None if it is no app's."""
    app = NAMES.get(kind.lower())
    return None if app is None else _reason(app, say)


def recognized(content: bytes, say: Say) -> Optional[str]:
    """The same for a file that was called something else."""
    beginning = content[:_SEEN].replace(b"\0", b"")
    for sign, kind in _SIGNS:
        if re.search(sign, beginning, re.DOTALL):
            return _reason(NAMES[kind], say)
    return None


def _reason(app: str, say: Say) -> str:
    return say(
        "This is an export of {app}, and it is not read: it holds the private accounts of its owner beside ours. Nothing was stored. Delete the"
        " file, and have the employee enrolled anew, which takes a minute: poterne new-phone ACCOUNT",
        "C’est un export de {app}, et il n’est pas lu : il contient les comptes privés de la personne avec les nôtres. Rien n’a été enregistré."
        " Supprimer le fichier et enrôler de nouveau l’agent, ce qui prend une minute : poterne new-phone COMPTE",
        app=app,
    )
