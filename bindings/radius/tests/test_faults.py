"""What goes wrong beside the login: nobody is let in by it."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import random
import signal
import socket
import threading
import time
from typing import Callable, Dict, Iterator, List

import poterne
import pytest
import sqlalchemy
from client import ACCEPT, CHALLENGE, REJECT, Answer, Client, Silence
from frozen import frozen
from gate import Gate
from people import People, private
from poterne.admin.table import engine
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


def test_the_database_stands_still(people: People, serve: Serve) -> None:
    """With a connection of the pool and without one, by more people than the pool has connections, nobody waits for it to go on."""
    server, one_field = serve(), serve(poterne_way="one_field")
    persons, other = [people.fresh() for _ in range(12)], people.fresh()
    codes = {person.name: person.code() for person in persons}
    with Client(server.port, SECRET, timeout=9) as client:
        states = {person.name: client.ask(person.user, person.password).state for person in persons}
        # From now on the pools have a connection each.
        assert client.ask(other.user, b"000000", client.ask(other.user, other.password).state).code == REJECT
        assert client.ask(other.user, other.password + b"000000", port=one_field.port).code == REJECT

    def log_in_at(number: int) -> Answer:
        person = persons[number]
        # FreeRADIUS gives up a request after ten seconds.
        with Client(server.port, SECRET, timeout=9) as client:
            if number % 2:
                return client.ask(person.user, codes[person.name], states[person.name])
            return client.ask(person.user, person.password + codes[person.name], port=one_field.port)

    with frozen(people.engine), concurrent.futures.ThreadPoolExecutor(12) as pool, Client(server.port, SECRET, timeout=9) as client:
        running = [pool.submit(log_in_at, number) for number in range(12)]
        # Who is asked for the password meanwhile has an answer.
        assert client.ask(other.user, other.password).code == CHALLENGE
        assert [each.result().code for each in running] == [REJECT] * 12
    for each in (server, one_field):
        assert "poterne: nobody can log in: store" in each.log and "TimeoutError" in each.log and "Unresponsive" not in each.log, each.log
    # Nobody's code was spent behind their backs, and the servers ask again after a while.
    with Client(server.port, SECRET, timeout=9) as client:
        tries = 0
        while client.ask(other.user, other.password).code != CHALLENGE or client.ask(persons[0].user, codes[persons[0].name], states[persons[0].name]).code != ACCEPT:
            tries += 1
            assert tries < 300, server.log
            time.sleep(0.1)
        for person in persons[1:]:
            assert person.failures() == 0
            assert client.ask(person.user, codes[person.name], states[person.name]).code == ACCEPT
    # The controls: without the limit there is no answer; without the rest, the others wait for one another.
    endless = serve(module_edits=[("                answer_seconds=_SECONDS,\n", "")])
    with Client(endless.port, SECRET, timeout=5) as client:
        state = client.ask(other.user, other.password).state
        assert client.ask(other.user, b"000000", state).code == REJECT
        with frozen(people.engine), pytest.raises(Silence):
            client.ask(other.user, b"000000", state)
    restless = serve(module_edits=[("self._asks_from = end + _REST", "pass")])

    def restless_at(number: int) -> bool:
        with Client(restless.port, SECRET, timeout=9) as client:
            try:
                return client.ask(persons[number].user, b"000000", states[persons[number].name]).code == REJECT
            except Silence:
                return False

    with frozen(people.engine), concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert not all(pool.map(restless_at, range(12)))


def test_what_the_log_says_of_a_gateway_without_an_answer(people: People, serve: Serve) -> None:
    """As the guide has it."""
    server = serve()
    person = people.fresh()
    before = server.log
    with Client(server.port, SECRET, timeout=1, signs=False) as unsigned, pytest.raises(Silence):
        unsigned.ask(person.user, person.password)
    assert server.log == before
    with Client(server.port, b"a wrong secret of the tests", timeout=1) as wrong, pytest.raises(Silence):
        wrong.ask(person.user, person.password)
    assert "(Shared secret is incorrect.)" in server.log
    with Client(server.port, SECRET, timeout=1, address="127.0.0.2") as unknown, pytest.raises(Silence):
        unknown.ask(person.user, person.password)
    assert "from unknown client" in server.log


def test_a_driver_that_would_wait_forever_is_refused() -> None:
    for driver in ("postgresql+psycopg", "mssql+pyodbc"):
        with pytest.raises(poterne.ArgumentError, match="may wait for a frozen server forever"):
            engine(f"{driver}://poterne@127.0.0.1/poterne", None, answer_seconds=2)
    # One of MariaDB's, at a server that takes the connection and says nothing; the test's own time is the control.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = engine(f"mysql+pymysql://poterne@127.0.0.1:{silent.getsockname()[1]}/poterne", None, answer_seconds=2)
        with pytest.raises(sqlalchemy.exc.OperationalError):
            made.connect()


STRINGS = {"Filter-Id": 11, "Called-Station-Id": 30, "Calling-Station-Id": 31, "NAS-Identifier": 32, "Connect-Info": 77, "NAS-Port-Id": 87}


def test_what_is_no_text_is_a_refusal(people: People, serve: Serve, gate: Gate) -> None:
    """And never silence: with it a guesser would have the gateway take the servers for dead."""
    silent = serve(settings=settings(people, "no_text", port=gate.port), poterne_without_verdict="silence")
    # The control: every failure of FreeRADIUS is taken for one of the database.
    careless = serve(poterne_without_verdict="silence", edits={"policy": [("poterne_failed {", "poterne_failed {\n\tpoterne_no_verdict")]})
    person = people.fresh()
    with Client(silent.port, SECRET, timeout=2) as client:

        def ask(password: bytes, kind: int, state: bytes = b"", port: int = silent.port) -> int:
            more = [(kind, b"Client\xe9\xff")]
            return client.send(client.request(person.user, password, state or None, *more), port).code

        for name, kind in STRINGS.items():
            assert ask(b"wrong", kind) == REJECT, name
            if name == "Connect-Info":
                # ocserv has it from the client's program.
                state, code = client.ask(person.user, person.password).state, person.code()
                assert ask(person.password, kind) == CHALLENGE and ask(code, kind, state) == ACCEPT
                continue
            assert ask(person.password, kind) == REJECT, name
            with pytest.raises(Silence):
                ask(b"wrong", kind, port=careless.port)
        # What is no verdict is silence still.
        state = client.ask(person.user, person.password).state
        gate.shut()
        with pytest.raises(Silence):
            client.ask(person.user, person.code(), state)


def test_the_log_says_which_file(people: People, serve: Serve) -> None:
    """Each time that another reason comes, at the first login."""
    file = settings(people, "which_file")
    text = file.read_text()
    server = serve(settings=file, poterne_without_verdict="silence")
    person = people.fresh()

    def said() -> str:
        before = server.log
        with Client(server.port, SECRET, timeout=2) as client, pytest.raises(Silence):
            client.ask(person.user, person.password)
        (line,) = [each for each in server.log[len(before) :].splitlines() if "poterne" in each]
        return line.split("nobody can log in: ", 1)[1]

    def write(content: str) -> None:
        private(file, content)
        own(file.parent)

    file.unlink()
    assert said() == f"{file}: the file does not exist"
    write(text)
    file.chmod(0o000)
    assert said() == f"{file}: this user cannot read the file: check its owner and mode, and those of its folders"
    file.chmod(0o600)
    write(text + "foo = bar\n")
    assert said() == f"{file}: line 6: no setting has this name"
    write(text.replace("postgresql://", "mssql+pyodbc://"))
    assert said().startswith(f"{file}: ")
    write(text.replace(str(people.keys), str(file.parent / "gone.keys")))
    assert str(file.parent / "gone.keys") in said()
    write(text)
    with Client(server.port, SECRET) as client:
        assert log_in(client, person, person.code()).code == ACCEPT


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
        assert f"poterne: nobody can log in: {keys}: the keyring file is open to group or others: chmod 600 it\n" in server.log, server.log
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
    assert str(people.folder / "nowhere" / "poterne.keys") in server.output + server.log
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
