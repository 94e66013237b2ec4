"""An installation of the command's own: keyring, settings and table; and a terminal to type on."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Union

import pytest
from databases import Database

import poterne
from poterne.admin.cli import run
from poterne.admin.console import Console
from poterne.admin.language import Say
from poterne.admin.site import Given, Site

COMMAND = pathlib.Path(sys.executable).with_name("poterne")

# The real time: the command has no other.
NOW = int(time.time())

STEP = NOW // 30


class Done:
    """What a run of the command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Home:
    """A folder with an installation."""

    def __init__(self, folder: pathlib.Path, database: Database, table: str, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.database, self.table, self._capture = folder, database, table, capture
        self.config, self.keyring = folder / "poterne.conf", folder / "poterne.keys"

    @property
    def address(self) -> str:
        if self.database.kind == "sqlite":
            return f"sqlite:///{self.folder / 'poterne.sqlite'}"
        driver = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[self.database.kind]
        return f"{driver}://poterne@127.0.0.1:{self.database.port}/poterne"

    def init(self, *more: str) -> Done:
        """With the password in a file of its own, as it should be."""
        arguments = ["--application", "grand-angle", "--db", self.address, "--table", self.table]
        if self.database.kind != "sqlite":
            password = self.folder / "password"
            password.write_text("poterne\n")
            password.chmod(0o600)
            arguments += ["--set", f"database_password_file={password}"]
        return self.run("init", *arguments, *more)

    def run(self, *arguments: str) -> Done:
        """In this process."""
        self._capture.readouterr()
        code = run([*arguments, *self._config(arguments)])
        said = self._capture.readouterr()
        return Done(code, said.out, said.err)

    def process(self, *arguments: str, given: str = "", **environment: str) -> Done:
        """As a shell does."""
        done = subprocess.run(
            [COMMAND, *arguments, *self._config(arguments)],
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, **environment},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Goes on without it."""
        return subprocess.Popen(
            [COMMAND, *arguments, *self._config(arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def terminal(self, arguments: Sequence[str], answers: Sequence[Answer], **options: Any) -> Done:
        """On a terminal of its own; each answer is typed once something has been asked."""
        return on_terminal([str(COMMAND), *arguments, *self._config(arguments)], answers, **options)

    def site(self) -> Site:
        return Site(Console(Say("en")), Given(str(self.config)))

    def enroll(self, *accounts: str, state: Optional[poterne.State] = None, watermark: Optional[int] = None) -> None:
        site = self.site()
        changes = []
        for account in accounts:
            made = site.verifier.import_credential(account, b"12345678901234567890", state=state, watermark=watermark)
            assert made.record is not None
            changes.append((account, None, made.record))
        for start in range(0, len(changes), 500):
            batch = changes[start : start + 500]
            assert site.table.column.swap_all(batch) == [1] * len(batch)
        site.table.engine.dispose()

    def records(self) -> Dict[str, str]:
        rows = self.database.run(f"SELECT account, record FROM {self.table}")
        return {account: record for account, record in rows if account != "poterne-probe"}

    def _config(self, arguments: Sequence[str]) -> List[str]:
        return [] if "--config" in arguments else ["--config", str(self.config)]


Answer = Union[str, Callable[[str], str]]

CTRL_C, CTRL_D = "\x03", "\x04"

# What the command ends with when it waits for somebody.
PROMPTS = ("] ", ": ", ":\u00a0", "will be cleared.", "sera effacé.", "it is told.")


def on_terminal(command: Sequence[str], answers: Sequence[Answer], *, rows: int = 50, columns: int = 110, language: str = "C", kind: str = "xterm-256color") -> Done:
    """Types each answer once something has been asked. An answer can be made of what was shown."""
    child, terminal = pty.fork()
    if child == 0:
        # A run in the background hands down that it is ignored.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(command[0], list(command), {**os.environ, "TERM": kind, "LC_ALL": f"{language}.UTF-8"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    shown, left, asked = b"", list(answers), 0
    while True:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, f"the command waits for something else: {shown.decode(errors='replace')}"
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
        since = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown[asked:].decode(errors="replace"))
        if left and since.endswith(PROMPTS):
            asked = len(shown)
            answer = left.pop(0)
            typed = answer if isinstance(answer, str) else answer(shown.decode())
            os.write(terminal, typed.encode() + (b"" if typed in (CTRL_C, CTRL_D) else b"\n"))
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert not left, f"these were never asked for: {left}, after {shown.decode(errors='replace')}"
    return Done(os.waitstatus_to_exitcode(status), shown.decode(), "")
