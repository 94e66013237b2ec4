"""What goes wrong on a server: nobody is let in, the log says which kind of fault it is, and the host goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import threading
from typing import Iterator

import pytest

from conftest import ACCOUNT, HOST, MODULE, ONE_FIELD, PASSWORD, PROMPT, SECRET, Log, Site, code

import poterne

# Kilobytes by which the memory of many logins may differ from that of the first tenth; a leak of 30 bytes a login is more.
LEEWAY = 128

UNAVAILABLE = "The service is unavailable."


@pytest.fixture(params=["prompt", "one field"])
def ready(request: pytest.FixtureRequest, site: Site) -> Site:
    site.enroll()
    site.stack(*(PROMPT if request.param == "prompt" else ONE_FIELD))
    return site


def refused(site: Site, log: Log, *expected: str, typed: str | None = None) -> None:
    """A right password and a right code are refused. Both stacks take these answers: the second is asked for by one of them alone."""
    typed = code() if typed is None else typed
    is_one_field = "split" in (site.stacks / "vpn").read_text()
    let_in, shown = site.pamtester(*((PASSWORD + typed,) if is_one_field else (PASSWORD, typed)))
    assert not let_in
    # `verify` is reached with a right password only, and says nothing: it would tell that the password is right.
    is_told = expected[0].startswith("error.settings") if is_one_field else expected != ("error.options",)
    assert (UNAVAILABLE in shown) == is_told
    assert log.codes() == list(expected)


def let_in(site: Site, steps: int = 0) -> bool:
    is_one_field = "split" in (site.stacks / "vpn").read_text()
    return site.pamtester(*((PASSWORD + code(steps),) if is_one_field else (PASSWORD, code(steps))))[0]


def test_files_that_are_gone_or_open_to_others(ready: Site, log: Log) -> None:
    ready.keys.chmod(0o644)
    refused(ready, log, "error.keyring_file")
    ready.keys.chmod(0o600)
    keys = ready.keys.read_text()
    ready.keys.unlink()
    refused(ready, log, "error.keyring_file")
    ready.write(ready.keys, keys.replace("POTERNE", "").replace("poterne-keyring-1", "poterne-keyring-9"))
    refused(ready, log, "error.keyring")
    ready.write(ready.keys, keys)
    # The settings hold the database's password, but for SQLite.
    if ready.kind != "sqlite":
        ready.settings.chmod(0o644)
        refused(ready, log, "error.settings.mode")
    ready.settings.chmod(0o620)
    refused(ready, log, "error.settings.mode")
    ready.set(nothing="x")
    refused(ready, log, "error.settings.content")
    ready.settings.unlink()
    refused(ready, log, "error.settings.missing")
    ready.set()
    assert let_in(ready)


def test_another_keyring(ready: Site, log: Log) -> None:
    keys = ready.keys.read_text()
    ready.write(ready.keys, poterne.Keyring.generate(20270101).to_text())
    refused(ready, log, "error.unknown_key")
    ready.write(ready.keys, keys)
    ready.set(application="another")
    refused(ready, log, "error.record")


def test_a_database_that_is_gone(ready: Site, log: Log) -> None:
    ready.run("ALTER TABLE poterne RENAME TO elsewhere")
    refused(ready, log, "error.store")
    ready.run("ALTER TABLE elsewhere RENAME TO poterne")
    if ready.kind == "sqlite":
        ready.file.rename(ready.folder / "away")
        refused(ready, log, "error.store")
        # It was not created.
        assert not ready.file.exists()
        (ready.folder / "away").rename(ready.file)
    else:
        with closed_port() as port:
            ready.set(database=ready.address(port))
            refused(ready, log, "error.store")
        ready.set(database=ready.address().replace("poterne:poterne@", "poterne:wrong@"))
        refused(ready, log, "error.store")
    ready.set()
    assert let_in(ready)


def test_a_database_that_says_nothing(ready: Site, log: Log) -> None:
    """It takes the connection and is silent: the timeouts end it. Without them the test would not end."""
    if ready.kind == "sqlite":
        # A lock that another keeps for ever is a lost swap.
        keeper = ready.connect()
        keeper.isolation_level = None
        keeper.execute("BEGIN EXCLUSIVE")
        is_one_field = "split" in (ready.stacks / "vpn").read_text()
        accepted, _ = ready.pamtester(*((PASSWORD + code(),) if is_one_field else (PASSWORD, code())))
        assert not accepted and log.codes() == ["error.store"]
        keeper.close()
    else:
        with silent_server() as port:
            ready.set(database=ready.address(port))
            refused(ready, log, "error.store")
        ready.set()
        with silence_after(ready.port) as port:
            ready.set(database=ready.address(port))
            refused(ready, log, "error.store")
        ready.set()
    assert let_in(ready)


def test_a_row_that_another_keeps_locked(site: Site, log: Log) -> None:
    site.enroll()
    site.stack(*PROMPT)
    if site.kind == "sqlite":
        keeper = site.connect()
        keeper.isolation_level = None
        keeper.execute("BEGIN IMMEDIATE")
    else:
        keeper = site.connect()
        keeper.cursor().execute("SELECT record FROM poterne FOR UPDATE")
    before = site.record()
    assert not site.pamtester(PASSWORD, code())[0] and log.codes() == ["refused.conflict"]
    keeper.rollback() if site.kind != "sqlite" else keeper.execute("ROLLBACK")
    keeper.close()
    assert site.record() == before and site.pamtester(PASSWORD, code())[0]


@pytest.mark.parametrize("address", ["oracle+oracledb://u:p@127.0.0.1/x", "sqlite:////x?mode=rw", "mysql+pymysql://u:p@127.0.0.1/x?ssl_mode=REQUIRED"])
def test_databases_that_the_module_does_not_speak(sqlite_site: Site, log: Log, address: str) -> None:
    sqlite_site.stack(*PROMPT)
    sqlite_site.set(database=address)
    refused(sqlite_site, log, "error.database")


def test_tls_that_is_asked_for_and_not_there(site: Site, log: Log) -> None:
    if site.kind == "sqlite":
        return
    site.enroll()
    site.stack(*PROMPT)
    query = {"postgresql": "?sslmode=require", "mariadb": "?ssl_ca=/etc/ssl/certs/ca-certificates.crt"}[site.kind]
    site.set(database=site.address(query=query))
    refused(site, log, "error.store")


@pytest.mark.parametrize("line", ["", "verify nothing", "prompt nullok", "prompt digits=9", "check"])
def test_lines_with_a_mistake(sqlite_site: Site, log: Log, line: str) -> None:
    sqlite_site.enroll()
    sqlite_site.stack("auth requisite PASSWORD", f"auth required {os.environ['POTERNE_PAM_MODULE']} {line}")
    refused(sqlite_site, log, "error.options")


def test_places_where_the_module_does_not_belong(sqlite_site: Site, log: Log) -> None:
    site = sqlite_site
    site.enroll()
    before = site.record()
    # Before the password, or without one.
    for stack in (["auth requisite POTERNE prompt", "auth required PASSWORD"], ["auth required POTERNE prompt"]):
        site.stack(*stack)
        assert not site.pamtester(code(), PASSWORD)[0] and log.codes() == ["misplaced.no_password"]
    # No `split` before it.
    site.stack("auth requisite PASSWORD", "auth required POTERNE verify")
    assert not site.pamtester(PASSWORD + code())[0] and not site.pamtester(PASSWORD)[0]
    assert log.codes() == ["misplaced.no_split"]
    # One code serves one line.
    site.stack(*ONE_FIELD, "auth required POTERNE verify")
    assert not site.pamtester(PASSWORD + code(-1))[0] and log.codes() == ["misplaced.no_split"]
    before = site.record()
    # A host with one field answers the second question with the same text.
    site.passwords(**{ACCOUNT: "314159"})
    site.stack(*PROMPT)
    assert not site.pamtester("314159", "314159")[0] and log.codes() == ["misplaced.same_password"]
    assert site.record() == before and site.failures() == 0
    # A host that cannot ask.
    assert not site.pamtester("314159")[0]
    assert site.record() == before
    # `split` alone lets nobody in, and neither does a line that has nothing to do.
    site.stack("auth required POTERNE split")
    assert not site.pamtester(PASSWORD + code())[0]
    site.stack("auth required POTERNE prompt min_uid=1000")
    assert not site.pamtester(user="daemon")[0]
    # Where the first factor is a key of SSH.
    site.stack("auth required POTERNE prompt without_password")
    assert site.pamtester(code())[0]


@pytest.mark.parametrize("mode", ["forks", "threads"])
def test_hosts_that_fork_and_hosts_with_threads(site: Site, log: Log, mode: str) -> None:
    users = [f"agent{number}" for number in range(24)]
    site.passwords(**{user: PASSWORD for user in users})
    for user in users:
        site.enroll(user)
    site.stack(*PROMPT)
    answers = [answer for _ in users for answer in (PASSWORD, code())]
    got = site.host(mode, users, answers)
    # Writers of one SQLite file wait for each other, and one may wait longer than the module does.
    lost = log.codes()
    assert got == {"logins": 24, "accepted": 24 - len(lost)}
    assert site.kind == "sqlite" or not lost
    assert set(lost) <= {"refused.conflict", "error.store"} and len(lost) < 24


def test_one_code_from_many_threads(site: Site, log: Log) -> None:
    site.enroll()
    site.stack(*PROMPT)
    got = site.host("threads", [ACCOUNT] * 24, [PASSWORD, code()] * 24)
    assert got["accepted"] == 1
    assert set(log.codes()) <= {"refused.replayed", "refused.conflict", "error.store"}


def test_memory_is_flat(site: Site, log: Log) -> None:
    """Logins of one process, each of which loads the module anew. The floor is the same stack without the module."""
    count = int(os.environ.get("POTERNE_PAM_LOGINS", 5_000))
    site.enroll(secret=SECRET, counter=0, authenticator=poterne.Authenticator.TOKEN)
    site.stack(*PROMPT)
    answers = [answer for counter in range(count) for answer in (PASSWORD, poterne.hotp(SECRET, counter))]
    got = site.host("loop", [ACCOUNT], answers)
    site.stack(PROMPT[0], service="floor")
    floor = site.host("loop", [ACCOUNT], answers, service="floor")
    print(f"memory, {site.kind}: {got}, floor {floor}")
    assert got["logins"] == got["accepted"] == floor["accepted"] == count and log.codes() == []
    growth, of_floor = got["last"] - got["first"], floor["last"] - floor["first"]
    assert growth - of_floor <= LEEWAY, (got, floor)
    assert got["files"] == 0 and got["default_sigpipe"] == 1


def test_a_leak_is_found(sqlite_site: Site) -> None:
    """The control: the same module without its mark that it stays loaded loses what it keeps in statics, at each login."""
    leaky = sqlite_site.folder / "leaky.so"
    leaky.write_bytes(without_nodelete(MODULE.read_bytes()))
    sqlite_site.enroll(secret=SECRET, counter=0, authenticator=poterne.Authenticator.TOKEN)
    sqlite_site.stack(*PROMPT)
    stack = sqlite_site.stacks / "vpn"
    stack.write_text(stack.read_text().replace(str(MODULE), str(leaky)))
    answers = [answer for counter in range(1_000) for answer in (PASSWORD, poterne.hotp(SECRET, counter))]
    got = sqlite_site.host("loop", [ACCOUNT], answers)
    print(f"memory, leaky: {got}")
    assert got["accepted"] == 1_000 and got["last"] - got["first"] > 2 * LEEWAY, got


def without_nodelete(module: bytes) -> bytes:
    """Clears DF_1_NODELETE, 8, of DT_FLAGS_1 (tag 0x6ffffffb) in the dynamic section of a 64-bit file."""
    place = module.index(struct.pack("<Q", 0x6FFFFFFB))
    (flags,) = struct.unpack_from("<Q", module, place + 8)
    assert flags & 8
    return module[: place + 8] + struct.pack("<Q", flags & ~8) + module[place + 16 :]


def test_the_environment_of_a_user_does_not_count(postgresql_site: Site, log: Log) -> None:
    """Programs such as su run as root with the user's environment, which would name another database."""
    site = postgresql_site
    site.enroll()
    site.stack(*PROMPT)
    as_root = HOST.with_name("host-as-root")
    shutil.copy(HOST, as_root)
    as_root.chmod(0o4755)
    environment = {"PATH": os.environ["PATH"], "PGHOSTADDR": "127.0.0.2", "PGSSLMODE": "verify-full"}

    def let_in(*command: str) -> bool:
        ran = subprocess.run(
            [*command, "loop", site.stacks, "vpn", ACCOUNT],
            input=f"{PASSWORD}\n{code()}\n",
            capture_output=True,
            text=True,
            env=environment,
        )
        assert ran.returncode == 0, ran
        return "accepted=1" in ran.stdout

    assert let_in("setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", str(as_root))
    assert log.codes() == []
    # The control: started by the administrator, the environment counts.
    assert not let_in(str(HOST)) and log.codes() == ["error.store"]


def test_nothing_is_exported_but_what_pam_and_the_doctor_call() -> None:
    def exported(library: str) -> set[str]:
        lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
        return {line.split()[-1] for line in lines.splitlines()}

    def needed(library: str) -> set[str]:
        lines = subprocess.run(["readelf", "-d", library], check=True, capture_output=True, text=True).stdout
        return {line.split("[")[1].rstrip("]") for line in lines.splitlines() if "(NEEDED)" in line}

    module = os.environ["POTERNE_PAM_MODULE"]
    assert exported(module) == {"pam_sm_authenticate", "pam_sm_setcred", "poterne_pam_check"}
    allowed = {"libpam.so.0", "libc.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
    assert needed(module) <= allowed
    flags = subprocess.run(["readelf", "-d", module], check=True, capture_output=True, text=True).stdout
    assert "NODELETE" in flags and "NOW" in flags
    # The controls.
    assert not needed(str(HOST)) <= allowed - {"libpam.so.0"}
    assert exported("/usr/lib/x86_64-linux-gnu/libpam_wrapper.so") - {"pam_sm_authenticate", "pam_sm_setcred"}


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port that refuses."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]


@contextlib.contextmanager
def silence_after(port: int) -> Iterator[int]:
    """A way to the server that goes silent once the login is over: what the client sends last is a statement, which gets no answer."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(16)
    marks = (b"SELECT account", b"UPDATE poterne")

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((client, upstream), (upstream, client)):
                threading.Thread(target=pump, args=(source, sink), daemon=True).start()

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if any(mark in data for mark in marks):
                    # Kept, and never answered.
                    continue
                sink.sendall(data)
            sink.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()
