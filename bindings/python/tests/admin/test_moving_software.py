"""Moving in from what other software has really written: codes that worked there work here, and a code that was used there just before does
not.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
from typing import Any, Dict, Tuple

from admin.installation import Home
from admin.test_tokens import KEY, oathtool, use

HERE = pathlib.Path(__file__).parent / "moving"


def moved(home: Home, *arguments: str) -> Any:
    """What the command says, with one line for each that is not moved."""
    done = home.run("import-secrets", *arguments, "--yes", "--json")
    assert done.out, done.err
    return done.json


def troubles(result: Any) -> Dict[str, str]:
    return {each["account"]: each["text"] for each in result["lines"] if each["verdict"] == "trouble"}


def pam(folder: pathlib.Path, service: str, line: str, account: str, code: str) -> bool:
    """A login by Linux-PAM, whose service is a file of this folder."""
    services = folder / "pam.d"
    services.mkdir(exist_ok=True)
    (services / service).write_text(f"auth required {line}\naccount required pam_permit.so\n")
    done = subprocess.run(
        ["pamtester", service, account, "authenticate"],
        input=f"{code}\n",
        capture_output=True,
        text=True,
        env={**os.environ, "LD_PRELOAD": "libpam_wrapper.so", "PAM_WRAPPER": "1", "PAM_WRAPPER_SERVICE_DIR": str(services)},
        check=False,
    )
    return done.returncode == 0


def settle() -> float:
    """The time, far enough from the end of a step that two programs agree on it."""
    while time.time() % 30 > 20:
        time.sleep(0.5)
    return time.time()


def test_the_usersfile_of_pam_oath(home: Home, tmp_path: pathlib.Path) -> None:
    keys = [f"{number:02x}" + KEY[2:] for number in range(5)]
    users = tmp_path / "users.oath"
    users.write_text(
        "# by hand, as pam_oath(8) says\n"
        f"HOTP\ta.counts\t-\t{keys[0]}\nHOTP/T30/6\tb.clock\t-\t{keys[1]}\nHOTP/E/8\tc.fresh\t-\t{keys[2]}\t5\n"
        f"HOTP/T60\td.clock\t-\t{keys[3]}\nHOTP/T30/6\te.unused\t1234\t{keys[4]}\n"
    )
    users.chmod(0o600)
    line = f"pam_oath.so usersfile={users} window=20 digits=6"
    now = settle()
    counted = oathtool("--hotp", "--counter=0", window=8, key=keys[0])
    clock, slow = oathtool("--totp", now=now, key=keys[1])[0], oathtool("--totp", "--time-step-size=60s", now=now, key=keys[3])[0]
    assert pam(tmp_path, "oath", line, "a.counts", counted[3]) and not pam(tmp_path, "oath", line, "a.counts", counted[3])
    assert pam(tmp_path, "oath", line, "b.clock", clock) and pam(tmp_path, "oath", line, "d.clock", slow)
    assert clock in users.read_text() and f"\t3\t{counted[3]}" in users.read_text(), "pam_oath has written what was used"

    result = moved(home, "usersfile", str(users))
    assert (result["moved"], result["trouble"]) == (5, 0)
    assert [each["account"] for each in result["lines"] if each["text"]] == ["e.unused"]
    assert use(home, "a.counts", counted[3], now) == "refused.replayed" and use(home, "a.counts", counted[2], now) == "refused.wrong_code"
    assert use(home, "a.counts", counted[4], now) == "accepted.otp"
    assert use(home, "b.clock", clock, now) == use(home, "d.clock", slow, now) == "refused.replayed"
    assert use(home, "b.clock", oathtool("--totp", now=now + 30, key=keys[1])[0], now + 30) == "accepted.otp"
    assert use(home, "d.clock", oathtool("--totp", "--time-step-size=60s", now=now + 60, key=keys[3])[0], now + 60) == "accepted.otp"
    assert use(home, "e.unused", oathtool("--totp", now=now, key=keys[4])[0], now) == "accepted.otp"
    assert use(home, "c.fresh", oathtool("--hotp", "--digits=8", "--counter=5", key=keys[2])[0], now) == "accepted.otp"


def test_a_usersfile_whose_counter_was_edited_is_not_guessed_at(lite: Home, tmp_path: pathlib.Path) -> None:
    users = tmp_path / "users.oath"
    counted = oathtool("--hotp", "--counter=0", window=8)
    users.write_text(f"HOTP\ta.martin\t-\t{KEY}\t7\t{counted[3]}\t2026-11-28T18:22:53L\n")
    assert "do not belong together" in troubles(moved(lite, "usersfile", str(users)))["a.martin"]


def test_the_files_of_google_authenticator(home: Home, tmp_path: pathlib.Path) -> None:
    homes = tmp_path / "homes"
    secrets: Dict[str, str] = {}
    for account, kind in (("a.clock", "--time-based"), ("b.counts", "--counter-based"), ("c.reuse", "--time-based")):
        (homes / account).mkdir(parents=True)
        file = homes / account / ".google_authenticator"
        reuse = "--allow-reuse" if account == "c.reuse" else "--disallow-reuse"
        subprocess.run(
            ["google-authenticator", kind, *([reuse] if kind == "--time-based" else []), "--force", "--quiet", "--no-confirm", "--window-size=3", "--no-rate-limit", f"--secret={file}"],
            check=True,
            capture_output=True,
            timeout=60,
        )
        secrets[account] = file.read_text().split("\n")[0]
    line = f"pam_google_authenticator.so secret={homes}/${{USER}}/.google_authenticator user=root"
    now = settle()
    clock = oathtool("--totp", "--base32", now=now, key=secrets["a.clock"])[0]
    counted = oathtool("--hotp", "--base32", "--counter=1", window=5, key=secrets["b.counts"])
    reused = oathtool("--totp", "--base32", now=now, key=secrets["c.reuse"])[0]
    assert pam(tmp_path, "google", line, "a.clock", clock) and not pam(tmp_path, "google", line, "a.clock", clock)
    assert pam(tmp_path, "google", line, "b.counts", counted[1]) and pam(tmp_path, "google", line, "c.reuse", reused)

    result = moved(home, "google-authenticator", str(homes))
    assert (result["moved"], result["trouble"]) == (3, 0), result
    assert result["ignored"] == {"scratch codes": 15}
    assert use(home, "a.clock", clock, now) == "refused.replayed"
    assert use(home, "a.clock", oathtool("--totp", "--base32", now=now + 30, key=secrets["a.clock"])[0], now + 30) == "accepted.otp"
    assert use(home, "b.counts", counted[1], now) == "refused.replayed" and use(home, "b.counts", counted[2], now) == "accepted.otp"
    # Its file does not say what was used: what it can have accepted by now is used.
    assert use(home, "c.reuse", reused, now) == "refused.replayed"
    assert use(home, "c.reuse", oathtool("--totp", "--base32", now=now + 60, key=secrets["c.reuse"])[0], now + 60) == "accepted.otp"
    # One file alone.
    file = homes / "a.clock" / ".google_authenticator"
    assert "--for ACCOUNT" in home.run("import-secrets", "google-authenticator", str(file), "--yes").err
    assert moved(home, "google-authenticator", str(file), "--for", "a.clock", "--replace")["replaced"] == 1


def django_site(folder: pathlib.Path, count: int) -> Tuple[pathlib.Path, Any]:
    file = folder / "site.sqlite"
    settle()
    done = subprocess.run([sys.executable, HERE / "django_site.py", file, str(count)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return file, json.loads(done.stdout)


def test_the_tables_of_django_otp(home: Home, tmp_path: pathlib.Path) -> None:
    file, site = django_site(tmp_path, 5)
    before = file.read_bytes()
    rehearsed = moved(home, "django-otp", str(file), "--rehearse")
    assert rehearsed["rehearsed"] and home.records() == {}
    result = moved(home, "django-otp", str(file))
    assert rehearsed["lines"] == result["lines"] and file.read_bytes() == before
    # Five with a phone, h.counting, f.fast, and the first device of b.both.
    assert (result["moved"], result["ignored"]) == (8, {"static tokens": 1, "unconfirmed devices": 1, "devices of inactive users": 1})
    assert set(troubles(result)) == {"b.both", "s.short"} and "--beside" in troubles(result)["b.both"]
    now, used = site["now"], site["used"]
    for account in ("user.00000", "user.00001", "user.00002"):
        key = used[account]["key"]
        assert use(home, account, used[account]["code"], now) == "refused.replayed"
        assert use(home, account, oathtool("--totp", now=now + 30, key=key)[0], now + 30) == "accepted.otp"
    counting = used["h.counting"]
    assert use(home, "h.counting", counting["code"], now) == "refused.replayed"
    assert use(home, "h.counting", counting["skipped"], now) == "refused.wrong_code"
    assert use(home, "h.counting", counting["next"], now) == "accepted.otp"
    assert use(home, "f.fast", used["f.fast"]["code"], now) == "refused.replayed"
    assert use(home, "f.fast", oathtool("--totp", now=now + 60, key=used["f.fast"]["key"])[0], now + 30) == "accepted.otp"
    # Again: nothing changes, but for the second device that is asked for now.
    records = home.records()
    again = moved(home, "django-otp", str(file), "--beside")
    assert (again["moved"], again["there"]) == (1, 8) and {**records, "b.both#2": home.records()["b.both#2"]} == home.records()


def django_takes(file: pathlib.Path, account: str, code: str) -> bool:
    done = subprocess.run([sys.executable, HERE / "django_login.py", file, account, code], capture_output=True, text=True, check=True)
    return done.stdout.strip() == "yes"


def test_two_systems_beside_each_other_while_groups_move(lite: Home, tmp_path: pathlib.Path) -> None:
    """Safe is: an account is in one of them. Who has moved is struck off there, and who has not is unknown here."""
    file, site = django_site(tmp_path, 4)
    names = tmp_path / "group"
    names.write_text("user.00000,user.00000\nuser.00003,user.00003\n")
    result = moved(lite, "django-otp", str(file), "--accounts", str(names))
    assert result["moved"] == 2 and set(lite.records()) == {"user.00000", "user.00003"}
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        keys = dict(connection.execute("SELECT username, key FROM otp_totp_totpdevice JOIN auth_user ON auth_user.id = user_id").fetchall())
    now = settle()
    here = oathtool("--totp", now=now, key=keys["user.00003"])[0]
    # The control: in both systems, one code is two logins.
    assert use(lite, "user.00003", here, now) == "accepted.otp" and django_takes(file, "user.00003", here)
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        gone = connection.execute("DELETE FROM otp_totp_totpdevice WHERE user_id IN (SELECT id FROM auth_user WHERE username IN ('user.00000', 'user.00003'))")
        assert gone.rowcount == 2
    # Each account is let in by one system, and by it alone.
    later = oathtool("--totp", now=now + 30, key=keys["user.00003"])[0]
    assert not django_takes(file, "user.00003", later) and use(lite, "user.00003", later, now + 30) == "accepted.otp"
    # The next code, and a second later: when the site was made, that of now was used twice, and django-otp has the second one wait.
    time.sleep(1)
    then = settle()
    there = oathtool("--totp", now=then + 30, key=keys["user.00002"])[0]
    assert django_takes(file, "user.00002", there) and use(lite, "user.00002", there, then) == "refused.not_enrolled"
    # The next group, and a code that was used there just before.
    names.write_text("user.00002;user.00002\n")
    assert moved(lite, "django-otp", str(file), "--accounts", str(names))["moved"] == 1
    assert use(lite, "user.00002", there, then + 30) == "refused.replayed"


def test_ten_thousand_accounts_of_django_otp(lite: Home, tmp_path: pathlib.Path) -> None:
    file, site = django_site(tmp_path, 10_000)
    began = time.monotonic()
    result = moved(lite, "django-otp", str(file))
    seconds = time.monotonic() - began
    assert result["moved"] == 10_003 and len(lite.records()) == 10_003
    print(f"10,000 accounts in {seconds:.1f} s")
    for account, each in site["used"].items():
        assert use(lite, account, each["code"], site["now"]) == "refused.replayed", account


def keycloak_user(name: str, secret: str, **data: Any) -> Dict[str, Any]:
    return {
        "username": name,
        "enabled": True,
        "credentials": [
            {"type": "password", "secretData": '{"value":"x","salt":"y"}', "credentialData": '{"hashIterations":5}'},
            {
                "type": "otp",
                "userLabel": "phone",
                "secretData": json.dumps({"value": secret}),
                "credentialData": json.dumps({"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1", **data}),
            },
        ],
    }


def test_a_realm_export_in_the_form_that_keycloak_writes(home: Home, tmp_path: pathlib.Path) -> None:
    """What one Keycloak has in many settings; test_moving_keycloak.py has a real one."""
    text = "DJ1zXAmxHHVZpDDE0FvP"
    export = {
        "realm": "departement",
        "users": [
            keycloak_user("a.clock", text),
            keycloak_user("b.counts", "b" + text, subType="hotp", counter=4),
            keycloak_user("c.base32", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", secretEncoding="BASE32", algorithm="HmacSHA256", digits=8),
            {**keycloak_user("d.disabled", "d" + text), "enabled": False},
            keycloak_user("e.broken", "e" + text, algorithm="HmacMD5"),
            {"username": "f.password", "credentials": [{"type": "password"}]},
            {"username": "g.codes", "credentials": [{"type": "recovery-authn-codes"}]},
        ],
    }
    file = tmp_path / "departement-realm.json"
    file.write_text(json.dumps(export))
    now = settle()
    result = moved(home, "keycloak", str(file))
    assert result["moved"] == 3 and set(troubles(result)) == {"e.broken"}
    assert result["ignored"] == {"otp of disabled users": 1, "recovery-authn-codes": 1}
    key = text.encode().hex()
    assert use(home, "a.clock", oathtool("--totp", now=now, key=key)[0], now) == "refused.replayed"
    assert use(home, "a.clock", oathtool("--totp", now=now + 60, key=key)[0], now + 60) == "accepted.otp"
    counted = oathtool("--hotp", "--counter=3", window=2, key=("b" + text).encode().hex())
    assert use(home, "b.counts", counted[0], now) == "refused.replayed" and use(home, "b.counts", counted[1], now) == "accepted.otp"
    code = oathtool("--totp=sha256", "--digits=8", now=now + 60)[0]
    assert use(home, "c.base32", code, now + 60) == "accepted.otp"
    # Users in files of their own.
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "departement-realm.json").write_text('{"realm": "departement"}')
    for at in range(2):
        (folder / f"departement-users-{at}.json").write_text(json.dumps({"realm": "departement", "users": [keycloak_user(f"z.{at}", f"{at}" + text)]}))
    assert moved(home, "keycloak", str(folder))["moved"] == 2
