"""Requests that no gateway sends: whatever stands in them, nobody gets in, nothing is spent, and the server goes on."""

from __future__ import annotations

import random
import socket
import unicodedata
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

import pytest
from client import ACCEPT, MESSAGE_AUTHENTICATOR, STATE, USER_NAME, USER_PASSWORD, Client, Silence
from people import People, Person
from radius_server import SECRET, Server
from slapd import Slapd
from test_challenge import log_in
from test_ldap import directory, of_directory

Serve = Callable[..., Server]
Attributes = List[Tuple[int, bytes]]

__all__ = ["directory"]

CHAP_PASSWORD, VENDOR_SPECIFIC, EAP_MESSAGE = 3, 26, 79


def names(person: bytes) -> List[bytes]:
    """Not one of them is the person's name."""
    text = person.decode()
    wide = "".join(chr(ord(each) + 0xFEE0) for each in text)
    return [
        *(person + each for each in (b"@", b"@finances.example", b"\r\n", b"\n", b"\r\nReply-Message = x", b"\0", b"\0x", b"\t", b" ", b"#", b"#1", b"#2", b"#3", b"#4", b"#02", b"#2#2", b"##2", b"#2 ", b"*")),
        *(each + person for each in (b"@", b"\r\n", b"\0", b" ", b"FINANCES\\", b"\\", b"#2", b"\xef\xbb\xbf")),
        *(each.encode() for each in (wide, text + "\u200b", text + "\u0301", "\u202e" + text, text + "\u00a0", text + "＃2", text.upper(), text + "\U0001f600")),
        b"", b"#2", b"#", b"%{User-Name}", b"%{control:Cleartext-Password}", b"`id`", b"$(id)", b"' OR '1'='1", b"*)(uid=*", b"\\2a", b"..", b"/", b"DEFAULT",
        b"\xff" * 253, b"\xed\xa0\x80", b"x" * 253, person + b"x" * (253 - len(person)), b"\0" * 253,
    ]


def states(mine: bytes, chance: random.Random) -> List[Sequence[bytes]]:
    """Of any bytes and lengths, and several; never the one that was given, alone."""
    flipped = [mine[:at] + bytes([mine[at] ^ 1 << chance.randrange(8)]) + mine[at + 1 :] for at in range(0, len(mine), 5)]
    return [
        *([chance.randbytes(length)] for length in (1, 2, 15, 16, 17, 95, 96, 97, 127, 128, 252, 253)),
        *([each] for each in (b"\0", bytes(96), b"\xff" * 253, mine.lower(), mine + b"\0", mine + b"\r\n", b"\0" + mine, b" " + mine, mine[::-1], mine + mine)),
        *([mine[:length]] for length in range(1, len(mine), 7)),
        *([each] for each in flipped),
        [mine, mine], [mine, b"x"], [b"x", mine], [mine, b"\0"], [mine] * 5,
    ]


def codes(code: bytes) -> List[Sequence[bytes]]:
    """What is not the code, and several of it."""
    text = code.decode()
    return [
        [code, code], [code, b""], [b"", code], [code, b"x"], [b"x", code], [code] * 9,
        *([each] for each in (b"", b" ", b"\0" + code, code[:3] + b"\0" + code[3:], code + b"\r\n0", b"\xff" * 128, b"x" * 128, code * 20)),
        *(["".join(chr(int(each) + first) for each in text).encode()] for first in (0xFF10, 0x0660, 0x1D7CE)),
    ]


def is_spelled(name: bytes, person: Person) -> bool:
    """Whether a directory takes it for another spelling of the person's name, as it may (RFC 4518)."""
    return unicodedata.normalize("NFKC", name.decode(errors="replace")).casefold() == person.name


def hostile(person: Person, other: Person, code: bytes, mine: bytes) -> Iterator[Attributes]:
    """`mine` is a State that is good for the person; empty where there is none, and the field holds password and code."""
    chance = random.Random(20261128)
    right = code if mine else person.password + code
    own: Attributes = [(STATE, mine)] if mine else []
    for name in names(person.user):
        if is_spelled(name, person):
            continue
        yield [(USER_NAME, name), (USER_PASSWORD, right), *own]
    for several in ((person, other), (other, person), (person, person)):
        yield [*((USER_NAME, each.user) for each in several), (USER_PASSWORD, right), *own]
    for state in states(mine or b"POTERN" * 16, chance):
        yield [(USER_NAME, person.user), (USER_PASSWORD, code), *((STATE, each) for each in state)]
    for fields in codes(code):
        yield [(USER_NAME, person.user), *((USER_PASSWORD, each if mine or not each else person.password[:-1] + each) for each in fields), *own]
    if not mine:
        yield [(USER_NAME, person.user), (USER_PASSWORD, right), (USER_PASSWORD, right)]
        yield [(USER_NAME, person.user), (USER_PASSWORD, b"x"), (USER_PASSWORD, right)]
    for field in (b"", person.password, b"wrong" + code):
        yield [(USER_NAME, person.user), (CHAP_PASSWORD, bytes(17)), (USER_PASSWORD, field or b"x"), (STATE, b"x")]
        yield [(USER_NAME, person.user), (CHAP_PASSWORD, bytes(17)), *own]
    # Whatever else may stand in a request, beside a wrong password.
    for _ in range(300):
        more = [
            (kind, chance.randbytes(chance.choice((1, 4, 16, 17, 100, 253))))
            for kind in chance.choices([each for each in range(1, 256) if each not in (USER_NAME, USER_PASSWORD, MESSAGE_AUTHENTICATOR)], k=chance.randrange(1, 8))
        ]
        yield [(USER_NAME, person.user), (USER_PASSWORD, b"wrong" + code), *more]
    for body in (b"\2\0\0\5\1", b"\1", chance.randbytes(60), b""):
        yield [(USER_NAME, person.user), (USER_PASSWORD, right), (EAP_MESSAGE, body), *([] if mine else [(STATE, b"x")]), (USER_PASSWORD, right)]
        yield [(USER_NAME, person.user), (USER_PASSWORD, b"wrong"), (VENDOR_SPECIFIC, body)]


def damaged(client: Client, person: Person, code: bytes) -> Iterator[bytes]:
    """Datagrams that are no requests."""
    whole, chance = client.request(person.user, person.password + code), random.Random(7)
    for length in (0, 1, 19, 20, 21, len(whole) - 1):
        yield whole[:length]
    for _ in range(200):
        at = chance.randrange(len(whole))
        yield whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :]
        yield chance.randbytes(chance.randrange(20, 400))
    for code_of_packet in (0, 2, 3, 4, 5, 11, 12, 40, 43, 255):
        yield bytes([code_of_packet]) + whole[1:]


def play(server: Server, person: Person, other: Person, mine: bytes, code: bytes) -> Tuple[int, List[Attributes]]:
    """How many requests there were, and those that were accepted."""
    number, accepted = 0, []
    with Client(server.port, SECRET, timeout=0.25) as client:
        for attributes in hostile(person, other, code, mine):
            number += 1
            try:
                if client.send(client.datagram(attributes)).code == ACCEPT:
                    accepted.append(attributes)
            except Silence:
                pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
            raw.bind(("127.0.0.1", 0))
            for datagram in damaged(client, person, code):
                number += 1
                raw.sendto(datagram, ("127.0.0.1", server.port))
            raw.settimeout(1)
            try:
                while True:
                    if raw.recv(4096)[0] == ACCEPT:
                        accepted.append([])
            except socket.timeout:
                pass
    return number, accepted


@pytest.mark.parametrize("passwords", ["users", "ldap"])
def test_a_question(people: People, serve: Serve, directory: Slapd, passwords: str) -> None:
    server = of_directory(serve, directory) if passwords == "ldap" else serve()
    if passwords == "ldap":
        server.start()
    try:
        person, other = people.fresh(), people.fresh()
        with Client(server.port, SECRET) as client:
            state, code, record = client.ask(person.user, person.password).state, person.code(), person.record()
            number, accepted = play(server, person, other, state, code)
            assert accepted == [] and number > 800
            assert server.process is not None and server.process.poll() is None, server.output
            assert person.record() == record
            assert client.ask(person.user, code, state).code == ACCEPT
            assert log_in(client, person, person.code()).code == ACCEPT
        assert not [each for each in (person.name, code.decode(), "password of") if each in server.log]
    finally:
        if passwords == "ldap":
            server.stop()


def test_one_field(people: People, serve: Serve) -> None:
    server = serve(poterne_way="one_field")
    person, other = people.fresh(), people.fresh()
    code, record = person.code(), person.record()
    number, accepted = play(server, person, other, b"", code)
    assert accepted == [] and number > 800
    assert server.process is not None and server.process.poll() is None, server.output
    assert person.record() == record
    with Client(server.port, SECRET) as client:
        assert client.ask(person.user, person.password + code).code == ACCEPT


CARELESS: Dict[str, Dict[str, Any]] = {
    "the first of several States": {"module_edits": [("_bytes(states[0]) if len(states) == 1 else b\"\"", "_bytes(states[0])")]},
    "the first of several passwords": {"edits": {"policy": [(" || &User-Password[1]", "")]}},
    "names that are cut": {"module_edits": [("text = name.decode()", 'text = name.decode().split("@")[0]')]},
    "names with a space or a NUL behind": {"module_edits": [("text == text.strip() and text in poterne.rows_of_person(person)", "True")]},
}


@pytest.mark.parametrize("fault", CARELESS)
def test_a_careless_server_is_found(people: People, serve: Serve, fault: str) -> None:
    server = serve(**CARELESS[fault])
    person, other = people.fresh(), people.fresh()
    with Client(server.port, SECRET) as client:
        state = client.ask(person.user, person.password).state
    assert play(server, person, other, state, person.code())[1]
