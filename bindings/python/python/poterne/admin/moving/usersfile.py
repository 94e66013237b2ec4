"""The usersfile of liboath and pam_oath.

    HOTP/T30/6  ACCOUNT  PIN  HEX  [COUNTER  [LAST-OTP  [TIME]]]

For a counter-based user COUNTER is that of the last code that was used, if there is one: the next is one more. For a time-based user it
is 0, and the last code and its time tell the time step.
"""

from __future__ import annotations

import datetime
import re
from typing import List, Optional

import poterne
from poterne import Error, Secret
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_COUNTER, Found, Source, line_of, number
from poterne.admin.moving.lines import lines_of

# Around the time that the file has: pam_oath's own window, and the clock's.
_NEAR = 40


def read(content: bytes, say: Say, *, digits: int = 6) -> Source:
    """`digits` is that of pam_oath's own option, for lines that do not say."""
    source = Source()
    for at, line in lines_of(content, say, source):
        place, fields = line_of(say, at), line.split()
        kind = re.fullmatch(r"HOTP(/E)?(?:/T([0-9]{1,3}))?(?:/([678]))?", fields[0])
        if kind is None or not 4 <= len(fields) <= 7:
            source.refuse(place, fields[1] if len(fields) > 1 else "", say("this is not a line of a usersfile", "ce n’est pas une ligne de usersfile"))
            continue
        _take(source, place, fields, None if kind[2] is None else int(kind[2]), int(kind[3] or digits), say)
    return source


def _take(source: Source, place: str, fields: List[str], time_step: Optional[int], digits: int, say: Say) -> None:
    there, pin = fields[1], fields[2]
    try:
        secret = Secret.from_hex(fields[3])
    except Error:
        source.refuse(place, there, say("the secret is not hexadecimal", "le secret n’est pas en hexadécimal"))
        return
    counter = number(fields[4], 0, MAX_COUNTER - 1) if len(fields) > 4 else 0
    last_otp = fields[5] if len(fields) > 5 else None
    remark = "" if pin in ("-", "+") else say("has a PIN in the file, which does not come along", "son code PIN n’est pas repris")
    if counter is None or (time_step is not None and not 30 <= time_step <= 120):
        source.refuse(place, there, say("counter or time step is out of range", "compteur ou pas de temps hors limites"))
        return
    if time_step is not None:
        last = None if last_otp is None else _step(secret, last_otp, digits, time_step, fields[6] if len(fields) > 6 else "")
        is_known = last_otp is None or last is not None
        source.found.append(
            Found(place, there, secret, digits=digits, time_step=time_step, last_step=last, is_use_known=is_known, remark=remark)
        )
        return
    if last_otp is not None:
        if _is_code(secret, last_otp, counter, digits):
            counter += 1
        elif counter == 0 or not _is_code(secret, last_otp, counter - 1, digits):
            source.refuse(
                place,
                there,
                say("the counter and the last code do not belong together: was the line edited?", "compteur et dernier code ne concordent pas : ligne modifiée ?"),
            )
            return
    source.found.append(Found(place, there, secret, digits=digits, counter=counter, is_use_known=True, remark=remark))


def _is_code(secret: Secret, otp: str, counter: int, digits: int) -> bool:
    return poterne.match_otp(secret, otp, counter, counter, digits=digits).found


def _step(secret: Secret, otp: str, digits: int, time_step: int, written: str) -> Optional[int]:
    """The time step of the last code, by the time beside it, which is local; None if they do not fit."""
    try:
        at = int(datetime.datetime.strptime(written, "%Y-%m-%dT%H:%M:%SL").timestamp()) // time_step
    except (ValueError, OverflowError):
        return None
    first = max(0, at - _NEAR)
    last: Optional[int] = None
    while True:
        # The highest: of two steps with one code nobody knows which was used.
        match = poterne.match_otp(secret, otp, first, at + _NEAR, digits=digits, watermark=last)
        if not match.found or match.moving_factor is None:
            return last
        last = match.moving_factor
