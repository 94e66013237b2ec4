"""A real VPN: ocserv asks FreeRADIUS, and openconnect types the password and the code."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
from typing import Callable, Iterator

import pytest
from ocserv import Ocserv
from people import People
from radius_server import Server

Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def vpn(serve: Serve) -> Iterator[Ocserv]:
    # radcli, which ocserv asks through, signs no request. A FortiGate does. The guide says so.
    radius = serve(edits={"clients.conf": [("require_message_authenticator = yes", "require_message_authenticator = no")]})
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    vpn = Ocserv(folder, radius)
    try:
        vpn.start()
        yield vpn
    finally:
        vpn.stop()
        shutil.rmtree(folder)


def test_a_session_for_password_and_code(people: People, vpn: Ocserv) -> None:
    person = people.fresh()
    code = person.code()
    assert vpn.log_in(person.name, b"wrong", code) is None
    assert vpn.log_in(person.name, person.password, b"000000") is None
    assert person.failures() == 1
    assert vpn.log_in(person.name, person.password, code)
    assert vpn.log_in(person.name, person.password, code) is None
    assert vpn.log_in(person.name, person.password, person.code())
