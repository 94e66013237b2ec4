"""Moving out: what is written is read elsewhere, codes count there, and nobody gets it by accident."""

from __future__ import annotations

import pathlib
import time
import uuid
from typing import Iterator, List, Optional

import pytest

import poterne
from admin.installation import CTRL_C, CTRL_D, NOW, STEP, Answer, Done, Home
from databases import Database
from poterne import Authenticator, MovingFactor, State
from poterne._poterne import move_out_pskc, move_out_uris_in_clear, moving_out_sentence
from poterne.admin import files

SENTENCE = "take the secrets out of the records"

PASSWORD = "six words nobody would guess"


@pytest.fixture
def elsewhere(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Home]:
    """Another system: another keyring, another table."""
    folder = tmp_path / "elsewhere"
    folder.mkdir(mode=0o700)
    made = Home(folder, Database("sqlite", None, str(folder / "poterne.sqlite")), f"t_{uuid.uuid4().hex[:12]}", capsys)
    assert made.init().code == 0
    yield made


def secret(number: int) -> bytes:
    return f"{number:020}".encode()


def enroll(home: Home, account: str, number: int, **more: object) -> None:
    site = home.site()
    made = site.verifier.import_credential(account, secret(number), **more)  # type: ignore[arg-type]
    assert made.record is not None
    site.table.column.insert(account, made.record)
    site.table.engine.dispose()


def department(home: Home) -> None:
    """One of each: a phone, a token beside it, a token in stock, and those who are left out."""
    enroll(home, "a.martin", 1, watermark=STEP)
    enroll(home, "a.martin#2", 2, counter=7, authenticator=Authenticator.TOKEN)
    enroll(home, "serial:T9", 3, counter=0, authenticator=Authenticator.TOKEN, state=State.PENDING)
    enroll(home, "b.durand", 4, state=State.PENDING)
    enroll(home, "c.petit", 5, state=State.SUSPENDED)
    enroll(home, "d.gone", 6)
    assert home.run("gone", "d.gone", "--yes").code == 0


def moved_out(home: Home, file: pathlib.Path, *more: str, answers: Optional[List[Answer]] = None, language: str = "en") -> Done:
    asked: List[Answer] = [SENTENCE] if "--otpauth-in-clear" in more or "--key-file" in more else [PASSWORD, PASSWORD, SENTENCE]
    return home.terminal(["export-secrets", str(file), "--lang", language, *more], asked if answers is None else answers)


def log_in(home: Home, account: str, number: int, now: float) -> str:
    site = home.site()
    try:
        return site.verifier.login(account, poterne.totp(secret(number), now), store=site.table.column, now=now).code
    finally:
        site.table.engine.dispose()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_encrypted_file_is_read_elsewhere_and_a_code_counts_there(home: Home, elsewhere: Home, tmp_path: pathlib.Path, language: str) -> None:
    department(home)
    before, file = home.records(), tmp_path / "move.pskcxml"
    done = moved_out(home, file, language=language)
    # Who is suspended would be locked out there: not all is done.
    assert done.code == 1, done.out
    assert file.stat().st_mode & 0o777 == 0o600 and home.records() == before
    counts = {
        "en": "4 moved, 2 of them pending (the other system takes them for confirmed); left out: 1 revoked, 1 suspended, 0 others",
        "fr": "repris : 4, dont en attente : 2 (confirmés, pour l’autre système) ; non repris : révoqués : 1 ; suspendus : 1 ; autres : 0",
    }[language]
    assert counts in done.out and "poterne gone" in done.out and "poterne found c.petit" in done.out
    content = file.read_bytes()
    assert PASSWORD not in done.out and all(secret(number) not in content for number in range(7))

    read = poterne.TokenFile.read_pskc(content, password=PASSWORD.encode())
    entries = {entry.serial: entry for entry in read.entries if isinstance(entry, poterne.TokenEntry)}
    assert set(entries) == {"a.martin", "a.martin/2", "T9", "b.durand"} and len(read.entries) == 4
    assert entries["a.martin"].watermark == STEP and entries["a.martin/2"].counter == 7 and entries["a.martin/2"].account == "a.martin"
    assert {entry.serial for entry in entries.values() if entry.account is None} == {"T9"}
    assert entries["T9"].moving_factor is MovingFactor.COUNTER

    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    with password.open() as opened:
        imported = elsewhere.run("tokens", "import", str(file), "--format", "pskc", "--password-fd", str(opened.fileno()), "--yes")
    assert imported.code == 0 and "4 in stock now" in imported.out, imported.out
    for serial, person, *more in (("b.durand", "b.durand"), ("a.martin", "a.martin"), ("a.martin/2", "a.martin", "--beside")):
        assert elsewhere.run("tokens", "assign", serial, person, *more, "--yes").code == 0
    assert {"a.martin", "a.martin#2", "b.durand"} <= set(elsewhere.records())
    site = elsewhere.site()
    site.table.column.apply(site.verifier, "b.durand", lambda credential: credential.confirm(poterne.totp(secret(4), NOW), now=NOW))
    site.table.engine.dispose()
    assert log_in(elsewhere, "b.durand", 4, NOW + 60) == "accepted.otp"


def test_uris_in_clear_are_read_elsewhere_and_a_code_counts_there(lite: Home, elsewhere: Home, tmp_path: pathlib.Path) -> None:
    department(lite)
    enroll(lite, "DOMAIN:e.colon", 7)
    enroll(lite, "f.until", 8, not_after=NOW + 86_400)
    file = tmp_path / "uris.txt"
    done = moved_out(lite, file, "--otpauth-in-clear")
    assert done.code == 1 and "NOT ENCRYPTED" in done.out and file.stat().st_mode & 0o777 == 0o600
    assert "3 moved, 1 of them pending" in done.out and "1 revoked, 1 suspended, 3 others" in done.out
    for account in ("serial:T9", "DOMAIN:e.colon", "f.until"):
        assert account in done.out
    lines = file.read_text().splitlines()
    assert [line.partition("?")[0] for line in lines] == [
        "otpauth://totp/grand-angle:a.martin",
        "otpauth://hotp/grand-angle:a.martin",
        "otpauth://totp/grand-angle:b.durand",
    ]
    # Not one secret on the terminal.
    assert all(poterne.Secret(secret(number)).to_base32() not in done.out for number in range(9))
    imported = elsewhere.run("import-secrets", "otpauth", str(file), "--beside", "--yes")
    assert imported.code == 0 and "3 moved" in imported.out, imported.out
    assert set(elsewhere.records()) == {"a.martin", "a.martin#2", "b.durand"}
    assert log_in(elsewhere, "a.martin", 1, time.time() + 120) == "accepted.otp"


def test_listed_accounts_and_a_key(lite: Home, tmp_path: pathlib.Path) -> None:
    department(lite)
    listed, key, file = tmp_path / "accounts.txt", tmp_path / "move.key", tmp_path / "move.pskcxml"
    listed.write_text("# of the first service\n\na.martin\nd.gone\n")
    key.write_text("5a" * 32 + "\n")
    done = moved_out(lite, file, "--accounts", str(listed), "--key-file", str(key), "--json")
    # The revoked have nothing to take along.
    assert done.code == 0, done.out
    assert '"moved": 2, "pending": 0, "encrypted": true, "left_out": [{"account": "d.gone", "kind": "revoked", "text": "revoked"}]' in done.out
    read = poterne.TokenFile.read_pskc(file.read_bytes(), key=b"\x5a" * 32)
    assert [entry.serial for entry in read.entries] == ["a.martin", "a.martin/2"]
    # An account that is not there, and a list with nothing in it.
    for text, language, expected in (
        ("a.martin\nb.durant\n", "en", "Accounts without a record"),
        ("a.martin\nb.dur\x1b[2Jant\n", "fr", "Comptes sans enregistrement"),
        ("# nobody\n", "en", "names no account"),
    ):
        listed.write_text(text)
        other = tmp_path / "other"
        done = moved_out(lite, other, "--accounts", str(listed), answers=[], language=language)
        assert done.code == 1 and expected in done.out and "\x1b[2Jant" not in done.out and not other.exists()
    listed.write_text("d.gone\n")
    done = moved_out(lite, tmp_path / "none", "--accounts", str(listed))
    assert done.code == 1 and "No record can go along" in done.out and not (tmp_path / "none").exists()


@pytest.mark.parametrize("more", [(), ("--otpauth-in-clear",)])
def test_nobody_gets_it_by_accident(lite: Home, tmp_path: pathlib.Path, more: List[str]) -> None:
    department(lite)
    file = tmp_path / "move"
    before: List[Answer] = [] if more else [PASSWORD, PASSWORD]
    for language, expected in (("en", "was not typed as it stands"), ("fr", "n’est pas celle indiquée")):
        for typed in ("yes", "oui", SENTENCE.upper(), SENTENCE + " ", ""):
            done = moved_out(lite, file, *more, answers=[*before, typed], language=language)
            assert done.code == 1 and expected in done.out, done.out
    # Interrupted, or the end of the input.
    assert moved_out(lite, file, *more, answers=[*before, CTRL_C]).code == 130
    assert moved_out(lite, file, *more, answers=[*before, CTRL_D]).code == 1
    # No terminal: a script cannot type it.
    for language, expected in (("en", "There is no terminal"), ("fr", "Pas de terminal")):
        done = lite.process("export-secrets", str(file), *more, "--lang", language, given=f"{SENTENCE}\n")
        assert done.code == 1 and expected in done.err
    # Nothing is left of it, not beside the name either; the control is that it can be written.
    assert sorted(path.name for path in tmp_path.iterdir() if "move" in path.name) == []
    assert moved_out(lite, file, *more).code == 1 and file.exists()


def test_no_file_is_overwritten_and_no_terminal_gets_it(lite: Home, tmp_path: pathlib.Path) -> None:
    department(lite)
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("kept")
    link.symlink_to(tmp_path / "nothing")
    for name, code in ((str(there), 1), (str(link), 1), ("/dev/tty", 1), ("/dev/stdout", 1), ("-", 2), (str(tmp_path / "nowhere" / "file"), 1)):
        for more in ((), ("--otpauth-in-clear",)):
            assert lite.terminal(["export-secrets", name, *more], []).code == code, name
    assert there.read_text() == "kept" and not (tmp_path / "nothing").exists()

    # One that comes while somebody types.
    def meanwhile(_: str) -> str:
        (tmp_path / "late").write_text("kept")
        return SENTENCE

    done = moved_out(lite, tmp_path / "late", "--otpauth-in-clear", answers=[meanwhile])
    assert done.code == 1 and "there already" in done.out and (tmp_path / "late").read_text() == "kept"
    assert moved_out(lite, there, "--otpauth-in-clear", "--key-file", str(there), answers=[]).code == 2


def test_passwords_and_keys_that_will_not_do(lite: Home, tmp_path: pathlib.Path) -> None:
    department(lite)
    file, key = tmp_path / "move", tmp_path / "key"
    done = moved_out(lite, file, answers=[PASSWORD, PASSWORD + "s"])
    assert done.code == 1 and "not the same" in done.out
    done = moved_out(lite, file, answers=["eleven char", "eleven char", SENTENCE])
    assert done.code == 1 and "too short" in done.out and "eleven char" not in done.out
    for text in ("5a" * 16, "no key"):
        key.write_text(text)
        done = moved_out(lite, file, "--key-file", str(key), answers=[SENTENCE] if text != "no key" else [])
        assert done.code == 1 and text not in done.out
    assert not file.exists()


def test_hostile_names_and_damaged_records(lite: Home, tmp_path: pathlib.Path) -> None:
    enroll(lite, "a.martin", 1)
    enroll(lite, 'agent <1> & "co"', 2)
    enroll(lite, "a\u202eb", 3)
    enroll(lite, "1.23E+11", 4)
    enroll(lite, "e" * 200, 5)
    enroll(lite, "twin", 1)
    records = lite.records()
    lite.database.run(f"INSERT INTO {lite.table} (account, record) VALUES ('copied', '{records['a.martin']}')")
    file = tmp_path / "move"
    done = moved_out(lite, file)
    assert done.code == 1 and "2 moved" in done.out and "0 suspended, 5 others" in done.out, done.out
    assert "\u202e" not in done.out and "1.23E+11" in done.out
    read = poterne.TokenFile.read_pskc(file.read_bytes(), password=PASSWORD.encode())
    assert sorted(entry.serial or "" for entry in read.entries) == ["a.martin", 'agent <1> & "co"']


def test_the_calls_are_the_command_s_alone(lite: Home) -> None:
    enroll(lite, "a.martin", 1)
    assert moving_out_sentence() == SENTENCE
    assert not {name for name in poterne.__all__ if "move" in name or "moving" in name or "export" in name}
    site, rows = lite.site(), list(lite.records().items())
    for call in (
        lambda typed: move_out_pskc(site.keyring, "grand-angle", typed, rows, key=b"k" * 32),
        lambda typed: move_out_uris_in_clear(site.keyring, "grand-angle", typed, rows, "Department"),
    ):
        with pytest.raises(poterne.ArgumentError):
            call("yes")
    for more in ({}, {"key": b"k" * 32, "password": b"p" * 32}):
        with pytest.raises(poterne.ArgumentError):
            move_out_pskc(site.keyring, "grand-angle", SENTENCE, rows, **more)
    uris, left = move_out_uris_in_clear(site.keyring, "grand-angle", SENTENCE, [*rows, ("b.durand", rows[0][1])], "Department")
    assert isinstance(uris, bytearray) and uris.startswith(b"otpauth://totp/Department:a.martin?secret=") and uris.endswith(b"\n")
    assert [(place, error.kind) for place, error in left] == [(1, poterne.ErrorKind.RECORD)]


def test_a_new_file_of_bytes(tmp_path: pathlib.Path) -> None:
    path, content = tmp_path / "new", bytearray(b"1\n2\n" * 100_000)
    files.create(path, content)
    assert path.read_bytes() == content and path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        files.create(path, content)
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
