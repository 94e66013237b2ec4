"""The second factor of a FreeRADIUS server, for its module rlm_python3.

FreeRADIUS finds the person and checks the password. This module takes apart what was typed, decides who needs a code, makes the ticket that
travels as `State`, and checks the code. It has no rule of its own: tickets, codes and rows of a person are the library's. The attributes that it exchanges with
the configuration stand in `raddb/dictionary`. FreeRADIUS gives values as text, so everything that a user types comes and goes as octets:
a password in ISO-8859-1 is no text.

A refusal is `reject`. `fail` with `Poterne-No-Verdict` says that there is no verdict: the configuration makes a refusal of it, or no answer
at all. FreeRADIUS fails by itself, too, where what a user typed is no text: that is a refusal.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import threading
import time
import traceback
from typing import Any, Callable, Iterator, List, Mapping, Optional, Sequence, Tuple, TypeVar

import poterne
import radiusd
from poterne.admin.table import engine
from poterne.sql import Column

# An attribute and its value, as FreeRADIUS prints it.
_Pairs = Optional[Sequence[Tuple[str, str]]]
_Lists = Mapping[str, _Pairs]

_T = TypeVar("_T")

PURPOSE = "vpn"

ONE_FIELD, CHALLENGE = "one_field", "challenge"


def instantiate(_: Any) -> int:
    """Reads everything once when the server starts: what is wrong with it is told now, and the server does not start."""
    global _door
    try:
        _door = _Door(radiusd.config)
    except Exception as failure:
        _tell(failure)
        return -1
    return int(radiusd.RLM_MODULE_OK)


def authorize(lists: _Lists) -> Any:
    """Takes apart what was typed. Called before the person is looked for, it takes the row off the login name. Called again, when the
    person was found, it decides who needs a code and, with password and code in one field, takes the code off it.
    """
    return _guarded(_authorize, lists)


def authenticate(lists: _Lists) -> Any:
    """Has the last word, once the configuration has had the password checked: the challenge, or the verdict on the code."""
    return _guarded(_authenticate, lists)


def _authorize(door: _Door, request: _Attributes, control: _Attributes) -> Any:
    if not control.all("Poterne-Account"):
        name = request.octets("Poterne-Name")
        # What every refusal says, whoever refuses (semantics 10.2).
        refusal = ("Poterne-Refusal", ":=", door.refusal)
        person = _person(name)
        if person is None:
            return radiusd.RLM_MODULE_REJECT, {"config": (refusal,)}
        return radiusd.RLM_MODULE_UPDATED, {"config": (_string("Poterne-Login", name), _string("Poterne-Person", person.encode()), refusal)}
    password, found = request.octets("Poterne-Field"), []
    # In the second step the field holds the code, whoever types it.
    why = None if request.all("State") else door.why_without_code(control)
    if why is not None:
        # A directory agrees to an empty password (RFC 4513 section 5.1.2); nobody has one.
        if not password:
            return _refuse(None)
        found.append(("Poterne-Without-Code", ":=", why))
    elif door.way == ONE_FIELD:
        password, code = poterne.split_password_and_code(password, digits=door.digits)
        if not password or code is None:
            return _refuse(None)
        found.append(_octets("Poterne-Code", code.encode()))
    # A directory's client ends the password there. FreeRADIUS puts one behind 128 bytes, and deciphers no more.
    if b"\0" in password:
        return _refuse(None)
    found.append(_string("Poterne-Password", password))
    return radiusd.RLM_MODULE_UPDATED, {"config": tuple(found)}


def _person(name: bytes) -> Optional[str]:
    """The person who is meant by a login name; None of a name that the gateway may take for somebody else's. It gives that one's rights."""
    try:
        text = name.decode()
        person, _ = poterne.person_and_row(text)
        # No row's name has a NUL, where FreeRADIUS would cut.
        is_theirs = text == text.strip() and text in poterne.rows_of_person(person)
    except (UnicodeDecodeError, poterne.ArgumentError):
        return None
    return person if is_theirs else None


def _authenticate(door: _Door, request: _Attributes, control: _Attributes) -> Any:
    _, row = poterne.person_and_row(request.text("User-Name"))
    # As the directory spells it (semantics 9.7).
    account = poterne.rows_of_person(control.text("Poterne-Account"))[row - 1]
    is_right = control.all("Poterne-Password-Is-Right") == ["yes"]
    # Decided once, before the field was taken apart: who has no record now may have one by now.
    without_code = control.all("Poterne-Without-Code")
    if is_right and without_code:
        _log(radiusd.L_INFO, f"without_code.{without_code[0]}")
        return radiusd.RLM_MODULE_OK
    if door.way == ONE_FIELD:
        if not is_right:
            return _refuse(None)
        return _login(door, account, control.octets("Poterne-Code"), None, b"")
    context = _context(request, control)
    states = request.all("State")
    if states:
        # Of several none was ours.
        state = _bytes(states[0]) if len(states) == 1 else b""
        return _login(door, account, request.octets("Poterne-Field"), state, context)
    if not is_right and not door.challenges_everybody:
        return _refuse(None)
    door.read_again()
    # A directory may agree to an empty password (RFC 4513 section 5.1.2); nobody has one.
    make = door.verifier.ticket if is_right and request.octets("Poterne-Field") else door.verifier.dud_ticket
    ticket = make(account, purpose=PURPOSE, context=context)
    return radiusd.RLM_MODULE_HANDLED, {
        "reply": (_octets("State", ticket.encode()), ("Reply-Message", ":=", door.question)),
        "config": (("Response-Packet-Type", ":=", "Access-Challenge"),),
    }


def _login(door: _Door, account: str, code: bytes, state: Optional[bytes], context: bytes) -> Any:
    door.read_again()
    typed = code.decode("utf-8", "replace")
    try:
        with door.asking_the_database():
            if state is None:
                accepted = door.verifier.login(account, typed, store=door.store)
            else:
                ticket = state.decode("ascii", "replace")
                accepted = door.verifier.login_with_ticket(
                    account, ticket, typed, purpose=PURPOSE, context=context, store=door.store
                )
    except poterne.Refused as refused:
        _log(radiusd.L_INFO, refused.code)
        return _refuse(refused.message_to_user(door.language) if door.tells_waiting else None)
    _log(radiusd.L_INFO, accepted.code)
    return radiusd.RLM_MODULE_OK


def _context(request: _Attributes, control: _Attributes) -> bytes:
    """What binds a ticket to the way it came, and to the password (semantics 15.5). Both servers behind one address see the same."""
    parts: List[str] = []
    for name in ("NAS-Identifier", "NAS-IP-Address", "NAS-IPv6-Address", "Calling-Station-Id"):
        parts += [name, *request.all(name)]
    parts += ["Poterne-Password-Version", *control.all("Poterne-Password-Version")]
    return b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts)


def _refuse(message: Optional[str]) -> Any:
    if message is None:
        return radiusd.RLM_MODULE_REJECT
    return radiusd.RLM_MODULE_REJECT, {"reply": (("Reply-Message", ":=", message),)}


def _guarded(decide: Any, lists: _Lists) -> Any:
    """Whatever goes wrong is no verdict, and nobody is let in by it."""
    try:
        if _door is None:
            return _no_verdict()
        return decide(_door, _Attributes(lists["request"]), _Attributes(lists["config"]))
    except poterne.ArgumentError:
        # Of a name that no account has: it was typed.
        return radiusd.RLM_MODULE_REJECT
    except Exception as failure:
        _tell(failure)
        return _no_verdict()


def _no_verdict() -> Any:
    return radiusd.RLM_MODULE_FAIL, {"config": (("Poterne-No-Verdict", ":=", "yes"),)}


class _Damaged(Exception):
    """The settings, the keyring or the database, in words, with the file's name. Never an `ArgumentError`, which was typed."""


class _Attributes:
    """One of FreeRADIUS's lists."""

    def __init__(self, pairs: _Pairs) -> None:
        self._pairs = pairs or ()

    def all(self, name: str) -> List[str]:
        return [value for each, value in self._pairs if each == name]

    def text(self, name: str) -> str:
        """The one value; of none or several, a name that nobody has."""
        values = self.all(name)
        if len(values) != 1:
            raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "the attribute should be there once")
        return values[0]

    def octets(self, name: str) -> bytes:
        return _bytes(self.text(name))


class _Door:
    """The options of `local.conf`; the settings, and what is made of them. Their files are looked at before each ticket and code: a keyring
    that was replaced counts at once, and with one that has gone, or that others may read by now, no code is right.
    """

    def __init__(self, config: Mapping[str, str]) -> None:
        self._path = config["settings"]
        self.way = config["way"]
        if self.way not in (ONE_FIELD, CHALLENGE):
            raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "way is challenge or one_field")
        self.challenges_everybody = config.get("challenge_everybody") == "yes"
        # Whether a user reads that the account waits or is locked: behind a right password only (semantics 7.10), and only where the question
        # has told already that it was right (15.6). Elsewhere a refusal that differs would tell it.
        self.tells_waiting = self.way == CHALLENGE and not self.challenges_everybody
        self.digits = int(config.get("digits", "6"))
        self._group, self._from = config["group"], _first_second(config["from"])
        if config["no_record"] not in ("refuse", "allow"):
            raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "poterne_no_record is refuse or allow")
        self._allows_no_record = config["no_record"] == "allow"
        self._asks_from = 0.0
        self._connections = int(config.get("connections", "8"))
        self._lock = threading.Lock()
        self._seen: Tuple[object, ...] = ()
        self._files: Tuple[str, ...] = (self._path,)
        self.read_again()

    def why_without_code(self, control: _Attributes) -> Optional[str]:
        """The reason why the person needs no code; None if a code is needed, which it is whenever that is not known."""
        if self._from is not None and time.time() < self._from:
            return "from"
        if self._group and control.all("Poterne-Outside-Group") == ["yes"]:
            return "group"
        if self._allows_no_record:
            self.read_again()
            # Whoever has a second authenticator alone has one.
            rows = poterne.rows_of_person(control.text("Poterne-Account"))
            with self.asking_the_database():
                if not any((self.store.load(row) or "").strip(" ") for row in rows):
                    return "no_record"
        return None

    @contextlib.contextmanager
    def asking_the_database(self) -> Iterator[None]:
        """Not again for a while if it did not answer. FreeRADIUS calls a Python module for one request at a time: everybody else waits
        meanwhile, also who is asked for the password only.
        """
        begin = time.monotonic()
        if begin < self._asks_from:
            raise _Damaged(f"the database did not answer within {_SECONDS} seconds; it is asked again {_REST} seconds later")
        try:
            yield
        except poterne.Error as failure:
            end = time.monotonic()
            if failure.kind is poterne.ErrorKind.STORE and end - begin >= _SECONDS:
                self._asks_from = end + _REST
            raise

    def read_again(self) -> None:
        """Reads the files again if they have changed. Who needs no code gets in while they are damaged."""
        if not self._is_seen():
            with self._lock:
                if not self._is_seen():
                    # Nobody goes on with the former ones if this fails.
                    self._seen = ()
                    self._read()
                    # A file that was replaced while it was read is read again.
                    self._seen = self._now()

    def _read(self) -> None:
        credentials = os.environ.get("CREDENTIALS_DIRECTORY") or None
        settings = _named(self._path, lambda: poterne.Settings.open(self._path))
        keyring = settings.keyring_path(credentials=credentials)
        verifier = _named(keyring, lambda: settings.verifier(credentials=credentials))
        password = _named(self._path, lambda: settings.database_password(credentials=credentials))
        # SQLite's connections are files: SQLAlchemy keeps no pool of them.
        pool = {"pool_size": self._connections, "max_overflow": 0, "pool_timeout": _SECONDS, "pool_pre_ping": True}
        made = _named(
            self._path,
            lambda: engine(
                settings.database,
                password,
                connect_seconds=_SECONDS,
                answer_seconds=_SECONDS,
                **({} if settings.database.startswith("sqlite") else pool),
            ),
        )
        store = Column(made, table=settings.table, account=settings.account_column, record=settings.record_column)
        self._files = (self._path, keyring)
        self.verifier, self.store, self.language = verifier, store, settings.language
        self.refusal = poterne.Refused(poterne.Refusal.WRONG_CODE).message_to_user(settings.language)
        self.question = _QUESTIONS.get(settings.language, _QUESTIONS["en"])

    def _is_seen(self) -> bool:
        now = self._now()
        return None not in now and now == self._seen

    def _now(self) -> Tuple[object, ...]:
        return tuple(_state(file) for file in self._files)


def _named(path: str, read: Callable[[], _T]) -> _T:
    """What `read` returns; what is wrong, with the name of its file."""
    try:
        return read()
    except (poterne.Error, ModuleNotFoundError) as failure:
        why = str(failure) if isinstance(failure, ModuleNotFoundError) else str(failure.args[1])
    # Which speaks to programs.
    why = why.replace(", or pass its text to Keyring::parse", "")
    raise _Damaged(f"{path}: {why}")


def _state(path: str) -> Optional[Tuple[int, ...]]:
    """None of a file that is not there: reading it says why."""
    try:
        file = os.stat(path)
    except OSError:
        return None
    return (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns)


def _first_second(day: str) -> Optional[float]:
    """Of a day such as 2027-01-04, in UTC; None of none."""
    if not day:
        return None
    try:
        first = datetime.datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        first = None
    if first is None or f"{first:%Y-%m-%d}" != day or first.year < 1970:
        raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "poterne_from is a day such as 2027-01-04")
    return first.timestamp()


def _octets(name: str, value: bytes) -> Tuple[str, str, str]:
    return (name, ":=", "0x" + value.hex())


def _string(name: str, value: bytes) -> Tuple[str, str, str]:
    """A string of any bytes, in FreeRADIUS's own escapes."""
    text = "".join(chr(each) if chr(each).isalnum() and each < 0x80 else f"\\{each:03o}" for each in value)
    # FreeRADIUS cuts what is longer, and a password that was cut may be somebody's.
    if len(text) > _MAX_ESCAPED:
        raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "the password is too long")
    return (name, ":=", text)


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value[2:] if value.startswith("0x") else value)


def _tell(failure: Exception) -> None:
    """To the operators: kinds, codes and files, nothing that was typed."""
    if isinstance(failure, (poterne.Error, _Damaged)):
        why = str(failure)
    elif isinstance(failure, OSError):
        why = f"{failure.filename or type(failure).__name__}: {os.strerror(failure.errno or 0)}"
    else:
        # Other exceptions' texts may hold anything. This one is a fault of ours.
        frames = traceback.extract_tb(failure.__traceback__)
        why = f"a fault of the module, please report it: {type(failure).__name__} ({frames[-1].name}, line {frames[-1].lineno})"
    _log(radiusd.L_ERR, f"nobody can log in: {why}")


def _log(level: int, text: str) -> None:
    # Renamed after 3.2.1.
    log = getattr(radiusd, "radlog", None) or radiusd.log
    log(level, f"poterne: {text}")


_MAX_ESCAPED = 508

# For a free connection of the pool, for a new one, and for each answer of the database. A gateway asks again after five.
_SECONDS = 2

# Then it is left alone for so long.
_REST = 5

_QUESTIONS = {"en": "One-time code:", "fr": "Code à usage unique :"}

_door: Optional[_Door] = None
