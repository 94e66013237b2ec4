"""The department of the tests: one table of credentials, which every host reaches, and employees with an authenticator."""

from __future__ import annotations

import base64
import contextlib
import os
import pathlib
import re
import time
from typing import Dict, Iterator, List, Optional

import poterne
import poterne.sql
import sqlalchemy
from relay import Relay

TABLE = "CREATE TABLE poterne (account VARCHAR(255) NOT NULL PRIMARY KEY, record VARCHAR(504) NOT NULL)"

# Long enough for a busy machine between password and code, short enough to wait for.
TICKET_SECONDS = 40

# Names that something on the way could take apart. A host that cannot have one of them says so in `impossible`.
HOSTILE = ("o'brien", "élise.dupré", "a" * 200, "<b>martin", "{{7*7}}", "${jndi:x}", "martin@finances.example")


class Department:
    """What a host is told: where the table and the keyring are, and who works here."""

    host = "127.0.0.1"
    database = user = password = "poterne"
    table = "poterne"
    application = "departement"
    ticket_seconds = TICKET_SECONDS

    def __init__(self, folder: pathlib.Path, fresh: int = 400) -> None:
        self.folder = folder
        self._server = int(os.environ["POTERNE_POSTGRESQL_PORT"])
        self.relay = Relay(self._server)
        self.port = self.relay.port
        self.keyring = folder / "poterne.keys"
        ring = poterne.Keyring.generate(20261128)
        private(self.keyring, ring.to_text())
        private(folder / "password", self.password + "\n")
        self.settings = folder / "poterne.conf"
        private(
            self.settings,
            f"application = {self.application}\nkeyring = {self.keyring}\nticket_seconds = {TICKET_SECONDS}\nlanguage = fr\n"
            "confirm_at_first_login = yes\n"
            f"database = {self.dsn}\ndatabase_password_file = {folder / 'password'}\ntable = {self.table}\n",
        )
        self.verifier = poterne.Verifier(ring, self.application, policy=poterne.Policy(confirm_at_first_login=True))
        # Not through the relay: the tests look at the table while the hosts cannot.
        self.engine = sqlalchemy.create_engine(f"postgresql+psycopg://poterne:poterne@127.0.0.1:{self._server}/poterne")
        with self.engine.begin() as connection:
            connection.execute(sqlalchemy.text(TABLE))
        self.store = poterne.sql.Column(self.engine)
        names = [*(f"agent{number:03}" for number in range(fresh)), *HOSTILE]
        # Of every account: the password that each host's first factor knows.
        self.accounts: Dict[str, str] = {name: f"s3cret-{name}" for name in names}
        self._fresh: Iterator[str] = iter(names[:fresh])

    @property
    def dsn(self) -> str:
        """Without the password."""
        return f"postgresql://{self.user}@{self.host}:{self.port}/{self.database}"

    def newcomer(self) -> Employee:
        """Somebody whom no other test has, without a credential."""
        return Employee(self, next(self._fresh))

    def employee(self) -> Employee:
        """Somebody whom no other test has, with a phone that was confirmed long ago."""
        one = self.newcomer()
        one.get(os.urandom(20))
        return one

    @contextlib.contextmanager
    def setting(self, name: str, value: object) -> Iterator[None]:
        """Another value in the settings file, for hosts that start now."""
        before = self.settings.read_text()
        changed, count = re.subn(f"(?m)^{name} = .*$", f"{name} = {value}", before)
        assert count == 1, name
        private(self.settings, changed)
        try:
            yield
        finally:
            private(self.settings, before)

    def close(self) -> None:
        self.relay.close()
        self.engine.dispose()


class Employee:
    def __init__(self, department: Department, name: str) -> None:
        self.department, self.name, self.password = department, name, department.accounts[name]
        self.secret: bytes = b""
        self.last = 0

    def get(self, secret: bytes, row: str = "") -> None:
        """An active credential, as it was imported."""
        if not row:
            self.secret = secret
        record = self.department.verifier.import_credential(self.name + row, secret).record
        assert record is not None
        self.department.store.insert(self.name + row, record)

    def scan(self, key: str) -> None:
        """A new entry in the app on the phone."""
        key = key.replace(" ", "").upper()
        self.secret, self.last = base64.b32decode(key + "=" * (-len(key) % 8)), 0

    def code(self, last: bool = False) -> str:
        """A code that no login has had: of the window's three steps the lowest that is left, or the one that stays in it longest."""
        while True:
            now = int(time.time())
            for at in (now + 15,) if last else (now - 15, now, now + 15):
                # A step that ends within two seconds may be out of the window before a busy host looks.
                if at // 30 > self.last and at // 30 >= (now + 4) // 30 - 1:
                    self.last = at // 30
                    return poterne.totp(self.secret, at)
            time.sleep(0.5)

    def wrong_code(self) -> str:
        now = int(time.time())
        right = {poterne.totp(self.secret, now + 30 * step) for step in range(-12, 13)}
        return next(code for code in (f"{number:06}" for number in range(100)) if code not in right)

    def refuse(self, times: int, last: int = 1) -> None:
        """As a thief's wrong codes leave the record: as many failures, the last of them so many seconds ago."""
        span = 40 * 24 * 3600
        for number in range(times):
            ago = last if number == times - 1 else span - number * 24 * 3600
            try:
                self.department.verifier.login(self.name, self.wrong_code(), store=self.department.store, now=int(time.time()) - ago)
            except poterne.Refused:
                pass

    def status(self) -> poterne.Status:
        return self.department.store.inspect(self.department.verifier, self.name)

    def record(self) -> Optional[str]:
        return self.department.store.load(self.name)

    def leave(self) -> None:
        with self.department.engine.begin() as connection:
            connection.execute(sqlalchemy.text("DELETE FROM poterne WHERE account = :name"), {"name": self.name})

    def secrets(self) -> List[str]:
        """What no log may hold."""
        return [base64.b32encode(self.secret).decode().rstrip("=")] if self.secret else []


def private(file: pathlib.Path, text: str) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
