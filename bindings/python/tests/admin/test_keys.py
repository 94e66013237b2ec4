"""The four steps of a change of keys, and the refusal of each that would lock somebody out."""

from __future__ import annotations

import time

import pytest

import poterne
from admin.installation import Home
from poterne.admin import files

SECRET = b"12345678901234567890"


def fingerprint(home: Home) -> str:
    return str(home.run("key", "list", "--json").json["fingerprint"])


def test_four_steps_and_everybody_logs_in_after_each(home: Home) -> None:
    home.enroll("a.martin", "b.durand")
    old = poterne.Keyring.open(home.keyring).primary_key_id

    def log_in(step: int) -> None:
        site = home.site()
        now = time.time() + step * 30
        assert site.verifier.login("a.martin", poterne.totp(SECRET, now), store=site.table.column, now=now).code == "accepted.otp"
        site.table.engine.dispose()

    done = home.run("key", "add")
    assert done.code == 0 and home.keyring.stat().st_mode & 0o777 == 0o600
    (new,) = set(poterne.Keyring.open(home.keyring).key_ids) - {old}
    assert f"poterne key promote {new}" in done.out and fingerprint(home) in done.out
    log_in(1)
    assert home.run("key", "promote", str(new), "--server", fingerprint(home)).code == 0
    log_in(2)
    # The probe and b.durand are under the old key still.
    done = home.run("key", "remove", str(old), "--only-server", "--yes")
    assert done.code == 1 and "poterne reseal" in done.err and "1 record:" in done.err
    assert home.run("reseal").code == 0
    done = home.terminal(["key", "remove", str(old), "--only-server"], ["n"])
    assert done.code == 1 and old in poterne.Keyring.open(home.keyring).key_ids
    assert home.terminal(["key", "remove", str(old), "--only-server"], ["y"]).code == 0
    assert poterne.Keyring.open(home.keyring).key_ids == [new]
    log_in(3)
    assert home.run("doctor", "--json").json["result"] != "red" or home.run("key", "list", "--json").json["keys"] == [new]


def test_a_server_with_another_keyring_stops_promote_and_remove(lite: Home) -> None:
    before = fingerprint(lite)
    assert lite.run("key", "add").code == 0
    new = poterne.Keyring.open(lite.keyring).key_ids[-1]
    text = lite.keyring.read_text()
    for more in ((), ("--server", before), ("--server", fingerprint(lite), "--server", before)):
        done = lite.run("key", "promote", str(new), *more)
        assert done.code == 1 and lite.keyring.read_text() == text, more
    assert lite.run("key", "promote", str(new), "--server", fingerprint(lite), "--server", fingerprint(lite).upper()).code == 0


def test_what_would_leave_no_key_or_none_that_seals(lite: Home) -> None:
    primary = poterne.Keyring.open(lite.keyring).primary_key_id
    text = lite.keyring.read_text()
    for arguments in (("remove", str(primary), "--yes"), ("promote", "12345"), ("remove", "12345", "--yes")):
        done = lite.run("key", *arguments, "--only-server")
        assert done.code == 1 and lite.keyring.read_text() == text, done
    assert lite.run("key", "add", str(primary)).code == 1


def test_a_refusal_names_the_step_that_is_missing(lite: Home) -> None:
    lite.enroll("a.martin")
    primary = poterne.Keyring.open(lite.keyring).primary_key_id
    done = lite.run("key", "remove", str(primary), "--only-server", "--yes")
    assert done.code == 1 and "poterne key add" in done.err and "reseal" not in done.err
    assert lite.run("key", "add", "4711").code == 0
    for language, expected in (("en", "primary"), ("fr", "principale")):
        done = lite.run("key", "remove", str(primary), "--only-server", "--yes", "--lang", language)
        assert done.code == 1 and "poterne key promote 4711" in done.err and expected in done.err and "reseal" not in done.err
    for step, more in (("promote", ()), ("remove", ("--yes",))):
        for language, expected in (("en", "has no key 777"), ("fr", "n’a pas de clé 777")):
            done = lite.run("key", step, "777", *more, "--lang", language)
            assert done.code == 1 and expected in done.err and "4711" in done.err and "up to date" not in done.err
    # The probe alone is left under the old key.
    assert lite.run("gone", "a.martin", "--delete", "--yes").code == 0 and lite.records() == {}
    assert lite.run("key", "promote", "4711", "--only-server").code == 0
    done = lite.run("key", "remove", str(primary), "--only-server", "--yes")
    assert done.code == 1 and "poterne-probe" in done.err and "poterne reseal" in done.err
    assert lite.run("reseal").code == 0 and lite.run("key", "remove", str(primary), "--only-server", "--yes").code == 0


def test_no_key_is_ever_shown(lite: Home) -> None:
    lite.run("key", "add")
    said = "".join(done.out + done.err for done in (lite.run("key", "list"), lite.run("key", "list", "--json"), lite.run("key", "add")))
    for line in lite.keyring.read_text().splitlines()[1:]:
        fields = line.split()
        assert fields[0] in said and fields[-2] not in said


def test_two_administrators_at_once(lite: Home) -> None:
    with files.only_one(lite.keyring):
        done = lite.process("key", "add")
    assert done.code == 1 and "Somebody else" in done.err and len(poterne.Keyring.open(lite.keyring).key_ids) == 1


def test_keygen_writes_over_nothing(lite: Home) -> None:
    from poterne.admin.cli import run

    path = lite.folder / "other.keys"
    assert run(["keygen", str(path)]) == 0 and path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert run(["keygen", str(path)]) == 1 and path.read_text() == text


def test_a_keyring_of_systemd_is_not_written(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(lite.folder))
    done = lite.run("key", "add", "--keyring", "$CREDENTIALS_DIRECTORY/poterne.keys")
    assert done.code == 1 and "--keyring FILE" in done.err
