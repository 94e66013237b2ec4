"""The `.google_authenticator` files of google-authenticator-libpam: one a person. They are the server's, whatever app its user has.

    SECRET
    " TOTP_AUTH
    " DISALLOW_REUSE 59795411 59795412
    12345678
"""

from __future__ import annotations

import pathlib
import re
from typing import Dict, Iterator, List, Optional, Tuple

from poterne import Error, Secret
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_COUNTER, Found, Source, UnreadableSource, number
from poterne.admin.moving.lines import text_of

NAME = ".google_authenticator"

MAX_FILE_BYTES = 64 << 10


def files_of(folder: pathlib.Path) -> Iterator[Tuple[str, pathlib.Path]]:
    """The files of a folder of homes, /home/ACCOUNT/.google_authenticator, or of a folder with a file for each account."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            inside = entry / NAME
            # What is no file, or a link that somebody has laid in a home, is not followed.
            if inside.is_file() and not inside.is_symlink():
                yield entry.name, inside
        elif entry.is_file() and not entry.is_symlink():
            yield entry.name, entry


def read_folder(folder: pathlib.Path, say: Say) -> Source:
    source = Source()
    for account, path in files_of(folder):
        try:
            with open(path, "rb") as file:
                take(source, account, account, file.read(MAX_FILE_BYTES + 1), say)
        except UnreadableSource as error:
            source.refuse(account, account, str(error))
    return source


def read(content: bytes, say: Say, account: str) -> Source:
    source = Source()
    take(source, account, account, content, say)
    return source


def take(source: Source, place: str, account: str, content: bytes, say: Say) -> None:
    """One file."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableSource(say("The file is too long to be one of google-authenticator.", "Fichier trop long pour google-authenticator."))
    lines = [line.rstrip() for line in re.split("\r\n|\n|\r", text_of(content, say))]
    try:
        secret = Secret.from_base32(lines[0])
    except Error:
        source.refuse(place, account, say("the first line is not a secret in base32", "la première ligne n’est pas un secret en base32"))
        return
    options = _options(lines[1:])
    scratch = sum(bool(re.fullmatch("[0-9]{8}", line)) for line in lines[1:])
    if scratch:
        source.ignored["scratch codes"] += scratch
    step = number(options.get("STEP_SIZE", "30"), 30, 120)
    if "HOTP_COUNTER" in options:
        counter = number(options["HOTP_COUNTER"], 0, MAX_COUNTER)
        if counter is None:
            source.refuse(place, account, say("HOTP_COUNTER is not a counter", "HOTP_COUNTER n’est pas un compteur"))
            return
        source.found.append(Found(place, account, secret, counter=counter, is_use_known=True))
        return
    if "TOTP_AUTH" not in options or step is None:
        source.refuse(place, account, say("neither TOTP_AUTH nor HOTP_COUNTER, or a step out of range", "ni TOTP_AUTH ni HOTP_COUNTER, ou pas hors limites"))
        return
    skew = re.fullmatch("-?[0-9]{1,4}", options.get("TIME_SKEW", "0"))
    remark = (
        say("the phone's clock was off there: it must be set right", "l’horloge du téléphone était décalée : la régler")
        if skew is None or int(skew[0])
        else ""
    )
    last = _last(options.get("DISALLOW_REUSE", ""))
    source.found.append(
        Found(place, account, secret, time_step=step, last_step=last, is_use_known="DISALLOW_REUSE" in options, remark=remark)
    )


def _options(lines: List[str]) -> Dict[str, str]:
    options: Dict[str, str] = {}
    for line in lines:
        found = re.fullmatch('" ([A-Z0-9_]+) ?(.*)', line)
        if found is not None:
            options.setdefault(found[1], found[2].strip())
    return options


def _last(text: str) -> Optional[int]:
    """The latest of the time steps that were used."""
    steps = [step for each in text.split() if (step := number(each, 0, MAX_COUNTER)) is not None]
    return max(steps, default=None)
