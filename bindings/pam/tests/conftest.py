"""What the tests share: a system's log of their own, a site with its table, and logins by pamtester."""

from __future__ import annotations

import functools
import os
import pathlib
import re
import secrets
import socket
import sqlite3
import subprocess
import threading
import time
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import psycopg
import pymysql
import pytest

import poterne

MODULE = pathlib.Path(os.environ["POTERNE_PAM_MODULE"])
HOST = pathlib.Path(os.environ["POTERNE_PAM_HOST"])
WRAPPER = "libpam_wrapper.so"

APPLICATION = "pam tests"
ACCOUNT = "a.martin"
PASSWORD = "S3cret-d'été"
SECRET = b"12345678901234567890"

KINDS = ("sqlite", "postgresql", "mariadb")
TABLES = {
    "sqlite": "CREATE TABLE poterne (account TEXT PRIMARY KEY, record TEXT)",
    "postgresql": "CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504))",
    # A collation of the server's: it takes A.MARTIN for a.martin.
    "mariadb": "CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504)) ENGINE = InnoDB",
}


class Log:
    """The system's log, at /dev/log of the tests' mount namespace."""

    def __init__(self) -> None:
        self.lines: List[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("/dev/log")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            line = self._socket.recv(65_536).decode("latin-1")
            self.lines.append(line)

    def flush(self) -> None:
        """Waits until all that was sent before has been read."""
        mark = secrets.token_hex(8)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect("/dev/log")
            sender.send(mark.encode())
        while mark not in self.lines:
            time.sleep(0.001)
        self.lines.remove(mark)

    def codes(self) -> List[str]:
        """What the module has written since the last call: facility and priority, and the text behind its name."""
        self.flush()
        lines, self.lines = self.lines, []
        ours = [line for line in lines if "pam_poterne" in line]
        found = [re.fullmatch(r"<(\d+)>.*pam_poterne[^(]*\([^)]*\): (.*?)\0?", line) for line in ours]
        assert all(found), ours
        # 10 is LOG_AUTHPRIV.
        assert all(match and int(match[1]) >> 3 == 10 for match in found), ours
        return [match[2] for match in found if match]


@pytest.fixture(scope="session")
def session_log() -> Log:
    return Log()


@pytest.fixture
def log(session_log: Log) -> Log:
    session_log.codes()
    return session_log


class Site:
    """A database with one table, keyring and settings, and a folder of stacks."""

    def __init__(self, kind: str, folder: pathlib.Path) -> None:
        self.kind, self.folder = kind, folder
        self.stacks = folder / "pam.d"
        self.stacks.mkdir()
        self.file = folder / "poterne.sqlite"
        self.port = 0 if kind == "sqlite" else int(os.environ[f"POTERNE_{kind.upper()}_PORT"])
        keyring = poterne.Keyring.generate(20261121)
        self.keys = folder / "poterne.keys"
        self.write(self.keys, keyring.to_text())
        self.verifier = poterne.Verifier(keyring, APPLICATION)
        self.settings = folder / "poterne.conf"
        self.set()
        self.run("DROP TABLE IF EXISTS poterne", TABLES[kind])
        self.passwords(**{ACCOUNT: PASSWORD})

    @staticmethod
    def write(path: pathlib.Path, text: str, mode: int = 0o600) -> None:
        path.touch(mode)
        path.chmod(mode)
        path.write_text(text)

    def address(self, port: Optional[int] = None, query: str = "") -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self.file}"
        scheme = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}[self.kind]
        return f"{scheme}://poterne:poterne@127.0.0.1:{self.port if port is None else port}/poterne{query}"

    def set(self, mode: int = 0o600, **settings: Any) -> None:
        """Writes the settings file."""
        values = {"application": APPLICATION, "database": self.address(), "keyring": self.keys, **settings}
        self.write(self.settings, "".join(f"{name} = {value}\n" for name, value in values.items()), mode)

    def passwords(self, **passwords: Union[str, bytes]) -> None:
        """The list of pam_pwdfile: names and hashes."""
        lines = (f"{name}:{hashed(password)}\n" for name, password in passwords.items())
        self.write(self.folder / "passwords", "".join(lines))

    def stack(self, *lines: str, service: str = "vpn") -> None:
        """PASSWORD stands for a module that checks one as pam_unix does, without users of the system; POTERNE for ours."""
        text = "\n".join(lines) + "\n"
        # nodelay: its wait of two seconds after a wrong password is not what is tested.
        text = text.replace("PASSWORD", f"pam_pwdfile.so pwdfile={self.folder}/passwords nodelay")
        text = re.sub(r"POTERNE (\w+)", rf"{MODULE} \1 settings={self.settings}", text)
        (self.stacks / service).write_text(text)

    def connect(self) -> Any:
        if self.kind == "sqlite":
            return sqlite3.connect(self.file, timeout=5)
        if self.kind == "postgresql":
            return psycopg.connect(f"host=127.0.0.1 port={self.port} user=poterne password=poterne dbname=poterne")
        return pymysql.connect(host="127.0.0.1", port=self.port, user="poterne", password="poterne", database="poterne")

    def run(self, *statements: str, values: Sequence[Any] = ()) -> Any:
        connection = self.connect()
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else None
            connection.commit()
            return rows
        finally:
            connection.close()

    def enroll(self, account: str = ACCOUNT, secret: bytes = SECRET, **options: Any) -> None:
        """An active app. One that knows its codes by number, a counter, is asked for by `counter`."""
        attempt = self.verifier.import_credential(account, secret, **options)
        mark = "?" if self.kind == "sqlite" else "%s"
        assert attempt.record is not None
        self.run(f"INSERT INTO poterne (account, record) VALUES ({mark}, {mark})", values=(account, str(attempt.record)))

    def record(self, account: str = ACCOUNT) -> str:
        mark = "?" if self.kind == "sqlite" else "%s"
        rows = self.run(f"SELECT record FROM poterne WHERE account = {mark}", values=(account,))
        return str(rows[0][0])

    def failures(self, account: str = ACCOUNT) -> int:
        return self.verifier.credential(account, self.record(account)).inspect().failures

    def pamtester(
        self, *answers: Union[str, bytes], user: str = ACCOUNT, service: str = "vpn", **environment: str
    ) -> Tuple[bool, str]:
        """Whether somebody was let in, and what was shown."""
        with self.started(user, service, **environment) as tester:
            output, errors = tester.communicate(b"".join(map(line, answers)), timeout=60)
        assert tester.returncode in (0, 1), (tester.returncode, output, errors)
        shown = (output + errors).decode("utf-8", "replace")
        assert ("successfully authenticated" in shown) == (tester.returncode == 0), shown
        return tester.returncode == 0, shown

    def started(self, user: str = ACCOUNT, service: str = "vpn", **environment: str) -> subprocess.Popen[bytes]:
        """A pamtester that waits for answers."""
        return subprocess.Popen(
            ["pamtester", service, user, "authenticate"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
                "LD_PRELOAD": WRAPPER,
                "PAM_WRAPPER": "1",
                "PAM_WRAPPER_SERVICE_DIR": str(self.stacks),
                "PAM_WRAPPER_USE_SYSLOG": "1",
                **environment,
            },
        )

    def host(self, mode: str, users: Sequence[str], answers: Sequence[str], service: str = "vpn") -> Dict[str, int]:
        ran = subprocess.run(
            [HOST, mode, self.stacks, service, *users],
            input="".join(f"{answer}\n" for answer in answers),
            capture_output=True,
            text=True,
            timeout=3_000,
        )
        assert ran.returncode == 0 and not ran.stderr, ran
        return {name: int(value) for name, value in (word.split("=") for word in ran.stdout.split())}


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: pathlib.Path, log: Log) -> Iterator[Site]:
    yield Site(request.param, tmp_path)


@pytest.fixture
def sqlite_site(tmp_path: pathlib.Path, log: Log) -> Site:
    return Site("sqlite", tmp_path)


@pytest.fixture
def postgresql_site(tmp_path: pathlib.Path, log: Log) -> Site:
    return Site("postgresql", tmp_path)


def line(answer: Union[str, bytes]) -> bytes:
    return (answer if isinstance(answer, bytes) else answer.encode()) + b"\n"


@functools.cache
def hashed(password: Union[str, bytes]) -> str:
    """Of crypt(3), by MD5: quick, since a test asks thousands of times."""
    typed = password if isinstance(password, bytes) else password.encode()
    ran = subprocess.run(["openssl", "passwd", "-1", "-stdin"], input=typed, check=True, capture_output=True)
    return ran.stdout.decode().strip()


PROMPT = ("auth requisite PASSWORD", "auth required POTERNE prompt")
ONE_FIELD = (
    "auth requisite POTERNE split",
    "auth requisite PASSWORD use_first_pass",
    "auth required POTERNE verify",
)


def code(steps: int = 0, secret: bytes = SECRET) -> str:
    """The code of the present half-minute, or of one beside it."""
    return poterne.hotp(secret, int(time.time()) // 30 + steps)
