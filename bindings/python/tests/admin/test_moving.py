"""Moving in: what is refused, what is asked about, and what stays as it was. The files are hostile, or damaged as people damage them."""

from __future__ import annotations

import json
import pathlib
import time
from typing import Any, Callable, Dict, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import poterne
from admin.installation import Home
from admin.test_help_desk import SECRET, log_in, status
from admin.test_moving_software import keycloak_user, moved, settle, troubles
from admin.test_tokens import BASE32, KEY, oathtool, use
from poterne import Algorithm, Authenticator, State
from poterne.admin.language import Say
from poterne.admin.moving import accounts, foreign, google_authenticator, graph, keycloak, otpauth, secrets_csv, usersfile
from poterne.admin.moving.found import MAX_BYTES, Source, UnreadableSource, looks_secret

SAY = Say("en")

OTHER = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"


def base32_of(number: int) -> str:
    return poterne.Secret(f"{number:020}".encode()).to_base32()


def test_otpauth_uris(home: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "uris.txt"
    file.write_text(
        f"otpauth://totp/Department:a.martin?secret={BASE32}&issuer=Department\n"
        "# a comment, and a blank line\n\n"
        f"otpauth://totp/Department:b.durand?secret={OTHER}&issuer=Department&algorithm=SHA512&digits=8&period=60\r\n"
        f"otpauth://hotp/Department:c.petit?secret={base32_of(1)}&counter=7\n"
        f"otpauth://hotp/Department:d.zero?secret={base32_of(2)}&counter=0\n"
        f"otpauth://totp/Department:e.broken?secret=189&issuer=Department\n"
        "https://example.org/\n"
    )
    now = settle()
    result = moved(home, "otpauth", str(file))
    assert (result["moved"], result["trouble"]) == (3, 3)
    assert "--zero unused" in troubles(result)["d.zero"]
    assert {each["place"] for each in result["lines"] if each["verdict"] == "trouble"} == {"line 6", "line 7", "line 8"}
    code = oathtool("--totp", now=now)[0]
    assert use(home, "a.martin", code, now) == "refused.replayed"
    assert use(home, "a.martin", oathtool("--totp", now=now + 60)[0], now + 60) == "accepted.otp"
    found = status(home, "b.durand")
    assert (found.algorithm, found.digits, found.time_step, found.state, found.authenticator) == (Algorithm.SHA512, 8, 60, State.ACTIVE, Authenticator.APP)
    again = moved(home, "otpauth", str(file), "--zero", "unused")
    assert (again["moved"], again["there"], again["trouble"]) == (1, 3, 2) and status(home, "d.zero").state is State.ACTIVE


def test_a_counter_that_nobody_knows_waits_for_two_codes(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "uris"
    file.write_text(f"otpauth://hotp/a.martin?secret={BASE32}&counter=0\n")
    result = moved(lite, "otpauth", str(file), "--zero", "unknown")
    assert result["moved"] == 1 and "poterne token" in result["lines"][0]["text"] and status(lite, "a.martin").state is State.PENDING
    # The token has shown 300 codes.
    codes = oathtool("--hotp", "--counter=300", window=3)
    done = lite.process("token", "a.martin", "--codes-fd", "0", given=f"{codes[0]}\n{codes[1]}\n")
    assert done.code == 0, done.err
    assert use(lite, "a.martin", codes[1], time.time()) == "refused.replayed" and use(lite, "a.martin", codes[2], time.time()) == "accepted.otp"


def test_uris_of_several_issuers_may_be_somebody_s_own(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "uris"
    file.write_text(
        f"otpauth://totp/Department:a.martin?secret={BASE32}&issuer=Department\notpauth://totp/Video:anne@example.org?secret={OTHER}&issuer=Video\n"
    )
    done = lite.run("import-secrets", "otpauth", str(file), "--yes")
    assert done.code == 1 and "--issuer" in done.err and "anne" not in done.err + done.out and lite.records() == {}
    result = moved(lite, "otpauth", str(file), "--issuer", "Department")
    assert result["moved"] == 1 and result["ignored"] == {"URIs of other issuers": 1} and "anne" not in json.dumps(result)


def test_one_name_in_two_realms_is_two_persons(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps([{"realm": each, "users": [keycloak_user("a.martin", f"{each}{BASE32}")]} for each in ("one", "two")]))
    assert "several realms" in lite.run("import-secrets", "keycloak", str(file), "--yes").err
    for each in ("one", "two"):
        (tmp_path / f"{each}-users-0.json").write_text(json.dumps({"realm": each, "users": []}))
    assert "several realms" in lite.run("import-secrets", "keycloak", str(tmp_path), "--yes").err


def test_csv_of_declared_encoding(home: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "secrets.csv"
    file.write_bytes(
        "\N{BYTE ORDER MARK}Compte;Clé;Type;Chiffres;Compteur;last_step\r\n"
        f"a.martin;{KEY};totp;6;;5\r\n"
        f"b.durand;{KEY[::-1]};hotp;8;12;\r\n"
        f"c.petit;{KEY[:-2]}99;;;;\r\n"
        f"1,23E+11;{KEY[:-2]}98;;;;\r\n"
        f"d.long;{KEY[:-2]}97;;;;;\r\n"
        f"e.twice;{KEY};;;;\r\n"
        f"a.martin;{KEY[:-2]}96;;;;\r\n"
        f"f.zero;{'00' * 20};;;;\r\n"
        f"g.hex;0x{KEY};;;;\r\n"
        f"h.short;001122;;;;\r\n"
        f"i.count;{KEY[:-2]}95;hotp;;x7;\r\n"
        f"serial:T1;{KEY[:-2]}94;;;;\r\n"
        f"j.martin#2;{KEY[:-2]}93;;;;\r\n"
        f"k.step;{KEY[:-2]}92;totp;;;-1\r\n".encode()
    )
    assert "--encoding" in home.run("import-secrets", "csv", str(file), "--yes").err
    result = moved(home, "csv", str(file), "--encoding", "hex")
    assert result["moved"] == 3 and set(home.records()) == {"a.martin", "b.durand", "c.petit"}
    said = troubles(result)
    for account, word in (
        ("1,23E+11", "scientific"),
        ("", "cells"),
        ("e.twice", "secret of line 2"),
        ("a.martin", "another authenticator"),
        ("f.zero", "placeholder"),
        ("g.hex", "not hex"),
        ("i.count", "counter"),
        ("serial:T1", "token in stock"),
        ("k.step", "last_step"),
    ):
        assert word in said[account], (account, said[account])
    assert "h.short" in said and "j.martin#2" in said and len(said) == 11
    assert not any(KEY[:10] in text for text in said.values())
    now = time.time()
    # Its last step is known, and long ago: the present code counts.
    assert use(home, "a.martin", oathtool("--totp", now=now)[0], now) == "accepted.otp"
    assert use(home, "b.durand", oathtool("--hotp", "--digits=8", "--counter=12", key=KEY[::-1])[0], now) == "accepted.otp"
    assert "not base32" in str(troubles(moved(home, "csv", str(file), "--encoding", "base32", "--rehearse")))


def test_a_last_step_of_a_time_to_come_is_not_believed(lite: Home, tmp_path: pathlib.Path) -> None:
    file, now = tmp_path / "secrets.csv", settle()
    step = int(now) // 30
    file.write_text(f"account,secret,last_step\na.martin,{BASE32},{step + 1_000_000}\nb.durand,{OTHER},{step}\n")
    result = moved(lite, "csv", str(file), "--encoding", "base32")
    assert result["moved"] == 1 and "--clock-is-right" in troubles(result)["a.martin"] and set(lite.records()) == {"b.durand"}
    result = moved(lite, "csv", str(file), "--encoding", "base32", "--clock-is-right")
    assert (result["moved"], result["there"], result["trouble"]) == (1, 1, 0)
    assert [each["account"] for each in result["lines"] if "time to come" in each["text"]] == ["a.martin"]
    # Nothing that could have been accepted by now counts; what comes after an hour does.
    assert use(lite, "a.martin", oathtool("--totp", now=now)[0], now) == "refused.clock_behind"
    assert use(lite, "a.martin", oathtool("--totp", now=now + 3_660)[0], now + 3_660) == "accepted.otp"


def test_a_secret_that_another_account_has_is_not_moved(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "secrets.csv"
    file.write_text(f"account,secret\na.martin,{BASE32}\n")
    assert moved(lite, "csv", str(file), "--encoding", "base32")["moved"] == 1
    file.write_text(f"account,secret\na.martin2,{BASE32}\nb.durand,{OTHER}\n")
    for more in (("--rehearse",), ()):
        result = moved(lite, "csv", str(file), "--encoding", "base32", *more)
        assert (result["moved"], result["trouble"]) == (1, 1) and "secret of a.martin, which" in troubles(result)["a.martin2"]
    # HMAC pads with zeros: with some behind it, it is the same secret (semantics 1.4), in one file too; with one before it another.
    file.write_text(f"account,secret\nc.petit,{KEY}00\nd.leroy,{KEY[::-1]}\ne.roux,{KEY[::-1]}0000\nf.blanc,00{KEY[::-1]}\n")
    result = moved(lite, "csv", str(file), "--encoding", "hex", "--rehearse")
    assert result["moved"] == 2 and "secret of a.martin, which" in troubles(result)["c.petit"] and "secret of line 3" in troubles(result)["e.roux"]
    # Whoever is replaced keeps what is theirs.
    file.write_text(f"account,secret\na.martin,{BASE32}\n")
    assert moved(lite, "csv", str(file), "--encoding", "base32", "--replace")["replaced"] == 1


@pytest.mark.parametrize("written", [KEY, BASE32, BASE32.lower(), " ".join(BASE32[at : at + 4] for at in range(0, 32, 4)), BASE32 + "====", BASE32[:-1] + "8", KEY[:32], "JBSWY3DPEHPK3PXP"])
def test_swapped_columns_show_no_secret(lite: Home, tmp_path: pathlib.Path, written: str) -> None:
    file = tmp_path / "secrets.csv"
    # Titles and cells do not fit: the second line would even decode.
    file.write_text(f"account,secret\n{written},a.martin\n{written},{OTHER}\n")
    for tag, words in (("en", "the account looks like a secret; are the columns swapped?"), ("fr", "le compte ressemble à un secret ; les colonnes sont-elles interverties")):
        done = lite.run("import-secrets", "csv", str(file), "--encoding", "base32", "--yes", "--lang", tag)
        said = " ".join((done.out + done.err).split())
        assert done.code == 1 and said.count(words.split()[-1]) == 2 and written not in said and written[:8] not in said, said
    result = moved(lite, "csv", str(file), "--encoding", "base32")
    assert (result["moved"], result["trouble"]) == (0, 2) and written not in json.dumps(result) and lite.records() == {}
    file.write_text(f"{written}:a.martin\notpauth://totp/Department:{written.replace(' ', '%20')}?secret={OTHER}&issuer=Department\n")
    assert written not in json.dumps(moved(lite, "otpauth", str(file))) and lite.records() == {}


def test_rows_of_the_application_without_a_record_are_filled(home: Home, tmp_path: pathlib.Path) -> None:
    table, file = f"staff_{home.table}", tmp_path / "secrets.csv"
    home.database.run(f"CREATE TABLE {table} (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504))")
    home.database.run(f"INSERT INTO {table} (account) VALUES ('a.martin')")
    file.write_text(f"account,secret\na.martin,{BASE32}\nb.durand,{OTHER}\n")
    assert moved(home, "csv", str(file), "--encoding", "base32", "--table", table)["moved"] == 2
    # The probe was not there, and is now.
    rows = dict(home.database.run(f"SELECT account, record FROM {table}"))
    assert set(rows) == {"a.martin", "b.durand", "poterne-probe"} and all(rows.values())
    home.database.run(f"DROP TABLE {table}")


def test_names_are_no_secrets() -> None:
    names = ("a.martin", "christophermartin", "administrateur22", "00123456789012345678", "jean-baptiste.delarochefoucauld-bayers", "b1946ac92492d234")
    assert not any(looks_secret(name) for name in (*names, "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "agent.des.services.techniques@departement.example", ""))


def test_the_same_file_in_every_encoding_of_text(lite: Home, tmp_path: pathlib.Path) -> None:
    text = f"account,secret\nhélène,{BASE32}\n"
    for codec in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        file = tmp_path / codec
        file.write_bytes(text.encode(codec))
        assert [each["account"] for each in moved(lite, "csv", str(file), "--encoding", "base32", "--rehearse")["lines"]] == ["hélène"], codec


def test_through_standard_input_and_a_list_of_accounts(lite: Home, tmp_path: pathlib.Path) -> None:
    names = tmp_path / "accounts.csv"
    names.write_text("old.martin;a.martin\nold.durand;b.durand\n")
    given = f"account,secret\nold.martin,{BASE32}\nold.other,{OTHER}\n"
    done = lite.process("import-secrets", "csv", "-", "--encoding", "base32", "--accounts", str(names), "--yes", "--json", given=given)
    assert done.code == 1 and set(lite.records()) == {"a.martin"} and "not in the list" in troubles(done.json)["old.other"]
    # Without a terminal and without --yes nobody has said that the other system is stopped.
    done = lite.process("import-secrets", "csv", "-", "--encoding", "base32", given=given)
    assert done.code == 1 and "--yes" in done.err and set(lite.records()) == {"a.martin"}
    for text in ("one\n", "a;b\na;c\n", "a;\n"):
        names.write_text(text)
        assert "list of accounts: line" in lite.run("import-secrets", "otpauth", str(names), "--accounts", str(names), "--yes").err


def test_nothing_is_overwritten_without_replace(home: Home, tmp_path: pathlib.Path) -> None:
    home.enroll("a.martin", "r.gone")
    site = home.site()
    site.table.column.apply(site.verifier, "r.gone", lambda credential: credential.revoke())
    counting = site.verifier.import_credential("h.counts", SECRET, counter=5)
    counting.outcome(site.table.column.swap("h.counts", None, str(counting.record)))
    site.table.engine.dispose()
    file = tmp_path / "uris"
    file.write_text(
        f"otpauth://totp/a.martin?secret={OTHER}\notpauth://totp/r.gone?secret={base32_of(1)}\notpauth://hotp/h.counts?secret={base32_of(2)}&counter=1\n"
    )
    before = home.records()
    assert moved(home, "otpauth", str(file))["there"] == 3 and home.records() == before
    now = settle()
    result = moved(home, "otpauth", str(file), "--replace")
    assert result["replaced"] == 1 and set(troubles(result)) == {"r.gone", "h.counts"}
    assert {account for account, record in home.records().items() if before[account] != record} == {"a.martin"}
    assert log_in(home, "a.martin") != "accepted.otp"
    # Once more replaced, with what is known of its use or not: no code of before counts again.
    code = poterne.totp(poterne.Secret.from_base32(OTHER), now + 60)
    assert use(home, "a.martin", code, now + 60) == "accepted.otp"
    csv = tmp_path / "csv"
    csv.write_text(f"account,secret,last_step\na.martin,{OTHER},5\n")
    assert moved(home, "csv", str(csv), "--encoding", "base32", "--replace")["replaced"] == 1
    assert use(home, "a.martin", poterne.totp(poterne.Secret.from_base32(OTHER), now), now) == "refused.replayed"


@pytest.mark.parametrize("kind", [*foreign.NAMES, "andOTP", "FreeOTP"])
def test_an_app_s_export_is_refused_by_name(lite: Home, kind: str, tmp_path: pathlib.Path) -> None:
    done = lite.run("import-secrets", kind, str(tmp_path / "none"), "--yes")
    assert done.code == 2 and "private accounts" in done.err
    assert "comptes privés" in lite.run("import-secrets", kind, str(tmp_path / "none"), "--yes", "--lang", "fr").err


EXPORTS = [
    "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU%3D\n",
    json.dumps({"version": 1, "header": {"slots": None, "params": None}, "db": {"version": 3, "entries": []}}),
    json.dumps({"services": [], "groups": [], "updatedAt": 1, "schemaVersion": 4, "appVersionCode": 50000}),
    json.dumps([{"secret": BASE32, "issuer": "x", "label": "y", "digits": 6, "type": "TOTP", "thumbnail": "Default", "last_used": 1, "used_frequency": 0}]),
    json.dumps({"encrypted": False, "folders": [], "items": []}),
    json.dumps({"tokenOrder": [], "tokens": []}),
]


@pytest.mark.parametrize("content", EXPORTS)
def test_an_app_s_export_is_recognized_under_another_name(lite: Home, content: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "export"
    file.write_text(content)
    for kind in ("otpauth", "keycloak", "graph"):
        done = lite.run("import-secrets", kind, str(file), "--yes")
        assert done.code == 1 and "private accounts" in done.err and lite.records() == {}, (kind, done.err)


@pytest.mark.parametrize("content", EXPORTS)
def test_an_app_s_export_is_no_file_of_tokens(lite: Home, content: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "export"
    file.write_text(content)
    for format_ in ("graph", "pskc", "entra"):
        done = lite.run("tokens", "import", str(file), "--format", format_, "--yes")
        assert done.code == 1 and "private accounts" in done.err and lite.records() == {}, (format_, done.err)
    # The control: without its sign the file is refused without its name.
    monkeypatch.setattr(foreign, "_SIGNS", ())
    done = lite.run("tokens", "import", str(file), "--format", "pskc", "--yes")
    assert done.code == 1 and "private accounts" not in done.err and lite.records() == {}


def test_graph_json_of_assigned_tokens(lite: Home, tmp_path: pathlib.Path) -> None:
    def device(serial: str, secret: str, **more: Any) -> Dict[str, Any]:
        return {"serialNumber": serial, "manufacturer": "x", "model": "y", "secretKey": secret, "timeIntervalInSeconds": "60", "hashFunction": "hmacsha256", **more}

    file = tmp_path / "devices.json"
    file.write_text(
        json.dumps({"@context": "#$delta", "value": [device("T1", BASE32, assignTo={"id": "0b1c"}), device("T2", OTHER), device("T3", "189"), device("T4", base32_of(1), hashFunction="hmacmd5")]})
    )
    names = tmp_path / "names"
    names.write_text("0b1c,b.durand\n")
    result = moved(lite, "graph", str(file), "--accounts", str(names))
    assert result["moved"] == 1 and len(troubles(result)) == 3
    found = status(lite, "b.durand")
    assert (found.state, found.authenticator, found.algorithm, found.time_step) == (State.PENDING, Authenticator.TOKEN, Algorithm.SHA256, 60)
    site = lite.site()
    now = time.time()
    code = oathtool("--totp=sha256", "--time-step-size=60s", now=now)[0]
    assert site.table.column.apply(site.verifier, "b.durand", lambda credential: credential.confirm(code)).code == "confirmed"
    site.table.engine.dispose()


READERS: Dict[str, Callable[[bytes], Source]] = {
    "otpauth": lambda content: otpauth.read(content, SAY),
    "csv": lambda content: secrets_csv.read(content, SAY, secrets_csv.Declared("base32")),
    "usersfile": lambda content: usersfile.read(content, SAY),
    "google-authenticator": lambda content: google_authenticator.read(content, SAY, "a.martin"),
    "keycloak": lambda content: keycloak.read(content, SAY),
    "graph": lambda content: graph.read(content, SAY),
}

HOSTILE: List[bytes] = [
    b"",
    b"\0" * 64,
    b"\xff\xfe\x00\xd8",
    b"\xef\xbb\xbf\xff",
    b"[" * 200_000,
    b'{"users":' * 50_000,
    b'{"users": [], "users": []}',
    b'{"users": 1}',
    b'{"users": [1, null, {"username": 5}]}',
    b'{"users": [{"username": "a", "credentials": [{"type": "otp", "secretData": "' + b"[" * 90_000 + b'"}]}]}',
    b"1" * 100_000,
    b'[{"serialNumber": "T", "secretKey": 5, "timeIntervalInSeconds": 1e400}]',
    b"NaN",
    b'account,secret\n"a',
    b"account,secret,secret\na,b,c\n",
    b"account,secret,digits\na.martin,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,\xd9\xa6\n",
    b"HOTP/T999999\ta\t-\t00\n",
    b"HOTP\ta\t-\t00\t99999999999999999999999\n",
    b'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n" HOTP_COUNTER 99999999999999999999\n',
    b'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n" TOTP_AUTH\n" STEP_SIZE 0\n" TIME_SKEW 99999999999999\n',
    ("a" * 5_000_000).encode(),
]


@pytest.mark.parametrize("kind", list(READERS))
@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_is_refused_or_has_nobody(kind: str, content: bytes) -> None:
    try:
        source = READERS[kind](content)
    except UnreadableSource as error:
        assert len(str(error)) < 400
        return
    assert source.found == [] and all(len(each.text) < 400 for each in source.troubles)


@pytest.mark.parametrize("kind", list(READERS))
def test_a_hundred_megabytes_are_refused_unread(kind: str) -> None:
    with pytest.raises(UnreadableSource, match="64 MB|too long"):
        READERS[kind](bytes(100 << 20))
    assert MAX_BYTES == 64 << 20


def test_a_file_without_an_end_is_not_read(lite: Home) -> None:
    for endless in ("/dev/zero", "/dev/stdin"):
        done = lite.process("import-secrets", "otpauth", endless, "--yes")
        assert done.code == 1 and "is not a file" in done.err


def test_a_database_that_is_not_there_or_another_one(lite: Home, tmp_path: pathlib.Path) -> None:
    missing, key = tmp_path / "missing.sqlite", tmp_path / "key"
    key.write_bytes(bytes(96))
    done = lite.run("import-secrets", "django-otp", str(missing), "--yes")
    assert done.code == 1 and "is not a file" in done.err and not missing.exists()
    own = f"sqlite:///{lite.folder / 'poterne.sqlite'}"
    assert "not one of django-otp" in lite.run("import-secrets", "django-otp", own, "--yes").err
    assert "not one of privacyIDEA" in lite.run("import-secrets", "privacyidea", own, "--key-file", str(key), "--yes").err
    assert "--key-file" in lite.run("import-secrets", "privacyidea", own, "--yes").err
    for address, said in (
        ("postgresql+psycopg://a:hunter2@localhost/x", "command line"),
        ("oracle+oracledb://a@localhost/x", "pip install"),
        ("nonsense://a@localhost/x", "SQLAlchemy knows"),
        ("postgresql+psycopg://a@127.0.0.1:1/x", "did not answer"),
    ):
        done = lite.run("import-secrets", "django-otp", address, "--yes")
        assert done.code in (1, 2) and said in done.err and "hunter2" not in done.err, (address, done.err)
    config = tmp_path / "pi.cfg"
    config.write_text("import os\nPI_ENCFILE = os.environ['X']\nSQLALCHEMY_DATABASE_URI = 'sqlite:///x'\n")
    assert "as plain texts" in lite.run("import-secrets", "privacyidea", str(config), "--yes").err and lite.records() == {}


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                f"otpauth://totp/a?secret={BASE32}",
                f"otpauth://hotp/a?secret={BASE32}&counter=1",
                "account;secret;counter",
                f"a.martin;{BASE32};3",
                f"HOTP/T30/6\ta\t-\t{KEY}\t0\t123456\t2026-11-28T18:22:53L",
                f"HOTP\ta\t-\t{KEY}\t4",
                BASE32,
                '" TOTP_AUTH',
                '" DISALLOW_REUSE 1 2',
                '" HOTP_COUNTER 4',
            ]
        ),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(lines=LINES, codec=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]), kind=st.sampled_from(list(READERS)))
def test_no_text_makes_a_reader_fall(lines: List[str], codec: str, kind: str) -> None:
    content = "\n".join(lines).encode(codec, errors="replace")
    try:
        source = READERS[kind](content)
    except UnreadableSource:
        return
    for found in source.found:
        # What a reader gives is what the library takes, or refuses by an error of its own.
        assert found.digits in (6, 7, 8) and (found.counter is None or 0 <= found.counter < 1 << 63)
        assert BASE32 not in repr(found)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["otp", BASE32, "HmacSHA1", "totp", "BASE32"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["users", "username", "credentials", "type", "secretData", "credentialData", "value", "subType", "period", "counter", "digits", "serialNumber", "secretKey", "assignTo", "id"]),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(value=JSON, kind=st.sampled_from(["keycloak", "graph"]))
def test_no_json_makes_a_reader_fall(value: Any, kind: str) -> None:
    content = json.dumps({"users": [value]} if kind == "keycloak" and isinstance(value, dict) else value).encode()
    try:
        READERS[kind](content)
    except UnreadableSource:
        pass


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="ab;,\t\n\"'#\r\N{BYTE ORDER MARK}é", max_size=40))
def test_no_list_of_accounts_makes_it_fall(text: str) -> None:
    try:
        found = accounts.read(text.encode(), SAY)
    except UnreadableSource:
        return
    assert all(there and here for there, here in found.items())
