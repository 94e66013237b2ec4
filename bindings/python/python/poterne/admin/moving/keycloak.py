"""Keycloak's realm export with its users: `kc.sh export --realm NAME --file FILE`. The console's own export has no secrets.

A credential of type otp is two JSON texts inside the JSON: secretData with the secret, whose characters are the key unless secretEncoding
says BASE32, and credentialData with everything else. Keycloak does not keep which code was used last.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from poterne import Error, Secret
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_COUNTER, Found, Source, UnreadableSource, algorithm_of
from poterne.admin.moving.json_text import parse


def read(content: bytes, say: Say) -> Source:
    source = Source()
    take(source, parse(content, say), say)
    return source


def take(source: Source, export: Any, say: Say) -> None:
    """One file: a realm, a list of realms, or the users of one."""
    realms = export if isinstance(export, list) and all(isinstance(each, dict) and "users" in each for each in export) else [export]
    if len(realms) > 1:
        raise UnreadableSource(several_realms(say))
    users: List[Any] = []
    for realm in realms:
        of_realm = realm.get("users") if isinstance(realm, dict) else None
        if not isinstance(of_realm, list):
            raise UnreadableSource(
                say(
                    "This JSON has no users: export the realm with them, kc.sh export --realm NAME --file FILE.",
                    "Ce JSON n’a pas d’utilisateurs : exporter le royaume avec eux, kc.sh export --realm NOM --file FICHIER.",
                )
            )
        users += of_realm
    for at, user in enumerate(users, 1):
        if not isinstance(user, dict) or not isinstance(user.get("username"), str):
            source.refuse(say("user {at}", "utilisateur {at}", at=at), "", say("there is no username", "pas de username"))
            continue
        credentials = user.get("credentials")
        for credential in credentials if isinstance(credentials, list) else []:
            _take(source, at, user, credential, say)


def several_realms(say: Say) -> str:
    """One name can be two persons in two realms."""
    return say(
        "The export is of several realms, and one name could be two persons: export one of them, --realm NAME.",
        "L’export contient plusieurs royaumes et un même nom pourrait désigner deux personnes : en exporter un seul, --realm NOM.",
    )


def _take(source: Source, at: int, user: Dict[str, Any], credential: Any, say: Say) -> None:
    kind = credential.get("type") if isinstance(credential, dict) else None
    place, there = say("user {at}", "utilisateur {at}", at=at), user["username"]
    if kind in ("recovery-authn-codes", "webauthn", "webauthn-passwordless"):
        source.ignored[kind] += 1
    if kind != "otp":
        return
    if user.get("enabled") is False:
        source.ignored["otp of disabled users"] += 1
        return
    data, secret_data = _inner(credential.get("credentialData"), say), _inner(credential.get("secretData"), say)
    if data is None or secret_data is None:
        source.refuse(place, there, say("the otp credential cannot be read", "l’authentifiant otp est illisible"))
        return
    value = secret_data.get("value")
    algorithm, digits = algorithm_of(str(data.get("algorithm", "HmacSHA1"))), data.get("digits", 6)
    secret = _secret(value, data.get("secretEncoding"))
    if secret is None or algorithm is None or not _is_number(digits, 6, 8):
        source.refuse(place, there, say("secret, algorithm or digits are not of their kind", "secret, algorithme ou chiffres incorrects"))
        return
    sub_type, period, counter = data.get("subType"), data.get("period", 30), data.get("counter", 0)
    if sub_type == "hotp" and _is_number(counter, 0, MAX_COUNTER):
        source.found.append(Found(place, there, secret, algorithm, digits, counter=counter, is_use_known=True, also=_names(user)))
    elif sub_type == "totp" and _is_number(period, 30, 120):
        source.found.append(Found(place, there, secret, algorithm, digits, period, also=_names(user)))
    else:
        source.refuse(place, there, say("subType, period or counter are not of their kind", "subType, period ou counter incorrects"))


def _secret(value: Any, encoding: Any) -> Optional[Secret]:
    """None unless it is a secret in an encoding that Keycloak has."""
    if not isinstance(value, str) or not value or encoding not in (None, "", "BASE32"):
        return None
    try:
        return Secret.from_base32(value) if encoding == "BASE32" else Secret(value.encode())
    except (Error, UnicodeEncodeError):
        return None


def _inner(text: Any, say: Say) -> Optional[Dict[str, Any]]:
    """JSON inside a string, or as an object, as older versions wrote it."""
    if isinstance(text, str):
        try:
            text = parse(text.encode(), say)
        except (UnreadableSource, UnicodeEncodeError):
            return None
    return text if isinstance(text, dict) else None


def _is_number(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _names(user: Dict[str, Any]) -> "tuple[str, ...]":
    return tuple(each for each in (user.get("id"), user.get("email")) if isinstance(each, str))
