"""Two nodes of Keycloak on one table, started once for all tests, and a browser."""

import os
import pathlib
import sys
import time
import types

import poterne
import poterne.sql
import psycopg
import pyotp
import pytest
from playwright.sync_api import sync_playwright

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]

sys.path.insert(0, str(here))


# The host of the common scenario.
sys.path.insert(0, str(root / "tests/portals"))

from hosts import keycloak  # noqa: E402

# Short, so that a test can wait for its end.
TICKET_SECONDS = 20


class Phone:
    """An app, with a code for each of the three time steps that are accepted; then it waits."""

    def __init__(self, secret: str):
        self.totp = pyotp.TOTP(secret)
        self.last = 0

    def code(self) -> str:
        # The step before this one as well, unless it is about to leave the window.
        earliest = int(time.time()) // 30 - (1 if time.time() % 30 < 20 else 0)
        self.last = max(self.last + 1, earliest)
        while self.last > int(time.time()) // 30 + 1:
            time.sleep(0.2)
        return self.totp.at(self.last * 30)

    def used(self) -> str:
        return self.totp.at(self.last * 30)

    def wrong(self) -> str:
        taken = {self.totp.at((int(time.time()) // 30 + step) * 30) for step in range(-12, 12)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in taken)


class Desk:
    """The help desk: the same table, through Python."""

    def __init__(self, site):
        self.site = site
        keyring = poterne.Keyring.open(str(site.keyring))
        self.verifier = poterne.Verifier(keyring, site.application)
        self.column = poterne.sql.Column(connect=lambda: psycopg.connect(site.dsn), paramstyle=psycopg.paramstyle)

    def phone(self, account: str, **parameters) -> Phone:
        """An active app."""
        secret = pyotp.random_base32()
        attempt = self.verifier.import_credential(account, poterne.Secret.from_base32(secret), **parameters)
        attempt.outcome(self.column.swap(account, None, attempt.record))
        return Phone(secret)

    def letter(self, account: str) -> Phone:
        """An app that waits for its first code."""
        enrollment = self.verifier.enroll(account)
        assert self.column.swap(account, None, enrollment.record) == 1
        return Phone(pyotp.parse_uri(enrollment.otpauth_uri("Département", account).as_str()).secret)

    def apply(self, account: str, make):
        return self.column.apply(self.verifier, account, make)

    def status(self, account: str):
        return self.verifier.credential(account, self.column.load(account)).inspect()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    port = os.environ["POTERNE_POSTGRESQL_PORT"]
    site = types.SimpleNamespace(
        host="127.0.0.1", port=port, database="poterne", user="poterne", password="poterne", ticket_seconds=TICKET_SECONDS, application="departement", folder=tmp_path_factory.mktemp("site"),
        dsn=f"host=127.0.0.1 port={port} user=poterne password=poterne dbname=poterne", accounts={})
    site.people = [f"{first}.{last}" for last in ("martin", "durand", "petit", "moreau") for first in "abcdefghijklmnop"]
    site.accounts = {name: f"s3cret-{name}" for name in site.people}
    site.keyring = site.folder / "poterne.keys"
    opened = os.open(site.keyring, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    os.write(opened, poterne.Keyring.generate(20261128).to_text().encode())
    os.close(opened)
    with psycopg.connect(site.dsn) as connection:
        connection.execute("CREATE TABLE poterne (account VARCHAR(255) PRIMARY KEY, record VARCHAR(504) NOT NULL)")
    return site


@pytest.fixture(scope="session")
def desk(site):
    return Desk(site)


@pytest.fixture(scope="session")
def host(site):
    """Node 0 enrolls whoever has no record; node 1 refuses, takes the first code of a letter, and makes no recovery codes."""
    host = keycloak.Keycloak(
        ({"no_record": "enroll", "confirm_at_first_login": "false"}, {"no_record": "refuse", "confirm_at_first_login": "true", "recovery_codes": "0"}),
        max_failures="4", noticed_failures="2")
    try:
        host.start(site, 2)
        yield host
    finally:
        host.stop()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium):
    """A person's browser: cookies of its own."""
    context = chromium.new_context()
    context.set_default_timeout(20000)
    yield context
    context.close()


@pytest.fixture
def page(browser):
    return browser.new_page()


@pytest.fixture
def account(site):
    """A person whom no other test has."""
    return site.people.pop(0)
