"""Hosts, files and settings that are not as they should be, in a host under valgrind: nothing is touched that is not the module's, nobody is
let in, and nothing hangs."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

from conftest import ACCOUNT, HOST, MODULE, ONE_FIELD, PASSWORD, PROMPT, SECRET, Log, Site, code

import poterne

HOSTILE = HOST.with_name("hostile")

VALGRIND = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite", "--trace-children=no"]

# What each way comes to: how many logins are accepted, and what the log says. Behind a wrong code, something is told.
WAYS = [
    ("right", 1, []),
    ("wrong", 0, ["refused.wrong_code"]),
    ("silent_about_texts", 1, []),
    ("wrong", 0, ["refused.wrong_code"]),
    ("answers_texts", 1, []),
    ("wrong", 0, ["refused.wrong_code"]),
    ("fails_at_texts", 1, []),
    ("again", 1, ["refused.replayed"] * 2),
    ("flags", 1, []),
    ("many_responses", 1, []),
    # The account is that of the password.
    ("changes_user", 1, []),
    ("changes_password", 1, []),
    ("no_function", 0, []),
    ("no_responses", 0, ["error.conversation"]),
    ("no_text", 0, ["error.conversation"]),
    ("fails", 0, ["error.conversation"]),
    ("fails_with_garbage", 0, ["error.conversation"]),
    ("megabytes", 0, ["refused.malformed"]),
    ("bytes", 0, ["refused.malformed"]),
    ("terminal", 0, ["refused.malformed"]),
    ("format", 0, ["refused.malformed"]),
    ("right", 1, []),
]


def run(site: Site, *ways: str, user: str = ACCOUNT, password: str = PASSWORD) -> list[str]:
    # The servers' clients hash passwords, for longer than the module waits if valgrind watches.
    watcher = VALGRIND if site.kind == "sqlite" else []
    ran = subprocess.run([*watcher, HOSTILE, site.stacks, "vpn", user, password, *ways], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0 and not ran.stderr, ran.stderr
    return ran.stdout.split()


def ready(site: Site) -> None:
    site.enroll(counter=0, authenticator=poterne.Authenticator.TOKEN)
    site.stack(*PROMPT)


def test_hosts(sqlite_site: Site, log: Log) -> None:
    ready(sqlite_site)
    typed, expected, codes = [], [], []
    counter = 0
    for way, accepted, said in WAYS:
        typed.append(f"{way}={'000000' if way == 'wrong' else poterne.hotp(SECRET, counter)}")
        expected.append(f"{way}={accepted}")
        codes += said
        counter += accepted
    assert run(sqlite_site, *typed) == expected
    assert log.codes() == codes


def test_the_clients_of_the_databases(site: Site, log: Log) -> None:
    ready(site)
    assert run(site, *(f"again={poterne.hotp(SECRET, counter)}" for counter in range(2))) == ["again=1"] * 2
    assert log.codes() == ["refused.replayed"] * 4
    site.stack(*ONE_FIELD)
    assert run(site, "right=", password=PASSWORD + poterne.hotp(SECRET, 2)) == ["right=1"] and log.codes() == []


def test_a_host_that_forks_at_the_question(site: Site, log: Log) -> None:
    """Both halves answer with the code, and one is let in."""
    ready(site)
    assert run(site, "forks=" + poterne.hotp(SECRET, 0)) == ["forks=1"]
    assert len(log.codes()) == 1


def test_calls_that_linux_pam_never_makes(sqlite_site: Site) -> None:
    sqlite_site.stack(*PROMPT)
    ran = subprocess.run([*VALGRIND, HOSTILE, sqlite_site.stacks, "vpn", "calls", MODULE], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0 and ran.stdout == "calls=0\n" and not ran.stderr, ran


def test_valgrind_finds_what_is_freed_twice(sqlite_site: Site) -> None:
    """The control."""
    folder = sqlite_site.folder
    (folder / "twice.c").write_text("#include <stdlib.h>\nint main(void) { void *volatile p = malloc(1); free(p); free(p); return 0; }\n")
    subprocess.run(["cc", "-w", "-o", folder / "twice", folder / "twice.c"], check=True)
    assert subprocess.run([*VALGRIND, folder / "twice"], capture_output=True).returncode == 9


@pytest.mark.parametrize("name", ["a" * 200_000, "\xff\xfe", "\n", "a\nb", "a.martin\x1b[2J", "$(id)", "../../etc/passwd", "a.martin#2 ", " "], ids=range(9))
def test_names(sqlite_site: Site, log: Log, name: str) -> None:
    sqlite_site.enroll()
    sqlite_site.stack("auth required POTERNE prompt without_password")
    # The kernel gives no longer argument.
    command: list[str | bytes | pathlib.Path] = [HOSTILE, sqlite_site.stacks, "vpn", name.encode("latin-1")[:100_000], code(), "right=" + code()]
    ran = subprocess.run(command, capture_output=True, timeout=60)
    assert ran.returncode == 0 and ran.stdout == b"right=0\n" and not ran.stderr, ran
    assert set(log.codes()) <= {"error.account", "error.argument", "refused.not_enrolled"}


def fifo(path: pathlib.Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def endless(path: pathlib.Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def directory(path: pathlib.Path) -> None:
    path.unlink()
    path.mkdir()


def of_another(path: pathlib.Path) -> None:
    os.chown(path, 65_534, 65_534)


def huge(path: pathlib.Path) -> None:
    with path.open("ab") as file:
        file.truncate(1 << 33)


def bytes_(path: pathlib.Path) -> None:
    path.write_bytes(os.urandom(4096))


def loop(path: pathlib.Path) -> None:
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize("damage", [fifo, endless, directory, of_another, huge, bytes_, loop], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("which", ["settings", "keys", "file"])
def test_files(sqlite_site: Site, log: Log, which: str, damage: object) -> None:
    """The settings, the keyring and the database."""
    site = sqlite_site
    site.enroll()
    site.stack(*PROMPT)
    path = getattr(site, which)
    kept = path.read_bytes()
    damage(path)  # type: ignore[operator]
    if which == "file" and damage in (of_another, huge):
        # Root reads the file of another, and SQLite goes by the length in its header.
        assert site.pamtester(PASSWORD, code())[0]
        return
    assert not site.pamtester(PASSWORD, code())[0]
    expected = {"settings": {f"error.settings.{reason}" for reason in ("missing", "unreadable", "mode", "owner", "content")}, "keys": {"error.keyring_file", "error.keyring"}, "file": {"error.store"}}[which]
    assert set(log.codes()) <= expected
    # A symbolic link to a right file is as right as the file.
    if damage is loop:
        path.unlink()
        target = site.folder / "target"
        target.touch(0o600)
        target.write_bytes(kept)
        path.symlink_to(target)
        assert site.pamtester(PASSWORD, code())[0]
