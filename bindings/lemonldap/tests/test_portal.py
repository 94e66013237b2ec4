"""What the scenario of tests/portals does not ask: forged requests, sessions, races, the log, what a start refuses."""

from __future__ import annotations

import base64
import concurrent.futures
import os
import pathlib
import re
import time
import urllib.parse
from functools import partial
from typing import Any, Callable, List

import poterne
import pytest
from client import Client
from department import Department
from hosts.lemonldap import LemonLdap, configuration

ENGLISH = "Sign-in refused. Check your password, wait for the next code, then try again."


def test_the_client_sees(portal: LemonLdap, department: Department) -> None:
    """The control of what follows: a form that nobody filled in is refused too."""
    one, client = department.employee(), Client(portal.bases[0])
    tab = client.password(one.name, one.password)
    assert not client.is_in()
    assert client.code(tab, one.code())[0] == 302
    assert client.is_in()


def test_no_session_before_the_code(portal: LemonLdap, department: Department) -> None:
    """And what the browser brought along is not what it has afterwards."""
    one, client = department.employee(), Client(portal.bases[0])
    name = configuration(portal, pathlib.Path("/"), client.base)["cookieName"]
    fixed = "0" * 64
    client.cookies[name] = fixed
    tab = client.password(one.name, one.password)
    # The portal takes a session that it does not know away.
    assert client.cookies[name] in (fixed, "0") and not client.is_in()
    client.code(tab, one.code())
    attributes = [value for key, value in client.headers if key == "Set-Cookie" and value.startswith(name + "=")]
    assert attributes and all("HttpOnly" in value for value in attributes)
    assert client.cookies[name] not in (fixed, "0", "") and client.is_in()


def test_a_tab_of_another_browser_is_nothing(portal: LemonLdap, department: Department) -> None:
    one, client, thief = department.employee(), Client(portal.bases[0]), Client(portal.bases[0])
    tab = client.password(one.name, one.password)
    before, code = one.record(), one.code()
    status, text, _ = thief.code(tab, code)
    assert status == 200 and "Le délai entre le mot de passe et le code est dépassé" in text
    # With a cookie of its own login, for another person's tab.
    other = department.employee()
    own = thief.password(other.name, other.password)
    thief.cookies["poterne" + tab] = thief.cookies["poterne" + own]
    thief.code(tab, code)
    assert not thief.is_in() and one.record() == before, "another person's code was looked at"
    # A ticket that was altered, with the right token.
    value = client.cookies["poterne" + tab]
    client.cookies["poterne" + tab] = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    assert "délai" in client.code(tab, code)[1] and one.record() == before
    client.cookies["poterne" + tab] = value
    assert client.code(tab, code)[0] == 302 and client.is_in()


@pytest.mark.parametrize("tab", ["", "0" * 16, "../../../etc/passwd", "a" * 5000, "%00", "<script>", "é"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_tabs(portal: LemonLdap, tab: str, method: str) -> None:
    client = Client(portal.bases[0])
    if method == "GET":
        status, text, where = client.ask("GET", "/poterne2fcheck?" + urllib.parse.urlencode({"tab": tab}))
        assert status == 302 and where == portal.bases[0] + "/"
    else:
        status, text, _ = client.code(tab, "123456")
        assert status == 200 and "<script>" not in text
    assert not client.is_in()


@pytest.mark.parametrize("code", ["", " ", "0" * 64, "0" * 100_000, "\0", "é" * 6, "１２３４５６", "123456\r\nSet-Cookie: x=y", "<b>", "{{7*7}}", "' OR 1=1 --", "\ud7ff"])
def test_hostile_codes(portal: LemonLdap, department: Department, code: str) -> None:
    one, client = department.employee(), Client(portal.bases[0], "en")
    tab = client.password(one.name, one.password)
    status, _, where = client.code(tab, code)
    assert status == 303, status
    text = client.page(tab)
    assert ENGLISH in text and "<b>" not in text and not client.is_in()
    assert not any(key == "Set-Cookie" and value.startswith("x=") for key, value in client.headers)
    # The same form goes on. (On a French keyboard é is the key of the digit 2: then a notice comes first.)
    assert client.code(tab, one.code())[0] in (200, 302) and client.is_in()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "http://127.0.0.1@evil.example/", "javascript:alert(1)"])
def test_open_redirects(portal: LemonLdap, department: Department, address: str) -> None:
    one, client = department.employee(), Client(portal.bases[0])
    to = base64.b64encode(address.encode()).decode()
    fields = client.form(one.name, one.password, "/?url=" + urllib.parse.quote(to))
    _, text, where = client.ask("POST", "/", {**fields, "url": to})
    if "tab=" in where:
        _, text, where = client.code(where.rpartition("tab=")[2], one.code())
    assert "evil.example" not in where and "javascript:" not in where


def test_a_form_from_elsewhere_changes_nothing(portal: LemonLdap, department: Department) -> None:
    one, client = department.employee(), Client(portal.bases[0])
    client.code(client.password(one.name, one.password), one.code())
    assert client.is_in()
    for fields in ({"do": "recovery", "code": "1"}, {"form": "x", "code": "1"}, {"form": "a" * 64 + "." + "b" * 64, "code": "1"}):
        before, code = one.record(), one.code()
        _, text, _ = client.ask("POST", "/poterne", {**fields, "code": code})
        assert one.record() == before and "poterne-recovery" not in text
    # A form of one session, sent with another's.
    other, second = department.employee(), Client(portal.bases[0])
    second.code(second.password(other.name, other.password), other.code())
    form = re.search(r'name="form" value="([^"]+)"', second.ask("GET", "/poterne?do=recovery")[1])
    assert form
    before = one.record()
    client.ask("POST", "/poterne", {"form": form[1], "code": one.code()})
    assert one.record() == before
    # The control: its own.
    own = re.search(r'name="form" value="([^"]+)"', client.ask("GET", "/poterne?do=recovery")[1])
    assert own
    text = client.ask("POST", "/poterne", {"form": own[1], "code": one.code()})[1]
    assert "poterne-recovery" in text
    # Sent again, it shows that they have been shown.
    text = client.ask("POST", "/poterne", {"form": own[1], "code": "123456"})[1]
    assert "poterne-recovery" not in text and "ne s’affichent qu’une fois" in text


def test_a_change_meanwhile_begins_again(portal: LemonLdap, department: Department) -> None:
    one, client = department.employee(), Client(portal.bases[0])
    client.code(client.password(one.name, one.password), one.code())
    form = re.search(r'name="form" value="([^"]+)"', client.ask("GET", "/poterne?do=phone")[1])
    assert form
    text = client.ask("POST", "/poterne", {"form": form[1], "code": one.code()})[1]
    key = re.search(r'id="poterne-key">([^<]+)<', text)
    scan = re.search(r'name="form" value="([^"]+)"', text)
    assert key and scan
    department.store.apply(department.verifier, one.name, lambda stored: stored.suspend())
    one.scan(key[1])
    before = one.record()
    text = client.ask("POST", "/poterne", {"form": scan[1], "code": one.code()})[1]
    assert "La situation a changé" in text and one.record() == before


def test_a_letter_meanwhile_is_what_counts(portal: LemonLdap, department: Department) -> None:
    """The help desk was quicker than the first code: no word of recovery codes that nobody has seen."""
    one, client = department.newcomer(), Client(portal.bases[0])
    tab = client.password(one.name, one.password)
    key = re.search(r'id="poterne-key">([^<]+)<', client.page(tab))
    assert key
    one.scan(key[1])
    letter = department.verifier.enroll(one.name).record
    assert letter is not None
    department.store.insert(one.name, letter)
    assert client.code(tab, one.code(), step="confirm")[0] == 303 and one.record() == letter
    text = client.page(tab)
    assert "La situation a changé" in text and "poterne-key" not in text
    # The control: one's own codes, and the form again.
    other = department.newcomer()
    tab = client.password(other.name, other.password)
    key = re.search(r'id="poterne-key">([^<]+)<', client.page(tab))
    assert key
    other.scan(key[1])
    code = other.code()
    assert "poterne-recovery" in client.code(tab, code, step="confirm")[1]
    assert "ne s’affichent qu’une fois" in client.code(tab, code, step="confirm")[1]


def test_a_revoked_device_is_nobodys(portal: LemonLdap, department: Department) -> None:
    one, client = department.employee(), Client(portal.bases[0])
    secret = os.urandom(20)
    one.get(secret, "#2")
    client.code(client.password(one.name, one.password), one.code(), device="1")
    department.store.apply(department.verifier, one.name, lambda stored: stored.revoke())
    client = Client(portal.bases[1])
    tab = client.password(one.name, one.password)
    text = client.page(tab)
    assert "Mon deuxième appareil" not in text and "Mon appareil habituel" not in text, "a choice of one"
    one.secret, one.last = secret, 0
    assert client.code(tab, one.code())[0] == 302 and client.is_in()
    assert "est enregistré pour votre compte" in client.ask("GET", "/poterne")[1]
    department.store.apply(department.verifier, one.name + "#2", lambda stored: stored.revoke())
    text = client.ask("GET", "/poterne")[1]
    assert "Appelez le service d’assistance" in text and "poterne-new-phone" not in text
    # Nor does a revoked one enroll anew behind the password.
    client = Client(portal.bases[0])
    assert "poterne-key" not in client.page(client.password(one.name, one.password))


def test_words_outside_ascii(portal: LemonLdap, department: Department) -> None:
    one, client = department.employee(), Client(portal.bases[0])
    one.get(one.secret, "#2")
    text = client.page(client.password(one.name, one.password))
    assert "Mon deuxième appareil" in text and "Code à usage unique" in text and "\ufffd" not in text


def test_pages_are_not_kept(portal: LemonLdap, department: Department) -> None:
    one, client = department.newcomer(), Client(portal.bases[0])
    tab = client.password(one.name, one.password)
    client.page(tab)
    headers = {name.lower(): value for name, value in client.headers}
    assert "no-store" in headers["cache-control"]
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    for _, value in client.headers:
        assert "POTERNE" not in value or "poterne" + tab in value
    # No record for somebody who did not confirm.
    assert one.record() is None


def test_without_self_registration_nobody_enrolls(department: Department) -> None:
    class Closed(LemonLdap):
        name = "closed"
        extra = {"poterne2fSelfRegistration": 0, "available2FSelfRegistration": ""}
        workers = 1

    host = Closed()
    try:
        host.start(department, nodes=1)
        one, client = department.newcomer(), Client(host.bases[0])
        tab = client.password(one.name, one.password)
        text = client.page(tab)
        assert "Appelez le service d’assistance" in text and "poterne-key" not in text
        assert client.code(tab, "123456", step="confirm")[0] in (200, 303) and one.record() is None
        assert client.code(tab, "123456")[0] == 303 and not client.is_in()
    finally:
        host.stop()


def test_a_portal_without_its_keyring_lets_nobody_in(department: Department) -> None:
    class Broken(LemonLdap):
        name = "broken"
        workers = 1

    keys = department.keyring.read_text()
    host = Broken()
    try:
        department.keyring.chmod(0o644)
        with pytest.raises(AssertionError, match="answers 500"):
            host.start(department, nodes=1)
        assert "poterne: error.keyring_file" in host._nodes[0].log.read_text()
    finally:
        department.keyring.chmod(0o600)
        host.stop()
    assert department.keyring.read_text() == keys


def at_once(calls: List[Callable[[], Any]], threads: int) -> List[Any]:
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def copy_of(client: Client) -> Client:
    copy = Client(client.base)
    copy.cookies = dict(client.cookies)
    return copy


def test_a_thousand_replays_over_two_nodes(portal: LemonLdap, department: Department) -> None:
    """One code, a hundred browsers whose password was right, ten times each at once, on two nodes: one login."""
    one = department.employee()
    name = {base: configuration(portal, pathlib.Path("/"), base)["cookieName"] for base in portal.bases}
    browsers = [Client(portal.bases[number % 2]) for number in range(100)]
    tabs = at_once([partial(browser.password, one.name, one.password) for browser in browsers], 8)
    code = one.code()
    copies = [(number, copy_of(browsers[number])) for _ in range(10) for number in range(100)]
    answers = at_once([partial(copy.code, tabs[number], code) for number, copy in copies], 16)
    # 200: on a busy machine some tickets are late.
    assert len(answers) == 1000 and {status for status, _, _ in answers} <= {200, 302, 303}
    assert sum(status == 303 for status, _, _ in answers) > 50
    # Later copies of the accepted form are sent to the portal, without a session.
    accepted = {(number, copy.cookies[name[copy.base]]) for number, copy in copies if name[copy.base] in copy.cookies}
    assert len(accepted) == 1, accepted


def test_guesses_from_many_browsers_add_up(portal: LemonLdap, department: Department) -> None:
    one = department.employee()
    clients = [Client(portal.bases[number % 2]) for number in range(12)]
    tabs = at_once([partial(client.password, one.name, one.password) for client in clients], 6)
    at_once([partial(client.code, tab, one.wrong_code()) for client, tab in zip(clients, tabs)], 6)
    assert 3 <= one.status().failures < 12 and one.status().wait_seconds > 0


def test_the_same_click_twice_at_once(portal: LemonLdap, department: Department) -> None:
    # The clicks write one token, and may meet: a few people.
    for _ in range(20):
        one, client = department.employee(), Client(portal.bases[0])
        tab = client.password(one.name, one.password)
        code = one.code()
        copies = [copy_of(client) for _ in range(4)]
        answers = at_once([partial(copy.code, tab, code) for copy in copies], 4)
        assert [status for status, _, _ in answers] == [302] * 4 and all(copy.is_in() for copy in copies)
        assert one.status().failures == 0
    # Not with another code, and not from another browser.
    late = copy_of(client)
    late.code(tab, one.wrong_code())
    assert not late.is_in()


def test_tries_of_one_password_end(portal: LemonLdap, department: Department) -> None:
    """A form is not sent for ever, and no refused code leaves a worker waiting for it."""
    one, client = department.employee(), Client(portal.bases[0])
    tab = client.password(one.name, one.password)
    used = one.code()
    other = Client(portal.bases[0])
    assert other.code(other.password(one.name, one.password), used)[0] == 302
    answers = [client.code(tab, used) for _ in range(25)]
    assert [status for status, _, _ in answers] == [303] * 20 + [200] * 5
    assert "délai" in answers[-1][1] and not client.is_in()
    token = client.cookies["poterne" + tab].partition(".")[2]
    session = (department.folder / portal.name / "node0/sessions" / token).read_text()
    tries = re.findall(r'"_poterneTry[0-9a-f]{16}":"?([^",}]*)', session)
    assert len(tries) == 20 and set(tries) == {""}, "a refused try is open"


def test_new_recovery_codes_that_lose_say_so(portal: LemonLdap, department: Department) -> None:
    """The code was right, and behind it something else changed the record, each time."""
    one, client = department.employee(), Client(portal.bases[0])
    client.code(client.password(one.name, one.password), one.code())
    form = re.search(r'name="form" value="([^"]+)"', client.ask("GET", "/poterne?do=recovery")[1])
    assert form
    with department.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE changes")
        connection.exec_driver_sql(
            "CREATE FUNCTION loses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('changes') > 1 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER loses BEFORE UPDATE ON poterne FOR EACH ROW WHEN (NEW.account = '{one.name}') EXECUTE FUNCTION loses()")
    try:
        status, text, _ = client.ask("POST", "/poterne", {"form": form[1], "code": one.code()})
    finally:
        with department.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION loses CASCADE")
            connection.exec_driver_sql("DROP SEQUENCE changes")
    assert status == 200 and "La situation a changé" in text and "poterne-recovery" not in text
    # The control: the same form, and nothing in the way.
    assert "poterne-recovery" in client.ask("POST", "/poterne", {"form": form[1], "code": one.code()})[1]


def test_the_record_of_the_check_lets_nobody_in(portal: LemonLdap, department: Department) -> None:
    status = department.store.inspect(department.verifier, "poterne check")
    assert status.state.name == "REVOKED", status.state


def test_the_log_has_outcomes(portal: LemonLdap, department: Department) -> None:
    log = portal.log()
    ours = [line for line in log.splitlines() if "poterne: " in line]
    assert len(ours) > 20
    for line in ours:
        assert re.fullmatch(r"\[.+\] \[LLNG:\d+\] \[(notice|error)\] poterne: (accepted\.[a-z_]+|confirmed|changed|refused\.[a-z_]+|error\.[a-z_]+( SQLSTATE [0-9A-Z]{5})?)(: the table is not proven)?", line), line
    assert not re.search(r"POTERNE[1T]|s3cret-", log)
