"""Password and code in one field, as PAP and inside EAP-TTLS/PAP."""

from __future__ import annotations

import pathlib
import subprocess
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import poterne
import pytest
from client import ACCEPT, MESSAGE_AUTHENTICATOR, REJECT, Answer, Client
from people import LONGEST, ODD, People
from radius_server import SECRET, Server

Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def server(serve: Serve) -> Server:
    return serve(poterne_way="one_field")


@pytest.fixture()
def client(server: Server) -> Iterator[Client]:
    with Client(server.port, SECRET) as one:
        yield one


def test_password_and_code(people: People, client: Client) -> None:
    person = people.fresh()
    code = person.code()
    assert client.ask(person.user, person.password + code).code == ACCEPT
    assert client.ask(person.user, person.password + code).code == REJECT
    assert client.ask(person.user, person.password + person.code()).code == ACCEPT
    assert person.failures() == 0


def test_a_wrong_password_spends_nothing(people: People, client: Client) -> None:
    person = people.fresh()
    code, record = person.code(), person.record()
    for field in (b"wrong" + code, code, b"", person.password, person.password + b"12345", code + person.password, b" " + code):
        assert client.ask(person.user, field).code == REJECT
    # A ticket is of no use here.
    ticket = people.verifier.ticket(person.name, purpose="vpn", context=b"").encode()
    assert client.ask(person.user, code, ticket).code == REJECT
    assert person.record() == record
    assert client.ask(person.user, person.password + b"000000").code == REJECT
    assert person.failures() == 1
    assert client.ask(person.user, person.password + code).code == ACCEPT


def test_recovery_codes_with_their_hyphens(people: People, client: Client) -> None:
    person = people.fresh()
    first, second, *_ = people.store.apply(people.verifier, person.name, lambda credential: credential.recovery_codes())
    assert client.ask(person.user, person.password + first.encode()).code == ACCEPT
    assert client.ask(person.user, person.password + first.encode()).code == REJECT
    assert client.ask(person.user, person.password + second.replace("-", "").encode()).code == REJECT
    assert client.ask(person.user, person.password + second.encode()).code == ACCEPT


def shape(answer: Answer) -> List[Tuple[int, object]]:
    return [(kind, len(value) if kind == MESSAGE_AUTHENTICATOR else value) for kind, value in answer.attributes]


def refusals(people: People, client: Client) -> Dict[str, Answer]:
    person, waiting, revoked, unknown = (people.fresh() for _ in range(4))
    code = person.code()
    assert client.ask(person.user, person.password + code).code == ACCEPT
    for _ in range(3):
        client.ask(waiting.user, waiting.password + b"000000")
    people.store.apply(people.verifier, revoked.name, lambda credential: credential.revoke())
    people.forget(unknown)
    answers = {
        "a wrong password": client.ask(person.user, b"wrong" + code),
        "a wrong password, waiting": client.ask(waiting.user, b"wrong" + code),
        "nobody": client.ask(b"nobody", b"wrong" + code),
        "a name that is none": client.ask(b"\xff", b"wrong" + code),
        "no password": client.ask(person.user, code),
        "no code": client.ask(person.user, person.password),
        "a used code": client.ask(person.user, person.password + code),
        "a wrong code": client.ask(person.user, person.password + b"000000"),
        "a code while the account waits": client.ask(waiting.user, waiting.password + b"000000"),
        "a wrong recovery code": client.ask(person.user, person.password + b"AAAAA-AAAA-AAAA"),
        "a wrong password and a recovery code": client.ask(person.user, b"wrongAAAAA-AAAA-AAAA"),
        "revoked": client.ask(revoked.user, revoked.password + b"000000"),
        "not enrolled": client.ask(unknown.user, unknown.password + b"000000"),
    }
    assert {each.code for each in answers.values()} == {REJECT}
    assert waiting.failures() == 3
    return answers


def test_a_refusal_does_not_tell_of_the_password(people: People, serve: Serve, client: Client) -> None:
    answers = refusals(people, client)
    wrong = answers.pop("a wrong password")
    assert wrong.message.startswith("Sign-in refused. ")
    assert {name: shape(each) for name, each in answers.items() if shape(each) != shape(wrong)} == {}
    # The controls: an account that waits is told so, and a wrong password is refused without a word.
    told = serve(poterne_way="one_field", module_edits=[("self.tells_waiting = self.way == CHALLENGE and", "self.tells_waiting =")])
    with Client(told.port, SECRET) as other:
        answers = refusals(people, other)
        assert shape(answers["a code while the account waits"]) != shape(answers["a wrong password, waiting"])
    quiet = serve(poterne_way="one_field", module_edits=[(' if door.tells_waiting else None)', ')')], edits={"ways/one_field": [("poterne_refuse\n", "\n")]})
    with Client(quiet.port, SECRET) as other:
        answers = refusals(people, other)
        assert shape(answers["a wrong code"]) != shape(answers["a wrong password"])


@pytest.mark.parametrize("name", ODD)
def test_passwords_of_any_bytes(people: People, client: Client, name: str) -> None:
    person = people.all[name]
    for wrong in (person.password[:-1], person.password + b"x", person.password[1:]):
        answer = client.ask(person.user, wrong + b"000000")
        assert answer.code == REJECT
    assert person.failures() == 0
    # RFC 2865 gives the field 128 bytes.
    if len(person.password) + 6 <= 128:
        assert client.ask(person.user, person.password + person.code()).code == ACCEPT


class Phone:
    """eapol_test, the supplicant of wpa_supplicant without its radio."""

    def __init__(self, server: Server, folder: pathlib.Path) -> None:
        self.server, self.folder = server, folder

    def log_in(self, user: str, password: bytes, *, outside: Optional[str] = None, again: bool = False) -> str:
        """SUCCESS or FAILURE. `again` has the supplicant come back once more, with the session that it has."""
        config = self.folder / "eapol.conf"
        lines = [
            "key_mgmt=IEEE8021X", "eap=TTLS", f'identity="{user}"', f"password={hexadecimal(password)}",
            f'ca_cert="{self.server.raddb}/server.pem"', 'phase2="auth=PAP"',
        ]
        if outside is not None:
            lines.append(f'anonymous_identity="{outside}"')
        config.write_text("network={\n" + "".join(f"  {line}\n" for line in lines) + "}\n")
        done = subprocess.run(
            ["eapol_test", "-c", str(config), "-a", "127.0.0.1", "-p", str(self.server.port), "-s", SECRET.decode(), "-t", "10",
             *(["-r", "1"] if again else [])],
            capture_output=True, text=True, errors="replace", timeout=60,
        )
        said = done.stdout.strip().splitlines()
        assert said and said[-1] in ("SUCCESS", "FAILURE"), done.stdout[-2000:] + done.stderr
        return said[-1]


def hexadecimal(password: bytes) -> str:
    """wpa_supplicant takes a text in quotes, or hexadecimal digits."""
    return password.hex()


@pytest.fixture()
def phone(server: Server, tmp_path: pathlib.Path) -> Phone:
    return Phone(server, tmp_path)


def test_inside_ttls(people: People, phone: Phone) -> None:
    person = people.fresh()
    code = person.code()
    record = person.record()
    assert phone.log_in(person.name, b"wrong" + code) == "FAILURE"
    assert phone.log_in(person.name, person.password) == "FAILURE"
    assert person.record() == record
    assert phone.log_in(person.name, person.password + code) == "SUCCESS"
    assert phone.log_in(person.name, person.password + code) == "FAILURE"
    assert person.failures() == 0


@pytest.mark.parametrize("name", ["latin", "quotes", "expands", LONGEST[0]])
def test_passwords_of_any_bytes_inside_ttls(people: People, phone: Phone, name: str) -> None:
    person = people.all[name]
    secret = b"another secret 1"
    people.enroll(name + "#2", secret, counter=0)
    assert phone.log_in(name + "#2", person.password + b"!" + poterne.hotp(secret, 0).encode()) == "FAILURE"
    for more in (b"x" * 13, b"\0", b"\0" * 13):
        assert phone.log_in(name + "#2", person.password + more + poterne.hotp(secret, 0).encode()) == "FAILURE"
    assert phone.log_in(name + "#2", person.password + poterne.hotp(secret, 0).encode()) == "SUCCESS"


def test_the_name_outside_is_the_name_inside(people: People, phone: Phone) -> None:
    """The gateway gives the rights of the name that it has seen."""
    person, eve = people.fresh(), people.fresh()
    code = eve.code()
    assert phone.log_in(eve.name, eve.password + code, outside=person.name) == "FAILURE"
    assert phone.log_in(eve.name, eve.password + code, outside="anonymous") == "FAILURE"
    assert phone.log_in(eve.name, eve.password + code) == "SUCCESS"


def test_a_session_is_not_resumed(people: People, serve: Serve, phone: Phone, tmp_path: pathlib.Path) -> None:
    person = people.fresh()
    assert phone.log_in(person.name, person.password + person.code(), again=True) == "FAILURE"
    # The control: where the tunnel asks for the password alone, the supplicant comes back and gets in twice.
    forgets = serve(
        poterne_way="one_field",
        edits={"ways/one_field": [("\t\t\tpoterne_check_password\n\t\t\tpoterne_end\n\t\t}\n\t}\n", "\t\t\tpoterne_known_password\n\t\t\tpap\n\t\t}\n\t}\n")]},
    )
    with_any_code = person.password + b"000000"
    assert Phone(forgets, tmp_path).log_in(person.name, with_any_code, again=True) == "SUCCESS"


def test_other_methods_inside_are_refused(people: People, phone: Phone) -> None:
    person = people.fresh()
    config = phone.folder / "eapol.conf"
    for method in ("auth=MSCHAPV2", "auth=CHAP", "autheap=GTC", "autheap=MD5"):
        config.write_text(
            f'network={{\n  key_mgmt=IEEE8021X\n  eap=TTLS\n  identity="{person.name}"\n'
            f'  password="{(person.password + person.code()).decode() if method == "auth=CHAP" else person.password.decode()}"\n  phase2="{method}"\n}}\n'
        )
        done = subprocess.run(
            ["eapol_test", "-c", str(config), "-a", "127.0.0.1", "-p", str(phone.server.port), "-s", SECRET.decode(), "-t", "10"],
            capture_output=True, text=True, errors="replace", timeout=60,
        )
        assert done.stdout.strip().splitlines()[-1] == "FAILURE", method
    for method in ("MD5", "PEAP", "TLS"):
        config.write_text(
            f'network={{\n  key_mgmt=IEEE8021X\n  eap={method}\n  identity="{person.name}"\n  password="{person.password.decode()}"\n}}\n'
        )
        done = subprocess.run(
            ["eapol_test", "-c", str(config), "-a", "127.0.0.1", "-p", str(phone.server.port), "-s", SECRET.decode(), "-t", "10"],
            capture_output=True, text=True, errors="replace", timeout=60,
        )
        assert "SUCCESS" not in done.stdout, method
    assert person.failures() == 0
