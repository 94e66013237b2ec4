"""Portals with other settings: what refuses to start, a database that comes later, several second factors, somebody in another's place, threads."""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from typing import Any, Dict, Iterator

import pytest
from client import Client
from department import TICKET_SECONDS, Department
from hosts.lemonldap import HERE, LemonLdap


@contextlib.contextmanager
def portal_with(department: Department, called: str, **extra: Any) -> Iterator[LemonLdap]:
    class Portal(LemonLdap):
        name = called
        workers = 1

    host = Portal()
    host.extra = extra
    try:
        host.start(department, nodes=1)
        yield host
    finally:
        host.stop()


@pytest.mark.parametrize(
    "extra, why",
    [
        # Sessions without a code.
        ({"soapSessionServer": 1}, "soapSessionServer opens sessions by the password alone"),
        # Accounts as they were typed.
        ({"poterne2fAccount": ""}, "poterne2fAccount is missing"),
        ({"poterne2fAccount": "_user"}, "poterne2fAccount is _user, which holds what the user typed"),
        ({"poterne2fAccount": "_whatToTrace"}, "poterne2fAccount is _whatToTrace, which holds what the user typed"),
    ],
)
def test_a_portal_that_would_let_in_by_the_password_does_not_start(department: Department, extra: Dict[str, Any], why: str) -> None:
    called = "unsafe-" + re.sub(r"\W", "", why)[:40]
    with pytest.raises(AssertionError, match="answers 500"), portal_with(department, called, **extra):
        pass
    assert f"poterne: {why}" in next((department.folder / called).glob("node0/log")).read_text()


@pytest.mark.parametrize(
    "table, why",
    [
        ("nowhere", r"error\.store SQLSTATE 42P01"),
        # It cuts what it is given.
        ("narrow", r"error\.(record|rows)"),
        # A view that takes a first record for any account.
        ("careless", r"error\.rows"),
    ],
)
def test_a_portal_with_a_wrong_table_does_not_start(department: Department, table: str, why: str) -> None:
    with department.engine.begin() as connection:
        for statement in (
            "CREATE TABLE narrow (account VARCHAR(255) PRIMARY KEY, record TEXT NOT NULL)",
            "CREATE FUNCTION cuts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.record = left(NEW.record, 100); RETURN NEW; END $$",
            "CREATE TRIGGER cuts BEFORE INSERT OR UPDATE ON narrow FOR EACH ROW EXECUTE FUNCTION cuts()",
            "CREATE TABLE beneath (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)",
            "CREATE VIEW careless AS SELECT * FROM beneath",
            "CREATE FUNCTION writes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO beneath VALUES (NEW.account, NEW.record) ON CONFLICT (account) DO UPDATE SET record = NEW.record; RETURN NEW; END $$",
            "CREATE TRIGGER writes INSTEAD OF INSERT OR UPDATE ON careless FOR EACH ROW EXECUTE FUNCTION writes()",
        ):
            connection.exec_driver_sql(statement)
    try:
        with department.setting("table", table):
            with pytest.raises(AssertionError, match="answers 500"), portal_with(department, f"table-{table}"):
                pass
        log = (department.folder / f"table-{table}/node0/log").read_text()
        assert re.search(f"poterne: {why}: the table is not as it must be", log), log
    finally:
        with department.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE narrow")
            connection.exec_driver_sql("DROP TABLE beneath CASCADE")
            connection.exec_driver_sql("DROP FUNCTION cuts, writes")


def test_a_portal_starts_before_its_database(department: Department) -> None:
    """Nobody gets in meanwhile, and everybody does afterwards."""
    department.relay.stop()
    is_up = False
    try:
        with portal_with(department, "early") as host:
            assert "error.store SQLSTATE 08006: the table is not proven" in host.log()
            one, client = department.employee(), Client(host.bases[0])
            assert client.ask("POST", "/", client.form(one.name, one.password))[0] == 503 and not client.is_in()
            department.relay.start()
            is_up = True
            assert client.code(client.password(one.name, one.password), one.code())[0] == 302 and client.is_in()
    finally:
        if not is_up:
            department.relay.start()


def test_a_choice_between_factors_gives_no_more_time(department: Department) -> None:
    """The portal makes a new token for whoever chooses, as often as one likes."""
    seconds = 4
    with department.setting("ticket_seconds", seconds):
        # The second factor is there, for nobody.
        with portal_with(department, "choice", available2F="Poterne,TOTP", totp2fActivation="$uid eq 'nobody'") as host:
            one, client = department.employee(), Client(host.bases[0])
            assert client.code(client.password(one.name, one.password), one.code())[0] == 302 and client.is_in(), "the control"
            client = Client(host.bases[0])
            tab, choices = client.password(one.name, one.password), 0
            while choices < 3 * seconds:
                token = client.cookies["poterne" + tab].partition(".")[2]
                _, text, where = client.ask("POST", "/2fchoice", {"token": token, "sf": "poterne"})
                if "tab=" not in where:
                    break
                tab, choices = where.rpartition("tab=")[2], choices + 1
                time.sleep(1)
            assert 0 < choices < 3 * seconds and "Le délai entre le mot de passe et le code est dépassé" in text
            client.code(tab, one.code())
            assert not client.is_in()


def test_nobody_has_the_devices_of_another(department: Department) -> None:
    """Who takes another's place in the portal does not see the page of the other's devices, and changes nothing."""
    with portal_with(department, "context", contextSwitchingRule=1, contextSwitchingIdRule=1, contextSwitchingStopWithLogout=0) as host:
        one, other, client = department.employee(), department.employee(), Client(host.bases[0])
        client.code(client.password(one.name, one.password), one.code())
        form = re.search(r'name="form" value="([^"]+)"', client.ask("GET", "/poterne?do=phone")[1])
        assert form, "the control: one's own page"
        fields = client.form("", "", "/switchcontext")
        fields["spoofId"] = other.name
        client.ask("POST", "/switchcontext", fields)
        assert other.name in client.ask("GET", "/mysession/?whoami", headers={"Accept": "application/json"})[1], "the other's place"
        before = other.record()
        for path in ("/poterne", "/poterne?do=phone", "/poterne?do=recovery"):
            status, text, _ = client.ask("GET", path)
            assert status == 403 and "poterne" not in text.lower()
        status, text, _ = client.ask("POST", "/poterne", {"form": form[1], "code": other.wrong_code()})
        assert status == 403 and other.record() == before
        # Back in one's own.
        client.ask("GET", "/switchcontext")
        assert client.ask("GET", "/poterne")[0] == 200


def test_whoever_signs_in_as_another_gives_a_code_of_their_own(department: Department) -> None:
    with portal_with(department, "impersonation", impersonationRule=1, impersonationIdRule=1) as host:
        one, other, client = department.employee(), department.employee(), Client(host.bases[0])
        _, _, where = client.ask("POST", "/", {**client.form(one.name, one.password), "spoofId": other.name})
        tab = where.rpartition("tab=")[2]
        assert client.code(tab, other.code())[0] == 303 and not client.is_in()
        assert "Codes refusés avant cette connexion" in client.code(tab, one.code())[1] and client.is_in()
        assert other.name in client.ask("GET", "/mysession/?whoami", headers={"Accept": "application/json"})[1], "the other's place"
        assert client.ask("GET", "/poterne")[0] == 403
        # The control: one's own place.
        client = Client(host.bases[0])
        client.code(client.password(one.name, one.password), one.code())
        assert client.ask("GET", "/poterne")[0] == 200


THREADS = """
use strict; use warnings; use threads;
package Portal; use Mouse; with 'Lemonldap::NG::Portal::Lib::Poterne';
has conf => (is => 'ro');
package main;
my $portal = Portal->new(conf => { poterneSettings => $ARGV[0] });
my $own = $portal->verifier;
print threads->create(sub { ref $portal->verifier })->join, ' ', $portal->verifier == $own ? 'kept' : 'lost', ' ', $own->get('ticket_seconds');
"""


def test_a_thread_has_a_service_of_its_own(department: Department) -> None:
    said = subprocess.run(
        ["perl", "-I", HERE / "bindings/perl/lib", "-I", HERE / "bindings/lemonldap/lib", "-e", THREADS, department.settings],
        check=True, capture_output=True, text=True,
    )
    assert said.stdout == f"Poterne::Verifier kept {TICKET_SECONDS}"
