"""A manufacturer's file into the stock, and a token of it all the way. The token is oathtool; the files are in the layouts of the norm."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import subprocess
import time
from typing import Any, Dict

import pytest
import run  # type: ignore[import-not-found]

import poterne
from admin.installation import COMMAND, Home
from admin.test_help_desk import status
from admin.test_tokens import BASE32, KEY, confirm, oathtool, stocked, use
from conftest import ROOT
from poterne import Algorithm, State
from poterne.admin.delivery import Delivered, Delivery
from poterne.admin.interrupt import Interruptible
from poterne.admin.moving import secrets_csv
from poterne.admin.moving.move import Move, Wishes


def delivered(home: Home, *arguments: str) -> Any:
    done = home.run("tokens", "import", *arguments, "--yes", "--json")
    assert done.out, done.err
    return done.json


def troubles(result: Any) -> Dict[str, str]:
    return {each["serial"]: each["text"] for each in result["tokens"] if each["verdict"] == "trouble"}


def pskc(*packages: str) -> str:
    return f'<?xml version="1.0"?><KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">{"".join(packages)}</KeyContainer>'


def package(serial: str, key: str, *, policy: str = "", counter: str = "", step: str = "0") -> str:
    kind, data = "totp", f"<TimeInterval><PlainValue>30</PlainValue></TimeInterval><Time><PlainValue>{step}</PlainValue></Time>"
    if counter:
        kind, data = "hotp", f"<Counter><PlainValue>{counter}</PlainValue></Counter>"
    return (
        f"<KeyPackage><DeviceInfo><Manufacturer>m</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>"
        f'<Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:{kind}"><AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>'
        f"<Data><Secret><PlainValue>{base64.b64encode(bytes.fromhex(key)).decode()}</PlainValue></Secret>{data}</Data>{policy}</Key></KeyPackage>"
    )


def test_a_delivery_in_pskc_and_a_token_of_it_to_its_holder(home: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "tokens.xml"
    over = "<Policy><ExpiryDate>2022-01-01T00:00:00Z</ExpiryDate></Policy>"
    file.write_text(pskc(package("T1", KEY), package("T2", KEY[::-1], counter="3"), package("T3", "99" + KEY[2:], policy=over), package("T1", "98" + KEY[2:])))
    rehearsed = delivered(home, str(file), "--format", "pskc", "--rehearse")
    assert rehearsed["stored"] == 2 and stocked(home) == {}
    result = delivered(home, str(file), "--format", "pskc")
    assert (result["stored"], result["trouble"]) == (2, 2) and stocked(home) == {"T1": "new", "T2": "new"}
    assert "--ignore-dates" in troubles(result)["T3"]
    result = delivered(home, str(file), "--format", "pskc", "--ignore-dates")
    assert (result["stored"], result["there"]) == (1, 2) and stocked(home)["T3"] == "new"
    # Handed out, it is known to the next delivery.
    assert home.run("tokens", "assign", "T1", "b.durand", "--yes").code == 0
    before = home.records()
    result = delivered(home, str(file), "--format", "pskc", "--replace")
    assert result["replaced"] == 1 and "handed out" in troubles(result)["T1"]
    assert {account for account, record in home.records().items() if before.get(account) != record} == {"serial:T2"}
    now = time.time()
    assert confirm(home, "b.durand", oathtool("--totp", now=now)[0], now).code == "confirmed"
    assert use(home, "b.durand", oathtool("--totp", now=now + 30)[0], now + 30) == "accepted.otp"


def test_a_last_code_of_a_time_to_come(lite: Home, tmp_path: pathlib.Path) -> None:
    """`Time` in seconds instead of time steps, or by a clock that was ahead: the token would be locked until then."""
    now = time.time()
    here = int(now) // 30
    # Used a minute ago; as far ahead as a server can be; a year ahead; seconds for steps; the highest number.
    steps = {"T1": here - 2, "T2": here + 20, "T3": here + 365 * 2880, "T4": int(now), "T5": 2**63 - 1}
    file = tmp_path / "tokens.xml"
    file.write_text(pskc(*(package(serial, f"{number:02x}" + KEY[2:], step=str(step)) for number, (serial, step) in enumerate(steps.items()))))
    columns = tmp_path / "tokens.csv"
    columns.write_text(f"T6,aa{KEY[2:]},{here + 10_000}\n")
    by_columns = (str(columns), "--format", "columns", "--columns", "serial,secret,watermark", "--encoding", "hex", "--hash", "sha1")
    for rehearsal in (["--rehearse"], []):
        result = delivered(lite, str(file), "--format", "pskc", *rehearsal)
        assert (result["stored"], result["trouble"]) == (2, 3) and set(troubles(result)) == {"T3", "T4", "T5"}
        assert all("--clock-is-right" in text for text in troubles(result).values())
        assert set(troubles(delivered(lite, *by_columns, *rehearsal))) == {"T6"}
    assert stocked(lite) == {"T1": "new", "T2": "new"}
    assert "dans le futur" in lite.run("tokens", "import", *by_columns, "--yes", "--lang", "fr").out
    # By the administrator's word they are stored, and nothing that a server can have accepted by now is open again.
    result = delivered(lite, str(file), "--format", "pskc", "--clock-is-right")
    assert (result["stored"], result["trouble"]) == (3, 0) and stocked(lite) == {serial: "new" for serial in steps}
    said = {each["serial"]: each["text"] for each in result["tokens"] if each["text"]}
    assert set(said) == {"T3", "T4", "T5"} and all("an hour" in text for text in said.values())
    assert lite.run("tokens", "assign", "T5", "b.durand", "--yes").code == 0
    key = f"{4:02x}" + KEY[2:]
    site = lite.site()
    for later, refused in ((0, True), (26 * 30, True), (31 * 30, False)):
        code = oathtool("--totp", now=now + later, key=key)[0]

        def make(credential: poterne.StoredCredential) -> poterne.Attempt[poterne.Confirmed]:
            return credential.confirm(code, now=now + later)

        if refused:
            with pytest.raises(poterne.Refused):
                site.table.column.apply(site.verifier, "b.durand", make)
        else:
            assert site.table.column.apply(site.verifier, "b.durand", make).code == "confirmed"
    site.table.engine.dispose()


def figure(name: str) -> bytes:
    """A figure of RFC 6030, as the vectors have it."""
    case = next(case for case in run.read_cases(str(ROOT / "tests/vectors/pskc.txt")) if case.name == name)
    made: bytes = run.file_of({"file": "\n".join(value for key, value in case.lines if key == "file")})
    return made


def piped(home: Home, content: bytes, *options: str, given: str = "") -> "subprocess.CompletedProcess[bytes]":
    """The file on standard input, what is secret on descriptor 3."""
    reading, writing = os.pipe()
    os.write(writing, given.encode())
    os.close(writing)
    arguments = [str(COMMAND), "tokens", "import", "-", "--format", "pskc", "--yes", "--json", "--config", str(home.config), *options]
    try:
        return subprocess.run(
            ["bash", "-c", f'exec "$@" 3<&{reading}', "bash", *arguments], input=content, pass_fds=[reading], capture_output=True, check=False
        )
    finally:
        os.close(reading)


def test_a_second_delivery_under_other_serial_numbers(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "tokens.xml"
    file.write_text(pskc(package("306000123", KEY), package("306000124", KEY[::-1])))
    assert delivered(lite, str(file), "--format", "pskc")["stored"] == 2
    assert lite.run("tokens", "assign", "306000123", "a.martin", "--yes").code == 0
    # One of them is handed out, one in stock, one is new; a counter does not make it another secret.
    file.write_text(pskc(package("0306000123", KEY, counter="7"), package("0306000124", KEY[::-1]), package("0306000125", "99" + KEY[2:])))
    result = delivered(lite, str(file), "--format", "pskc")
    assert (result["stored"], result["trouble"]) == (1, 2)
    assert "a.martin" in troubles(result)["0306000123"] and "serial:306000124" in troubles(result)["0306000124"]
    assert not any(KEY[:10] in text for text in troubles(result).values())
    # The same file once more, and anew, finds itself.
    again = delivered(lite, str(file), "--format", "pskc", "--replace")
    assert (again["replaced"], again["trouble"]) == (1, 2)


def test_records_that_cannot_be_read_are_counted(lite: Home, tmp_path: pathlib.Path) -> None:
    lite.enroll("a.martin", "b.durand", "c.petit")
    file = tmp_path / "tokens.xml"
    file.write_text(pskc(package("T1", KEY[::-1])))
    assert delivered(lite, str(file), "--format", "pskc", "--rehearse")["unreadable"] == 0
    assert "compared" not in lite.run("tokens", "import", str(file), "--format", "pskc", "--rehearse").err
    # As a crash of another system's tool leaves one.
    for account, count, words in (("a.martin", 1, "1 record could not be read: its secret is"), ("b.durand", 2, "2 records could not be read: their secrets are")):
        lite.database.run(f"UPDATE {lite.table} SET record = substr(record, 1, 100) WHERE account = '{account}'")
        assert delivered(lite, str(file), "--format", "pskc", "--rehearse")["unreadable"] == count
        assert words in lite.run("tokens", "import", str(file), "--format", "pskc", "--rehearse").err
    assert "leurs secrets ne sont pas comparés" in lite.run("tokens", "import", str(file), "--format", "pskc", "--yes", "--lang", "fr").err
    assert "2 records could not be read" in lite.process("tokens", "add", "T2", "--encoding", "hex", given="99" + KEY[2:] + "\n").err


def test_a_user_that_is_a_secret_is_not_shown(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "tokens.csv"
    file.write_text(f"T1,{KEY},{BASE32}\nT2,{KEY[::-1]},a.martin\n")
    result = delivered(lite, str(file), "--format", "columns", "--columns", "serial,secret,account", "--encoding", "hex", "--hash", "sha1")
    assert (result["stored"], result["trouble"]) == (1, 1) and "columns swapped" in troubles(result)["T1"] and BASE32 not in json.dumps(result)


class Between:
    """Somebody else's run, between the look and the write of this one."""

    def __init__(self, table: Any, run: Any) -> None:
        self._table, self._run, self.calls = table, run, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def swap_all_since(self, *arguments: Any) -> Any:
        self.calls += 1
        if self.calls == 1:
            self._run()
        return self._table.swap_all_since(*arguments)


def test_of_two_runs_at_once_one_stores_a_secret(home: Home, tmp_path: pathlib.Path) -> None:
    csv, tokens = tmp_path / "secrets.csv", tmp_path / "tokens.xml"
    csv.write_text(f"account,secret\na.martin,{KEY}\n")
    tokens.write_text(pskc(package("T1", KEY), package("T2", KEY[::-1])))

    def other() -> None:
        done = home.process("import-secrets", "csv", str(csv), "--encoding", "hex", "--yes")
        assert done.code == 0, done.err

    site = home.site()
    site.table = between = Between(site.table, other)  # type: ignore[assignment]
    delivery = Delivery(site, is_replaced=False)
    entries = [entry for entry in poterne.TokenFile.read_pskc(tokens.read_bytes()).entries if isinstance(entry, poterne.TokenEntry)]
    with Interruptible() as stop, site.console.progress("tokens", len(entries)) as progress:
        delivery.run([Delivered("", entry.serial, entry) for entry in entries], stop, progress, is_stored=True)
    site.table.engine.dispose()
    assert {each.serial: each.verdict for each in delivery.results} == {"T1": "trouble", "T2": "stored"} and between.calls == 2
    assert "a.martin" in next(each.text for each in delivery.results if each.text) and set(home.records()) == {"a.martin", "serial:T2"}


def test_two_processes_with_the_same_secrets(home: Home, tmp_path: pathlib.Path) -> None:
    csv, tokens = tmp_path / "secrets.csv", tmp_path / "tokens.xml"
    keys = [f"{number:040x}" for number in range(0x1000, 0x1000 + 1200)]
    csv.write_text("account,secret\n" + "".join(f"a{number},{key}\n" for number, key in enumerate(keys)))
    tokens.write_text(pskc(*(package(f"T{number}", key) for number, key in enumerate(keys))))
    runs = [
        home.start("import-secrets", "csv", str(csv), "--encoding", "hex", "--yes", "--json"),
        home.start("tokens", "import", str(tokens), "--format", "pskc", "--yes", "--json"),
    ]
    moved, stored = (json.loads(run.communicate(timeout=120)[0]) for run in runs)
    # Together all of them, and none twice.
    assert moved["moved"] + stored["stored"] == len(keys) == len(home.records())
    assert moved["trouble"] == stored["stored"] and stored["trouble"] == moved["moved"]


def test_a_first_record_at_the_same_moment_concerns_its_account_alone(home: Home, tmp_path: pathlib.Path) -> None:
    csv = tmp_path / "secrets.csv"
    csv.write_text(f"account,secret\na.martin,99{KEY[2:]}\nb.durand,{KEY[::-1]}\n")
    site = home.site()
    say = site.console.say

    def other() -> None:
        home.enroll("a.martin")

    site.table = Between(site.table, other)  # type: ignore[assignment]
    move = Move(site, Wishes())
    with Interruptible() as stop:
        move.run(move.plan(secrets_csv.read(csv.read_bytes(), say, secrets_csv.Declared("hex"))), stop, None, is_stored=True)
    site.table.engine.dispose()
    assert {each.account: each.verdict for each in move.results} == {"a.martin": "trouble", "b.durand": "moved"}
    assert set(home.records()) == {"a.martin", "b.durand"}


def test_through_a_pipe_with_the_password_elsewhere(lite: Home, tmp_path: pathlib.Path) -> None:
    done = piped(lite, figure("figure-7"))
    assert done.returncode == 1 and b"--password" in done.stderr and stocked(lite) == {}
    done = piped(lite, figure("figure-7"), "--password")
    assert done.returncode == 2 and b"Standard input is the file" in done.stderr
    done = piped(lite, figure("figure-7"), "--password-fd", "3", given="azerty\n")
    assert done.returncode == 1 and b"azerty" not in done.stderr and stocked(lite) == {}
    done = piped(lite, figure("figure-7"), "--password-fd", "3", given="qwerty\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["stored"] == 1 and stocked(lite) == {"987654321": "new"}
    assert lite.run("tokens", "drop", "987654321", "--yes").code == 0
    key = tmp_path / "key"
    key.write_text("12345678901234567890123456789012\n")
    assert piped(lite, figure("figure-6"), "--key-file", str(key)).returncode == 0 and stocked(lite) == {"987654321": "new"}
    lite.run("tokens", "assign", "987654321", "b.durand", "--yes")
    assert confirm(lite, "b.durand", oathtool("--hotp", "--digits=8", "--counter=0")[0], time.time()).code == "confirmed"


@pytest.mark.parametrize("format_", ["deepnet", "columns"])
def test_a_code_proves_encoding_and_hash(lite: Home, tmp_path: pathlib.Path, format_: str) -> None:
    key = "234567ABCDEF234567ABCDEF234567ABCDEF2345"
    file = tmp_path / "tokens.csv"
    if format_ == "deepnet":
        file.write_text(f"serial number,secret key,time interval,manufacturer,model\nT1,{key},30,m,x\nT2,{KEY},30,m,x\n")
        arguments = ["tokens", "import", str(file), "--format", "deepnet"]
    else:
        file.write_text(f"T1,{key}\nT2,{KEY}\n")
        arguments = ["tokens", "import", str(file), "--format", "columns", "--columns", "serial,secret"]
    assert lite.run(*arguments, "--yes").code == 1 and stocked(lite) == {}
    now = time.time()
    wrong = lite.process(*arguments, "--yes", "--proof", "T1", "--code-fd", "0", given="000000\n")
    assert wrong.code == 1 and "not a code of T1" in wrong.err and stocked(lite) == {}
    code = oathtool("--totp=sha256", now=now, key=key)[0]
    done = lite.process(*arguments, "--yes", "--proof", "T1", "--code-fd", "0", "--json", given=f"{code}\n")
    assert done.code == 0 and done.json["stored"] == 2, done.err
    done = lite.process("tokens", "proof", "T1", "--code-fd", "0", given=f"{code}\n")
    assert done.code == 0
    lite.run("tokens", "assign", "T1", "b.durand", "--yes")
    assert status(lite, "b.durand").algorithm is Algorithm.SHA256 and status(lite, "b.durand").state is State.PENDING


def test_what_is_missing_and_what_is_wrong_is_said_once(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "tokens.csv"
    file.write_text(f"T1,{KEY},totp,6,30\nT1,98{KEY[2:]},totp,6,30\n")
    for language, said in (("en", "An option is missing"), ("fr", "Une option manque")):
        done = lite.run("--lang", language, "tokens", "import", str(file), "--format", "oath", "--yes")
        assert done.code == 1 and done.err.startswith(said) and "hash of the file" in done.err and stocked(lite) == {}
    # The control: with the option.
    result = delivered(lite, str(file), "--format", "oath", "--hash", "sha1")
    (trouble,) = (each for each in result["tokens"] if each["verdict"] == "trouble")
    assert result["stored"] == 1 and "2" in trouble["place"]
    assert trouble["text"].startswith("the serial number stands in the file before")


def test_graph_json_and_what_is_no_token_file(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "devices.json"
    file.write_text(json.dumps({"value": [{"serialNumber": "T1", "secretKey": BASE32, "timeIntervalInSeconds": "60", "hashFunction": "hmacsha256"}, {"serialNumber": "T2", "secretKey": "189"}]}))
    entra = tmp_path / "entra.csv"
    entra.write_text(f"upn,serial number,secret key,time interval,manufacturer,model\na.martin@example.org,T9,{BASE32},30,m,x\n")
    rehearsed = delivered(lite, str(entra), "--format", "entra", "--rehearse")
    assert [(each["serial"], each["account"]) for each in rehearsed["tokens"]] == [("T9", "a.martin@example.org")]
    result = delivered(lite, str(file), "--format", "graph")
    assert result["stored"] == 1 and set(troubles(result)) == {"T2"}
    for content in (b"", b"\0" * 100, b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<KeyContainer", b"[" * 100_000, "é".encode("utf-16")):
        file.write_bytes(content)
        for format_ in ("pskc", "etoken", "entra", "yubico-flat", "graph"):
            done = lite.run("tokens", "import", str(file), "--format", format_, "--yes")
            assert done.code == 1 and "Traceback" not in done.err and "fault of the command" not in done.err, (content, format_, done.err)
    assert stocked(lite) == {"T1": "new"}
    assert lite.run("tokens", "import", "/dev/zero", "--format", "pskc", "--yes").code == 1


def test_a_serial_number_that_is_no_name_concerns_its_token_alone(lite: Home, tmp_path: pathlib.Path) -> None:
    """Not the database, and not the developers."""
    file = tmp_path / "devices.json"
    devices = [{"serialNumber": serial, "secretKey": BASE32[:-1] + end, "timeIntervalInSeconds": "60", "hashFunction": "hmacsha1"} for serial, end in (("a\ud800", "A"), ("a\0", "I"), ("T1", "Q"))]
    file.write_text(json.dumps({"value": devices}))
    result = delivered(lite, str(file), "--format", "graph")
    assert (result["stored"], result["trouble"]) == (1, 2) and stocked(lite) == {"T1": "new"}
    assert all("developers" not in each["text"] for each in result["tokens"])
    done = lite.run("tokens", "import", str(file), "--format", "graph", "--yes", "--lang", "fr")
    assert done.code == 1 and done.out.count("nom ou valeur qui ne peut être enregistré") == 2 and "base de données" not in done.err


@pytest.mark.parametrize("kind", ["tokens", "secrets"])
def test_a_database_that_fails_in_the_middle_goes_on_when_it_is_back(lite: Home, tmp_path: pathlib.Path, kind: str) -> None:
    """A limit on the size of its file stands for a full disk."""
    file = tmp_path / "3000.csv"
    if kind == "tokens":
        file.write_text("".join(f"S{number:06},{number + 2**150:040x},totp,6,30\n" for number in range(3_000)))
        arguments = ["tokens", "import", str(file), "--format", "oath", "--hash", "sha1", "--yes", "--json"]
    else:
        file.write_text("account,secret\n" + "".join(f"u{number:06},{number + 2**150:040x}\n" for number in range(3_000)))
        arguments = ["import-secrets", "csv", str(file), "--encoding", "hex", "--yes", "--json"]
    command = [str(COMMAND), *arguments, "--config", str(lite.config)]
    done = subprocess.run(["bash", "-c", 'ulimit -f 1000; exec "$@"', "bash", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "it goes on" in done.stderr and "Traceback" not in done.stderr, done
    before = len(lite.records())
    assert 0 < before < 3_000, "the limit was met too early or not at all"
    again = lite.run(*arguments).json
    assert again["stored" if kind == "tokens" else "moved"] + again["there"] == 3_000 and again["trouble"] == 0
    assert again["there"] >= before - 1, "the probe has a record too"


def test_ten_thousand_tokens(lite: Home, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "tokens.csv"
    file.write_text("".join(f"T{number:06},{number + 1:08x}{KEY[8:]}\n" for number in range(10_000)))
    began = time.monotonic()
    result = delivered(lite, str(file), "--format", "columns", "--columns", "serial,secret", "--encoding", "hex", "--hash", "sha1")
    print(f"10,000 tokens in {time.monotonic() - began:.1f} s")
    assert result["stored"] == 10_000 and len(stocked(lite)) == 10_000
