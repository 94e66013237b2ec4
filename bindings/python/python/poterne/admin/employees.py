"""Reads the list of employees that a staff department exports: account, name, service and language, one line each.

Such files come from Excel and from payroll programs. What they do to names and numbers is told line by line and never guessed away:
an account that lost its leading zeros would enroll somebody else.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from poterne.admin.language import Say

MAX_BYTES = 64 << 20

COLUMNS = ("account", "name", "service", "language")

# The titles that exports have, without accents and case.
_TITLES = {
    "account": {"account", "staff number", "employee number", "login", "user", "username", "matricule", "compte", "identifiant", "agent"},
    "name": {"name", "full name", "display name", "nom", "nom complet", "nom et prenom", "prenom et nom", "nom prenom", "prenom nom"},
    "service": {"service", "department", "unit", "team", "direction", "bureau", "unite", "affectation"},
    "language": {"language", "lang", "langue"},
}

_LANGUAGES = {
    "fr": {"fr", "fra", "fre", "french", "francais", "f"},
    "en": {"en", "eng", "english", "anglais", "e"},
}


@dataclass(frozen=True)
class Employee:
    """A line of the list."""

    line: int
    account: str
    name: str
    service: str
    language: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line. `is_doubt`: it may be right after all."""

    line: int
    text: str
    is_doubt: bool = False


@dataclass
class Employees:
    """What a file holds."""

    employees: List[Employee] = field(default_factory=list)
    problems: List[Problem] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    ignored_columns: List[str] = field(default_factory=list)

    def without_problems(self, *, keep_doubtful: bool) -> List[Employee]:
        """Those to enroll. A line with a problem is left out, unless somebody has looked at the doubts and keeps them."""
        bad = {each.line for each in self.problems if not (each.is_doubt and keep_doubtful)}
        return [each for each in self.employees if each.line not in bad]


class UnreadableList(Exception):
    """The file as a whole is not such a list. The text is for the administrator."""


def read(content: bytes, say: Say, *, default_language: str, titles: Optional[Mapping[str, str]] = None) -> Employees:
    """Reads a file's content. `titles` names columns whose titles are not known, such as `{"account": "N° agent"}`.

    Raises `UnreadableList` if there is no header with an account and a name. What is wrong in a line is among the problems.
    """
    text, encoding = decoded(content, say)
    lines = re.split("\r\n|\n|\r", text)
    found = Employees(encoding=encoding)
    start = 0
    announced = re.fullmatch(r'"?sep=(.)"?', lines[0]) if lines else None
    if announced:
        # Excel's own first line.
        start = 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines):
        raise UnreadableList(say("The file is empty.", "Le fichier est vide."))
    delimiters = announced[1] if announced else ";,\t"
    found.delimiter, columns, found.ignored_columns = _header(lines[start], delimiters, titles or {}, say)
    width = len(columns)
    for line, cells, fault in _rows(lines, start + 1, found.delimiter, say):
        if fault:
            found.problems.append(Problem(line, fault))
        elif any(cell.strip() for cell in cells):
            _take(found, line, cells, columns, width, default_language, say)
    _find_duplicates(found, say)
    _find_lost_zeros(found, say)
    found.problems.sort(key=lambda problem: problem.line)
    return found


def decoded(content: bytes, say: Say) -> Tuple[str, str]:
    """The text, and the name of its encoding."""
    if len(content) > MAX_BYTES:
        raise UnreadableList(
            say("The file has more than {size} MB.", "Le fichier dépasse {size} Mo.", size=MAX_BYTES >> 20)
        )
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(codec), name
            except UnicodeDecodeError as error:
                line = content[: len(mark) + error.start].count(b"\n") + 1
                raise UnreadableList(
                    say(
                        "The file begins as {name}, and line {line} is not: save it anew as UTF-8.",
                        "Le fichier s’annonce en {name}, mais la ligne {line} ne l’est pas : l’enregistrer de nouveau en UTF-8.",
                        name=name,
                        line=line,
                    )
                ) from None
    if b"\0" in content:
        raise UnreadableList(
            say(
                "This is not a text file: in Excel, save as CSV UTF-8.",
                "Ce n’est pas un fichier texte : dans Excel, enregistrer au format CSV UTF-8.",
            )
        )
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        raise UnreadableList(
            say(
                "Line {line} is neither UTF-8 nor Windows-1252: save the file anew as UTF-8.",
                "La ligne {line} n’est ni en UTF-8 ni en Windows-1252 : enregistrer le fichier de nouveau en UTF-8.",
                line=content[: error.start].count(b"\n") + 1,
            )
        ) from None


_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 (BOM)"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


def _header(
    line: str, delimiters: str, titles: Mapping[str, str], say: Say
) -> Tuple[str, List[Optional[str]], List[str]]:
    """The delimiter, the column of each cell, and the titles of the others. The delimiter is the one that makes most columns known."""
    best: Tuple[int, str, List[Optional[str]], List[str]] = (-1, "", [], [])
    for delimiter in delimiters:
        cells = _cells([line], delimiter)
        if cells is None:
            continue
        columns = [_column(cell, titles) for cell in cells]
        known = [column for column in columns if column is not None]
        if len(known) > best[0]:
            others = [cell.strip() for cell, column in zip(cells, columns) if column is None and cell.strip()]
            best = (len(known), delimiter, columns, others)
    _, delimiter, columns, others = best
    twice = [column for column, count in Counter(columns).items() if column is not None and count > 1]
    missing = [column for column in ("account", "name") if column not in columns]
    if twice:
        raise UnreadableList(
            say(
                "Two columns could be the {name}. Say which: --column {name}=TITLE",
                "Deux colonnes peuvent être « {name} ». Préciser laquelle : --column {name}=TITRE",
                name=twice[0],
            )
        )
    if missing:
        raise UnreadableList(
            say(
                "The first line must name the columns account, name, service and language, between semicolons, commas or tabs; service and "
                "language may be missing. There is no {name}. If it has another title: --column {name}=TITLE",
                "La première ligne doit nommer les colonnes matricule, nom, service et langue, séparées par des points-virgules, des virgules "
                "ou des tabulations ; service et langue sont facultatifs. Il manque « {title} ». Si elle porte un autre titre : --column {name}=TITRE",
                name=missing[0],
                title="matricule" if missing[0] == "account" else "nom",
            )
        )
    return delimiter, columns, others


def _column(title: str, titles: Mapping[str, str]) -> Optional[str]:
    folded = _folded(title)
    for column, named in titles.items():
        if folded == _folded(named):
            return column
    for column, known in _TITLES.items():
        if column not in titles and folded in known:
            return column
    return None


def _rows(lines: Sequence[str], start: int, delimiter: str, say: Say) -> Iterator[Tuple[int, List[str], str]]:
    """The number of each line, its cells, and what is wrong with its quotation marks.

    A cell with line breaks goes on for a few lines. One that never ends is a stray mark: it costs its own line, not those behind it.
    """
    at = start
    while at < len(lines):
        cells, end = _row(lines, at, delimiter)
        if cells is None:
            fault = say("a quotation mark is out of place: write the cell anew", "un guillemet est mal placé : ressaisir la cellule")
            yield at + 1, [], fault
        else:
            yield at + 1, cells, ""
        at = end


def _row(lines: Sequence[str], at: int, delimiter: str) -> Tuple[Optional[List[str]], int]:
    """The cells of the row that begins in this line, and the line behind it."""
    for end in range(at + 1, min(at + _MAX_LINES_OF_ROW, len(lines)) + 1):
        cells = _cells(lines[at:end], delimiter)
        if cells is not None:
            return cells, end
    return None, at + 1


# An address of some lines, in a column that nobody reads.
_MAX_LINES_OF_ROW = 8


def _cells(lines: Sequence[str], delimiter: str) -> Optional[List[str]]:
    try:
        rows = list(csv.reader([line + "\n" for line in lines], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _take(
    found: Employees,
    line: int,
    cells: List[str],
    columns: Sequence[Optional[str]],
    width: int,
    default_language: str,
    say: Say,
) -> None:
    problems: List[Tuple[str, bool]] = []
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) > width:
        found.problems.append(
            Problem(
                line,
                say(
                    "{count:#cell|cells}, and the first line has {width}: perhaps a delimiter inside a name",
                    "{count:#cellule|cellules}, alors que la première ligne en a {width} : un séparateur se trouve peut-être dans un nom",
                    count=len(cells),
                    width=width,
                ),
            )
        )
        return
    values: Dict[str, str] = {column: "" for column in COLUMNS}
    values.update({column: _tidy(cell) for column, cell in zip(columns, cells) if column is not None})
    language = _language(values["language"], default_language)
    if language is None:
        problems.append((say("the language is neither fr nor en", "la langue n’est ni fr ni en"), False))
    problems += problems_of_account(values["account"], say)
    problems += _of_name(values["name"], say)
    for title, column in ((say("name", "nom"), "name"), (say("service", "service"), "service")):
        problems += _of_text(title, values[column], say)
    found.problems += [Problem(line, text, is_doubt) for text, is_doubt in problems]
    found.employees.append(Employee(line, values["account"], values["name"], values["service"], language or default_language))


def _tidy(cell: str) -> str:
    """Without blanks around it, and without the formula that keeps Excel from taking it for a number: `="00123"`."""
    cell = unicodedata.normalize("NFC", cell.strip())
    formula = re.fullmatch(r'="([^"]*)"', cell)
    return formula[1].strip() if formula else cell


def _language(cell: str, default: str) -> Optional[str]:
    if not cell:
        return default
    folded = re.split("[-_]", _folded(cell))[0]
    return next((language for language, names in _LANGUAGES.items() if folded in names), None)


def problems_of_account(account: str, say: Say) -> Iterator[Tuple[str, bool]]:
    if not account:
        yield say("there is no account", "le matricule manque"), False
        return
    if len(account.encode()) > 253:
        yield say("the account has more than 253 bytes", "le matricule dépasse 253 octets"), False
    if _EXPONENT.fullmatch(account):
        yield say(
            "the account is in scientific notation: Excel has lost its digits; format the column as text and export it anew",
            "le matricule est en notation scientifique : Excel en a perdu les chiffres ; mettre la colonne au format texte et exporter de nouveau",
        ), False
    elif account.startswith("#"):
        yield say(
            "the account is an error or a column too narrow of Excel",
            "le matricule est une erreur d’Excel, ou une colonne trop étroite",
        ), False
    elif _DAY.fullmatch(_folded(account)):
        yield say("Excel has made a date of the account", "Excel a fait une date du matricule"), False
    elif _DECIMAL.fullmatch(account):
        yield say(
            "the account has decimals, as a number of Excel has",
            "le matricule a des décimales, comme un nombre d’Excel",
        ), True
    if any(_is_unseen(character) or character in "\n\t" for character in account):
        yield say(
            "the account has a character that nobody sees: type it anew",
            "le matricule contient un caractère invisible : le ressaisir",
        ), False


def _of_name(name: str, say: Say) -> Iterator[Tuple[str, bool]]:
    if not name:
        yield say("there is no name", "le nom manque"), False
    elif name.isdigit():
        yield say("the name is a number: are the columns mixed up?", "le nom est un nombre : colonnes interverties ?"), True


def _of_text(title: str, text: str, say: Say) -> Iterator[Tuple[str, bool]]:
    if len(text) > MAX_TEXT:
        yield say(
            "the {title} has more than {max} characters", "le champ « {title} » dépasse {max} caractères", title=title, max=MAX_TEXT
        ), False
    if "\n" in text or any(_is_unseen(character) for character in text):
        yield say(
            "the {title} has a line break or a character that nobody sees",
            "le champ « {title} » contient un retour à la ligne ou un caractère invisible",
            title=title,
        ), False
    elif "\N{REPLACEMENT CHARACTER}" in text:
        yield say(
            "the {title} was damaged before: accents are lost",
            "le champ « {title} » était déjà abîmé : des accents sont perdus",
            title=title,
        ), False
    elif _TWICE_ENCODED.search(text):
        yield say(
            "the {title} was encoded twice (Ã© for é): export it anew",
            "le champ « {title} » a été encodé deux fois (Ã© pour é) : exporter de nouveau",
            title=title,
        ), True
    elif _OF_OTHER_ENCODING.search(text):
        yield say(
            "the {title} has signs that no name has: the file is perhaps of DOS or of a Mac; save it anew as UTF-8",
            "le champ « {title} » contient des signes étrangers à un nom : fichier DOS ou Mac ? L’enregistrer de nouveau en UTF-8",
            title=title,
        ), True
    elif text.startswith("#") and text.rstrip("!?/A").isupper():
        yield say("the {title} is an error of Excel", "le champ « {title} » est une erreur d’Excel", title=title), False


MAX_TEXT = 160

_EXPONENT = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_DAY = re.compile(r"\d{1,2}[-/](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|fevr|mars|avr|mai|juin|juil|aout|sept)\.?([-/]\d{2,4})?")
# Two bytes of UTF-8, read as Windows-1252.
_TWICE_ENCODED = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ]")
# What é, è, ç and à of DOS (850) and of the old Mac become in Windows-1252.
_OF_OTHER_ENCODING = re.compile("[‚ƒ„†‡ˆ‰‹›•˜™¤§¶¦¨\u0080-\u009f]")


def _find_duplicates(found: Employees, say: Say) -> None:
    first: Dict[str, Employee] = {}
    for employee in found.employees:
        if not employee.account:
            continue
        other = first.setdefault(employee.account.casefold(), employee)
        if other is employee:
            continue
        if other.account == employee.account:
            text = say(
                "account {account} is in line {line} already", "le matricule {account} est déjà en ligne {line}",
                account=employee.account, line=other.line,
            )
        else:
            text = say(
                "account {account} differs from line {line} by its capitals alone",
                "le matricule {account} ne se distingue de la ligne {line} que par les majuscules",
                account=employee.account, line=other.line,
            )
        found.problems.append(Problem(employee.line, text))


def _find_lost_zeros(found: Employees, say: Say) -> None:
    """Staff numbers have one length. If one begins with 0, or nearly all are as long, the shorter ones have lost their zeros."""
    numbers = [each for each in found.employees if each.account.isascii() and each.account.isdigit()]
    if len(numbers) < max(2, len(found.employees) // 2):
        return
    lengths = Counter(len(each.account) for each in numbers)
    longest = max(lengths)
    is_padded = any(each.account.startswith("0") for each in numbers)
    if not is_padded and lengths[longest] < 0.8 * len(numbers):
        return
    for each in numbers:
        if len(each.account) < longest:
            found.problems.append(
                Problem(
                    each.line,
                    say(
                        "account {account} has {count:#digit|digits} where others have {longest}: Excel removes leading zeros",
                        "le matricule {account} a {count:#chiffre|chiffres}, d’autres {longest} : Excel supprime les zéros de tête",
                        account=each.account,
                        count=len(each.account),
                        longest=longest,
                    ),
                    is_doubt=True,
                )
            )


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character != "\n"


def in_letter_order(employees: Iterable[Employee]) -> List[Employee]:
    """By service, then by name: as the print room hands them out. Accents do not separate."""
    return sorted(employees, key=lambda each: (_folded(each.service), _folded(each.name), each.account))
