"""The password, the question, the code."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from typing import Any, Callable, List

import poterne
import pytest
from client import ACCEPT, CHALLENGE, REJECT, Answer, Client, Forged, Silence
from people import ODD, People, Person
from radius_server import SECRET, Server, version

Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def first(serve: Serve) -> Server:
    return serve()


@pytest.fixture(scope="module")
def second(serve: Serve) -> Server:
    return serve()


@pytest.fixture()
def client(first: Server) -> Any:
    with Client(first.port, SECRET) as one:
        yield one


def log_in(client: Client, person: Person, code: bytes, port: int = 0) -> Answer:
    state = client.ask(person.user, person.password, port=port).state
    return client.ask(person.user, code, state, port=port)


def test_password_then_code(people: People, client: Client) -> None:
    person = people.fresh()
    question = client.ask(person.user, person.password)
    assert question.message == "One-time code:" and len(question.state) == 96
    code = person.code()
    assert client.ask(person.user, code, question.state).code == ACCEPT
    # A ticket is not used up; the code is.
    assert client.ask(person.user, code, question.state).code == REJECT
    assert client.ask(person.user, person.code(), question.state).code == ACCEPT
    assert person.failures() == 0


def test_radclient_logs_in(people: People, first: Server) -> None:
    """Another client, which checks answers by its own code."""
    person = people.fresh()

    def radclient(password: str, *more: str) -> str:
        lines = [f'User-Name = "{person.name}"', f'User-Password = "{password}"', "NAS-Identifier = vpn", "Message-Authenticator = 0x00", *more]
        return subprocess.run(
            ["radclient", "-x", "-r", "1", f"127.0.0.1:{first.port}", "auth", SECRET.decode()],
            input="\n".join(lines), capture_output=True, text=True,
        ).stdout

    said = radclient(person.password.decode())
    state = re.search(r"Received Access-Challenge.*State = (0x[0-9a-f]+)", said, re.S)
    assert state, said
    said = radclient(person.code().decode(), f"State = {state[1]}")
    assert "Received Access-Accept" in said and "Message-Authenticator" in said


def test_a_ticket_is_good_for_its_person_and_its_way_only(people: People, first: Server, client: Client) -> None:
    person, eve = people.fresh(), people.fresh()
    state = client.ask(eve.user, eve.password).state
    code = person.code()
    assert client.ask(person.user, code, state).code == REJECT
    mine = client.ask(person.user, person.password).state
    with Client(first.port, SECRET, station=b"198.51.100.9") as elsewhere:
        assert elsewhere.ask(person.user, code, mine).code == REJECT
    for forged in (b"", b"x", mine[:-1], mine + b"A", mine[:40] + bytes([mine[40] ^ 1]) + mine[41:], b"\xe9" * 96, bytes(96), b"A" * 253):
        assert client.ask(person.user, code, forged).code == REJECT, forged
    # Two of them, the right one among them.
    assert client.send(client.request(person.user, code, mine, (24, mine))).code == REJECT
    # Nothing of this was counted, and the code was not spent.
    assert person.failures() == 0
    assert client.ask(person.user, code, mine).code == ACCEPT


def test_a_wrong_password_spends_nothing(people: People, client: Client) -> None:
    person = people.fresh()
    code = person.code()
    for password in (b"wrong", b"", code, person.password + code):
        answer = client.ask(person.user, password)
        assert answer.code == REJECT and answer.message.startswith("Sign-in refused. ")
    assert client.ask(person.user, code).code == REJECT
    assert client.ask(b"nobody", person.password).code == REJECT
    assert log_in(client, person, code).code == ACCEPT


def test_a_wrong_code_is_counted(people: People, client: Client) -> None:
    person = people.fresh()
    state = client.ask(person.user, person.password).state
    answer = client.ask(person.user, b"000000", state)
    assert answer.code == REJECT and "code" in answer.message
    assert person.failures() == 1
    for empty in (b"", b" ", b"12345", "é".encode(), "é".encode("latin-1"), b"1" * 128):
        assert client.ask(person.user, empty, state).code == REJECT
    assert person.failures() == 1
    assert client.ask(person.user, person.code(), state).code == ACCEPT


@pytest.mark.parametrize("name", ODD)
def test_passwords_of_any_bytes(people: People, client: Client, name: str) -> None:
    person = people.all[name]
    for wrong in (person.password[:-1], person.password + b"x", person.password.upper() + b"!", person.password[1:]):
        assert client.ask(person.user, wrong).code == REJECT
    assert log_in(client, person, person.code()).code == ACCEPT


def test_a_password_beyond_the_field_is_refused(people: People, client: Client) -> None:
    """RFC 2865 gives the field 128 bytes, and FreeRADIUS 3.2.1 deciphers no more. A password is never cut to what fits."""
    person, longest = people.all["long"], people.all["longest"]
    for more in (1, 16, 112):
        assert client.ask(person.user, person.password + b"x" * more).code == REJECT
    for length in (112, 128, 129, 233):
        assert client.ask(longest.user, longest.password[:length]).code == REJECT
    assert client.ask(longest.user, longest.password).code == (REJECT if version() < (3, 2, 7) else CHALLENGE)


def test_odd_names_are_refused(people: People, client: Client) -> None:
    person = people.fresh()
    for name in (b"", b"\xe9t\xe9", b"a\0b", b"x" * 253, b"%{User-Password}", b"a\\b", person.user + b"#4", b"*", b"DEFAULT", person.user.upper()):
        assert client.ask(name, person.password).code == REJECT, name
    assert client.send(client.request(person.user, None)).code == REJECT


def test_the_second_row_of_a_person(people: People, client: Client) -> None:
    person, eve = people.fresh(), people.fresh()
    secret = b"a token's secret 123"
    people.enroll(person.name + "#2", secret)
    second = person.user + b"#2"
    code = poterne.totp(secret, time.time()).encode()
    state = client.ask(second, person.password).state
    # The suffix chooses among the rows of the one whose password was right.
    assert client.ask(second, eve.password).code == REJECT
    assert client.ask(eve.user + b"#2", code, client.ask(eve.user, eve.password).state).code == REJECT
    assert client.ask(person.user, code, state).code == REJECT
    assert client.ask(second, code, state).code == ACCEPT


def test_without_a_record_nobody_gets_in(people: People, client: Client) -> None:
    person = people.fresh()
    with people.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM poterne WHERE account = %s", (person.name,))
    assert log_in(client, person, person.code()).code == REJECT


def test_the_state_is_good_on_the_second_server(people: People, client: Client, second: Server) -> None:
    person = people.fresh()
    state = client.ask(person.user, person.password).state
    assert client.ask(person.user, person.code(), state, port=second.port).code == ACCEPT


def test_a_lost_accept_costs_one_code(people: People, client: Client, second: Server) -> None:
    person = people.fresh()
    state, code = client.ask(person.user, person.password).state, person.code()
    assert client.ask(person.user, code, state).code == ACCEPT
    # As if that had been lost: the gateway asks the second server.
    for _ in range(5):
        assert client.ask(person.user, code, state, port=second.port).code == REJECT
    assert person.failures() == 0
    assert log_in(client, person, person.code(), second.port).code == ACCEPT


def test_one_code_at_both_servers_at_once(people: People, first: Server, second: Server) -> None:
    rounds, accepted = 12, []
    for _ in range(rounds):
        person = people.all["digits"]
        with Client(first.port, SECRET) as one:
            state = one.ask(person.user, person.password).state
        secret = poterne.Secret.generate().to_bytes()
        name = f"{person.name}#2" if not people.store.load(person.name + "#2") else None
        if name is None:
            with people.engine.begin() as connection:
                connection.exec_driver_sql("DELETE FROM poterne WHERE account = %s", (person.name + "#2",))
        people.enroll(person.name + "#2", secret)
        code = poterne.totp(secret, time.time()).encode()
        codes: List[int] = []
        begin = threading.Barrier(8)

        def send(port: int) -> None:
            with Client(port, SECRET) as mine:
                begin.wait()
                codes.append(mine.ask(person.user + b"#2", code, state).code)

        threads = [threading.Thread(target=send, args=(port,)) for port in (first.port, second.port) * 4]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(codes) == 8
        accepted.append(codes.count(ACCEPT))
    assert accepted == [1] * rounds


def test_a_retransmitted_request_gets_the_first_answer(people: People, serve: Serve, client: Client) -> None:
    def twice(client: Client) -> List[Answer]:
        person = people.fresh()
        state = client.ask(person.user, person.password).state
        datagram = client.request(person.user, person.code(), state)
        answers = [client.send(datagram)]
        record = person.record()
        time.sleep(1.2)
        answers.append(client.send(datagram))
        assert person.record() == record
        return answers

    answer, again = twice(client)
    assert answer.code == ACCEPT and again == answer
    # The control: a server that forgets at once answers anew.
    forgets = serve(edits={"radiusd.conf": [("cleanup_delay = 10", "cleanup_delay = 0")]})
    with Client(forgets.port, SECRET) as other:
        assert [each.code for each in twice(other)] == [ACCEPT, REJECT]


def test_wrong_secrets_and_unsigned_requests_are_not_answered(people: People, first: Server, serve: Serve) -> None:
    person = people.fresh()
    with Client(first.port, b"another secret", timeout=1.5) as other:
        with pytest.raises(Silence):
            other.ask(person.user, person.password)
    with Client(first.port, SECRET, timeout=1.5, signs=False) as unsigned:
        with pytest.raises(Silence):
            unsigned.ask(person.user, person.password)
    # The control.
    trusting = serve(edits={"clients.conf": [("require_message_authenticator = yes", "require_message_authenticator = no")]})
    with Client(trusting.port, SECRET, signs=False) as unsigned:
        assert unsigned.ask(person.user, person.password).code == CHALLENGE


def test_every_answer_is_signed(people: People, serve: Serve) -> None:
    """`Client` looks at each answer of each test. The control: 3.2.1 signs none that it is not told to, later versions do."""
    person = people.fresh()
    unsigned = serve(edits={"policy": [("&Message-Authenticator := 0x00", "&Message-Authenticator !* ANY")]})
    with Client(unsigned.port, SECRET) as client:
        for password in (person.password, b"wrong"):
            if version() < (3, 2, 7):
                with pytest.raises(Forged):
                    client.ask(person.user, password)
            else:
                client.ask(person.user, password)


def test_where_everybody_is_asked_nobody_learns_of_the_password(people: People, serve: Serve) -> None:
    everybody = serve(poterne_challenge_everybody="yes")
    person = people.fresh()
    code = person.code()
    with Client(everybody.port, SECRET) as client:
        right = client.ask(person.user, person.password)
        for wrong in (b"wrong", b"", code):
            answer = client.ask(person.user, wrong)
            assert answer.message == right.message and len(answer.state) == len(right.state)
            refusal = client.ask(person.user, code, answer.state)
            assert refusal.code == REJECT
        assert person.failures() == 0
        other = client.ask(person.user, b"000000", right.state)
        assert other.code == REJECT and other.message == refusal.message
        assert client.ask(person.user, code, right.state).code == ACCEPT
        # An account that waits says so behind a right password. Here nobody learns which it was.
        for _ in range(3):
            client.ask(person.user, b"000000", right.state)
        assert client.ask(person.user, b"000000", right.state).message == refusal.message and person.failures() == 3
    with Client(serve().port, SECRET) as client:
        waiting = client.ask(person.user, b"000000", client.ask(person.user, person.password).state)
        assert waiting.code == REJECT and "Too many failed attempts" in waiting.message


def test_the_second_step_looks_at_the_person_again(people: People, serve: Serve) -> None:
    server = serve()
    person, gone = people.fresh(), people.fresh()
    file = server.raddb / "passwords" / "users" / "users"

    with Client(server.port, SECRET) as client:
        states = [client.ask(each.user, each.password).state for each in (person, gone)]
        old = person.password
        person.password = b"another password"
        file.write_bytes(b"".join(line for line in people.users_file().splitlines(True) if not line.startswith(gone.user)))
        # What is between the two steps is with the client alone: another process takes the second.
        server.stop()
        server.start()
        code = person.code()
        # The password was changed meanwhile, the person has left.
        assert client.ask(person.user, code, states[0]).code == REJECT
        assert client.ask(gone.user, gone.code(), states[1]).code == REJECT
        assert client.ask(person.user, old).code == REJECT
        assert log_in(client, person, code).code == ACCEPT


def test_the_log_names_nobody(people: People, first: Server, second: Server, serve: Serve) -> None:
    person = people.fresh()
    code = person.code()

    def everything(server: Server) -> str:
        with Client(server.port, SECRET) as client:
            state = client.ask(person.user, person.password).state
            client.ask(person.user, b"wrong password")
            client.ask(person.user, b"000000", state)
            client.ask(person.user, code, state)
        return server.log

    log = everything(first)
    assert "poterne: accepted.otp" in log and "poterne: refused.wrong_code" in log
    told = [*people.all, "password of", code.decode(), "POTERN", "203.0.113.7", "000000"]
    found = [each for each in told if re.search(rf"\b{re.escape(each)}", log)]
    assert not found, found
    assert {each.name for each in first.folder.iterdir()} <= {"raddb", "module", "radius.log", "output", "freeradius.pid"}
    # The control: Debian's own switch writes the names.
    tells = serve(edits={"radiusd.conf": [("\tauth = no", "\tauth = yes")]})
    assert person.name in everything(tells)
