"""`forget`, `reseal`, `repair-clock`: over whole tables, beside logins, killed and begun again."""

from __future__ import annotations

import json
import re
import pathlib
import signal
import threading
import time
from typing import Dict, List, Optional, Tuple

import pytest

import poterne
from admin.installation import NOW, STEP, Home
from poterne.sql import Column

SECRET = b"12345678901234567890"


def _watermarked(home: Home, count: int) -> List[str]:
    """Accounts whose last code is of a long past day: what a night forgets."""
    accounts = [f"a{number:06}" for number in range(count)]
    home.enroll(*accounts, watermark=STEP - 10_000)
    return accounts


def test_forget_changes_every_record_once_and_logins_go_on(home: Home) -> None:
    accounts = _watermarked(home, 1_200)
    before = home.records()
    done = home.run("forget", "--json")
    assert done.code == 0 and done.json == {"records": 1_200, "changed": 1_200, "conflicts": 0, "failed": 0, "interrupted": False}
    after = home.records()
    assert set(after) == set(before) and all(after[account] != before[account] for account in accounts)
    # A second time all of them again: a record that stays as it was would tell who has not come.
    assert home.run("forget", "--json").json["changed"] == 1_200
    assert not set(home.records().values()) & set(after.values())
    site = home.site()
    for account in (accounts[0], accounts[599], accounts[-1]):
        code = poterne.totp(SECRET, time.time())
        site.verifier.login(account, code, store=site.table.column).code == "accepted.otp"
        with pytest.raises(poterne.Refused):
            site.verifier.login(account, code, store=site.table.column)


def test_a_login_in_between_wins_and_its_code_stays_used(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the reading of a batch and its swaps somebody logs in; were the record written blindly, the code would be good again."""
    accounts = _watermarked(home, 10)
    site = home.site()
    code = poterne.totp(SECRET, time.time())
    original = type(site.table.column).swap_all
    is_first = [True]

    def late(column: Column, changes: List[Tuple[str, Optional[str], str]]) -> List[int]:
        if is_first.pop():
            site.verifier.login(accounts[3], code, store=site.table.column)
            is_first.append(False)
        else:
            is_first.append(False)
        return original(column, changes)

    monkeypatch.setattr(type(site.table.column), "swap_all", late)
    done = home.run("forget", "--json")
    monkeypatch.undo()
    assert done.code == 0 and (done.json["changed"], done.json["conflicts"]) == (9, 1)
    with pytest.raises(poterne.Refused):
        site.verifier.login(accounts[3], code, store=site.table.column)


def test_logins_beside_it_are_accepted_once_each(home: Home) -> None:
    accounts = _watermarked(home, 2_000)
    site, refused, accepted = home.site(), [], []
    process = home.start("forget")
    # Until it ends, and at least twenty.
    for index in range(0, 2_000, 5):
        account = accounts[index]
        code = poterne.totp(SECRET, time.time())
        try:
            accepted.append(site.verifier.login(account, code, store=site.table.column))
        except poterne.Refused as error:
            refused.append(error.code)
        with pytest.raises(poterne.Refused):
            site.verifier.login(account, code, store=site.table.column)
        if process.poll() is not None and index > 100:
            break
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert set(refused) <= {"refused.conflict"} and len(accepted) >= 20


def test_killed_anywhere_it_goes_on(home: Home) -> None:
    _watermarked(home, 4_000)
    before = home.records()
    process = home.start("forget")
    while process.poll() is None:
        if _changed(before, home.records()) >= 500:
            process.kill()
            break
    process.communicate(timeout=60)
    changed = _changed(before, home.records())
    assert changed % 500 in (0, 499), "a batch is committed whole, the probe in one of them"
    before = home.records()
    done = home.run("forget", "--json")
    assert done.json["changed"] == done.json["records"] == 4_000 and done.json["failed"] == 0
    assert not set(home.records().values()) & set(before.values())


def _changed(before: Dict[str, str], after: Dict[str, str]) -> int:
    return sum(after[account] != record for account, record in before.items())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_ends_after_the_batch(lite: Home, number: signal.Signals, tmp_path: pathlib.Path) -> None:
    accounts = _watermarked(lite, 20_000)
    before = lite.records()
    stamp = tmp_path / "stamp"
    process = lite.start("forget", "--json", "--stamp", str(stamp))
    while lite.records()[accounts[0]] == before[accounts[0]]:
        assert process.poll() is None
    process.send_signal(number)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130 and '"interrupted": true' in out and "run it again" in said and "Traceback" not in said
    assert not stamp.exists()
    assert lite.run("forget", "--json").json["changed"] > 0


def test_what_does_not_open_is_counted_named_on_request_and_stops_nothing(home: Home) -> None:
    accounts = _watermarked(home, 5)
    home.database.run(f"UPDATE {home.table} SET record = 'damaged' WHERE account = '{accounts[2]}'")
    done = home.run("forget")
    assert done.code == 1 and "4 changed" in done.out and accounts[2] not in done.out + done.err
    done = home.run("forget", "--names", "--json")
    assert done.code == 1 and done.json["accounts"] == [accounts[2]] and done.json["changed"] == 4
    assert home.records()[accounts[2]] == "damaged"


def test_the_wrong_keyring_changes_nothing(home: Home) -> None:
    _watermarked(home, 5)
    before = home.records()
    for key_id in (7, poterne.Keyring.open(home.keyring).primary_key_id):
        other = home.folder / f"other{key_id}"
        other.write_text(poterne.Keyring.generate(key_id).to_text())
        other.chmod(0o600)
        done = home.run("forget", "--json", "--keyring", str(other))
        assert done.code == 1 and done.json["failed"] == 5 and done.json["changed"] == 0
        for command in ("reseal", "repair-clock"):
            done = home.run(command, "--json", "--keyring", str(other))
            assert done.code == 1 and done.out == "" and "Nothing was changed" in done.err and "cannot be decrypted" in done.err
    assert home.records() == before


def test_a_clock_that_is_wrong_is_seen_first(home: Home, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from poterne.admin import table as table_module

    _watermarked(home, 5)
    before, stamp = home.records(), tmp_path / "stamp"
    for last in (NOW + 4_000, NOW - 9 * 86_400):
        stamp.write_text(f"{last}\n")
        done = home.run("forget", "--stamp", str(stamp))
        assert done.code == 1 and "--clock-is-right" in done.err
        assert home.records() == before and stamp.read_text() == f"{last}\n"
    if home.database.kind != "sqlite":
        for name in ("postgresql", "mysql", "mariadb"):
            monkeypatch.setitem(table_module._CLOCKS, name, f"100 + {table_module._CLOCKS[name]}")
        for command in ("forget", "repair-clock"):
            done = home.run(command)
            assert done.code == 1 and "behind the database" in done.err and home.records() == before
        monkeypatch.undo()
    assert home.run("forget", "--stamp", str(stamp), "--clock-is-right").code == 0
    assert abs(int(stamp.read_text()) - time.time()) < 60
    assert home.run("forget", "--stamp", str(stamp)).code == 0


def test_the_stamp_is_in_the_folder_of_the_unit(lite: Home) -> None:
    assert lite.process("forget", STATE_DIRECTORY=str(lite.folder)).code == 0
    assert (lite.folder / "last-forget").stat().st_mode & 0o777 == 0o600


def test_repair_clock_counts_asks_and_lets_them_log_in(home: Home) -> None:
    home.enroll("a.martin", watermark=STEP + 100_000)
    home.enroll("b.durand", "c.petit", "d.simon")
    before = home.records()
    site = home.site()
    with pytest.raises(poterne.Refused) as raised:
        site.verifier.login("a.martin", poterne.totp(SECRET, time.time()), store=site.table.column)
    assert raised.value.refusal is poterne.Refusal.CLOCK_BEHIND
    before = home.records()
    assert home.terminal(["repair-clock"], ["n"]).code == 1
    assert home.records() == before
    done = home.terminal(["repair-clock"], ["what", "y"])
    assert done.code == 0 and "1 of 4" in done.out and time.strftime("%Y-%m-%d") in done.out
    after = home.records()
    assert [account for account in after if after[account] != before[account]] == ["a.martin"]
    assert "0 changed" in home.run("repair-clock").out
    # A phone's codes are refused for ten minutes more (semantics 8.5), and it says so: not when.
    assert "refused.clock_behind" in done.out and "ten for a phone" in done.out
    for later, said in ((0, "refused.clock_behind"), (660, "accepted.otp")):
        now = time.time() + later
        try:
            code = site.verifier.login("a.martin", poterne.totp(SECRET, now), store=site.table.column, now=now).code
        except poterne.Refused as refused:
            code = refused.code
        assert code == said, later
    site.table.engine.dispose()


def test_doctor_tells_no_date_of_use(lite: Home) -> None:
    """Neither of a login with the next code, nor of one by a clock that was ahead: `inspect` has none (semantics 8.8)."""
    lite.enroll("a.martin", watermark=STEP + 1)
    lite.enroll("b.durand", watermark=STEP + 1_000)
    for account in "a.martin", "b.durand":
        for language in "en", "fr":
            (line,) = [line for line in lite.run("doctor", account, "--lang", language).out.splitlines() if account in line]
            assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d", line), line
    # The control: the line of the clock has one.
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", lite.run("doctor", "a.martin").out)


def test_repair_clock_refuses_more_than_half(lite: Home) -> None:
    lite.enroll("a.martin", "b.durand", watermark=STEP + 100_000)
    before = lite.records()
    done = lite.run("repair-clock", "--yes")
    assert done.code == 1 and "--more-than-half" in done.err and lite.records() == before
    assert lite.run("repair-clock", "--yes", "--more-than-half", "--json").json["changed"] == 2


def test_two_administrators_at_once(home: Home) -> None:
    _watermarked(home, 3_000)
    before = home.records()
    processes = [home.start("forget", "--json") for _ in range(2)]
    said = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    counts = [json.loads(out) for out, _ in said]
    assert all(each["records"] == each["changed"] + each["conflicts"] and not each["failed"] for each in counts)
    # Each record was changed by one of the two at least.
    assert not set(home.records().values()) & set(before.values())


def test_a_database_that_goes_away_in_between_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _watermarked(home, 700)
    column = type(home.site().table.column)
    original = column.swap_all

    def once(self: object, changes: List[object]) -> List[int]:
        done = original(self, changes)  # type: ignore[arg-type]
        home.database.run(f"DROP TABLE {home.table}")
        return done

    monkeypatch.setattr(column, "swap_all", once)
    done = home.run("forget")
    assert done.code == 1 and "Traceback" not in done.err
    assert f"no table {home.table} (setting table)" in done.err
    assert "a000" not in done.err


def test_speed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not judged: what else runs on the machine decides."""
    count = 20_000
    _watermarked(home, count)
    began = time.monotonic()
    assert home.run("forget", "--json").json["changed"] == count
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"\nforget on {home.database.kind}: {count} records in {seconds:.1f} s, {count / seconds * 60:,.0f} a minute")
    assert threading.active_count() == 1
