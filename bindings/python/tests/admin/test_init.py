"""`poterne init`: what it makes, what it keeps, and what it says when it cannot."""

from __future__ import annotations

import os
import pathlib
import resource
import stat
import subprocess

import pytest

import poterne
from admin.installation import COMMAND, Home


def test_makes_a_keyring_settings_and_a_table_that_nobody_else_reads(home: Home) -> None:
    for path in (home.config, home.keyring):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings = poterne.Settings.open(home.config)
    assert (settings.application, settings.table, settings.database) == ("grand-angle", home.table, home.address)
    assert len(poterne.Keyring.open(home.keyring).key_ids) == 1
    if home.database.kind == "sqlite":
        assert stat.S_IMODE((home.folder / "poterne.sqlite").stat().st_mode) == 0o600
    assert home.records() == {}
    ((record,),) = home.database.run(f"SELECT record FROM {home.table} WHERE account = 'poterne-probe'")
    status = settings.verifier().credential("poterne-probe", record).inspect()
    assert status.state is poterne.State.REVOKED
    assert not list(home.folder.glob(".poterne*"))


def test_says_what_to_back_up_and_never_shows_a_key(bare: Home) -> None:
    done = bare.init()
    assert done.code == 0 and "Back up" in done.out and "not in a repository" in done.out
    key = bare.keyring.read_text().split()[3]
    assert len(key) == 52 and key not in done.out + done.err
    assert bare.run("doctor", "--fingerprint", done.out.split()[-1]).code < 2


def test_a_second_run_keeps_everything(home: Home) -> None:
    home.enroll("a.martin")
    before = home.keyring.read_text(), home.config.read_text(), home.records()
    done = home.init()
    assert done.code == 0 and "was there" in done.out
    assert (home.keyring.read_text(), home.config.read_text(), home.records()) == before
    done = home.run("init", "--application", "other")
    assert done.code == 1 and "another value for application" in done.err
    assert (home.keyring.read_text(), home.config.read_text(), home.records()) == before


def test_a_keyring_that_is_there_is_used_and_never_overwritten(bare: Home) -> None:
    assert bare.run("keygen", "--config", "x", str(bare.keyring)).code == 2
    assert bare.process("keygen", str(bare.keyring)).code == 2  # keygen knows no --config
    made = subprocess.run([COMMAND, "keygen", bare.keyring], check=True, capture_output=True, text=True)
    before = bare.keyring.read_text()
    assert before.split()[3] not in made.stdout + made.stderr
    again = subprocess.run([COMMAND, "keygen", bare.keyring], check=False, capture_output=True, text=True)
    assert again.returncode == 1 and "not overwritten" in again.stderr
    assert bare.init().code == 0
    assert bare.keyring.read_text() == before


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(bare: Home, language: str) -> None:
    done = bare.run("init", "--lang", language, "--application", "x", "--db", "postgresql://poterne:hunter2@db/x")
    assert done.code == 2 and "database_password_file" in done.err and "hunter2" not in done.out + done.err
    assert not bare.config.exists() and not bare.keyring.exists()


def test_wrong_settings_are_named_before_anything_is_written(bare: Home) -> None:
    for setting, expected in (("max_failures=0", "from 1 to 100"), ("hunter2=1", "no setting has this name"), ("x", "NAME=VALUE")):
        done = bare.run("init", "--application", "x", "--set", setting)
        assert done.code == 2 and expected in done.err and "hunter2" not in done.err
        assert not bare.config.exists() and not bare.keyring.exists()
    done = bare.process("init")
    assert done.code == 1 and "Nothing was typed" in done.err and not bare.config.exists()


def test_an_unreachable_database_is_told_without_a_traceback_and_init_goes_on_later(bare: Home) -> None:
    done = bare.process("init", "--application", "x", "--db", "postgresql+psycopg://poterne@127.0.0.1:1/x")
    assert done.code == 1 and "database" in done.err
    assert "Traceback" not in done.err and "127.0.0.1:1" not in done.err
    # No keyring yet: nobody knows whether records wait for another one.
    assert not bare.keyring.exists() and bare.config.exists()
    text = bare.config.read_text()
    bare.config.write_text(text.replace("postgresql+psycopg://poterne@127.0.0.1:1/x", f"sqlite:///{bare.folder}/x.sqlite"))
    assert bare.process("init").code == 0 and bare.keyring.exists()


@pytest.mark.parametrize("has_settings", [True, False])
def test_no_new_keyring_beside_records_of_another_one(home: Home, has_settings: bool) -> None:
    home.enroll("a.martin", "b.durand")
    before = home.records()
    text, key = home.keyring.read_text(), poterne.Keyring.open(home.keyring).primary_key_id
    home.keyring.unlink()
    if not has_settings:
        home.config.unlink()
    for done in (home.init(), home.init("--lang", "fr")):
        assert done.code == 1 and str(key) in done.err and not home.keyring.exists() and home.config.exists() == has_settings
        assert "2 records" in done.err and "backup" in done.err or "2 enregistrements" in done.err and "sauvegarde" in done.err
    # Another keyring, with the same number or another one, is not taken for theirs.
    for other in (key, 7):
        home.keyring.write_text(poterne.Keyring.generate(other).to_text())
        home.keyring.chmod(0o600)
        done = home.init()
        assert done.code == 1 and "cannot be decrypted" in done.err and home.records() == before
    home.keyring.write_text(text)
    assert home.init().code == 0 and home.records() == before


def test_a_table_with_the_probe_alone_takes_a_new_keyring(home: Home) -> None:
    home.keyring.unlink()
    assert home.init().code == 0 and "swap" not in home.run("doctor", "--json").err
    home.enroll("a.martin")
    assert home.run("report", "--json").json["active"] == 1


def test_a_driver_that_is_missing_is_named(bare: Home) -> None:
    done = bare.run("init", "--application", "x", "--db", "oracle+oracledb://u@h/x")
    assert done.code == 1 and "pip install oracledb" in done.err and not bare.keyring.exists()
    assert bare.init().code == 0
    done = bare.run("report", "--application", "x", "--keyring", str(bare.keyring), "--db", "nonsense://h/x")
    assert done.code == 1 and "is not one that SQLAlchemy knows" in done.err and "developers" not in done.err


def test_a_full_disk_leaves_no_half_of_a_file(bare: Home) -> None:
    def nothing_can_be_written() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

    done = subprocess.run(
        [COMMAND, "init", "--application", "x", "--config", bare.config],
        preexec_fn=nothing_can_be_written,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "File too large" in done.stderr and "Traceback" not in done.stderr
    assert list(bare.folder.iterdir()) == []


def test_the_settings_here_are_found_and_those_of_somebody_else_are_not(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from poterne.admin.cli import run

    monkeypatch.chdir(lite.folder)
    monkeypatch.delenv("POTERNE_CONFIG", raising=False)
    assert run(["report"]) == 0
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert run(["report"]) == 1
    monkeypatch.setenv("POTERNE_CONFIG", str(lite.config))
    assert run(["report"]) == 0


def test_arguments_stand_in_the_place_of_settings(home: Home, tmp_path: pathlib.Path) -> None:
    home.enroll("a.martin")
    other = tmp_path / "other.sqlite"
    done = home.run("report", "--json", "--db", str(other))
    assert done.code == 1 and "database" in done.err
    made = home.run("init", "--config", str(tmp_path / "other.conf"), "--application", "grand-angle", "--db", str(other), "--keyring", str(home.keyring))
    assert made.code == 0, made.err
    assert home.run("report", "--json", "--db", str(other), "--table", "poterne").json["records"] == 0
    assert home.run("report", "--json").json["records"] == 1


@pytest.mark.parametrize(("language", "capitals"), [("C", "has capitals"), ("fr_FR", "comporte des majuscules")])
def test_the_name_of_the_application_is_asked_again_if_it_is_empty_and_back_if_it_is_not_plain(bare: Home, language: str, capitals: str) -> None:
    done = bare.terminal(["init"], ["", "Grand Angle", "n", "Grand Angle", "y"], language=language)
    assert done.code == 0 and capitals in done.out and "line 5" not in done.out
    assert poterne.Settings.open(bare.config).application == "Grand Angle"


def test_a_plain_name_is_taken_at_once(bare: Home) -> None:
    assert bare.terminal(["init"], ["grand-angle"]).code == 0
    assert poterne.Settings.open(bare.config).application == "grand-angle"


def test_the_help_has_no_words_of_programmers(bare: Home) -> None:
    for command in ("temporary-codes", "enroll-all", "lost", "init", "report"):
        for language, bounds in (("en", "to 30, by default"), ("fr", "à 30, par défaut")):
            done = bare.run(command, "--help", "--lang", language)
            words = " ".join(done.out.split())
            assert done.code == 0 and "RANGE" not in words and "<=" not in words and "SQLAlchemy" not in words, words
            assert command not in ("temporary-codes", "lost") or bounds in words
