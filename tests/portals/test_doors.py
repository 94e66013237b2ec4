"""One employee, one QR code, one table, many doors: a code that one door has accepted is refused at every other."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import tempfile
from typing import Any, Dict, Iterator

import pytest
from conftest import CHOSEN
from department import Department, Employee, private
from hosts import Host

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "bindings/radius/tests"))

from ocserv import Ocserv
from radius_server import Server, own

VPN = "vpn"


@pytest.fixture(scope="module")
def vpn(department: Department) -> Iterator[Ocserv]:
    """ocserv over FreeRADIUS. Its user reads a keyring of its own: the same keys."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="doors-"))
    folder.chmod(0o755)
    etc = folder / "etc"
    etc.mkdir()
    private(etc / "poterne.keys", department.keyring.read_text())
    private(etc / "password", department.password + "\n")
    settings = department.settings.read_text().replace(str(department.folder), str(etc))
    private(etc / "poterne.conf", settings.replace(department.dsn, f"{department.dsn}?tcp_user_timeout=2000"))
    own(etc)
    # radcli, which ocserv asks through, signs no request.
    unsigned = {"clients.conf": [("require_message_authenticator = yes", "require_message_authenticator = no")]}
    radius = Server(folder / "radius", etc / "poterne.conf", poterne_passwords="users", edits=unsigned)
    users = "".join(f'{name}\tCleartext-Password := "{password}"\n' for name, password in department.accounts.items() if name.isalnum())
    (radius.raddb / "passwords" / "users" / "users").write_text(users)
    own(radius.folder)
    radius.start()
    (folder / "ocserv").mkdir()
    server = Ocserv(folder / "ocserv", radius)
    server.start()
    yield server
    server.stop()
    radius.stop()
    shutil.rmtree(folder)


def lets_in(door: str, one: Employee, code: str, running: Dict[str, Host], visitor: Any, vpn: Ocserv) -> bool:
    if door == VPN:
        return vpn.log_in(one.name, one.password.encode(), code.encode()) is not None
    host, page = running[door], visitor()
    host.password_page(page, host.bases[-1], one.name)
    page.fill("#poterne-code", code)
    with page.expect_navigation():
        page.click("#poterne-submit")
    user = host.signed_in(page)
    assert user in (None, one.name)
    page.context.close()
    return user is not None


@pytest.mark.parametrize("door", [VPN, *CHOSEN])
def test_one_code_opens_one_door(door: str, department: Department, running: Dict[str, Host], visitor: Any, vpn: Ocserv) -> None:
    # All of them run before there is a code: it does not stay in the window for long.
    for name in CHOSEN:
        assert running[name].bases
    one = department.employee()
    code = one.code(last=True)
    assert lets_in(door, one, code, running, visitor, vpn)
    for other in (VPN, *CHOSEN):
        assert not lets_in(other, one, code, running, visitor, vpn), f"{other} takes what {door} has taken"
    # The control: the next code opens the last of them, so it was the code that was refused. A door that came late has counted a failure.
    department.store.apply(department.verifier, one.name, lambda stored: stored.unlock())
    assert lets_in(CHOSEN[-1], one, one.code(), running, visitor, vpn)
