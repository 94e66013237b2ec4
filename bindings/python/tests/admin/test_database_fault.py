"""A database that answers, and refuses: its own fault is named."""

from __future__ import annotations

import warnings
from typing import Optional

import pytest

import poterne
from admin.installation import Home
from poterne.admin import database_fault


@pytest.mark.parametrize("command", ["report", "forget", "reseal", "show"])
def test_a_table_or_a_column_that_is_missing_is_named(home: Home, command: str) -> None:
    home.enroll("a.martin")
    arguments = [command, "a.martin"] if command == "show" else [command]
    for more, expected, french in (
        (("--record", "nosuch"), f"no column nosuch in the table {home.table} (setting record_column)", "pas de colonne nosuch"),
        (("--account", "nobody"), "no column nobody", "(réglage account_column)"),
        (("--table", "nowhere"), "no table nowhere (setting table)", "pas de table nowhere"),
    ):
        done = home.run(*arguments, *more)
        assert done.code == 1 and expected in done.err and "does not answer" not in done.err
        done = home.run(*arguments, *more, "--lang", "fr")
        assert done.code == 1 and french in done.err and "ne répond pas" not in done.err


def test_a_database_that_is_read_only_is_named(lite: Home) -> None:
    lite.enroll("a.martin")
    address = f"file:{lite.folder}/poterne.sqlite?mode=ro"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = lite.run("report", "--db", address)
        assert done.code == 0, done.err
        for command in ("forget", "reseal"):
            done = lite.run(command, "--db", address)
            assert done.code == 1 and "is read-only" in done.err and "Warning" not in done.err
    assert "Warning" not in lite.process("report", "--db", address).err
    assert "read-only" in lite.run("doctor", "--db", address).out


@pytest.mark.parametrize("account", ["a" * 256, "a\tb"])
def test_a_name_that_cannot_be_one_is_not_reported_to_developers(lite: Home, account: str) -> None:
    done = lite.run("show", account)
    assert done.code == 2 and "1 to 255 bytes" in done.err and "developers" not in done.err
    assert "1 à 255 octets" in lite.run("show", account, "--lang", "fr").err


def test_a_keyring_that_others_read_is_a_matter_of_chmod(lite: Home) -> None:
    lite.keyring.chmod(0o644)
    for command in (("report",), ("key", "list"), ("key", "add"), ("init",)):
        done = lite.run(*command)
        assert done.code == 1 and "chmod 600" in done.err and "parse" not in done.err
    assert "parse" not in lite.run("doctor").out
    done = lite.run("report", "--lang", "fr")
    assert "d’autres peuvent lire le trousseau" in done.err and "::" not in done.err


def test_an_address_that_is_none_is_not_reported_to_developers(lite: Home) -> None:
    for address in ("nonsense://h/x", "postgresql+nosuch://h/x", "sqlite://"):
        for language in ("en", "fr"):
            done = lite.run("report", "--db", address, "--lang", language)
            assert done.code == 1 and "velop" not in done.err and "line " not in done.err and "Traceback" not in done.err, done.err
            assert "veloppeurs" not in done.err and "ligne " not in done.err and ("database" in done.err or "base" in done.err)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("SQLSTATE 42501", "no right"), ("error 1142", "no right"), ("SQLSTATE 25006", "read-only"), ("error 1290", "read-only"), ("error 2013", None)],
)
def test_the_codes_of_the_servers(lite: Home, code: str, expected: Optional[str]) -> None:
    said = database_fault.reason(lite.site(), poterne.Error(poterne.ErrorKind.STORE, f"the database did not answer (driver.Error, {code})"))
    assert said is None if expected is None else said is not None and expected in said
