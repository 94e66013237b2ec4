"""The folder of the letters: numbered PDFs, and a journal that survives a `kill -9` at any moment.

The table is the truth. A letter is made from a record that was read back from it, never from memory, so that no letter is without its
record. The journal answers two questions that the table cannot: which records this folder has made, and which letters are in which
file. It holds no secret: records are recognized by a digest of their secret, which survives that the record is sealed anew.

    intent  these accounts get these secrets: on the disk before the database commits
    stored  the table was read back and has them
    file    this PDF gets these letters: on the disk before the PDF has its name
    written the PDF has its name

After a crash, an intent counts if the table has its secret, and a file counts if the PDF has the digest that the journal has. Everything
else is done anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from poterne import OtpauthUri
from poterne.admin.console import Stop
from poterne.admin.employees import Employee
from poterne.admin.files import only_one
from poterne.admin.language import Say

JOURNAL = "journal"


@dataclass(frozen=True)
class Page:
    """A letter in a file: its number, whose it is, and the digest of its secret."""

    number: int
    account: str
    name: str
    service: str
    language: str
    digest: str

    @property
    def employee(self) -> Employee:
        return Employee(0, self.account, self.name, self.service, self.language)

    def as_json(self) -> List[Any]:
        return [self.number, self.account, self.name, self.service, self.language, self.digest]


@dataclass
class File:
    """A PDF as it is on the disk: its letters, and the digest of its bytes."""

    pages: List[Page]
    digest: str


@dataclass
class Contents:
    """What the journal says."""

    scope: Dict[str, str] = field(default_factory=dict)
    intents: Dict[str, Set[str]] = field(default_factory=dict)
    stored: Set[str] = field(default_factory=set)
    files: Dict[int, File] = field(default_factory=dict)
    printed: Set[Tuple[str, str]] = field(default_factory=set)
    """Letters that a PDF has or had: they are never set twice."""
    begun: Dict[int, File] = field(default_factory=dict)
    last_letter: int = 0

    def take(self, entry: Dict[str, Any]) -> None:
        kind = entry["entry"]
        if kind == "scope":
            self.scope = entry["scope"]
        elif kind == "intent":
            for account, digest in entry["accounts"]:
                self.intents.setdefault(account, set()).add(digest)
        elif kind == "stored":
            self.stored.update(entry["accounts"])
        elif kind == "file":
            self.begun[entry["number"]] = File([Page(*page) for page in entry["pages"]], entry["digest"])
        elif kind == "written":
            file = self.begun.pop(entry["number"])
            self.files[entry["number"]] = file
            self.printed.update((page.account, page.digest) for page in file.pages)
            self.last_letter = max([self.last_letter, *(page.number for page in file.pages)])
        else:
            raise KeyError(kind)


def digest_of(uri: OtpauthUri) -> str:
    """A digest of the secret. Secrets are random and have 16 bytes at least: nobody finds them from it."""
    return hashlib.blake2b(uri.secret_to_type().encode(), digest_size=16, person=b"poterne letter").hexdigest()


class LetterFolder:
    """An open folder: nobody else works on it meanwhile."""

    def __init__(self, path: pathlib.Path, say: Say) -> None:
        self.path, self._say = path, say
        self._journal = -1
        self.contents = Contents()

    def pdf(self, number: int) -> pathlib.Path:
        return self.path / f"letters-{number:03}.pdf"

    def owns(self, account: str, digest: Optional[str]) -> bool:
        """Whether the pending record with this secret was made here."""
        return digest in self.contents.intents.get(account, ())

    def next_file(self) -> int:
        return max([0, *self.contents.files, *self.contents.begun]) + 1

    def intend(self, accounts: Sequence[Tuple[str, str]]) -> None:
        if accounts:
            self._note({"entry": "intent", "accounts": accounts})

    def note_stored(self, accounts: Sequence[str]) -> None:
        if accounts:
            self._note({"entry": "stored", "accounts": accounts})

    def write(self, number: int, pdf: bytes, pages: Sequence[Page]) -> None:
        """Puts a PDF into the folder, in place of the one of this number if there is one."""
        digest = _digest(pdf)
        self._note({"entry": "file", "number": number, "digest": digest, "pages": [page.as_json() for page in pages]})
        beside = self._beside(number)
        try:
            with open(beside, "wb", opener=_private) as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.pdf(number))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        self._flush()
        self._note({"entry": "written", "number": number})

    def remove(self, number: int) -> None:
        """Takes a PDF away whose letters are of no use any more."""
        self._note({"entry": "file", "number": number, "digest": "", "pages": []})
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.pdf(number))
        self._flush()
        self._note({"entry": "written", "number": number})

    def is_here(self, number: int) -> bool:
        """Whether the PDF is in the folder as it was written. It may be at the print room by now."""
        return _digest_of_file(self.pdf(number)) == self.contents.files[number].digest

    def _beside(self, number: int) -> pathlib.Path:
        return self.path / f".letters-{number:03}.part"

    def _note(self, entry: Dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        before = os.fstat(self._journal).st_size
        try:
            written = 0
            while written < len(line):
                written += os.write(self._journal, line[written:])
            os.fsync(self._journal)
        except OSError:
            # The disk is full: half a line would make the next one unreadable.
            os.ftruncate(self._journal, before)
            raise
        self.contents.take(entry)

    def _flush(self) -> None:
        if os.name != "posix":
            return
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _load(self, *, is_read_only: bool) -> None:
        path = self.path / JOURNAL
        self._journal = os.open(path, os.O_RDONLY if is_read_only else os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        content = path.read_bytes()
        end = content.rfind(b"\n") + 1
        try:
            for line in content[:end].splitlines():
                self.contents.take(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Stop(
                self._say(
                    "{path} is damaged: take a new folder. Who has a letter by now is in the PDFs.",
                    "{path} est abîmé : prendre un nouveau dossier. Les lettres déjà faites sont dans les PDF.",
                    path=path,
                )
            ) from None
        if end < len(content) and not is_read_only:
            # The line that a crash has cut.
            os.ftruncate(self._journal, end)
        if not is_read_only:
            self._flush()

    def _recover(self) -> None:
        """Ends what a crash has left: a PDF has its new contents or its old ones, and what was beside it goes."""
        for beside in self.path.glob(".letters-*.part"):
            beside.unlink()
        for number, begun in list(self.contents.begun.items()):
            found = _digest_of_file(self.pdf(number))
            if found == begun.digest:
                self._note({"entry": "written", "number": number})
            else:
                del self.contents.begun[number]

    def _claim(self, scope: Dict[str, str]) -> None:
        """Letters of two tables in one folder would be taken for each other."""
        if not self.contents.scope:
            self._note({"entry": "scope", "scope": scope})
        elif self.contents.scope != scope:
            raise Stop(
                self._say(
                    "{path} holds letters for the application {application} in the table {table} of {database}, and these settings name "
                    "another one. Take a new folder.",
                    "{path} contient des lettres de l’application {application}, table {table} de {database} ; ces réglages en désignent une "
                    "autre. Prendre un nouveau dossier.",
                    path=self.path,
                    **self.contents.scope,
                )
            )


@contextlib.contextmanager
def opened(
    path: pathlib.Path, scope: Dict[str, str], say: Say, *, is_new: bool = True, is_read_only: bool = False
) -> Iterator[LetterFolder]:
    """Opens a folder, and makes it if `is_new` allows that; of mode 0700. `scope` says which table its letters are for. With
    `is_read_only`, for a rehearsal, nothing is written or mended.
    """
    _check(path, say, is_new=is_new)
    folder = LetterFolder(path, say)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(only_one(path / JOURNAL))
        except BlockingIOError:
            raise Stop(
                say(
                    "Another command is working on {path}. Wait until it ends.",
                    "Une autre commande travaille dans {path}. Attendre qu’elle se termine.",
                    path=path,
                )
            ) from None
        folder._load(is_read_only=is_read_only)
        stack.callback(os.close, folder._journal)
        if not is_read_only:
            folder._recover()
        folder._claim(scope)
        yield folder


def _check(path: pathlib.Path, say: Say, *, is_new: bool) -> None:
    if not path.exists() and is_new:
        path.mkdir(mode=0o700)
        return
    if not path.is_dir() or (not is_new and not (path / JOURNAL).exists()):
        raise Stop(say("{path} is not a folder of letters.", "{path} n’est pas un dossier de lettres.", path=path))
    if not (path / JOURNAL).exists() and any(path.iterdir()):
        raise Stop(
            say(
                "{path} holds other files. Name a new folder: it is made for the letters.",
                "{path} contient d’autres fichiers. Indiquer un nouveau dossier : il sera créé pour les lettres.",
                path=path,
            )
        )
    if os.name != "posix":
        return
    state = path.stat()
    if state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise Stop(
            say(
                "Others can read {path}, or it is not yours. Letters hold secrets: chmod 700 {path}",
                "{path} est lisible par d’autres, ou appartient à un autre. Les lettres contiennent des secrets : chmod 700 {path}",
                path=path,
            )
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest_of_file(path: pathlib.Path) -> str:
    """Empty without a file, as for a file that is to be removed."""
    try:
        return _digest(path.read_bytes())
    except FileNotFoundError:
        return ""
