"""Counts, who is missing, codes for many at once, and the units of systemd."""

from __future__ import annotations

import configparser
import csv
import time
from typing import Dict

import pytest

import poterne
from admin.installation import Home
from poterne import State


def populate(home: Home) -> None:
    home.enroll("a.active", "b.active", "b.active#2")
    home.enroll("c.pending", state=State.PENDING)
    home.enroll("d.suspended", state=State.SUSPENDED)
    home.enroll("e.gone")
    assert home.run("gone", "e.gone", "--yes").code == 0
    site = home.site()
    with site.verifier.enroll("f.expired", now=time.time() - 40 * 86_400) as late:
        site.table.column.insert("f.expired", late.record)
    token = site.verifier.import_credential("g.token", b"12345678901234567890", authenticator=poterne.Authenticator.TOKEN)
    assert token.record is not None and site.table.column.swap("g.token", None, token.record) == 1
    site.table.engine.dispose()


def test_report_counts_and_names_nobody(home: Home) -> None:
    populate(home)
    done = home.run("report", "--json")
    counts: Dict[str, int] = done.json
    assert {name: counts[name] for name in ("records", "active", "pending", "expired", "suspended", "revoked", "tokens", "locked", "unreadable")} == {
        "records": 8, "active": 4, "pending": 1, "expired": 1, "suspended": 1, "revoked": 1, "tokens": 1, "locked": 0, "unreadable": 0,
    }
    text = home.run("report")
    for name in ("active#", "a.active", "f.expired", "20"):
        assert name not in text.out.replace("records in all", "")


def test_missing_lists_who_has_no_active_authenticator(home: Home) -> None:
    populate(home)
    everybody = home.folder / "everybody"
    everybody.write_text("\ufeffa.active\nb.active\n\nh.never\nf.expired\nh.never\n")
    assert home.run("missing", "--json", "--of", str(everybody)).json == [{"account": "h.never", "state": "none"}, {"account": "f.expired", "state": "expired"}]
    rows = home.run("missing", "--json").json
    assert [row["account"] for row in rows] == ["c.pending", "d.suspended", "e.gone", "f.expired"]
    assert home.run("missing", "--state", "expired").out.split("\t")[0] == "f.expired"
    everybody.write_bytes("é\n".encode("latin-1"))
    assert home.run("missing", "--of", str(everybody)).code == 1


def test_codes_for_many_work_and_nobody_gets_two(home: Home) -> None:
    populate(home)
    accounts, codes = home.folder / "accounts", home.folder / "codes.csv"
    accounts.write_text("a.active\nb.active\nc.pending\nh.never\n")
    assert home.terminal(["temporary-codes", "--of", str(accounts), "--to", str(codes)], ["n"]).code == 1 and not codes.exists()
    done = home.run("temporary-codes", "--of", str(accounts), "--to", str(codes), "--yes", "--json")
    assert done.code == 0 and done.json == {"issued": 2, "without": 2, "conflicts": 0, "failed": 0}
    assert codes.stat().st_mode & 0o777 == 0o600
    rows = dict(csv.reader(codes.read_text().splitlines()))
    assert set(rows) == {"a.active", "b.active"}
    site = home.site()
    for _ in range(2):
        assert site.verifier.login("a.active", rows["a.active"], store=site.table.column).code == "accepted.temporary_code"
    site.table.engine.dispose()
    # Again, after a line that was cut off: one more code, and the other one stays.
    codes.write_text(codes.read_text().splitlines(keepends=True)[0] + "b.act")
    assert home.run("temporary-codes", "--of", str(accounts), "--to", str(codes), "--yes", "--json").json["issued"] == 1
    again = dict(csv.reader(codes.read_text().splitlines()))
    assert again["a.active"] == rows["a.active"] and again["b.active"] != rows["b.active"] and len(again) == 2
    codes.chmod(0o644)
    done = home.run("temporary-codes", "--of", str(accounts), "--to", str(codes), "--yes")
    assert done.code == 1 and "others can read" in done.err


@pytest.mark.parametrize("folder", ["units", "units of %n"])
def test_the_timer_runs_this_command_with_these_settings(lite: Home, folder: str) -> None:
    units = lite.folder / folder
    units.mkdir()
    assert lite.run("systemd", str(units)).code == 0
    service, timer = configparser.RawConfigParser(strict=False), configparser.RawConfigParser()
    service.read(units / "poterne-forget.service")
    timer.read(units / "poterne-forget.timer")
    start = service["Service"]["execstart"]
    assert "poterne" in start.split()[0] and start.endswith(f"forget --config {lite.config}")
    assert service["Service"]["user"] == lite.keyring.owner() and service["Service"]["readwritepaths"] == str(lite.folder)
    assert timer["Timer"]["persistent"] == "yes"
    # Twice is once.
    assert lite.run("systemd", str(units)).code == 0
