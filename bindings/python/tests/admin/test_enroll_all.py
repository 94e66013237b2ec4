"""A department enrolled from its list: read back from the letters, killed anywhere, twice at once, on a full disk."""

from __future__ import annotations

import contextlib
import csv
import pathlib
import sqlite3
import subprocess
import time
from typing import Dict, List, Sequence

import pytest

import poterne
from admin.installation import COMMAND, Home
from poterne import State
from admin.read_letters import Read, read_all

SERVICES = ("Voirie", "Collèges", "Finances")


@pytest.fixture
def ready(home: Home) -> Home:
    """A roll-out by letter: the first login confirms."""
    return _by_letter(home)


@pytest.fixture
def ready_lite(lite: Home) -> Home:
    return _by_letter(lite)


def _by_letter(home: Home) -> Home:
    lines = [line for line in home.config.read_text().splitlines() if not line.startswith("confirm_at_first_login")]
    home.config.write_text("\n".join([*lines, "confirm_at_first_login = yes", "issuer = Département", "help_desk_phone = 01 23 45 67 89", ""]))
    return home


def employees(home: Home, count: int) -> List[str]:
    accounts = [f"{number:06}" for number in range(1, count + 1)]
    with open(home.folder / "employees.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["account", "name", "service", "language"])
        writer.writerows([account, f"Agent {account}", SERVICES[int(account) % 3], ("fr", "en")[int(account) % 2]] for account in accounts)
    return accounts


def enroll_all(home: Home, *more: str) -> Sequence[str]:
    return ["enroll-all", str(home.folder / "employees.csv"), "--letters", str(home.folder / "letters"), *more]


def all_log_in(home: Home, letters: Dict[str, List[Read]], accounts: Sequence[str]) -> None:
    """Everybody has one letter, and its code is good for a first login and a second one."""
    assert sorted(letters) == sorted(accounts)
    site = home.site()
    for account, (letter,) in letters.items():
        assert letter.secret.to_base32() == letter.typed.to_base32()
        for later in (0, 60):
            now = time.time() + later
            assert site.verifier.login(account, poterne.totp(letter.secret, now), store=site.table.column, now=now).code == "accepted.otp"
    site.table.engine.dispose()


def test_the_codes_of_the_letters_log_in(ready: Home) -> None:
    accounts = employees(ready, 12)
    done = ready.run(*enroll_all(ready, "--rehearse", "--json"))
    assert done.code == 0 and done.json["new"] == 12
    assert ready.records() == {} and not (ready.folder / "letters").exists()
    done = ready.run(*enroll_all(ready, "--per-file", "5", "--json"))
    assert done.code == 0 and (done.json["enrolled"], done.json["letters"], len(done.json["files"])) == (12, 12, 3), done.err
    folder = ready.folder / "letters"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    all_log_in(ready, read_all(folder), accounts)


def test_a_second_run_does_nothing_and_who_has_an_authenticator_keeps_it(ready: Home) -> None:
    accounts = employees(ready, 6)
    ready.enroll(accounts[0])
    first = ready.records()
    assert ready.run(*enroll_all(ready)).code == 0
    before = ready.records()
    assert before[accounts[0]] == first[accounts[0]]
    done = ready.run(*enroll_all(ready, "--json"))
    assert done.code == 0 and (done.json["enrolled"], done.json["letters"], done.json["before"]) == (0, 0, 5)
    assert ready.records() == before
    assert sorted(read_all(ready.folder / "letters")) == accounts[1:]


def test_replace_asks_first_and_a_revoked_record_stays(ready: Home) -> None:
    accounts = employees(ready, 3)
    ready.enroll(*accounts[:2])
    assert ready.run("gone", accounts[1], "--yes").code == 0
    before = ready.records()
    done = ready.terminal(enroll_all(ready, "--replace"), ["n"])
    assert done.code == 1 and "stop working now" in done.out and ready.records() == before
    assert ready.terminal(enroll_all(ready, "--replace"), ["y"]).code == 0
    assert ready.records()[accounts[1]] == before[accounts[1]]
    all_log_in(ready, read_all(ready.folder / "letters"), [accounts[0], accounts[2]])


def test_an_expired_letter_is_replaced_on_request(ready: Home) -> None:
    (account,) = employees(ready, 1)
    site = ready.site()
    with site.verifier.enroll(account, now=time.time() - 40 * 86_400) as late:
        site.table.column.insert(account, late.record)
    site.table.engine.dispose()
    assert ready.run(*enroll_all(ready, "--json")).json["taken"] == {"expired": 1}
    assert ready.run(*enroll_all(ready, "--replace-expired", "--yes", "--json")).json["replaced"] == 1
    all_log_in(ready, read_all(ready.folder / "letters"), [account])


def test_a_malformed_line_stops_with_its_number_or_is_left_out(ready: Home) -> None:
    accounts = employees(ready, 3)
    path = ready.folder / "employees.csv"
    path.write_text(path.read_text() + ";nobody;;\n4,5E+03;Excel;;fr\n")
    done = ready.run(*enroll_all(ready))
    assert done.code == 1 and "line 5" in done.err and "line 6" in done.err and ready.records() == {}
    done = ready.run(*enroll_all(ready, "--skip-malformed", "--json"))
    assert done.code == 1 and done.json["malformed"] == 2 and sorted(ready.records()) == accounts


def test_killed_anywhere_nobody_is_enrolled_twice_and_nobody_is_missing(ready: Home) -> None:
    accounts = employees(ready, 45)
    arguments = enroll_all(ready, "--per-file", "6")
    kills = 0
    for tenths in (3, 5, 7, 9, 11, 13, 15, 18, 21, 25):
        child = ready.start(*arguments)
        try:
            child.wait(timeout=tenths / 10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            kills += 1
    assert kills >= 3
    done = ready.run(*arguments)
    assert done.code == 0, done.err
    all_log_in(ready, read_all(ready.folder / "letters"), accounts)
    assert not list((ready.folder / "letters").glob(".letters-*")), "nothing half done is left"


def test_interrupted_it_says_that_it_goes_on(ready_lite: Home) -> None:
    import signal

    accounts = employees(ready_lite, 60)
    child = ready_lite.start(*enroll_all(ready_lite, "--per-file", "4"))
    deadline = time.monotonic() + 60
    while not list((ready_lite.folder / "letters").glob("letters-*.pdf")):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130 and "it goes on" in err
    assert ready_lite.run(*enroll_all(ready_lite, "--per-file", "100")).code == 0
    assert sorted(read_all(ready_lite.folder / "letters")) == accounts


def test_two_administrators_with_one_list(ready: Home) -> None:
    accounts = employees(ready, 30)
    folders = [ready.folder / "one", ready.folder / "two"]
    children = [ready.start("enroll-all", str(ready.folder / "employees.csv"), "--letters", str(folder)) for folder in folders]
    for child in children:
        assert child.wait(timeout=120) == 0
    letters: Dict[str, List[Read]] = {}
    for folder in folders:
        for account, found in read_all(folder).items():
            letters.setdefault(account, []).extend(found)
    all_log_in(ready, letters, accounts)


def test_two_commands_in_one_folder(ready_lite: Home) -> None:
    from poterne.admin import files

    employees(ready_lite, 3)
    assert ready_lite.run(*enroll_all(ready_lite)).code == 0
    with files.only_one(ready_lite.folder / "letters" / "journal"):
        done = ready_lite.run(*enroll_all(ready_lite))
    assert done.code == 1 and "Another command" in done.err


def test_a_full_disk_loses_nothing(ready_lite: Home) -> None:
    """A limit on the size of a file stands for it: the same error, at the same place."""
    accounts = employees(ready_lite, 40)
    arguments = [str(COMMAND), *enroll_all(ready_lite, "--per-file", "20"), "--config", str(ready_lite.config)]
    done = subprocess.run(["bash", "-c", 'ulimit -f 200; exec "$@"', "bash", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "it goes on" in done.stderr and "Traceback" not in done.stderr, done
    assert not list((ready_lite.folder / "letters").glob("letters-*.pdf")), "the limit was too wide to be met"
    assert ready_lite.run(*enroll_all(ready_lite, "--per-file", "20")).code == 0
    all_log_in(ready_lite, read_all(ready_lite.folder / "letters"), accounts)


def test_confirmed_letters_are_removed_and_the_others_stay(ready: Home) -> None:
    accounts = employees(ready, 6)
    folder = ready.folder / "letters"
    assert ready.run(*enroll_all(ready, "--per-file", "3")).code == 0
    letters = read_all(folder)
    site = ready.site()
    first = [account for account in accounts if int(account) % 3 == 0][0]
    site.verifier.login(first, poterne.totp(letters[first][0].secret, time.time()), store=site.table.column)
    site.table.engine.dispose()
    assert ready.run("letters", "status", str(folder), "--json").json == {"awaited": 5, "confirmed": 1}
    assert ready.run("letters", "remove-confirmed", str(folder), "--json").json == {"removed": 1, "awaited": 5}
    left = read_all(folder)
    assert sorted(left) == [account for account in accounts if account != first]
    assert all(left[account][0].uri == letters[account][0].uri for account in left)


def test_letters_of_another_table_are_not_mixed(ready_lite: Home) -> None:
    employees(ready_lite, 2)
    assert ready_lite.run(*enroll_all(ready_lite)).code == 0
    done = ready_lite.run(*enroll_all(ready_lite, "--application", "other"))
    assert done.code == 1 and "the application is not other" in done.err
    # In an empty table nothing tells, but the folder.
    with contextlib.closing(sqlite3.connect(ready_lite.folder / "poterne.sqlite", isolation_level=None)) as connection:
        connection.execute(f"DELETE FROM {ready_lite.table}")
    done = ready_lite.run(*enroll_all(ready_lite, "--application", "other"))
    assert done.code == 1 and "Take a new folder" in done.err


def test_no_secret_is_in_the_journal_or_in_what_is_said(ready_lite: Home, tmp_path: pathlib.Path) -> None:
    employees(ready_lite, 3)
    done = ready_lite.run(*enroll_all(ready_lite, "--names"))
    journal = (ready_lite.folder / "letters" / "journal").read_text()
    letters = read_all(ready_lite.folder / "letters")
    assert len(letters) == 3 and "000001" in journal
    for found in letters.values():
        secret = found[0].secret.to_base32()
        for text in (journal, done.out, done.err):
            assert secret not in text and secret[:8] not in text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_keyring_that_lacks_a_key_enrolls_nobody(ready: Home, language: str) -> None:
    accounts = employees(ready, 3)
    ready.enroll("a.martin", "b.durand")
    before, key = ready.records(), poterne.Keyring.open(ready.keyring).primary_key_id
    for other in (7, key):
        keyring = ready.folder / f"other{other}"
        keyring.write_text(poterne.Keyring.generate(other).to_text())
        keyring.chmod(0o600)
        for more in ((), ("--rehearse",)):
            done = ready.run(*enroll_all(ready, *more, "--keyring", str(keyring), "--lang", language))
            assert done.code == 1 and ready.records() == before and not (ready.folder / "letters").exists()
            assert ("Nothing was changed" if language == "en" else "Rien n’a été modifié") in done.err
            assert other == key or str(key) in done.err and (" 2 records" if language == "en" else " 2 enregistrements") in done.err
    assert ready.run(*enroll_all(ready)).code == 0 and set(accounts) < set(ready.records())


def test_without_letters_only_records(ready: Home) -> None:
    accounts = employees(ready, 5)
    for language, expected in (("en", "Without letters nobody"), ("fr", "Sans lettres, personne")):
        done = ready.run("enroll-all", str(ready.folder / "employees.csv"), "--yes", "--lang", language)
        assert done.code == 2 and "--no-letters" in done.err and expected in done.err and ready.records() == {}
    assert ready.run(*enroll_all(ready, "--no-letters")).code == 2
    done = ready.run("enroll-all", str(ready.folder / "employees.csv"), "--no-letters", "--json")
    assert done.code == 0 and done.json["enrolled"] == 5 and sorted(ready.records()) == accounts
    site = ready.site()
    assert all(site.table.column.inspect(site.verifier, account).state is State.PENDING for account in accounts)
    site.table.engine.dispose()
    # A letter for those too, on request.
    assert ready.run(*enroll_all(ready, "--include-pending", "--json")).json["letters"] == 5
    all_log_in(ready, read_all(ready.folder / "letters"), accounts)
