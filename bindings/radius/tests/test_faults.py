"""What goes wrong beside the login: nobody is let in by it."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import random
import signal
import threading
import time
from typing import Callable, Dict, Iterator, List

import poterne
import pytest
from client import ACCEPT, REJECT, Client, Silence
from gate import Gate
from people import People, private
from radius_server import SECRET, Server, own
from test_challenge import log_in
from test_one_field import Phone

Serve = Callable[..., Server]

# What decides, as a careless administrator writes it: the password's `ok` outweighs the module's `fail`.
CARELESS = {
    "ways/one_field": [
        ("\t\t\tpoterne_check_password\n\t\t\tpoterne_end\n\t\t}\n\t\teap",
         "\t\t\tpoterne_known_password\n\t\t\tpap {\n\t\t\t\tok = 9\n\t\t\t}\n\t\t\tupdate control {\n\t\t\t\t&Poterne-Password-Is-Right := \"yes\"\n\t\t\t}\n"
         "\t\t\tpoterne {\n\t\t\t\tfail = 1\n\t\t\t}\n\t\t}\n\t\teap"),
    ],
}


@pytest.fixture()
def gate(people: People) -> Iterator[Gate]:
    gate = Gate(people.port)
    yield gate
    gate.close()


def settings(people: People, name: str, **values: object) -> pathlib.Path:
    folder = people.folder / name
    folder.mkdir()
    private(folder / "poterne.conf", people.text(**values))  # type: ignore[arg-type]
    own(folder)
    return folder / "poterne.conf"


def test_the_database_is_gone(people: People, serve: Serve, gate: Gate) -> None:
    file = settings(people, "gate", port=gate.port)
    server = serve(settings=file)
    one_field = serve(settings=file, poterne_way="one_field")
    person = people.fresh()
    code = person.code()
    with Client(server.port, SECRET, timeout=10) as client:
        state = client.ask(person.user, person.password).state
        gate.shut()
        for _ in range(3):
            assert client.ask(person.user, code, state).code == REJECT
            assert client.ask(person.user, person.password + code, port=one_field.port).code == REJECT
        assert "poterne: nobody can log in: store" in server.log
        gate.open()
        assert client.ask(person.user, code, state).code == ACCEPT
        assert client.ask(person.user, person.password + person.code(), port=one_field.port).code == ACCEPT
        # The control: the password alone is enough, once the module fails.
        careless = serve(settings=file, poterne_way="one_field", edits=CARELESS)
        assert client.ask(person.user, person.password + code, port=careless.port).code == REJECT
        gate.shut()
        assert client.ask(person.user, person.password + code, port=careless.port).code == ACCEPT


def test_without_a_verdict_the_server_can_be_silent(people: People, serve: Serve, gate: Gate, tmp_path: pathlib.Path) -> None:
    """So that the gateway asks the second one."""
    first, second = serve(settings=settings(people, "silent", port=gate.port), poterne_without_verdict="silence"), serve()
    one_field = serve(settings=people.folder / "silent" / "poterne.conf", poterne_way="one_field", poterne_without_verdict="silence")
    person = people.fresh()
    code = person.code()
    with Client(first.port, SECRET, timeout=4) as client:
        state = client.ask(person.user, person.password).state
        gate.shut()
        with pytest.raises(Silence):
            client.ask(person.user, code, state)
        with pytest.raises(Silence):
            client.ask(person.user, person.password + code, port=one_field.port)
        assert Phone(one_field, tmp_path).log_in(person.name, person.password + code) == "FAILURE"
        # What needs no database has its answer.
        assert client.ask(person.user, b"wrong").code == REJECT
        assert client.ask(person.user, code, b"forged").code == REJECT
        # Nor does a guesser make the gateway take the server for dead.
        for name in (b"\xe9", b"\0", person.user + b"\0", b"x" * 253, person.user + b"#4"):
            assert client.ask(name, b"wrong").code == REJECT
        assert client.ask(person.user, code, state, port=second.port).code == ACCEPT
        gate.open()
        assert client.ask(person.user, person.code(), state).code == ACCEPT
        (people.folder / "silent" / "poterne.conf").unlink()
        with pytest.raises(Silence):
            client.ask(person.user, person.password)


def test_the_keyring_is_gone_or_open_to_others(people: People, serve: Serve) -> None:
    folder = people.folder / "keys"
    folder.mkdir()
    keys = folder / "poterne.keys"
    private(keys, people.keyring.to_text())
    file = settings(people, "of_keys", keys=keys)
    own(folder)
    server = serve(settings=file)
    person = people.fresh()
    with Client(server.port, SECRET) as client:
        state = client.ask(person.user, person.password).state
        code = person.code()

        def is_refused() -> None:
            assert client.ask(person.user, person.password).code == REJECT
            assert client.ask(person.user, code, state).code == REJECT

        keys.rename(folder / "away")
        is_refused()
        (folder / "away").rename(keys)
        keys.chmod(0o644)
        is_refused()
        assert "poterne: nobody can log in: keyring_file" in server.log
        keys.chmod(0o600)
        private(keys, "poterne-keyring-1\n")
        is_refused()
        # A key is added and promoted: it counts at once, and tickets under the former one too.
        changed = poterne.Keyring.parse(people.keyring.to_text())
        changed.add(20261129)
        changed.promote(20261129)
        private(keys, changed.to_text())
        assert client.ask(person.user, code, state).code == ACCEPT
        # From now on the record is under the new key, which the others do not have.
        with Client(serve().port, SECRET) as other:
            assert log_in(other, person, person.code()).code == REJECT
        file.unlink()
        assert client.ask(person.user, person.password).code == REJECT


@pytest.mark.parametrize("clock", ["+1h", "-1h"])
def test_a_server_with_a_wrong_clock_lets_nobody_in(people: People, serve: Serve, clock: str) -> None:
    right, wrong = serve(), serve(clock=clock)
    person = people.fresh()
    code = person.code()
    with Client(right.port, SECRET) as client:
        ours = client.ask(person.user, person.password).state
        # A ticket of the one is none for the other, and the right code is a wrong one.
        theirs = client.ask(person.user, person.password, port=wrong.port).state
        assert client.ask(person.user, code, ours, port=wrong.port).code == REJECT
        assert person.failures() == 0
        assert client.ask(person.user, code, theirs).code == REJECT
        assert person.failures() == 0
        assert client.ask(person.user, code, theirs, port=wrong.port).code == REJECT
        assert person.failures() == 1
        assert client.ask(person.user, code, ours).code == ACCEPT


def test_the_server_does_not_start_without_its_keys(people: People, serve: Serve) -> None:
    nowhere = settings(people, "nowhere", keys=people.folder / "nowhere" / "poterne.keys")
    server = serve(settings=nowhere, is_started=False)
    server.run()
    assert server.process is not None and server.process.wait(30) != 0
    assert "poterne: nobody can log in: keyring_file" in server.output + server.log
    assert "POTERN" not in server.output


def test_a_guesser_without_the_password_locks_nobody(people: People, serve: Serve) -> None:
    requests = 10_000
    server = serve()
    person = people.fresh()
    code = person.code()
    record = person.record()
    with Client(server.port, SECRET) as client:
        foreign = people.fresh()
        state = client.ask(foreign.user, foreign.password).state

    def guess(number: int) -> Dict[int, int]:
        answers: Dict[int, int] = {}
        chance = random.Random(number)
        with Client(server.port, SECRET, timeout=20) as client:
            for _ in range(requests // 8):
                typed = b"%06d" % chance.randrange(10**6)
                state_of_try = chance.choice((None, state, bytes(chance.randrange(256) for _ in range(96))))
                answer = client.ask(person.user, typed, state_of_try)
                answers[answer.code] = answers.get(answer.code, 0) + 1
        return answers

    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))
    print(f"guesser: {requests} requests, {requests / (time.monotonic() - begin):.0f} a second")
    assert sum(each.get(REJECT, 0) for each in answers) == requests
    assert person.record() == record
    with Client(server.port, SECRET) as client:
        assert log_in(client, person, person.code()).code == ACCEPT
    # The control: the code is checked whatever the password was.
    after = {
        "passwords/users/policy": [("\tif (ok) {\n\t\tupdate control {\n\t\t\t&Poterne-Password-Is-Right", "\tif (reject) {\n\t\tupdate control {\n\t\t\t&Poterne-Password-Is-Right")]
    }
    careless = serve(poterne_way="one_field", edits=after)
    with Client(careless.port, SECRET) as client:
        for _ in range(3):
            client.ask(person.user, b"guess000000")
        assert person.failures() == 3


def test_no_core_file_is_written(serve: Serve) -> None:
    """It would hold keys, passwords and codes."""
    server = serve()
    assert server.process is not None
    limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
    assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")] == ["0"], limits


def test_a_refusal_waits(people: People, serve: Serve) -> None:
    """As the configuration is given out: a guesser gets one answer a second and connection."""
    server = serve(waits=True)
    with Client(server.port, SECRET) as client:
        begin = time.monotonic()
        assert client.ask(b"nobody", b"wrong").code == REJECT
        assert time.monotonic() - begin >= 0.9


def test_a_reload_under_load_loses_no_login(people: People, serve: Serve) -> None:
    server = serve()
    persons = [people.fresh() for _ in range(4)]
    secrets = {person.name: os.urandom(20) for person in persons}
    for person in persons:
        people.enroll(person.name + "#3", secrets[person.name], counter=0)
    is_over = threading.Event()

    def logins(number: int) -> List[int]:
        person = persons[number]
        codes: List[int] = []
        with Client(server.port, SECRET, timeout=20) as client:
            while not is_over.is_set() or not codes:
                state = client.ask(person.user + b"#3", person.password).state
                code = poterne.hotp(secrets[person.name], len(codes)).encode()
                codes.append(client.ask(person.user + b"#3", code, state).code)
        return codes

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = [pool.submit(logins, number) for number in range(4)]
        for _ in range(3):
            # A second one within some seconds is ignored.
            time.sleep(5.5)
            server.reload()
        time.sleep(1)
        is_over.set()
        codes = [code for each in running for code in each.result()]
    assert server.log.count("Received HUP") >= 3, server.log[:2000]
    assert len(codes) > 40 and set(codes) == {ACCEPT}, codes


def test_killed_between_swap_and_answer(people: People, serve: Serve) -> None:
    """The answer never comes. The code is spent, or it is not; the second server accepts it at most once, and nothing is counted."""
    spent = 0
    second = serve()
    for _ in range(4):
        server = serve()
        person = people.fresh()
        with Client(server.port, SECRET, timeout=0.5) as client, Client(second.port, SECRET) as other:
            state, code = client.ask(person.user, person.password).state, person.code()
            record = person.record()
            client.socket.sendto(client.request(person.user, code, state), ("127.0.0.1", server.port))
            deadline = time.monotonic() + 5
            # The swap is done as soon as another connection sees it.
            while person.record() == record and time.monotonic() < deadline:
                pass
            server.stop(signal.SIGKILL)
            answers = [other.ask(person.user, code, state).code for _ in range(3)]
            assert answers.count(ACCEPT) == 0, answers
            spent += 1
            assert person.failures() == 0
            assert log_in(other, person, person.code()).code == ACCEPT
    assert spent == 4
