"""Moving in from a real privacyIDEA. It has an environment of its own, which bindings/python/tests/run makes: its packages are not ours."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import time
from typing import Any

import poterne
from admin.installation import Home
from admin.test_help_desk import status
from admin.test_moving_software import HERE, moved, settle, troubles
from admin.test_tokens import oathtool, use


def privacyidea_site(folder: pathlib.Path, count: int, *password: str) -> Any:
    """By the Python of an environment of its own, which bindings/python/tests/run makes."""
    python = os.environ.get("POTERNE_PRIVACYIDEA")
    assert python, "POTERNE_PRIVACYIDEA is not set: run these tests by bindings/python/tests/run moving"
    settle()
    done = subprocess.run([python, HERE / "privacyidea_site.py", folder, str(count), *password], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_privacyidea(home: Home, result: Any, site: Any) -> None:
    assert result["ignored"] == {"tokens out of use": 1, "tokens of nobody": 1, "tokens of type spass": 1} and result["trouble"] == 0
    now, used, keys = site["now"], site["used"], site["keys"]
    for account, code in used.items():
        assert use(home, account, code, now) == "refused.replayed", account
    eight = oathtool("--totp=sha256", "--digits=8", now=now + 30, key=keys["a.clock"])[0]
    assert use(home, "a.clock", eight, now + 30) == "accepted.otp"
    assert use(home, "b.counts", site["skipped"], now) == "refused.wrong_code" and use(home, "b.counts", site["next"], now) == "accepted.otp"
    # Its clock is two steps slow, and that came along: the code of its next step is right at once.
    assert status(home, "c.hard").drift == -2 and status(home, "c.hard").authenticator is poterne.Authenticator.TOKEN
    slow = oathtool("--totp", "--time-step-size=60s", now=now - 60, key=keys["c.hard"])[0]
    assert use(home, "c.hard", slow, now + 60) == "accepted.otp"
    assert use(home, "e.unused", oathtool("--totp", now=now, key=keys["e.unused"])[0], now) == "accepted.otp"


def test_ten_thousand_accounts_of_privacyidea(lite: Home, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "privacyidea"
    folder.mkdir()
    site = privacyidea_site(folder, 10_000)
    accounts = folder / "accounts.csv"
    began = time.monotonic()
    result = moved(lite, "privacyidea", str(folder / "pi.cfg"), "--accounts", str(accounts))
    print(f"10,000 accounts in {time.monotonic() - began:.1f} s")
    assert result["moved"] == 10_004 and len(lite.records()) == 10_004
    check_privacyidea(lite, result, site)
    # Without the list nobody knows who 5000 is, and the account has that name; its secret has a record under the right one.
    rehearsed = moved(lite, "privacyidea", str(folder / "pi.sqlite"), "--key-file", str(folder / "enckey"), "--rehearse")
    assert (rehearsed["moved"], rehearsed["trouble"]) == (0, 10_004) and "which has a record" in troubles(rehearsed)["5000"]
    # With a second resolver the same number could be two persons.
    with contextlib.closing(sqlite3.connect(folder / "pi.sqlite")) as connection, connection:
        connection.execute("UPDATE tokenowner SET resolver = 'partners' WHERE user_id = '5001'")
    rehearsed = moved(lite, "privacyidea", str(folder / "pi.sqlite"), "--key-file", str(folder / "enckey"), "--rehearse")
    assert {"local/5000", "partners/5001"} <= {each["account"] for each in rehearsed["lines"]}
    # Another key file opens nothing.
    other = tmp_path / "other"
    other.write_bytes(os.urandom(96))
    wrong = moved(lite, "privacyidea", str(folder / "pi.sqlite"), "--key-file", str(other), "--rehearse")
    assert wrong["moved"] == 0 and wrong["trouble"] == 10_004


def test_a_key_file_with_a_password(lite: Home, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "privacyidea"
    folder.mkdir()
    site = privacyidea_site(folder, 0, "correct horse")
    arguments = ["import-secrets", "privacyidea", str(folder / "pi.cfg"), "--accounts", str(folder / "accounts.csv"), "--yes", "--json"]
    wrong = lite.process(*arguments, given="incorrect\n")
    assert wrong.code == 1 and "does not open with this password" in wrong.err and lite.records() == {}
    right = lite.process(*arguments, given="correct horse\n")
    assert right.code == 0, right.err
    check_privacyidea(lite, right.json, site)
