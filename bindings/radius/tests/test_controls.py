"""Rules of the module and the configuration, broken one by one: what the tests of the rule refuse is let in, so they would tell."""

from __future__ import annotations

import pathlib
from typing import Callable

from client import ACCEPT, CHALLENGE, REJECT, Client
from people import People, private
from radius_server import SECRET, Server, own
from test_faults import settings
from test_one_field import Phone

Serve = Callable[..., Server]


def test_a_ticket_that_outlives_the_password(people: People, serve: Serve) -> None:
    """The control of test_the_second_step_looks_at_the_person_again."""
    server = serve(module_edits=[('    parts += ["Poterne-Password-Version", *control.all("Poterne-Password-Version")]\n', "")])
    person = people.fresh()
    with Client(server.port, SECRET) as client:
        state = client.ask(person.user, person.password).state
        person.password = b"another password"
        (server.raddb / "passwords" / "users" / "users").write_bytes(people.users_file())
        server.stop()
        server.start()
        assert client.ask(person.user, person.code(), state).code == ACCEPT


def test_a_ticket_for_every_station(people: People, serve: Serve) -> None:
    """The control of test_a_ticket_is_good_for_its_person_and_its_way_only."""
    server = serve(module_edits=[(', "Calling-Station-Id"):', "):")])
    person = people.fresh()
    with Client(server.port, SECRET) as client, Client(server.port, SECRET, station=b"198.51.100.9") as elsewhere:
        assert elsewhere.ask(person.user, person.code(), client.ask(person.user, person.password).state).code == ACCEPT


def test_a_ticket_for_a_wrong_password(people: People, serve: Serve) -> None:
    """The control of test_where_everybody_is_asked_nobody_learns_of_the_password."""
    server = serve(
        poterne_challenge_everybody="yes",
        module_edits=[('if is_right and request.octets("Poterne-Field") else door.verifier.dud_ticket', "")],
    )
    person = people.fresh()
    with Client(server.port, SECRET) as client:
        assert client.ask(person.user, person.code(), client.ask(person.user, b"wrong").state).code == ACCEPT


def test_a_keyring_that_is_read_once(people: People, serve: Serve) -> None:
    """The control of test_the_keyring_is_gone_or_open_to_others."""
    folder = people.folder / "keys_read_once"
    folder.mkdir()
    private(folder / "poterne.keys", people.keyring.to_text())
    file = settings(people, "read_once", keys=folder / "poterne.keys")
    own(folder)
    server = serve(settings=file, module_edits=[("        if not self._is_seen():\n            with", "        if not self._seen:\n            with")])
    (folder / "poterne.keys").unlink()
    person = people.fresh()
    with Client(server.port, SECRET) as client:
        assert client.ask(person.user, person.password).code == CHALLENGE


def test_a_name_outside_that_is_another_inside(people: People, serve: Serve, tmp_path: pathlib.Path) -> None:
    """The control of test_the_name_outside_is_the_name_inside."""
    server = serve(poterne_way="one_field", edits={"ways/one_field": [(" || &outer.request:User-Name != &User-Name", "")]})
    person, eve = people.fresh(), people.fresh()
    assert Phone(server, tmp_path).log_in(eve.name, eve.password + eve.code(), outside=person.name) == "SUCCESS"


def test_a_code_that_is_looked_at_before_the_password(people: People, serve: Serve) -> None:
    """The control of test_a_wrong_password_spends_nothing, in one field."""
    server = serve(poterne_way="one_field", module_edits=[("        if not is_right:\n            return _refuse(None)\n        return _login(", "        return _login(")])
    person = people.fresh()
    with Client(server.port, SECRET) as client:
        assert client.ask(person.user, b"wrong" + b"000000").code == REJECT
        assert person.failures() == 1
        assert client.ask(person.user, b"wrong" + person.code()).code == ACCEPT
