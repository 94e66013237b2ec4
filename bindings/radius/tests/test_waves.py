"""Who must have a code, and from which day."""

from __future__ import annotations

import datetime
import pathlib
import time
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import pytest
from client import ACCEPT, CHALLENGE, REJECT, Client
from gate import Gate
from people import People, Person, escaped, private
from radius_server import SECRET, Server, own
from slapd import BASE, GROUPS, HIDDEN, Slapd
from test_challenge import log_in
from test_faults import settings
from test_ldap import directory, of_directory
from test_one_field import Phone

Serve = Callable[..., Server]

__all__ = ["directory"]


def day(distance: int) -> str:
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(distance)).isoformat()


def starting(server: Server, stops: list[Server]) -> Server:
    stops.append(server)
    return server.start()


@pytest.fixture()
def stops() -> Iterator[list[Server]]:
    servers: list[Server] = []
    yield servers
    for server in servers:
        server.stop()


def password_alone(client: Client, person: Person, server: Server) -> int:
    """What the right password comes to, wherever a code is needed or not. The wrong one and none never get in."""
    for wrong in (b"wrong", b"", person.password + b"x"):
        assert client.ask(person.user, wrong, port=server.port).code == REJECT
    return client.ask(person.user, person.password, port=server.port).code


def wait_for(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def without_record(people: People) -> Person:
    person = people.fresh()
    with people.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM poterne WHERE account = %s", (person.name,))
    return person


# Members, others, and those of whom the file says nothing.
def of_groups(people: People, server: Server, **groups: Tuple[str, ...]) -> None:
    lines = []
    for name, values in groups.items():
        line = f'{name}\tCleartext-Password := "'.encode() + escaped(people.all[name].password) + b'"'
        for at, value in enumerate(values):
            line += f', Poterne-Group {"+=" if at else ":="} "{value}"'.encode()
        lines.append(line + b"\n")
    (server.raddb / "passwords" / "users" / "users").write_bytes(b"".join(lines))


def test_everybody_at_once_without_options(people: People, serve: Serve) -> None:
    server, person = serve(), without_record(people)
    with Client(server.port, SECRET) as client:
        assert password_alone(client, people.fresh(), server) == CHALLENGE
        assert log_in(client, person, person.code()).code == REJECT


@pytest.mark.parametrize("way", ["challenge", "one_field"])
def test_members_of_a_group(people: People, serve: Serve, stops: list[Server], way: str) -> None:
    member, both, other, unknown = (people.fresh() for _ in range(4))
    groups = {member.name: ("vpn",), both.name: ("desk", "vpn"), other.name: ("desk", "vpn2"), unknown.name: ()}
    server = serve(is_started=False, poterne_way=way, poterne_group='"vpn"')
    of_groups(people, server, **groups)
    starting(server, stops)
    asked = CHALLENGE if way == "challenge" else REJECT
    with Client(server.port, SECRET) as client:
        for person in (member, both, unknown):
            assert password_alone(client, person, server) == asked, person.name
        assert password_alone(client, other, server) == ACCEPT
        # Whatever row they name: they need none.
        assert client.ask(other.user + b"#2", other.password).code == ACCEPT
        assert "poterne: without_code.group" in server.log
        if way == "challenge":
            assert log_in(client, member, member.code()).code == ACCEPT
            # Who needs no code needs the password: with a State, the field is not looked at as one.
            state = client.ask(member.user, member.password).state
            for given in (state, b"x"):
                assert client.ask(other.user, other.password, given).code == REJECT
        else:
            assert client.ask(member.user, member.password + member.code()).code == ACCEPT
            assert client.ask(other.user, other.password + other.code()).code == REJECT
    # The control: where only the first of several groups counts.
    careless = serve(
        is_started=False, poterne_way=way, poterne_group='"vpn"',
        edits={"passwords/users/policy": [("Poterne-Group[*] ==", "Poterne-Group ==")]},
    )
    of_groups(people, careless, **groups)
    starting(careless, stops)
    with Client(careless.port, SECRET) as client:
        assert password_alone(client, both, careless) == ACCEPT
        assert password_alone(client, member, careless) == asked


def test_members_of_a_group_inside_ttls(people: People, serve: Serve, stops: list[Server], tmp_path: pathlib.Path) -> None:
    member, other = people.fresh(), people.fresh()
    server = serve(is_started=False, poterne_way="one_field", poterne_group='"vpn"')
    of_groups(people, server, **{member.name: ("vpn",), other.name: ("desk",)})
    phone = Phone(starting(server, stops), tmp_path)
    assert phone.log_in(member.name, member.password) == "FAILURE"
    assert phone.log_in(member.name, member.password + member.code()) == "SUCCESS"
    assert phone.log_in(other.name, b"wrong") == "FAILURE"
    assert phone.log_in(other.name, other.password) == "SUCCESS"


@pytest.mark.parametrize("way", ["challenge", "one_field"])
def test_from_a_day_on(people: People, serve: Serve, way: str) -> None:
    person = people.fresh()
    asked = CHALLENGE if way == "challenge" else REJECT
    before, after = serve(poterne_way=way, poterne_from=f'"{day(1)}"'), serve(poterne_way=way, poterne_from=f'"{day(0)}"')
    with Client(before.port, SECRET) as client:
        assert password_alone(client, person, before) == ACCEPT
        assert password_alone(client, person, after) == asked
    assert "poterne: without_code.from" in before.log and "without_code" not in after.log


# Expected value of `date -u -d 2027-01-04 +%s`. The server loads Python so that faketime does not reach its clock.
@pytest.mark.parametrize("now, expected", [("1799020799.9", ACCEPT), ("1799020800", CHALLENGE)])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_begins_at_midnight_utc(people: People, serve: Serve, now: str, expected: int, zone: str) -> None:
    """The time zone of the machine does not count."""
    person = people.all["hyphens"]
    server = serve(poterne_from='"2027-01-04"', zone=zone, module_edits=[("time.time() < self._from", f"{now} < self._from")])
    with Client(server.port, SECRET) as client:
        assert client.ask(person.user, person.password).code == expected


def test_a_group_and_a_day(people: People, serve: Serve, stops: list[Server]) -> None:
    member, other = people.fresh(), people.fresh()
    for distance, of_member in ((1, ACCEPT), (0, CHALLENGE)):
        server = serve(is_started=False, poterne_group='"vpn"', poterne_from=f'"{day(distance)}"')
        of_groups(people, server, **{member.name: ("vpn",), other.name: ("desk",)})
        starting(server, stops)
        with Client(server.port, SECRET) as client:
            assert password_alone(client, member, server) == of_member
            assert password_alone(client, other, server) == ACCEPT


WRONG = [
    *(("poterne_from", f'"{wrong}"') for wrong in ("2027", "2027-1-4", "2027-02-29", "2027-13-01", "1969-12-31", "04/01/2027", "2027-01-04 ", "20270104", "tomorrow", "0")),
    ("poterne_no_record", "ask"),
    ("poterne_no_record", '""'),
]


@pytest.mark.parametrize("name, value", WRONG, ids=range(len(WRONG)))
def test_the_server_does_not_start_with_a_damaged_option(serve: Serve, name: str, value: str) -> None:
    server = serve(is_started=False, **{name: value})
    server.run()
    assert server.process is not None and server.process.wait(30) != 0
    assert f"{name} is" in server.output + server.log


@pytest.mark.parametrize("way", ["challenge", "one_field"])
def test_without_a_record_where_that_is_allowed(people: People, serve: Serve, way: str) -> None:
    gate = Gate(people.port)
    server = serve(settings=settings(people, f"waves_{way}", port=gate.port), poterne_way=way, poterne_no_record="allow")
    person, blank, second, enrolled = without_record(people), without_record(people), without_record(people), people.fresh()
    people.store.insert(blank.name, "  ")
    people.enroll(second.name + "#2", second.secret)
    asked = CHALLENGE if way == "challenge" else REJECT
    with Client(server.port, SECRET, timeout=10) as client:
        for each, expected in ((person, ACCEPT), (blank, ACCEPT), (second, asked), (enrolled, asked)):
            assert password_alone(client, each, server) == expected, each.name
        # No way round by a row that is not there.
        assert client.ask(enrolled.user + b"#2", enrolled.password).code == asked
        assert client.ask(enrolled.user + b"#3", enrolled.password).code == asked
        assert "poterne: without_code.no_record" in server.log
        if way == "challenge":
            assert log_in(client, enrolled, enrolled.code()).code == ACCEPT
        else:
            assert client.ask(enrolled.user, enrolled.password + enrolled.code()).code == ACCEPT
        # The control: a module that looks at the row which was typed.
        careless = serve(
            poterne_way=way, poterne_no_record="allow",
            module_edits=[('rows = poterne.rows_of_person(control.text("Poterne-Account"))',
                           'rows = [poterne.rows_of_person(control.text("Poterne-Account"))[1]]')],
        )
        assert client.ask(enrolled.user + b"#2", enrolled.password, port=careless.port).code == ACCEPT
        # Of whom the database cannot tell.
        gate.shut()
        assert client.ask(person.user, person.password).code == REJECT
        gate.open()
        # libpq may be at its second try, without TLS.
        wait_for(lambda: client.ask(person.user, person.password).code == ACCEPT)
        # Enrolled: from now on a code is needed.
        people.enroll(person.name, person.secret)
        assert client.ask(person.user, person.password).code == asked
    gate.close()


def test_who_needs_no_code_gets_in_without_database_and_keyring(people: People, serve: Serve, stops: list[Server]) -> None:
    """In the first weeks these are nearly all."""
    folder = people.folder / "keys_of_waves"
    folder.mkdir()
    private(folder / "poterne.keys", people.keyring.to_text())
    gate = Gate(people.port)
    file = settings(people, "waves_of_keys", port=gate.port, keys=folder / "poterne.keys")
    own(folder)
    member, other = people.fresh(), people.fresh()
    server = serve(settings=file, is_started=False, poterne_group='"vpn"')
    of_groups(people, server, **{member.name: ("vpn",), other.name: ("desk",)})
    starting(server, stops)
    with Client(server.port, SECRET, timeout=10) as client:
        state, code = client.ask(member.user, member.password).state, member.code()
        gate.shut()
        assert client.ask(member.user, code, state).code == REJECT
        assert password_alone(client, other, server) == ACCEPT
        (folder / "poterne.keys").unlink()
        assert client.ask(member.user, member.password).code == REJECT
        assert password_alone(client, other, server) == ACCEPT
    gate.close()


def test_members_of_a_group_of_the_directory(people: People, serve: Serve, directory: Slapd, stops: list[Server]) -> None:
    member, other = people.fresh(), people.fresh()
    comma = people.all["hyphens"]
    dn = directory.person("comma", comma.password, rdn="cn=Martin\\, Anne \\2B 1 \\22x\\22")
    people.enroll("comma", comma.secret)
    comma_person = Person(people, "comma", comma.password)
    vpn, empty, hidden = f"cn=vpn users,{GROUPS}", f"cn=empty,{GROUPS}", f"cn=hidden,{HIDDEN}"
    directory.group(vpn, f"uid={member.name},{BASE}", dn)
    directory.group(hidden, f"uid={member.name},{BASE}")
    # A group of another kind has members of another attribute.
    directory.add(f"dn: {empty}\nobjectClass: organizationalRole\ncn: empty\n\n")

    def start(group: str, edits: Optional[Dict[str, List[Tuple[str, str]]]] = None) -> Server:
        return starting(of_directory(serve, directory, poterne_group=f'"{group}"', edits=edits), stops)

    server = start(vpn)
    with Client(server.port, SECRET, timeout=15) as client:
        assert password_alone(client, member, server) == CHALLENGE
        assert password_alone(client, comma_person, server) == CHALLENGE
        assert client.ask(member.user.upper(), member.password).code == CHALLENGE
        assert password_alone(client, other, server) == ACCEPT
        assert log_in(client, member, member.code()).code == ACCEPT
        # Nothing can be known: not there, not to be read, without members, no name at all.
        for group in (f"cn=nothing,{GROUPS}", hidden, empty, "vpn users"):
            unknown = start(group)
            for person in (member, other):
                assert password_alone(client, person, unknown) == CHALLENGE, group
        # The control: the server's own comparison takes what it does not find for a no.
        careless = start(hidden, edits={
            "passwords/ldap/policy": [(
                '"%{ldap:ldap:///${poterne_group}?objectClass?base?(&(member=*)(!(member=%{control:LDAP-UserDn})))}" != ""',
                '!(&LDAP-Group == "${poterne_group}")',
            )],
        })
        assert password_alone(client, member, careless) == ACCEPT
        # The directory says nothing at all.
        directory.stop()
        try:
            for person in (member, other):
                assert client.ask(person.user, person.password, port=server.port).code == REJECT
        finally:
            directory.start()
