"""CSV of secrets: the first line names the columns. The encoding of the secrets is declared: hexadecimal can be base32 too."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from poterne import Algorithm, Error, Secret
from poterne.admin.employees import problems_of_account
from poterne.admin.language import Say
from poterne.admin.moving.found import MAX_COUNTER, MAX_LINE_LEN, Found, Source, UnreadableSource, algorithm_of, line_of, looks_secret, number, swapped
from poterne.admin.moving.lines import text_of

ENCODINGS = {"base32": Secret.from_base32, "hex": Secret.from_hex}

_TITLES = {
    "account": {"account", "user", "username", "login", "upn", "email", "name", "compte", "identifiant", "matricule"},
    "secret": {"secret", "key", "seed", "secretkey", "secret_key", "shared_secret", "cle", "graine"},
    "type": {"type"},
    "hash": {"hash", "algorithm", "algorithme"},
    "digits": {"digits", "length", "chiffres"},
    "time_step": {"time_step", "timestep", "period", "interval", "step", "pas"},
    "counter": {"counter", "compteur"},
    "last_step": {"last_step", "watermark", "last_t", "dernier_pas"},
}


@dataclass(frozen=True)
class Declared:
    """What the arguments say of lines that say nothing."""

    encoding: str
    algorithm: Algorithm = Algorithm.SHA1
    digits: int = 6
    time_step: int = 30


def read(content: bytes, say: Say, declared: Declared) -> Source:
    source = Source()
    lines = re.split("\r\n|\n|\r", text_of(content, say))
    at = next((index for index, line in enumerate(lines) if line.strip()), None)
    if at is None:
        raise UnreadableSource(say("The file is empty.", "Le fichier est vide."))
    delimiter, columns = _header(lines[at][:MAX_LINE_LEN], say)
    for index in range(at + 1, len(lines)):
        if lines[index].strip():
            _take(source, line_of(say, index + 1), lines[index], delimiter, columns, declared, say)
    return source


def _header(line: str, say: Say) -> Tuple[str, List[Optional[str]]]:
    best: Tuple[str, List[Optional[str]]] = (",", [])
    for delimiter in ",;\t":
        columns = [_column(cell) for cell in _cells(line, delimiter) or []]
        if sum(each is not None for each in columns) > sum(each is not None for each in best[1]):
            best = delimiter, columns
    known = [each for each in best[1] if each is not None]
    if "account" not in known or "secret" not in known or len(set(known)) != len(known):
        raise UnreadableSource(
            say(
                "The first line must name the columns, each once: account and secret, and if there are such, type (totp or hotp), hash, digits,"
                " time_step, counter, last_step.",
                "La première ligne doit nommer les colonnes, chacune une fois : account et secret, et le cas échéant type (totp ou hotp), hash,"
                " digits, time_step, counter, last_step.",
            )
        )
    return best


def _column(title: str) -> Optional[str]:
    decomposed = unicodedata.normalize("NFKD", title.strip().casefold())
    folded = re.sub(r"[\s-]+", "_", "".join(each for each in decomposed if not unicodedata.combining(each)))
    return next((column for column, titles in _TITLES.items() if folded in titles or folded.replace("_", "") in titles), None)


def _cells(line: str, delimiter: str) -> Optional[List[str]]:
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _take(source: Source, place: str, line: str, delimiter: str, columns: List[Optional[str]], declared: Declared, say: Say) -> None:
    cells = _cells(line, delimiter) if len(line) <= MAX_LINE_LEN else None
    if cells is None or len(cells) != len(columns):
        source.refuse(place, "", say("not as many cells as the first line", "nombre de cellules différent de la première ligne"))
        return
    values: Dict[str, str] = {column: cell.strip() for column, cell in zip(columns, cells) if column is not None}
    there = values["account"]
    for text, _ in problems_of_account(there, say):
        source.refuse(place, there, text)
        return
    try:
        secret = ENCODINGS[declared.encoding](values["secret"])
    except Error:
        source.refuse(
            place,
            there,
            swapped(say)
            if looks_secret(there)
            else say("the secret is not {encoding}, or has been damaged", "le secret n’est pas en {encoding}, ou il est abîmé", encoding=declared.encoding),
        )
        return
    found = _found(place, there, secret, values, declared)
    if isinstance(found, str):
        source.refuse(place, there, say("{column} is not a value of its kind", "{column} : valeur incorrecte", column=found))
    else:
        source.found.append(found)


def _found(place: str, there: str, secret: Secret, values: Dict[str, str], declared: Declared) -> "Found | str":
    """The authenticator; the column that is wrong otherwise."""
    kind = values.get("type", "").lower() or ("hotp" if values.get("counter") else "totp")
    if kind not in ("totp", "hotp"):
        return "type"
    algorithm = algorithm_of(values["hash"]) if values.get("hash") else declared.algorithm
    if algorithm is None:
        return "hash"
    digits = number(values["digits"], 6, 8) if values.get("digits") else declared.digits
    if digits is None:
        return "digits"
    if kind == "hotp":
        counter = number(values.get("counter", ""), 0, MAX_COUNTER)
        return "counter" if counter is None else Found(place, there, secret, algorithm, digits, counter=counter)
    time_step = number(values["time_step"], 30, 120) if values.get("time_step") else declared.time_step
    if time_step is None:
        return "time_step"
    last = number(values["last_step"], 0, MAX_COUNTER) if values.get("last_step") else None
    if values.get("last_step") and last is None:
        return "last_step"
    return Found(place, there, secret, algorithm, digits, time_step, last_step=last, is_use_known=last is not None)
