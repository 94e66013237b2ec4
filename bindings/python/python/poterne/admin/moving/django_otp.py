"""The tables of django-otp: otp_totp and otp_hotp. Its static tokens are codes, not authenticators, and are counted.

`last_t` is the time step that was used last, and `counter` the next one: what counts here as well.
"""

from __future__ import annotations

from typing import Any, Dict

from poterne import Error, Secret
from poterne.admin.language import Say
from poterne.admin.moving.database import Database
from poterne.admin.moving.found import MAX_COUNTER, Found, Source

TOTP, HOTP, STATIC = "otp_totp_totpdevice", "otp_hotp_hotpdevice", "otp_static_statictoken"


def read(database: Database, say: Say, *, users: str = "auth_user", username: str = "username") -> Source:
    """`users` is the table of the users, with the column `id`, and `username` its column with the account."""
    source = Source()
    database.need([users, *([] if database.has(HOTP) else [TOTP])], "django-otp")
    names = {row["id"]: (str(row[username]), bool(row["is_active"])) for row in database.rows(users, ("id", username, "is_active"))}
    if database.has(TOTP):
        for row in database.rows(TOTP, ("id", "user_id", "confirmed", "key", "digits", "step", "t0", "drift", "last_t")):
            _take(source, TOTP, row, names, say)
    if database.has(HOTP):
        for row in database.rows(HOTP, ("id", "user_id", "confirmed", "key", "digits", "counter")):
            _take(source, HOTP, row, names, say)
    if database.has(STATIC):
        source.ignored["static tokens"] += sum(1 for _ in database.rows(STATIC, ("id",)))
    return source


def _take(source: Source, table: str, row: Dict[str, Any], names: Dict[Any, "tuple[str, bool]"], say: Say) -> None:
    place = f"{table} {row['id']}"
    there, is_active = names.get(row["user_id"], ("", False))
    if not row["confirmed"]:
        source.ignored["unconfirmed devices"] += 1
        return
    if not is_active:
        source.ignored["devices of inactive users"] += 1
        return
    try:
        secret = Secret.from_hex(row["key"])
    except (Error, TypeError):
        source.refuse(place, there, say("the key is not hexadecimal", "la clé n’est pas en hexadécimal"))
        return
    if table == HOTP:
        if not 0 <= row["counter"] <= MAX_COUNTER:
            source.refuse(place, there, say("the counter is out of range", "compteur hors limites"))
            return
        source.found.append(Found(place, there, secret, digits=row["digits"], counter=row["counter"], is_use_known=True))
        return
    if not (30 <= row["step"] <= 120 and row["t0"] >= 0):
        source.refuse(place, there, say("step or t0 is out of range", "step ou t0 hors limites"))
        return
    remark = (
        say("the phone's clock was off there: it must be set right", "l’horloge du téléphone était décalée : la régler")
        if abs(row["drift"]) > 1
        else ""
    )
    source.found.append(
        Found(
            place,
            there,
            secret,
            digits=row["digits"],
            time_step=row["step"],
            t0=row["t0"],
            last_step=row["last_t"] if row["last_t"] >= 0 else None,
            is_use_known=True,
            remark=remark,
        )
    )
