"""Several hosts at one table, hosts that die in the middle of a login, clocks that are wrong, and keyrings that are replaced meanwhile."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
from typing import Callable, Iterator, List, Tuple

import pytest

from conftest import ACCOUNT, APPLICATION, HOST, ONE_FIELD, PASSWORD, PROMPT, SECRET, WRAPPER, Log, Site, code, line

import poterne

TOKEN = poterne.Authenticator.TOKEN


@pytest.fixture(params=["prompt", "one field"])
def ready(request: pytest.FixtureRequest, site: Site) -> Site:
    site.enroll()
    site.stack(*(PROMPT if request.param == "prompt" else ONE_FIELD))
    return site


def answers(site: Site, typed: str) -> List[str]:
    is_one_field = "split" in (site.stacks / "vpn").read_text()
    return [PASSWORD + typed] if is_one_field else [PASSWORD, typed]


def test_a_host_killed_behind_the_swap(ready: Site, log: Log) -> None:
    """The module has stored and decided, and a module behind it sleeps: the host never hears of it. The code is spent, once."""
    with (ready.stacks / "vpn").open("a") as stack:
        stack.write("auth required pam_exec.so quiet /bin/sleep 2\n")
    before, typed = ready.record(), code()
    with ready.started() as host:
        assert host.stdin is not None
        host.stdin.write(b"".join(map(line, answers(ready, typed))))
        host.stdin.flush()
        wait_for(lambda: ready.record() != before)
        host.kill()
        output, _ = host.communicate(timeout=30)
    assert host.returncode == -signal.SIGKILL and b"successfully" not in output
    is_spent_once(ready, log, typed)


@pytest.mark.parametrize("is_stored", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("stack", [PROMPT, ONE_FIELD], ids=["prompt", "one field"])
@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_host_killed_in_the_module(kind: str, stack: tuple[str, ...], is_stored: bool, tmp_path: pathlib.Path, log: Log) -> None:
    """Killed after the server has stored, and before the module has read that. The control, killed before the statement reached the
    server, leaves the code good."""
    site = Site(kind, tmp_path)
    site.enroll()
    site.stack(*stack)
    before, typed = site.record(), code()
    with killing(site.port, is_stored) as (port, victims):
        site.set(database=site.address(port))
        with site.started() as host:
            victims.append(host)
            output, _ = host.communicate(b"".join(map(line, answers(site, typed))), timeout=30)
    assert host.returncode == -signal.SIGKILL and b"successfully" not in output
    site.set()
    assert (site.record() != before) == is_stored
    if is_stored:
        is_spent_once(site, log, typed)
    else:
        assert site.pamtester(*answers(site, typed))[0] and log.codes() == []


def is_spent_once(site: Site, log: Log, typed: str) -> None:
    """A code is refused as replayed, costs no failure and locks nobody; the next one is accepted."""
    site.stack(*(ONE_FIELD if len(answers(site, "")) == 1 else PROMPT))
    log.codes()
    for _ in range(5):
        assert not site.pamtester(*answers(site, typed))[0]
    assert log.codes() == ["refused.replayed"] * 5 and site.failures() == 0
    assert site.pamtester(*answers(site, code(1)))[0] and log.codes() == []


def test_one_code_from_many_processes(site: Site, log: Log) -> None:
    """Exactly one is accepted, round after round."""
    site.enroll(counter=0, authenticator=TOKEN)
    site.stack(*PROMPT)
    assert [accepted(site, round_) for round_ in range(8)] == [2] * 8
    assert set(log.codes()) <= {"refused.replayed", "refused.conflict", "error.store"}


def test_a_swap_that_does_not_compare_is_found(postgresql_site: Site) -> None:
    """The control: in the place of the table stands a view that stores whatever comes."""
    site = postgresql_site
    site.enroll(counter=0, authenticator=TOKEN)
    site.stack(*PROMPT)
    site.run(
        "ALTER TABLE poterne RENAME TO kept",
        "CREATE VIEW poterne AS SELECT account, record FROM kept",
        """CREATE FUNCTION careless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_sleep(0.2);
            UPDATE kept SET record = NEW.record WHERE account = NEW.account;
            RETURN NEW;
        END $$""",
        "CREATE TRIGGER careless INSTEAD OF UPDATE ON poterne FOR EACH ROW EXECUTE FUNCTION careless()",
    )
    try:
        assert accepted(site, 0) > 2
    finally:
        site.run("DROP VIEW poterne", "DROP FUNCTION careless", "ALTER TABLE kept RENAME TO poterne")


def accepted(site: Site, round_: int) -> int:
    """Of one login with a code, and then of six processes at once with the next."""
    first, second = (poterne.hotp(SECRET, 2 * round_ + each) for each in range(2))
    got = site.host("forks", [ACCOUNT] * 7, [PASSWORD, first] + [PASSWORD, second] * 6)
    assert got["logins"] == 7
    return got["accepted"]


def at(clock: str) -> dict[str, str]:
    (library,) = pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    return {"LD_PRELOAD": f"{WRAPPER} {library}", "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


HOUR = 120  # in steps


def test_a_server_an_hour_ahead(ready: Site, log: Log) -> None:
    """It takes the right codes for wrong ones. A code of its own hour, accepted there, is never accepted again; and until the record is
    repaired the right servers say that a clock is behind."""
    now = code()
    assert not ready.pamtester(*answers(ready, now), **at("+1h"))[0] and log.codes() == ["refused.wrong_code"]
    # The failure of a clock that was wrong throttles nobody.
    assert ready.pamtester(*answers(ready, now))[0] and log.codes() == []
    assert not ready.pamtester(*answers(ready, now), **at("+1h"))[0]
    assert log.codes() == ["refused.wrong_code"]
    # Whoever holds the phone can show it a clock that is ahead.
    ahead = code(HOUR)
    assert ready.pamtester(*answers(ready, ahead), **at("+1h"))[0] and log.codes() == []
    for clock in ("+1h", "+1h", "+0"):
        assert not ready.pamtester(*answers(ready, ahead), **at(clock))[0]
    assert log.codes() == ["refused.replayed"] * 2 + ["refused.clock_behind"]
    assert not ready.pamtester(*answers(ready, code(1)))[0] and log.codes() == ["refused.clock_behind"]
    repair(ready)
    # Not below what any server could have accepted (8.5): the codes of the next ten minutes count as used.
    assert not ready.pamtester(*answers(ready, code(1)))[0] and log.codes() == ["refused.clock_behind"]
    assert ready.pamtester(*answers(ready, code(22)), **at("+11m"))[0]


def test_a_server_an_hour_behind(ready: Site, log: Log) -> None:
    """No code that was used counts there again, and none of its own hour: the record knows better."""
    used = [code(-HOUR), code()]
    assert ready.pamtester(*answers(ready, used[0]), **at("-1h"))[0]
    assert ready.pamtester(*answers(ready, used[1]))[0] and log.codes() == []
    for typed in [*used, code(1), code(1 - HOUR), code(-HOUR)]:
        assert not ready.pamtester(*answers(ready, typed), **at("-1h"))[0]
    assert log.codes() == ["refused.clock_behind"] * 5
    assert ready.failures() == 0
    # Nobody was locked out of the right servers.
    assert ready.pamtester(*answers(ready, code(1)))[0]


def repair(site: Site) -> None:
    mark = "?" if site.kind == "sqlite" else "%s"
    attempt = site.verifier.credential(ACCOUNT, site.record()).repair_clock()
    assert attempt.record is not None
    site.run(f"UPDATE poterne SET record = {mark}", values=(str(attempt.record),))


USERS = [f"agent{number}" for number in range(3)]
LOGINS = 40


def test_a_keyring_replaced_while_people_log_in(site: Site, log: Log) -> None:
    """Three processes, each with its user: every right code is accepted and every wrong one refused, while the keys are rotated."""
    with logging_in(site) as hosts:
        for step in (20270101, 20270102):
            rotate(site, step, USERS)
        got = [outcome(host) for host in hosts]
    codes = log.codes()
    # Writers of one SQLite file wait for each other, and one may wait longer than the module does.
    lost = [each for each in codes if each != "refused.wrong_code"]
    assert set(lost) <= {"refused.conflict", "error.store"} and (site.kind == "sqlite" or not lost)
    assert max(got) <= LOGINS and sum(got) + len(codes) == 2 * LOGINS * len(USERS)
    assert lost or got == [LOGINS] * len(USERS)
    # Records and keyring are those of the last key.
    assert poterne.Keyring.open(site.keys).key_ids == [20270102]
    for user in USERS:
        site.verifier.credential(user, site.record(user)).inspect()


def test_a_rotation_that_loses_logins_is_found(site: Site, log: Log) -> None:
    """The control: another keyring at once."""
    with logging_in(site) as hosts:
        replace(site, poterne.Keyring.generate(20270101))
        got = [outcome(host) for host in hosts]
    assert sum(got) < LOGINS * len(USERS)
    assert "error.unknown_key" in log.codes()


@contextlib.contextmanager
def logging_in(site: Site) -> Iterator[List[subprocess.Popen[str]]]:
    """Each process logs in with a right code, then with a wrong one, and so on; as slowly as the rotation needs."""
    site.passwords(**{user: PASSWORD for user in USERS})
    for user in USERS:
        site.enroll(user, counter=0, authenticator=TOKEN)
    site.stack(*PROMPT, "auth optional pam_exec.so quiet /bin/sleep 0.05")
    lines = [each for counter in range(LOGINS) for right in (True, False) for each in (PASSWORD, poterne.hotp(SECRET, counter) if right else "000000")]
    with contextlib.ExitStack() as stack:
        hosts = [stack.enter_context(subprocess.Popen([HOST, "loop", site.stacks, "vpn", user], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)) for user in USERS]
        for host in hosts:
            assert host.stdin is not None
            host.stdin.write("".join(f"{each}\n" for each in lines))
            host.stdin.close()
        yield hosts


def outcome(host: subprocess.Popen[str]) -> int:
    assert host.stdout is not None
    words = dict(word.split("=") for word in host.stdout.read().split())
    assert host.wait() == 0 and int(words["logins"]) == 2 * LOGINS
    return int(words["accepted"])


def rotate(site: Site, key: int, users: List[str]) -> None:
    """As the command does it, `poterne key` and `poterne reseal`: each step when all servers have the former one."""
    keyring = poterne.Keyring.open(site.keys)
    (former,) = keyring.key_ids
    keyring.add(key)
    replace(site, keyring)
    keyring.promote(key)
    replace(site, keyring)
    mark = "?" if site.kind == "sqlite" else "%s"
    for user in users:
        old = site.record(user)
        while site.verifier.credential(user, old).inspect().needs_reseal:
            new = site.verifier.credential(user, old).reseal().record
            site.run(f"UPDATE poterne SET record = {mark} WHERE account = {mark} AND record = {mark}", values=(str(new), user, old))
            old = site.record(user)
    keyring.remove(former)
    replace(site, keyring)


def replace(site: Site, keyring: poterne.Keyring) -> None:
    """The keyring, and the settings beside it, which name another file and another language each time."""
    keys = site.folder / f"{time.monotonic_ns()}.keys"
    site.write(keys, keyring.to_text())
    former, settings = site.settings.read_text(), site.folder / "new.conf"
    language = "en" if "language = fr" in former else "fr"
    site.write(settings, f"application = {APPLICATION}\ndatabase = {site.address()}\nkeyring = {keys}\nlanguage = {language}\n")
    settings.rename(site.settings)
    # The former keyring stays until nobody reads the former settings any more.
    former_keys, site.keys = site.keys, keys
    site.verifier = poterne.Verifier(keyring, APPLICATION)
    # Longer than a login takes.
    time.sleep(0.3)
    former_keys.unlink()


def test_a_keyring_replaced_while_somebody_types(site: Site, log: Log) -> None:
    """All of a rotation between the question and the answer: the code is checked, and the record sealed, by the new key."""
    site.enroll()
    site.stack(*PROMPT)
    with site.started() as host:
        assert host.stdin is not None and host.stderr is not None
        host.stdin.write(line(PASSWORD))
        host.stdin.flush()
        shown = b""
        while not shown.endswith(b"One-time code: "):
            said = os.read(host.stderr.fileno(), 4096)
            assert said, shown
            shown += said
        rotate(site, 20270101, [ACCOUNT])
        output, errors = host.communicate(line(code()), timeout=30)
    assert host.returncode == 0, (output, errors)
    assert log.codes() == []
    # The record opens: it was not sealed by the key that is gone.
    assert site.failures() == 0


@contextlib.contextmanager
def killing(port: int, is_stored: bool) -> Iterator[Tuple[int, List[subprocess.Popen[bytes]]]]:
    """A way to the server that kills the client at its UPDATE, before or after the server has carried it out."""
    victims: List[subprocess.Popen[bytes]] = []
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(16)
    is_sent = threading.Event()

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=requests, args=(client, upstream), daemon=True).start()
            threading.Thread(target=replies, args=(client, upstream), daemon=True).start()

    def requests(client: socket.socket, upstream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                if b"UPDATE poterne" in data:
                    if not is_stored:
                        victims[0].kill()
                        return upstream.close()
                    is_sent.set()
                upstream.sendall(data)

    def replies(client: socket.socket, upstream: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := upstream.recv(65_536):
                if is_sent.is_set():
                    victims[0].kill()
                    return
                client.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1], victims
    finally:
        server.close()


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end
        time.sleep(0.005)
