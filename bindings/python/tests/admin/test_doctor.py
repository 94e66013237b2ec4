"""`doctor`: a good installation, and each fault that it is there to find."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List

import pytest

import poterne
from admin.installation import Done, Home
from poterne import State


def checks(done: Done) -> Dict[str, str]:
    """The color of each check."""
    return {each["name"]: each["color"] for each in done.json["checks"]}


def reds(done: Done) -> List[str]:
    return [name for name, color in checks(done).items() if color == "red"]


def test_a_good_installation_has_nothing_red(home: Home) -> None:
    home.enroll("zoe.lefevre")
    done = home.run("doctor", "--json")
    found = checks(done)
    # What NTP says is this machine's; and the servers of the tests do not flush to the disk, which is to be found.
    found.pop("ntp")
    unsafe = {"sqlite": [], "postgresql": ["fsync"], "mariadb": ["flush"]}[home.database.kind]
    assert [name for name, color in found.items() if color != "green"] == unsafe, done.out
    assert {"settings", "keyring", "database", "account_column", "record_column", "swap", "collation", "transactions", "records"} <= set(found)
    assert ("durability" in found) == (not unsafe)
    assert ("database_clock" in found) == (home.database.kind != "sqlite")
    assert "zoe" not in done.out


def test_it_names_somebody_only_if_asked_and_shows_no_secret(home: Home) -> None:
    home.enroll("zoe.lefevre")
    text = home.run("doctor")
    assert "zoe" not in text.out and "good" in text.out
    keys = [line.split() for line in home.keyring.read_text().splitlines()[1:]]
    done = home.run("doctor", "zoe.lefevre")
    assert "zoe.lefevre" in done.out and "active" in done.out
    for key in keys:
        assert key[-2] not in text.out + done.out
    assert checks(home.run("doctor", "nobody", "--json"))["account"] == "amber"


@pytest.mark.parametrize("kind", ["readable by others", "missing", "not a keyring"])
def test_a_keyring_that_is_wrong(lite: Home, kind: str) -> None:
    if kind == "readable by others":
        lite.keyring.chmod(0o644)
    elif kind == "missing":
        lite.keyring.unlink()
    else:
        lite.keyring.write_text("nonsense\n")
    done = lite.run("doctor", "--json")
    assert done.code == 2 and reds(done) == ["keyring"]
    # What needs no keyring is looked at all the same.
    assert checks(done)["database"] == "green"


def test_a_system_where_permissions_are_not_checked(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks(lite.run("doctor", "--json"))["keyring"] == "green"
    monkeypatch.setattr("poterne.admin.doctor._permissions_are_checked", lambda: False)
    assert checks(lite.run("doctor", "--json"))["keyring"] == "amber"
    for language, words in [("en", "WHO ELSE CAN READ IT IS NOT CHECKED"), ("fr", "QUI D’AUTRE PEUT LE LIRE N’EST PAS VÉRIFIÉ")]:
        text = " ".join(lite.run("doctor", "--lang", language).out.split())
        assert words in text and "icacls" in text, language


def test_a_folder_where_others_put_other_files(lite: Home) -> None:
    lite.folder.chmod(0o777)
    assert reds(lite.run("doctor", "--json")) == ["settings", "keyring"]


def test_another_servers_fingerprints_are_compared(lite: Home) -> None:
    done = lite.run("doctor", "--json")
    prints = {each["name"]: each["fingerprint"] for each in done.json["checks"] if "fingerprint" in each}
    same = lite.run("doctor", "--json", "--fingerprint", prints["settings"], "--keyring-fingerprint", prints["keyring"].upper())
    assert reds(same) == []
    other = lite.run("doctor", "--json", "--fingerprint", "0000-0000-0000-0000", "--keyring-fingerprint", "0000-0000-0000-0000")
    assert reds(other) == ["settings", "keyring"] and other.code == 2


def test_a_column_that_cuts_pads_or_takes_two_rows(home: Home) -> None:
    bad = f"{home.table}_bad"
    if home.database.kind == "sqlite":
        ddl = {"record_column": "(account TEXT PRIMARY KEY, record VARCHAR(100))", "unique": "(account TEXT, record TEXT)"}
    else:
        binary = " COLLATE utf8mb4_bin" if home.database.kind == "mariadb" else ""
        ddl = {
            "record_column": f"(account VARCHAR(255){binary} PRIMARY KEY, record VARCHAR(100))",
            "unique": f"(account VARCHAR(255){binary}, record VARCHAR(504))",
            "account_column": f"(account CHAR(64){binary} PRIMARY KEY, record VARCHAR(504))",
        }
    for name, columns in ddl.items():
        home.database.run(f"DROP TABLE IF EXISTS {bad}", f"CREATE TABLE {bad} {columns}")
        done = home.run("doctor", "--json", "--table", bad)
        assert done.code == 2 and name in reds(done), (name, done.out)
    home.database.run(f"DROP TABLE {bad}")
    done = home.run("doctor", "--json", "--table", bad)
    assert reds(done) == ["table"]


def test_what_the_server_would_lose_or_confuse(home: Home) -> None:
    if home.database.kind == "sqlite":
        assert reds(home.run("doctor", "--json")) == []
        home.database.run(f"CREATE TRIGGER t AFTER UPDATE ON {home.table} BEGIN SELECT 1; END")
        assert reds(home.run("doctor", "--json")) != []
    elif home.database.kind == "postgresql":
        assert "synchronous_commit" not in reds(home.run("doctor", "--json"))
        home.database.run("ALTER ROLE poterne SET synchronous_commit = off")
        try:
            assert "synchronous_commit" in reds(home.run("doctor", "--json"))
        finally:
            home.database.run("ALTER ROLE poterne RESET synchronous_commit")
    else:
        home.database.run(f"ALTER TABLE {home.table} MODIFY account VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL")
        assert checks(home.run("doctor", "--json"))["collation"] == "amber"
        before = reds(home.run("doctor", "--json"))
        home.database.run(f"ALTER TABLE {home.table} ENGINE = MyISAM")
        assert len(reds(home.run("doctor", "--json"))) > len(before)


def test_records_that_want_somebody(home: Home) -> None:
    home.enroll("a.martin", "b.durand", "c.petit", "d.simon")
    home.enroll("e.pending", state=State.PENDING)
    site = home.site()
    with site.verifier.enroll("f.late", now=time.time() - 40 * 86_400) as late:
        site.table.column.insert("f.late", late.record)
    for number in range(20, 0, -1):
        with pytest.raises(poterne.Refused):
            site.verifier.login("b.durand", "000000", store=site.table.column, now=time.time() - number * 1_000)
    other = poterne.Keyring.generate(7)
    stranger = poterne.Verifier(other, "grand-angle").import_credential("g.other", b"12345678901234567890")
    assert stranger.record is not None and site.table.column.swap("g.other", None, stranger.record) == 1
    site.table.engine.dispose()
    home.database.run(f"UPDATE {home.table} SET record = 'damaged' WHERE account = 'c.petit'")
    done = home.run("doctor", "--json")
    found = {each["name"]: each for each in done.json["checks"]}
    assert found["unknown_key"]["color"] == found["unreadable"]["color"] == "red"
    assert found["expired"]["count"] == found["locked"]["count"] == 1 and found["expired"]["color"] == "amber"
    for name in ("a.martin", "b.durand", "c.petit", "f.late", "g.other"):
        assert name not in done.out
    assert home.run("key", "add").code == 0
    home.run("key", "promote", str(poterne.Keyring.open(home.keyring).key_ids[-1]), "--only-server")
    assert checks(home.run("doctor", "--json"))["to_reseal"] == "amber"


def test_the_databases_clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from poterne.admin import table

    if home.database.kind == "sqlite":
        assert "database_clock" not in checks(home.run("doctor", "--json"))
        return
    for name in ("postgresql", "mysql", "mariadb"):
        monkeypatch.setitem(table._CLOCKS, name, f"100 + {table._CLOCKS[name]}")
    done = home.run("doctor", "--json")
    assert checks(done)["database_clock"] in ("amber", "red")


def test_a_database_that_does_not_answer(home: Home) -> None:
    address = "postgresql+psycopg://poterne@127.0.0.1:1/x" if home.database.kind == "postgresql" else "mariadb+pymysql://poterne@127.0.0.1:1/x"
    if home.database.kind == "sqlite":
        address = f"sqlite:///{home.folder}/none/x.sqlite"
    done = home.run("doctor", "--json", "--db", address)
    assert done.code == 2 and reds(done) == ["database"] and "Traceback" not in done.err


def test_no_settings_is_its_own_exit_code(bare: Home) -> None:
    done = bare.run("doctor", "--json")
    assert done.code == 3 and json.loads(done.out) == {"result": "unknown"}


def test_the_exit_code_is_the_worst_color(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from poterne.admin import clock

    for synchronized, code in ((True, 0), (False, 2)):
        monkeypatch.setattr(clock, "ntp", lambda synchronized=synchronized: clock.Ntp("test", synchronized, 0.0))
        assert lite.run("doctor").code == code
    facts: Any = lite.run("doctor", "--json").json
    assert facts["result"] == "red"
