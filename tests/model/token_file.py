"""CSV and eToken PASS files of tokens, written from section 16 of the norm, with CPython's calendar and ElementTree."""

from __future__ import annotations

import calendar
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

import model
from model import ModelError

MAX_FACTOR = 2**63 - 1
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
NAMES = "serial secret account manufacturer model type algorithm digits time_step counter drift watermark not_before not_after".split()
FIXED = {
    "entra": {"encoding": "base32", "algorithm": "SHA1", "digits": 6, "time_step": None},
    "deepnet": {"time_step": None},
    "oath": {"encoding": "hex", "digits": 6, "time_step": 30},
    "yubico_traditional": {"encoding": "hex", "algorithm": "SHA1", "digits": 6, "time_step": None},
    "yubico_flat": {"encoding": "hex", "algorithm": "SHA1", "time_step": None},
}
TITLES = {
    "upn": "account", "userprincipalname": "account", "serialnumber": "serial", "serial": "serial", "secretkey": "secret",
    "secret": "secret", "timeinterval": "time_step", "manufacturer": "manufacturer", "model": "model",
}
OATH = ["serial", "secret", "type", "digits", "either"]
TRADITIONAL = ["event", "-", "-", "serial", "-", "secret", "-", "-", "flag", "flag", "flag", "digits", "counter"] + ["-"] * 5
FLAT = ["serial", "-", "mode", "secret", "-", "-"]


class Row(NamedTuple):
    line: int
    cells: Optional[List[str]]  # None if the line is malformed


class Fault(Exception):
    """What is wrong with one token."""


def rows(text: str, separator: str, has_comments: bool) -> List[Row]:
    """The lines of a file (16.10)."""
    end = rf"(?:{re.escape(separator)}|\r?\n|\Z)"
    quoted = re.compile(rf'"((?:[^"]|"")*)"({end})')
    plain = re.compile(rf'([^"\r\n{re.escape(separator)}]*)({end})')
    found: List[Row] = []
    at = 0
    while at < len(text):
        line, cells = text.count("\n", 0, at) + 1, []
        if has_comments and text[at] == "#":
            at = next_line(text, at)
            continue
        while cells is not None:
            match = (quoted if text.startswith('"', at) else plain).match(text, at)
            if match is None or len(cells) == 64:
                cells = None
                closed = re.compile('"(?:[^"]|"")*"(?!")').match(text, at)
                if text.startswith('"', at) and closed is None:
                    at = len(text)
                else:
                    # A quoted cell may go over lines: what is malformed stands behind it.
                    at = next_line(text, closed.end() if closed else at)
                break
            cells.append(match[1].replace('""', '"') if text.startswith('"', at) else match[1])
            at = match.end()
            if match[2] != separator:
                break
        if cells is None or any(cell.strip(" ") for cell in cells):
            found.append(Row(line, None if cells is None else [cell.strip(" ") for cell in cells]))
    return found


def next_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def title(cell: str) -> str:
    return re.sub("[ _-]", "", cell).lower() if cell.isascii() else cell


def read_csv(data: bytes, layout: str, declared: Dict[str, Any]) -> List[Tuple[str, ...]]:
    """The tokens and faults of a file; an error is raised."""
    columns: Optional[List[str]] = None
    if layout.startswith("columns "):
        columns = ["-" if name.strip() == "" else name.strip() for name in layout[8:].split(",")]
        given = [name for name in columns if name != "-"]
        is_wrong = not set(given) <= set(NAMES) or len(set(given)) < len(given) or not {"serial", "secret"} <= set(given)
        if is_wrong or len(columns) > 64 or ({"counter", "time_step"} <= set(given) and "type" not in given):
            raise ModelError("argument")
        least = 1 + max(columns.index("serial"), columns.index("secret"))
        fixed: Dict[str, Any] = {}
    else:
        fixed = FIXED[layout]
        if set(fixed) & set(declared) or {"header", "counter_based"} & set(declared):
            raise ModelError("argument")
        columns, least = {"oath": (OATH, 3), "yubico_traditional": (TRADITIONAL, 13), "yubico_flat": (FLAT, 4)}.get(layout, (None, 0))
    options = {"digits": 6, "time_step": 30, "separator": "comma", **fixed, **declared}
    known = columns or []
    is_hotp = "counter_based" in declared or layout.startswith("yubico") or "counter" in known
    if "encoding" not in options or ("algorithm" not in options and "algorithm" not in known):
        raise ModelError("argument")
    if is_hotp and "time_step" in declared and "type" not in known:
        raise ModelError("argument")

    if len(data) > 64 << 20 or b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ModelError("token_file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ModelError("token_file") from None
    text = text[1:] if text.startswith("\ufeff") else text
    version = re.match("#[ \t]*version:([^\n]*)", text)
    if layout == "oath" and version and version[1].strip() != "1":
        raise ModelError("token_unsupported")
    lines = rows(text, SEPARATORS[options["separator"]], columns is not None)
    if columns is None:
        columns = header(lines[0].cells if lines else None, layout)
        least = max(number + 1 for number, column in enumerate(columns) if column != "-")
        lines = lines[1:]
    elif "header" in declared:
        lines = lines[1:]
    elif lines and lines[0].cells and title(lines[0].cells[0]) in ("serial", "serialnumber", "serialno", "upn", "account", "token"):
        raise ModelError("token_file")
    tokens = Tokens()
    for row in lines:
        if row.cells is None:
            tokens.add(row.line, "", "token_file")
            continue
        cells: Dict[str, str] = {}
        for column, cell in zip(columns, row.cells):
            cells.setdefault(column, cell)
        serial = cells.get("serial", "")
        try:
            token: Any = csv_token(row.cells, columns, least, cells, options, is_hotp)
        except Fault as fault:
            token = str(fault)
        except ModelError as error:
            token = error.kind
        tokens.add(row.line, "" if looks_secret(serial) else serial, token)
    return tokens.finish()


def header(cells: Optional[List[str]], layout: str) -> List[str]:
    if not cells:
        raise ModelError("token_file")
    columns = ["-" if cell == "" else TITLES.get(title(cell), "?") for cell in cells]
    named = [column for column in columns if column != "-"]
    needed = {"serial", "secret", "time_step", "manufacturer", "model"} | ({"account"} if layout == "entra" else set())
    if "?" in named or len(set(named)) < len(named) or not needed <= set(named):
        raise ModelError("token_file")
    return columns


def csv_token(row: List[str], columns: List[str], least: int, cells: Dict[str, str], options: Dict[str, Any], is_hotp: bool) -> Dict[str, Any]:
    if len(row) < least or any(row[len(columns):]):
        raise Fault("token_file")
    flags = [cell for column, cell in zip(columns, row) if column == "flag"]
    if ("event" in columns and cells["event"].upper() != "OATH-HOTP") or ("mode" in columns and cells["mode"] != "0") or any(flag != "0" for flag in flags):
        raise Fault("token_unsupported")
    if looks_secret(cells.get("serial", "")):
        raise Fault("argument")
    cells = {column: cell for column, cell in cells.items() if cell}
    if "type" in columns:
        if "type" not in cells:
            raise Fault("argument")
        if cells["type"].lower() not in ("hotp", "totp"):
            raise Fault("token_unsupported")
        is_hotp = cells["type"].lower() == "hotp"
    if "algorithm" in cells:
        name = re.sub("[-_]", "", cells["algorithm"].upper())
        name = name[4:] if name.startswith("HMAC") else name
        if name not in ("SHA1", "SHA256", "SHA512"):
            raise Fault("token_unsupported")
    elif "algorithm" in options:
        name = options["algorithm"]
    else:
        raise Fault("argument")
    digits = number(cells["digits"], 8, "argument") if "digits" in cells else options["digits"]
    if digits < 6:
        raise Fault("argument")
    if "either" in cells:
        cells["counter" if is_hotp else "time_step"] = cells["either"]
    if ("time_step" if is_hotp else "counter") in cells:
        raise Fault("argument")
    counter = number(cells["counter"], MAX_FACTOR, "counter") if "counter" in cells else 0
    time_step = None
    if not is_hotp:
        time_step = number(cells["time_step"], 120, "argument") if "time_step" in cells else options["time_step"]
        if time_step is None or time_step not in range(30, 121):
            raise Fault("argument")
    not_before, not_after = date(cells.get("not_before"), 0), date(cells.get("not_after"), 86399)
    if not_before is not None and not_after is not None and not_before > not_after:
        raise Fault("argument")
    drift = None
    if "drift" in cells:
        drift = number(cells["drift"].removeprefix("-"), 200, "argument") * (-1 if cells["drift"].startswith("-") else 1)
    watermark = None
    if "watermark" in cells:
        watermark = number(cells["watermark"], None, "argument")
        if watermark > MAX_FACTOR:
            raise Fault("counter")
    if is_hotp and (drift is not None or watermark is not None):
        raise Fault("argument")
    secret_text = cells.get("secret", "")
    if is_rounded(secret_text):
        raise Fault("secret")
    decode = model.base32_decode if options["encoding"] == "base32" else model.hex_decode
    return {
        "secret": decode(secret_text.encode()), "is_hotp": is_hotp, "algorithm": name, "digits": digits, "time_step": time_step,
        "counter": counter, "drift": drift or 0, "watermark": watermark, "not_before": not_before, "not_after": not_after,
        **{name: cells.get(name) for name in ("manufacturer", "model", "account")},
    }


def number(text: str, limit: Optional[int], kind: str) -> int:
    if re.fullmatch("[0-9]+", text) is None or (limit is not None and int(text) > limit):
        raise Fault(kind)
    return int(text)


def date(text: Optional[str], last: int) -> Optional[int]:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))?)?", text, re.ASCII)
    if found is None:
        raise Fault("time")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Fault("time")
    midnight = calendar.timegm((year, month, day, 0, 0, 0))
    if found[4] is None:
        return midnight + last
    hour, minute, second = int(found[4]), int(found[5]), int(found[6])
    offset = 60 * (60 * int(found[8]) + int(found[9])) if found[7] else 0
    if hour > 23 or minute > 59 or second > 59 or offset > 14 * 3600 or int(found[9] or 0) > 59:
        raise Fault("time")
    seconds = midnight + 3600 * hour + 60 * minute + second - (offset if found[7] == "+" else -offset)
    if not 0 <= seconds <= model.MAX_TIME:
        raise Fault("time")
    return seconds


def looks_secret(text: str) -> bool:
    has_letter = re.search("[A-Za-z]", text) is not None
    is_hex = re.fullmatch("[0-9A-Fa-f]*", text) is not None
    is_base32 = re.fullmatch("[A-Za-z2-7]*=*", text) is not None
    return (is_hex and (len(text) >= 32 or (has_letter and len(text) >= 20))) or (is_base32 and has_letter and len(text) >= 16)


def is_rounded(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?[Ee][+-][0-9]+", text) is not None


def is_name(text: str, limit: int) -> bool:
    unseen = any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in text)
    return 0 < len(text.encode()) <= limit and text.strip() == text and not unseen


def is_serial(text: str) -> bool:
    return is_name(text, 128) and not is_rounded(text)


def hmac_key(token: Dict[str, Any]) -> bytes:
    """The key of HMAC, with the zeros behind it, to the longest block (1.4)."""
    hash_, secret = model.ALGORITHMS[token["algorithm"]], token["secret"]
    key: bytes = hash_(secret).digest() if len(secret) > hash_().block_size else secret
    return key.ljust(128, b"\0")


class Tokens:
    """What a reader returns (16.1 to 16.3)."""

    def __init__(self) -> None:
        self.said: List[Tuple[str, ...]] = []
        self.serials: Set[str] = set()
        self.secrets: Set[bytes] = set()

    def add(self, line: int, serial: str, token: Any) -> None:
        if not isinstance(token, str):
            token = self.checked(serial, token)
        if isinstance(token, str):
            self.said.append(("fault", str(line), word(serial if is_serial(serial) else None), token))
            return
        self.serials.add(serial)
        self.secrets.add(hmac_key(token))
        dash = lambda value: "-" if value is None else str(value)
        self.said.append((
            "token", str(line), word(serial), "counter" if token["is_hotp"] else "time", dash(token["time_step"]),
            str(token["counter"]) if token["is_hotp"] else "-", token["algorithm"], str(token["digits"]), str(token["drift"]),
            dash(token["watermark"]), dash(token["not_before"]), dash(token["not_after"]), word(token["manufacturer"]), word(token["model"]),
            word(token["account"]), "hex:" + token["secret"].hex(),
        ))

    def checked(self, serial: str, token: Dict[str, Any]) -> Any:
        if not is_serial(serial):
            return "argument"
        if len(token["secret"]) > 1 and len(set(token["secret"])) == 1:
            return "secret"
        if any(token[name] is not None and not is_name(token[name], 253) for name in ("manufacturer", "model", "account")):
            return "argument"
        if serial in self.serials:
            return "token_file"
        return "secret" if hmac_key(token) in self.secrets else token

    def finish(self) -> List[Tuple[str, ...]]:
        if not self.said:
            raise ModelError("token_file")
        return self.said


def word(text: Optional[str]) -> str:
    if text is None:
        return "-"
    return text if text != "-" and re.fullmatch("[!-~]+", text) else "hex:" + text.encode().hex()


def prove(data: bytes, layout: str, declared: Dict[str, Any], serial: str, code: bytes, now: int) -> List[str]:
    """The encodings and hashes that make a code (16.13)."""
    fixed = {**FIXED.get(layout, {}), **declared}
    fits: List[str] = []
    is_read = False
    for encoding in ("base32", "hex"):
        for algorithm in ("SHA1", "SHA256", "SHA512"):
            if fixed.get("encoding", encoding) != encoding or fixed.get("algorithm", algorithm) != algorithm:
                continue
            own = {"encoding": encoding, "algorithm": algorithm}
            trial = {**declared, **{key: value for key, value in own.items() if key not in FIXED.get(layout, {})}}
            for said in read_csv(data, layout, trial):
                if said[0] == "token" and said[2] == word(serial):
                    is_read = True
                    fit = f"{encoding} {said[6]}"
                    if matches(said, code, now) and fit not in fits:
                        fits.append(fit)
    if not is_read:
        raise ModelError("argument")
    return fits


def matches(said: Tuple[str, ...], code: bytes, now: int) -> bool:
    secret, algorithm, digits = bytes.fromhex(said[15][4:]), said[6], int(said[7])
    if said[3] == "counter":
        first, last = int(said[5]), int(said[5]) + 20
    else:
        center = now // int(said[4]) + int(said[8])
        first, last = max(0, center - 10), center + 10
    found = model.match_otp(secret, algorithm, digits, code, first, last, None).result
    if found == "malformed":
        raise ModelError("argument")
    return found == "found"


def read_etoken(data: bytes, algorithm: Optional[str]) -> List[Tuple[str, ...]]:
    """An eToken PASS file (16.9). What 16.5 refuses is here what expat refuses, and a document type."""
    try:
        text = data.decode("utf-8")
        text = text[1:] if text.startswith("\ufeff") else text
        text = text.lstrip(" \t\r\n")
        if "<!DOCTYPE" in text:
            raise ModelError("token_file")
        before = data.decode("utf-8").count("\n") - text.count("\n")
        # Comments are kept, so that one in a value is seen.
        builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
        root = ElementTree.fromstring(text, parser=ElementTree.XMLParser(target=builder))
    except (UnicodeDecodeError, ElementTree.ParseError):
        raise ModelError("token_file") from None
    if root.tag.lower() != "tokens":
        raise ModelError("token_file")
    # ElementTree does not say where an element stands: each is found in the text.
    places = [before + text.count("\n", 0, match.start()) + 1 for match in re.finditer(r"<[A-Za-z:]+", text)]
    order = [each for each in root.iter() if isinstance(each.tag, str)]
    tokens = Tokens()
    for element in root:
        if not isinstance(element.tag, str):
            continue
        line = places[order.index(element)]
        serial = element.get("serial", "").strip()
        try:
            token: Any = etoken_token(element, algorithm)
        except Fault as fault:
            token = str(fault)
        except ModelError as error:
            token = error.kind
        tokens.add(line, serial, token)
    return tokens.finish()


def one(element: Any, name: str) -> Any:
    found = [child for child in element if isinstance(child.tag, str) and child.tag.lower() == name]
    if len(found) > 1:
        raise Fault("token_file")
    return found[0] if found else None


def value(element: Any) -> str:
    if len(element):
        raise Fault("token_file")
    return (element.text or "").strip(" \t\r\n")


def etoken_token(element: Any, declared: Optional[str]) -> Dict[str, Any]:
    if element.tag.lower() != "token":
        raise Fault("token_file")
    made = one(element, "productiondate")
    if made is not None:
        found = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", value(made), re.ASCII)
        month, day, year = found.groups() if found else ("0", "0", "0")
        if not 1 <= int(month) <= 12 or int(year) < 1970 or not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
            raise Fault("time")
    name, kind = one(element, "productname"), one(element, "model")
    described = name if name is not None else kind
    applications = one(element, "applications")
    application = None if applications is None else one(applications, "application")
    described = None if described is None else value(described) or None
    if application is None:
        raise Fault("token_file")
    if any(child.tag.lower() not in ("seed", "movingfactor") for child in application if isinstance(child.tag, str)):
        raise Fault("token_unsupported")
    seed, factor = one(application, "seed"), one(application, "movingfactor")
    if seed is None:
        raise Fault("secret")
    secret = model.hex_decode(value(seed).encode())
    algorithm = declared or {20: "SHA1", 32: "SHA256"}.get(len(secret))
    if algorithm is None:
        raise Fault("argument")
    counter = 0 if factor is None else number(value(factor), MAX_FACTOR, "counter")
    return {
        "secret": secret, "is_hotp": True, "algorithm": algorithm, "digits": 6, "time_step": None, "counter": counter, "drift": 0,
        "watermark": None, "not_before": None, "not_after": None, "manufacturer": None, "model": described, "account": None,
    }
