"""Files of tokens: what Python adds to the vectors. A token goes from its file to a login."""

from __future__ import annotations

import hashlib
import pathlib
import subprocess
import sys
import tarfile
import threading
from typing import Any, Callable, Dict, List, Union

import agent
import pytest
from agent import ACCOUNT, NOW, SECRET, new_record
from hypothesis import given
from hypothesis import strategies as st

import poterne
from poterne import Algorithm, CsvLayout, CsvSeparator, ErrorKind, SecretEncoding, State, TokenEntry, TokenFault, TokenFile

VERIFIER = agent.verifier()
HEADER = "upn,serial number,secret key,time interval,manufacturer,model\n"
BASE32 = poterne.Secret(SECRET).to_base32()
COLUMNS = "serial,secret,drift,watermark,not_after"


def token(file: str, **options: Any) -> TokenEntry:
    (entry,) = TokenFile.read_csv(file.encode(), **options).entries
    assert isinstance(entry, TokenEntry)
    return entry


def existing(file: str) -> TokenEntry:
    return token(file, columns=COLUMNS, encoding=SecretEncoding.HEX, algorithm=Algorithm.SHA1)


def test_from_the_file_to_a_login() -> None:
    entry = token(f"{HEADER}a.martin@dep.example,306000123,{BASE32},60,Example,T1\n", layout=CsvLayout.ENTRA)
    assert (entry.line, entry.serial, entry.account) == (2, "306000123", "a.martin@dep.example")
    assert (entry.manufacturer, entry.model, entry.time_step, entry.counter) == ("Example", "T1", 60, None)
    enrollment = entry.enroll(VERIFIER, ACCOUNT, now=NOW)
    credential = VERIFIER.credential(ACCOUNT, enrollment.record)
    status = credential.inspect(now=NOW)
    assert (status.state, status.authenticator, status.time_step) == (State.PENDING, poterne.Authenticator.TOKEN, 60)
    attempt = credential.confirm(poterne.totp(SECRET, NOW, time_step=60), now=NOW)
    record = new_record(attempt)
    attempt.outcome(1)
    later = NOW + 60
    accepted = VERIFIER.credential(ACCOUNT, record).verify(poterne.totp(SECRET, later, time_step=60), now=later)
    assert accepted.outcome(1).moving_factor == later // 60


def test_drift_and_watermark_come_along() -> None:
    step = NOW // 30
    entry = existing(f"7,{SECRET.hex()},2,{step + 1},\n")
    assert (entry.drift, entry.watermark) == (2, step + 1)
    credential = VERIFIER.credential(ACCOUNT, new_record(entry.import_credential(VERIFIER, ACCOUNT, now=NOW)))
    assert credential.inspect(now=NOW).drift == 2 and credential.inspect(now=NOW).state is State.ACTIVE
    used = credential.verify(poterne.totp(SECRET, (step + 1) * 30), now=NOW)
    with pytest.raises(poterne.Refused) as refused:
        used.outcome(0)
    assert refused.value.refusal is poterne.Refusal.REPLAYED
    fresh = credential.verify(poterne.totp(SECRET, (step + 2) * 30), now=NOW)
    assert fresh.outcome(1).moving_factor == step + 2
    # An enrollment begins anew, and a state can be chosen.
    assert VERIFIER.credential(ACCOUNT, entry.enroll(VERIFIER, ACCOUNT, now=NOW).record).inspect(now=NOW).drift == 0
    suspended = new_record(entry.import_credential(VERIFIER, ACCOUNT, state=State.SUSPENDED, now=NOW))
    assert VERIFIER.credential(ACCOUNT, suspended).inspect(now=NOW).state is State.SUSPENDED


def test_dates_of_the_past() -> None:
    entry = existing(f"7,{SECRET.hex()},,,2022-12-31\n")
    assert entry.not_after == 1_672_531_199 and entry.not_before is None
    record = entry.enroll(VERIFIER, ACCOUNT, now=NOW).record
    with pytest.raises(poterne.Refused) as refused:
        VERIFIER.credential(ACCOUNT, record).confirm(agent.code(), now=NOW).outcome(0)
    assert refused.value.refusal is poterne.Refusal.EXPIRED
    without = entry.ignore_dates()
    assert without.not_after is None and entry.not_after is not None and without.secret.to_bytes() == SECRET
    VERIFIER.credential(ACCOUNT, without.enroll(VERIFIER, ACCOUNT, now=NOW).record).confirm(agent.code(), now=NOW).outcome(1)


def test_faults_say_where_and_never_what() -> None:
    file = TokenFile.read_csv(f"{HEADER},306000123,{BASE32},30,E,T\n,306000124,{SECRET.hex()},30,E,T\n".encode(), CsvLayout.ENTRA)
    good, fault = file.entries
    assert isinstance(good, TokenEntry) and isinstance(fault, TokenFault)
    assert (fault.line, fault.serial, fault.kind) == (3, "306000124", ErrorKind.SECRET)
    assert str(fault).startswith("line 3, serial 306000124: ") and SECRET.hex() not in str(fault) + repr(fault)
    assert repr(file) == "<poterne.TokenFile 2 entries>"


def test_a_code_proves_encoding_and_hash() -> None:
    text = "234567ABCDEF234567ABCDEF234567AB"
    file = f"{HEADER[4:]}7,{text},30,E,T\n".encode()
    code = poterne.totp(poterne.Secret.from_hex(text), NOW, algorithm=Algorithm.SHA256)
    fits = TokenFile.prove_csv(file, "7", code, CsvLayout.DEEPNET, now=NOW)
    assert fits == [(SecretEncoding.HEX, Algorithm.SHA256)]
    ((encoding, algorithm),) = fits
    (entry,) = TokenFile.read_csv(file, CsvLayout.DEEPNET, encoding=encoding, algorithm=algorithm).entries
    assert isinstance(entry, TokenEntry) and entry.secret.to_bytes() == bytes.fromhex(text)
    # The control: another time proves nothing.
    assert TokenFile.prove_csv(file, "7", code, CsvLayout.DEEPNET, now=NOW + 3600) == []
    xml = f'<Tokens><Token serial="7"><Applications><Application><Seed>{text}</Seed></Application></Applications></Token></Tokens>'.encode()
    code = poterne.hotp(poterne.Secret.from_hex(text), 3, algorithm=Algorithm.SHA512)
    assert TokenFile.prove_etoken(xml, "7", code) == [Algorithm.SHA512]


def test_what_is_wrong_with_the_call() -> None:
    line = f"7,{SECRET.hex()},totp,6,30".encode()
    wrong: List[Callable[[], Any]] = [
        lambda: TokenFile.read_csv(line.decode(), CsvLayout.OATH),  # type: ignore[arg-type]
        lambda: TokenFile.read_csv(line),
        lambda: TokenFile.read_csv(line, CsvLayout.OATH, columns="serial,secret"),
        lambda: TokenFile.read_csv(line, "oath"),  # type: ignore[arg-type]
        lambda: TokenFile.read_csv(line, CsvLayout.OATH, algorithm=1),  # type: ignore[arg-type]
        lambda: TokenFile.read_csv(line, CsvLayout.OATH, digits=True),
        lambda: TokenFile.read_pskc(b"<x/>", password="secret"),  # type: ignore[arg-type]
        lambda: TokenFile.prove_csv(line, 7, "123456", CsvLayout.OATH),  # type: ignore[arg-type]
    ]
    for call in wrong:
        with pytest.raises(TypeError):
            call()
    for call in (
        lambda: TokenFile.read_csv(line, CsvLayout.OATH),
        lambda: TokenFile.read_csv(line, CsvLayout.ENTRA, digits=6),
        lambda: TokenFile.read_csv(line, columns="serial"),
        lambda: TokenFile.read_csv(line, CsvLayout.OATH, digits=10**20),
        lambda: TokenFile.read_pskc(b"<x/>", key=bytes(16), password=b"x"),
        lambda: TokenFile.prove_csv(line, "8", "123456", CsvLayout.OATH, now=NOW),
        lambda: TokenFile.prove_csv(line, "7", "12345\udc80", CsvLayout.OATH, now=NOW),
    ):
        with pytest.raises(poterne.ArgumentError) as error:
            call()
        assert error.value.kind is ErrorKind.ARGUMENT and SECRET.hex() not in str(error.value)


def test_a_bytearray_is_the_caller_s_to_wipe() -> None:
    data = bytearray(f"7,{SECRET.hex()},totp,6,30".encode())
    file = TokenFile.read_csv(data, CsvLayout.OATH, algorithm=Algorithm.SHA1)
    data[:] = bytes(len(data))
    (entry,) = file.entries
    assert isinstance(entry, TokenEntry) and entry.secret.to_bytes() == SECRET


def test_threads_share_a_file() -> None:
    entry = existing(f"7,{SECRET.hex()},,,\n")
    records: List[str] = []
    threads = [threading.Thread(target=lambda: records.append(entry.enroll(VERIFIER, ACCOUNT, now=NOW).record)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(records)) == 8, "each enrollment is a record of its own"


@given(st.binary(max_size=300), st.sampled_from(list(CsvLayout)), st.sampled_from(list(CsvSeparator)))
def test_rubbish_is_an_error_or_a_fault(data: bytes, layout: CsvLayout, separator: CsvSeparator) -> None:
    options: Dict[str, Any] = {"separator": separator}
    if layout in (CsvLayout.DEEPNET, CsvLayout.OATH):
        options["algorithm"] = Algorithm.SHA1
    if layout is CsvLayout.DEEPNET:
        options["encoding"] = SecretEncoding.HEX
    readers: List[Callable[[], TokenFile]] = [
        lambda: TokenFile.read_csv(data, layout, **options),
        lambda: TokenFile.read_etoken(data),
        lambda: TokenFile.read_pskc(data),
    ]
    for read in readers:
        try:
            entries = read().entries
        except poterne.Error as error:
            assert error.kind.name.startswith("TOKEN_")
        else:
            assert entries


# Between two paths that are no files, which mark the trace: what a reader could be led to open, and files that it reads.
READING = """
import os, sys
from poterne import Algorithm, CsvLayout, Error, SecretEncoding, TokenFile

BASE32, HEX = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "3132333435363738393031323334353637383930"
pskc, doctype = sys.argv[1].encode(), b'<!DOCTYPE a [<!ENTITY b SYSTEM "%s">]><a>&b;</a>'
schema = b'<KeyContainer xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="pskc http://127.0.0.1:9/pskc.xsd"/>'
include = b'<Tokens xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="file:///etc/hostname"/></Tokens>'
reference = b'<Tokens><?xml-stylesheet href="http://127.0.0.1:9/a.xsl"?><Token serial="file:///etc/hostname"/></Tokens>'
xml = [pskc, schema, include, reference, *(doctype % place for place in (b"file:///etc/hostname", b"/etc/hostname", b"http://127.0.0.1:9/a"))]
readers = [lambda data=data, read=read: read(data) for data in xml for read in (TokenFile.read_pskc, TokenFile.read_etoken)]
head = "serial number,secret key,time interval,manufacturer,model\\n"
for line in (f"/etc/hostname,{BASE32},30,http://127.0.0.1:9/,/etc/hostname\\n", f"@/etc/hostname,{HEX},30,=cmd|' /c a'!A1,file:///etc/hostname\\n"):
    for encoding in SecretEncoding:
        readers.append(lambda line=line, encoding=encoding: TokenFile.read_csv((head + line).encode(), CsvLayout.DEEPNET, encoding=encoding, algorithm=Algorithm.SHA1))
readers.append(lambda: TokenFile.prove_csv(f"{head}7,{BASE32},30,m,x\\n".encode(), "7", "123456", CsvLayout.DEEPNET, now=1800000000))
etoken = f'<Tokens><Token serial="7"><Applications><Application><Seed>{HEX}</Seed></Application></Applications></Token></Tokens>'
readers.append(lambda: TokenFile.read_etoken(etoken.encode()))
exec(sys.argv[2])
read = 0
for end in ("begin", "end"):
    os.access("/poterne-marks-the-" + end, os.F_OK)
    for reader in readers if end == "begin" else ():
        try:
            reader()
            read += 1
        except Error:
            pass
print(read)
"""

PLAIN_PSKC = (
    '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage><DeviceInfo><SerialNo>7</SerialNo></DeviceInfo>'
    '<Key Id="7" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>'
    "</Secret></Data></Key></KeyPackage></KeyContainer>"
)


def opened(tmp_path: pathlib.Path, more: str) -> List[str]:
    """What the readers, and `more` of them, ask the system for that has to do with a file or the network."""
    trace = tmp_path / "trace"
    done = subprocess.run(
        ["strace", "-f", "-o", str(trace), "-e", "trace=%file,%network,dup,memfd_create", sys.executable, "-B", "-c", READING, PLAIN_PSKC, more],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) >= 7, "hardly a file was read"
    lines = trace.read_text().splitlines()
    begin, end = (next(at for at, line in enumerate(lines) if f"/poterne-marks-the-{mark}" in line) for mark in ("begin", "end"))
    return lines[begin + 1 : end]


def test_readers_open_no_file_and_no_socket(tmp_path: pathlib.Path) -> None:
    assert opened(tmp_path, "") == []
    # The controls.
    assert any('"/etc/passwd"' in line for line in opened(tmp_path, "readers.append(lambda: open('/etc/passwd').close())"))
    assert any("socket(" in line for line in opened(tmp_path, "import socket; readers.append(lambda: socket.socket().close())"))


@pytest.fixture(scope="session")
def privacyidea(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The test files of privacyIDEA 3.14, out of its source distribution: they are under its licence, and stay there."""
    folder = tmp_path_factory.mktemp("privacyidea")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), "privacyidea==3.14"],
        check=True,
    )
    (archive,) = folder.glob("privacyidea-*.tar.gz")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == "9900ec9c94ca3d822551736c827f2aa2d74bc7acc45ee3b4c1ad346ab3cf06ce"
    with tarfile.open(archive) as tar:
        for member in tar:
            name = pathlib.PurePosixPath(member.name)
            if member.isfile() and name.parent.name == "testdata" and name.suffix in (".csv", ".oath", ".xml"):
                content = tar.extractfile(member)
                assert content is not None
                (folder / name.name).write_bytes(content.read())
    return folder


def test_files_of_privacyidea(privacyidea: pathlib.Path) -> None:
    def said(name: str, layout: CsvLayout, **options: Any) -> List[Union[str, ErrorKind]]:
        entries = TokenFile.read_csv((privacyidea / name).read_bytes(), layout, **options).entries
        return [entry.serial if isinstance(entry, TokenEntry) else entry.kind for entry in entries]

    sha1 = {"algorithm": Algorithm.SHA1}
    # Three tokens of one secret: privacyIDEA takes them all, and one code would count three times.
    assert said("import.oath", CsvLayout.OATH, **sha1) == ["token01", ErrorKind.SECRET, ErrorKind.SECRET]
    assert said("ocra.csv", CsvLayout.OATH, **sha1) == [ErrorKind.TOKEN_UNSUPPORTED]
    # One file in both layouts: lines of the other are faults. privacyIDEA makes serial numbers UBOM... of them.
    faulty = ErrorKind.TOKEN_FILE
    assert said("yubico-oath.csv", CsvLayout.YUBICO_TRADITIONAL) == ["cccccccccccc", faulty, faulty]
    assert said("yubico-oath.csv", CsvLayout.YUBICO_FLAT) == [faulty, "508327", "1382042"]
    assert said("yubico.csv", CsvLayout.YUBICO_TRADITIONAL)[:3] == [ErrorKind.TOKEN_UNSUPPORTED, "cccccccccccc", ErrorKind.TOKEN_UNSUPPORTED]
    # A hundred lines whose secret is `0`.
    assert said("yubico-oath-long.csv", CsvLayout.YUBICO_FLAT) == [ErrorKind.SECRET] * 100
    # privacyIDEA's own test (tests/test_lib_importotp.py) has this secret of the key's HOTP.
    entry = TokenFile.read_csv((privacyidea / "yubico-oath.csv").read_bytes(), CsvLayout.YUBICO_TRADITIONAL).entries[0]
    assert isinstance(entry, TokenEntry) and entry.secret.to_bytes().hex() == "916821d3a138bf855e70069605559a206ba854cd"
    assert (entry.counter, entry.digits) == (0, 6)
