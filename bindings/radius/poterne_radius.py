"""The second factor of a FreeRADIUS server, for its module rlm_python3.

FreeRADIUS finds the person and checks the password. This module takes apart what was typed, decides who needs a code, makes the ticket that
travels as `State`, and checks the code. It has no rule of its own: tickets, codes and rows of a person are the library's. The attributes that it exchanges with
the configuration stand in `raddb/dictionary`. FreeRADIUS gives values as text, so everything that a user types comes and goes as octets:
a password in ISO-8859-1 is no text.

A refusal is `reject`. `fail` says that there is no verdict: the configuration makes a refusal of it, or no answer at all.
"""

from __future__ import annotations

import datetime
import os
import threading
import time
import traceback
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import poterne
import radiusd
from poterne.admin.table import engine
from poterne.sql import Column

# An attribute and its value, as FreeRADIUS prints it.
_Pairs = Optional[Sequence[Tuple[str, str]]]
_Lists = Mapping[str, _Pairs]

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
        try:
            person, _ = poterne.person_and_row(name.decode())
        except UnicodeDecodeError:
            return _refuse(None)
        # FreeRADIUS would give the name up to there, and the gateway may take all of it for somebody else's.
        if b"\0" in name:
            return _refuse(None)
        return radiusd.RLM_MODULE_UPDATED, {"config": (_string("Poterne-Login", name), _string("Poterne-Person", person.encode()))}
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
        if state is None:
            accepted = door.verifier.login(account, typed, store=door.store)
        else:
            ticket = state.decode("ascii", "replace")
            accepted = door.verifier.login_with_ticket(
                account, ticket, typed, purpose=PURPOSE, context=context, store=door.store
            )
    except poterne.Refused as refused:
        _log(radiusd.L_INFO, refused.code)
        return _refuse(refused.message_to_user(door.language))
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
            return radiusd.RLM_MODULE_FAIL
        return decide(_door, _Attributes(lists["request"]), _Attributes(lists["config"]))
    except poterne.ArgumentError:
        # Of a name that no account has: it was typed.
        return radiusd.RLM_MODULE_REJECT
    except Exception as failure:
        _tell(failure)
        return radiusd.RLM_MODULE_FAIL


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
        self.digits = int(config.get("digits", "6"))
        self._group, self._from = config["group"], _first_second(config["from"])
        if config["no_record"] not in ("refuse", "allow"):
            raise poterne.ArgumentError(poterne.ErrorKind.ARGUMENT, "poterne_no_record is refuse or allow")
        self._allows_no_record = config["no_record"] == "allow"
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
            if not any((self.store.load(row) or "").strip(" ") for row in rows):
                return "no_record"
        return None

    def read_again(self) -> None:
        """Reads the files again if they have changed. Who needs no code gets in while they are damaged."""
        if self._now() != self._seen:
            with self._lock:
                seen = self._now()
                if seen != self._seen:
                    # Nobody goes on with the former ones if this fails.
                    self._seen = ()
                    self._read()
                    # A file that was replaced while it was read is read again.
                    self._seen = self._now()

    def _read(self) -> None:
        credentials = os.environ.get("CREDENTIALS_DIRECTORY") or None
        settings = poterne.Settings.open(self._path)
        self._files = (self._path, settings.keyring_path(credentials=credentials))
        verifier = settings.verifier(credentials=credentials)
        # SQLite's connections are files: SQLAlchemy keeps no pool of them.
        pool = {"pool_size": self._connections, "max_overflow": 0, "pool_timeout": 2, "pool_pre_ping": True}
        made = engine(
            settings.database,
            settings.database_password(credentials=credentials),
            connect_seconds=2,
            **({} if settings.database.startswith("sqlite") else pool),
        )
        store = Column(made, table=settings.table, account=settings.account_column, record=settings.record_column)
        self.verifier, self.store, self.language = verifier, store, settings.language
        self.question = _QUESTIONS.get(settings.language, _QUESTIONS["en"])

    def _now(self) -> Tuple[object, ...]:
        return tuple(_state(file) for file in self._files)


def _state(path: str) -> Tuple[int, ...]:
    file = os.stat(path)
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
    """To the operators: kinds and codes, nothing that was typed."""
    if isinstance(failure, poterne.Error):
        _log(radiusd.L_ERR, f"nobody can log in: {failure}")
    else:
        # Other exceptions' texts may hold anything.
        number = getattr(failure, "errno", None)
        why = f"{type(failure).__name__} {os.strerror(number)}" if isinstance(number, int) else type(failure).__name__
        frames = traceback.extract_tb(failure.__traceback__)
        _log(radiusd.L_ERR, f"nobody can log in: {why} ({frames[-1].name}, line {frames[-1].lineno})")


def _log(level: int, text: str) -> None:
    # Renamed after 3.2.1.
    log = getattr(radiusd, "radlog", None) or radiusd.log
    log(level, f"poterne: {text}")


_MAX_ESCAPED = 508

_QUESTIONS = {"en": "One-time code:", "fr": "Code à usage unique :"}

_door: Optional[_Door] = None
