"""The password by a directory."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import time
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import pytest
from client import ACCEPT, REJECT, Client
from people import ODD, People, Person
from radius_server import SECRET, Server, own
from slapd import BASE, READER_PASSWORD, Slapd
from test_challenge import log_in

Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def directory(people: People) -> Iterator[Slapd]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    slapd = Slapd(folder / "slapd")
    slapd.start()
    try:
        slapd.fill()
        for person in people.all.values():
            slapd.person(person.name, person.password)
        yield slapd
    finally:
        slapd.stop()
        shutil.rmtree(folder)


def of_directory(
    serve: Serve, directory: Slapd, way: str = "challenge", *, edits: Optional[Dict[str, List[Tuple[str, str]]]] = None, **settings: str
) -> Server:
    """Not started yet."""
    place = {"passwords/ldap/module": [("ldap://directory.example", f"ldap://127.0.0.1:{directory.port}")]}
    server = serve(poterne_passwords="ldap", poterne_way=way, is_started=False, edits={**place, **(edits or {})}, **settings)
    with open(server.raddb / "secrets.conf", "a") as secrets:
        secrets.write(f'ldap_password = "{READER_PASSWORD}"\n')
    own(server.folder)
    return server


@pytest.fixture(scope="module")
def server(serve: Serve, directory: Slapd) -> Iterator[Server]:
    server = of_directory(serve, directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture()
def client(server: Server) -> Iterator[Client]:
    with Client(server.port, SECRET) as one:
        yield one


def test_password_then_code(people: People, client: Client) -> None:
    person = people.fresh()
    code, record = person.code(), person.record()
    # An empty password is a bind that every directory agrees to (RFC 4513 section 5.1.2).
    for password in (b"wrong", b"", person.password + b"x", code):
        assert client.ask(person.user, password).code == REJECT
    assert client.ask(b"nobody", person.password).code == REJECT
    # What a filter could take for its own.
    for name in (b"*", person.user[:-1] + b"*", person.user + b")(uid=*", b"agent\\2a", b"\\2a"):
        assert client.ask(name, person.password).code == REJECT, name
    assert person.record() == record
    assert log_in(client, person, code).code == ACCEPT
    assert log_in(client, person, code).code == REJECT


@pytest.mark.parametrize("name", ODD)
def test_passwords_of_any_bytes(people: People, client: Client, name: str) -> None:
    person = people.all[name]
    assert client.ask(person.user, person.password + b"x").code == REJECT
    assert log_in(client, person, person.code()).code == ACCEPT


def test_the_account_is_spelled_as_the_directory_does(people: People, client: Client) -> None:
    person = people.fresh()
    state = client.ask(person.user.upper(), person.password).state
    assert client.ask(person.user.upper(), person.code(), state).code == ACCEPT


def test_the_second_step_asks_the_directory_again(people: People, client: Client, directory: Slapd) -> None:
    changed, gone = people.fresh(), people.fresh()
    states = [client.ask(each.user, each.password).state for each in (changed, gone)]
    directory.modify(f"dn: uid={changed.name},{BASE}\nchangetype: modify\nreplace: userPassword\nuserPassword: another password\n")
    directory.modify(f"dn: uid={gone.name},{BASE}\nchangetype: delete\n")
    code = changed.code()
    assert client.ask(changed.user, code, states[0]).code == REJECT
    assert client.ask(gone.user, gone.code(), states[1]).code == REJECT
    assert client.ask(changed.user, changed.password).code == REJECT
    changed.password = b"another password"
    assert log_in(client, changed, code).code == ACCEPT


def test_one_field(people: People, serve: Serve, directory: Slapd) -> None:
    server = of_directory(serve, directory, "one_field")
    server.start()
    try:
        person = people.fresh()
        code, record = person.code(), person.record()
        with Client(server.port, SECRET) as client:
            for field in (code, b"wrong" + code, person.password, b"", b" " + code):
                assert client.ask(person.user, field).code == REJECT
            assert person.record() == record
            assert client.ask(person.user, person.password + code).code == ACCEPT
    finally:
        server.stop()


def test_the_directory_is_gone(people: People, client: Client, directory: Slapd, server: Server) -> None:
    person = people.fresh()
    state, code = client.ask(person.user, person.password).state, person.code()
    directory.stop()
    try:
        client.socket.settimeout(15)
        assert client.ask(person.user, person.password).code == REJECT
        assert client.ask(person.user, code, state).code == REJECT
    finally:
        directory.start()
    # The pool waits before it tries again.
    for _ in range(20):
        answer = client.ask(person.user, code, state)
        if answer.code == ACCEPT:
            break
        time.sleep(1)
    assert answer.code == ACCEPT


def test_the_log_names_nobody(people: People, server: Server) -> None:
    log = server.log
    assert "poterne: accepted.otp" in log
    assert not [each for each in [*people.all, "password of", "another password", READER_PASSWORD] if each in log], log
