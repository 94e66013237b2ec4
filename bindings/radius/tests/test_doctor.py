"""`poterne doctor --radius`: nothing to say of the configuration as it is given out, and a word for each fault that is planted."""

from __future__ import annotations

import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import sys
from typing import Callable, List, Tuple

import pytest
from people import People
from poterne.admin import radius
from poterne.admin.console import AMBER, RED
from poterne.admin.language import Say
from radius_server import USER, Server, as_user

Serve = Callable[..., Server]

Plant = Callable[[Server], None]


def given_out(serve: Serve, **options: str) -> Server:
    """As the manual installs it."""
    assert as_user(), "the files belong to root: run the tests as root"
    server = serve(is_started=False, **options)
    (server.raddb / "secrets.conf").write_text(f'fortigate_secret = "{secrets.token_hex(32)}"\n')
    owned(server)
    return server


def owned(server: Server) -> None:
    subprocess.run(["chown", "-R", f"root:{USER}", server.raddb], check=True)
    subprocess.run(["chmod", "-R", "g=rX,o=", server.raddb], check=True)


def texts(server: Server, people: People, *, language: str = "en") -> List[Tuple[str, str]]:
    found = list(radius.faults(Say(language), server.raddb, people.settings))
    assert all(fault.place and fault.advice and fault.color in (AMBER, RED) for fault in found)
    return [(fault.color, fault.text) for fault in found]


@pytest.mark.parametrize("passwords", ["users", "ldap"])
@pytest.mark.parametrize("way", ["challenge", "one_field"])
def test_the_configuration_as_it_is_given_out(people: People, serve: Serve, way: str, passwords: str) -> None:
    server = given_out(serve, poterne_way=way, poterne_passwords=passwords)
    if passwords == "ldap":
        with open(server.raddb / "secrets.conf", "a") as out:
            out.write(f'ldap_password = "{secrets.token_hex(32)}"\n')
        # No directory is asked for this.
        server.edit("passwords/ldap/module", "ldap://directory.example", "ldap://127.0.0.1:1")
    for language in ("en", "fr"):
        assert texts(server, people, language=language) == []


def edit(file: str, old: str, new: str) -> Plant:
    return lambda server: server.edit(file, re.escape(old), new.replace("\\", r"\\"))


def mode(file: str, bits: int) -> Plant:
    return lambda server: (server.raddb / file).chmod(bits)


def owner(file: str) -> Plant:
    return lambda server: shutil.chown(server.raddb / file, USER)


def secret(value: str) -> Plant:
    def plant(server: Server) -> None:
        (server.raddb / "secrets.conf").write_text(f'fortigate_secret = "{value}"\n')

    return plant


def second_client(text: str) -> Plant:
    def plant(server: Server) -> None:
        with open(server.raddb / "clients.conf", "a") as out:
            out.write(f"client other {{\n{text}\n}}\n")

    return plant


NO_START = "FreeRADIUS does not start with this configuration"
SIGNED = "\trequire_message_authenticator = yes\n"
WITHOUT_CODE = "somebody can be let in here without a code"
NOT_SIGNED = "not every answer has a Message-Authenticator: gateways drop it"
MODULES = "\talways reject {"

FAULTS: List[Tuple[Plant, List[Tuple[str, str]]]] = [
    # The files.
    (mode("secrets.conf", 0o644), [(RED, "others can read it")]),
    (mode("policy", 0o660), [(RED, "others can write it, and switch off the code")]),
    (mode("ways", 0o777), [(RED, "others can write it, and switch off the code")]),
    (owner("policy"), [(AMBER, "does not belong to root: the server can change its own configuration")]),
    # What FreeRADIUS itself says.
    (edit("policy", "poterne_sign {", "poterne_sign {\n\tnothing_of_this_name\n"), [(RED, NO_START)]),
    (edit("local.conf", 'poterne_from = ""', 'poterne_from = "2099-02-30"'), [(RED, NO_START)]),
    # The shared secret.
    (secret("testing123"), [(RED, "the shared secret is an example’s")]),
    (secret("hunter2hunter2"), [(RED, "the shared secret is shorter than 16 characters")]),
    (secret(""), [(RED, NO_START), (RED, "the shared secret is shorter than 16 characters")]),
    (second_client("\tipaddr = 192.0.2.9\n\tsecret = ${fortigate_secret}\n" + SIGNED), [(RED, "the shared secret is that of FIRST, too")]),
    # The clients.
    (edit("clients.conf", "= yes", "= no"), [(RED, "requests need no Message-Authenticator: answers can be forged (CVE-2024-3596)")]),
    (edit("clients.conf", SIGNED, ""), [(RED, "requests need no Message-Authenticator: answers can be forged (CVE-2024-3596)")]),
    (edit("clients.conf", "ipaddr = 127.0.0.1", "ipaddr = *"), [(RED, "requests are taken from everywhere in 0.0.0.0/0")]),
    (edit("clients.conf", "ipaddr = 127.0.0.1", "ipv6addr = ::/0"), [(RED, "requests are taken from everywhere in ::/0")]),
    (edit("clients.conf", "ipaddr = 127.0.0.1", "ipaddr = 10.0.0.0/8"), [(AMBER, "requests are taken from everywhere in 10.0.0.0/8")]),
    # Where it listens.
    (edit("local.conf", "listen_address = 127.0.0.1", "listen_address = *"), [(AMBER, "listens on every address of this machine, port PORT")]),
    (edit("ways/challenge", "type = auth", "type = acct"), [(AMBER, "takes accounting: who is in, from where, since when")]),
    # What it writes.
    (edit("radiusd.conf", "\tauth = no", "\tauth = yes"), [(AMBER, "the log names who logs in, and from where")]),
    (edit("radiusd.conf", "auth_badpass = no", "auth_badpass = yes"), [(RED, "the log has passwords, and codes behind them")]),
    (edit("radiusd.conf", "auth_goodpass = no", "auth_goodpass = yes # to see"), [(RED, "the log has passwords, and codes behind them")]),
    (edit("radiusd.conf", MODULES, "\tdetail {\n\t\tfilename = ${logdir}/detail\n\t}\n" + MODULES), [(AMBER, "detail writes who was here")]),
    (edit("radiusd.conf", MODULES, '\tlinelog who {\n\t\tfilename = ${logdir}/who\n\t\tformat = "%{User-Name}"\n\t}\n' + MODULES), [(AMBER, "linelog writes who was here")]),
    (edit("ways/challenge", "\tpost-auth {", "\taccounting {\n\t\tok\n\t}\n\tpost-auth {"), [(RED, NO_START), (AMBER, "accounting keeps who was here")]),
    # Who decides.
    (edit("policy", "\t\tupdated = reject\n\t\tuserlock", "\t\tuserlock"), [(RED, "without the priority of updated, the password alone can be enough")]),
    (edit("policy", "\t\tfail = 1\n\t\tinvalid = reject\n\t\tnotfound", "\t\tinvalid = reject\n\t\tnotfound"), [(RED, "without the priority of fail, the password alone can be enough")]),
    (edit("policy", "\t\tok = return\n\t\thandled = return", "\t\thandled = return"), [(RED, "without the priority of ok, the password alone can be enough")]),
    (edit("policy", "\t\tok = reject\n", ""), [(RED, "without the priority of ok, the password alone can be enough")]),
    (edit("policy", "\tif (fail) {\n\t\tpoterne_failed\n\t}\n\treject\n}", "\tif (fail) {\n\t\tpoterne_failed\n\t}\n}"), [(RED, "does not end in reject")]),
    (edit("ways/challenge", "\t\t\tpoterne_end\n", ""), [(RED, WITHOUT_CODE)]),
    (edit("ways/challenge", "\t\t\tpoterne_end\n", "\t\t\tpoterne_end\n\t\t\tok\n"), [(RED, NO_START), (RED, WITHOUT_CODE)]),
    (edit("ways/challenge", "\t\tAuth-Type poterne {", "\t\tpap\n\t\tAuth-Type poterne {"), [(RED, WITHOUT_CODE)]),
    (edit("ways/challenge", "\t\t\tif (!&State) {", "\t\t\tpap\n\t\t\tif (!&State) {"), [(RED, WITHOUT_CODE)]),
    # Answers that are signed.
    (edit("policy", "&Message-Authenticator := 0x00", "&Reply-Message !* ANY"), [(RED, NOT_SIGNED)]),
    (edit("ways/challenge", "\t\tPost-Auth-Type REJECT {\n\t\t\tpoterne_refuse\n\t\t\tpoterne_sign\n", "\t\tPost-Auth-Type REJECT {\n"), [(RED, NOT_SIGNED)]),
    (edit("ways/challenge", "\tpost-auth {\n\t\tpoterne_sign\n", "\tpost-auth {\n"), [(RED, NOT_SIGNED)]),
    # Days that have come.
    (edit("local.conf", 'poterne_from = ""', 'poterne_from = "2026-01-05"'), [(AMBER, "2026-01-05 has come, and a clock that falls behind it lets in without a code")]),
    (edit("local.conf", 'poterne_from = ""', 'poterne_from = "2999-01-05"'), []),
    (edit("local.conf", "poterne_no_record = refuse", "poterne_no_record = allow"), [(AMBER, "whoever has no record gets in by the password, and so whoever can delete one")]),
    # Not to be read.
    (lambda server: (server.raddb / "ways" / "challenge").unlink(), [(RED, "cannot be read, or is no configuration of FreeRADIUS")]),
    (edit("policy", "poterne_sign {", ""), [(RED, "cannot be read, or is no configuration of FreeRADIUS")]),
]


@pytest.mark.parametrize("plant, expected", FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_found(people: People, serve: Serve, plant: Plant, expected: List[Tuple[str, str]]) -> None:
    server = given_out(serve)
    plant(server)
    said = texts(server, people)
    where = str(server.raddb / "clients.conf")
    expected = [(color, text.replace("PORT", str(server.port))) for color, text in expected]
    assert [(color, re.sub(rf"{re.escape(where)}:\d+", "FIRST", text)) for color, text in said] == expected


def test_faults_in_french(people: People, serve: Serve) -> None:
    server = given_out(serve)
    for at in (0, 7, 16, 18, 22, 27, 33):
        FAULTS[at][0](server)
    english, french = texts(server, people), texts(server, people, language="fr")
    assert len(french) == len(english) > 6 and [color for color, _ in french] == [color for color, _ in english]
    assert not {text for _, text in french} & {text for _, text in english}


def test_the_private_key(people: People, serve: Serve) -> None:
    server = given_out(serve, poterne_way="one_field")
    (server.raddb / "server.key").chmod(0o644)
    assert texts(server, people) == [(RED, "others can read it")]


def test_files_that_the_server_needs(people: People, serve: Serve, tmp_path: pathlib.Path) -> None:
    server = given_out(serve)
    shutil.chown(people.keys, "root")
    try:
        assert (RED, f"the server's user {USER} cannot read it: nobody can log in") in texts(server, people)
    finally:
        shutil.chown(people.keys, USER)
    assert texts(server, people) == []
    other = tmp_path / "poterne.conf"
    other.touch()
    found = [fault.text for fault in radius.faults(Say("en"), server.raddb, other)]
    assert found == [f"the server reads {people.settings}, which is not what this report looked at"]


def test_the_module_and_its_package(people: People, serve: Serve, tmp_path: pathlib.Path) -> None:
    """A module of the version before, and none."""
    server = given_out(serve)
    tmp_path.chmod(0o755)
    folder = server.folder / "site"
    shutil.copytree(os.environ["POTERNE_RADIUS_SITE"], folder)
    shutil.copy(pathlib.Path(radius.__file__).parents[1] / "__init__.py", folder / "poterne" / "__init__.py")
    shutil.copy(server_module(server), folder)
    path = "/usr/lib/python3.11:/usr/lib/python3.11/lib-dynload:{}:/usr/lib/python3/dist-packages"
    server.edit("local.conf", "(?m)^poterne_python_path = .*$", f'poterne_python_path = "{path.format(folder)}"')
    assert texts(server, people) == []
    os.utime(folder / "poterne_radius.py", (1_700_000_000, 1_700_000_000))
    assert texts(server, people) == [(AMBER, "is older than the package beside it")]
    (folder / "poterne_radius.py").unlink()
    assert texts(server, people) == [(RED, NO_START), (RED, "poterne_radius.py is in none of these folders")]


def server_module(server: Server) -> pathlib.Path:
    folders = radius.Reader()
    folders.read(server.raddb / "radiusd.conf")
    (module,) = [each for each in folders.values["poterne_python_path"].split(":") if (pathlib.Path(each) / "poterne_radius.py").exists()]
    return pathlib.Path(module) / "poterne_radius.py"


def test_the_command(people: People, serve: Serve) -> None:
    """As the server's user, who reads the keyring."""
    server = given_out(serve)

    def said() -> Tuple[int, str, List[Tuple[str, str]]]:
        command = [*as_user(), sys.executable, "-m", "poterne.admin", "doctor", "--radius", str(server.raddb), "--config", str(people.settings), "--json"]
        ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LANG": "C.UTF-8"}, cwd="/")
        checks = json.loads(ran.stdout)["checks"]
        return ran.returncode, ran.stdout + ran.stderr, [(check["color"], check["text"]) for check in checks if check["name"] == "radius"]

    assert said()[2] == [("green", "nobody in without a code, and no record of who was here")]
    (server.raddb / "secrets.conf").write_text('fortigate_secret = "shorter"\n')
    owned(server)
    status, everything, found = said()
    assert status == 2 and found == [("red", "the shared secret is shorter than 16 characters")]
    assert "shorter\"" not in everything.replace("shorter than", "")
