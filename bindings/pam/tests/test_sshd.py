"""A real sshd that asks by keyboard-interactive, in a mount namespace where /etc/pam.d and the users are the test's own."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time
from typing import Iterator

from conftest import ACCOUNT, ONE_FIELD, PASSWORD, PROMPT, Log, Site, code

import poterne

# pam_unix as Debian's sshd has it, and what comes behind the second factor.
REST = ("account required pam_permit.so", "session required pam_permit.so")


@contextlib.contextmanager
def sshd(site: Site, *stack: str, methods: str = "keyboard-interactive") -> Iterator[int]:
    folder = site.folder / "sshd"
    folder.mkdir()
    with covered(folder, "/etc/pam.d") as services, covered(folder, "/etc/passwd") as users, covered(folder, "/etc/shadow") as shadow:
        home = folder / "home"
        home.mkdir()
        hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD.encode(), check=True, capture_output=True).stdout
        with users.open("a") as file:
            file.write(f"{ACCOUNT}:x:20001:20001::{home}:/bin/sh\n")
        with shadow.open("a") as file:
            file.write(f"{ACCOUNT}:{hashed.decode().strip()}:20000:0:99999:7:::\n")
        site.stack(*[line.replace("PASSWORD", "pam_unix.so") for line in stack], *REST, service="sshd")
        shutil.copy(site.stacks / "sshd", services / "sshd")
        key = folder / "host_key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            port = reserved.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{port}\nHostKey {key}\nPidFile none\nUsePAM yes\nPasswordAuthentication yes\n"
            f"KbdInteractiveAuthentication yes\nAuthenticationMethods {methods}\nStrictModes no\nMaxAuthTries 6\n"
        )
        pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        # Silent in the log of the tests, where only the module's lines are looked at.
        server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", folder / "sshd_config", "-E", folder / "sshd.log"])
        try:
            while True:
                assert server.poll() is None, (folder / "sshd.log").read_text()
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.01)
            yield port
        finally:
            server.terminate()
            server.wait()


@contextlib.contextmanager
def covered(folder: pathlib.Path, path: str) -> Iterator[pathlib.Path]:
    """Covers a path of the system by a copy."""
    copy = folder / path.replace("/", "-")
    (shutil.copytree if os.path.isdir(path) else shutil.copy)(path, copy)
    subprocess.run(["mount", "--bind", copy, path], check=True)
    try:
        yield copy
    finally:
        subprocess.run(["umount", path], check=True)


def log_in(site: Site, port: int, *answers: str, method: str = "keyboard-interactive") -> tuple[bool, str]:
    """Whether somebody was let in, and the questions. An answer is given to each question in turn, as a person would."""
    folder = site.folder / "sshd"
    asked, left = folder / "asked", folder / "answers"
    asked.write_text("")
    left.write_text("".join(f"{answer}\n" for answer in answers))
    program = folder / "askpass"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >>{asked}\nhead -n 1 {left}\nsed -i 1d {left}\n')
    program.chmod(0o755)
    command = ["ssh", "-F", "none", "-p", str(port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"]
    command += ["-o", f"PreferredAuthentications={method}", "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR"]
    environment = {"PATH": os.environ["PATH"], "SSH_ASKPASS": str(program), "SSH_ASKPASS_REQUIRE": "force", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run([*command, f"{ACCOUNT}@127.0.0.1", "echo in"], capture_output=True, text=True, timeout=60, env=environment, stdin=subprocess.DEVNULL)
    return ran.stdout == "in\n", asked.read_text()


def test_sshd_asks_for_the_code_behind_the_password(site: Site, log: Log) -> None:
    site.enroll()
    site.set(language="fr")
    with sshd(site, *PROMPT) as port:
        typed = code()
        let_in, asked = log_in(site, port, PASSWORD, typed)
        assert let_in and "Code à usage unique" in asked
        assert log.codes() == []
        assert not log_in(site, port, PASSWORD, typed)[0] and log.codes() == ["refused.replayed"]
        # A wrong password: no code is asked for.
        let_in, asked = log_in(site, port, "wrong", code(1))
        assert not let_in and "Code" not in asked and log.codes() == []
        assert log_in(site, port, PASSWORD, code(1))[0]
        # A token beside the phone.
        token = b"\2" * 20
        site.enroll(ACCOUNT + "#2", token, authenticator=poterne.Authenticator.TOKEN)
        let_in, asked = log_in(site, port, PASSWORD, "2", code(secret=token))
        assert let_in and "(tapez 2 pour le jeton)" in asked and "de l'appareil 2, le jeton" in asked
        assert log.codes() == []


def test_sshd_with_one_field(sqlite_site: Site, log: Log) -> None:
    site = sqlite_site
    site.enroll()
    with sshd(site, *ONE_FIELD) as port:
        let_in, asked = log_in(site, port, PASSWORD + code())
        assert let_in and asked.count("Password and one-time code:") == 1
        assert not log_in(site, port, PASSWORD + code())[0] and log.codes() == ["refused.replayed"]
        assert not log_in(site, port, PASSWORD)[0] and log.codes() == ["refused.malformed"]


def test_sshd_by_its_own_password_method(sqlite_site: Site, log: Log) -> None:
    """sshd answers every question with the one password: one field works, and a question for the code is refused unharmed."""
    site = sqlite_site
    site.enroll()
    with sshd(site, *ONE_FIELD, methods="password") as port:
        assert log_in(site, port, PASSWORD + code(), method="password")[0]
    shutil.rmtree(site.folder / "sshd")
    before = site.record()
    with sshd(site, *PROMPT, methods="password") as port:
        assert not log_in(site, port, PASSWORD, method="password")[0]
    assert log.codes() == ["misplaced.same_password"] and site.record() == before
