"""What happens between one page and the next: time, a new password, the help desk, an administrator."""

import contextlib
import re
import time

import psycopg
import pytest
from conftest import TICKET_SECONDS, Phone, keycloak
from test_pages import Stopped, answer, error, recovery_codes, refusal

import poterne


class User:
    """What an administrator does with a user of node 0."""

    def __init__(self, host, account: str):
        self.admin, self.path = keycloak.Admin(host.bases[0]), f"/{keycloak.realm}/users"
        (self.user,) = self.admin("GET", f"{self.path}?exact=true&username={account}")
        self.path += f"/{self.user['id']}"

    def enable(self, enabled: bool) -> None:
        self.admin("PUT", self.path, self.user | {"enabled": enabled})

    def set_password(self, password: str) -> None:
        self.admin("PUT", f"{self.path}/reset-password", {"type": "password", "value": password, "temporary": False})


def shown(page) -> Phone:
    return Phone(re.search("secret=([A-Z2-7]+)", page.get_attribute("a#poterne-link", "href"))[1])


def wait(pages) -> None:
    time.sleep(TICKET_SECONDS / 2)
    for page in pages:
        page.reload()  # gives no more time
    time.sleep(TICKET_SECONDS / 2 + 1)


def is_late(page) -> bool:
    return error(page).startswith("You took longer than the time allowed")


@pytest.mark.parametrize("what", ["time", "password"])
def test_all_that_waits_ends_with_the_password(host, chromium, site, desk, what):
    people = {at: site.people.pop(0) for at in ("unavailable", "code", "enrolling", "codes", "accepted")}
    pages, phones = {}, {}
    for at, account in people.items():
        page = pages[at] = chromium.new_context().new_page()
        page.set_default_timeout(20000)
        if at in ("unavailable", "code", "accepted"):
            phones[at] = desk.phone(account)
        with Stopped(site) if at == "unavailable" else contextlib.nullcontext():
            host.password_page(page, host.bases[0], account)
        if at in ("enrolling", "codes"):
            phones[at] = shown(page)
        if at == "unavailable":
            assert error(page) == poterne.ErrorKind.STORE.message_to_user("en")
        else:
            # The control: in time, and with the password as it was, each page answers.
            answer(page, phones[at].wrong())
            assert not is_late(page) and page.locator("#poterne-code").count() == 1
    answer(pages["codes"], phones["codes"].code())
    assert len(recovery_codes(pages["codes"])) == 8
    answer(pages["accepted"], phones["accepted"].wrong())
    answer(pages["accepted"], phones["accepted"].code())
    assert pages["accepted"].locator("#poterne-notice").count() == 1
    before = {at: desk.column.load(account) for at, account in people.items()}
    assert before["enrolling"] is None

    if what == "time":
        wait([pages["unavailable"], pages["enrolling"], pages["codes"], pages["accepted"]])
    else:
        for account in people.values():
            User(host, account).set_password(site.accounts[account])

    for at, page in pages.items():
        # Reloading took the page of the enrollment away already.
        if page.locator("#poterne-code").count():
            answer(page, phones[at].code())
        elif not (page.locator("#poterne-error").count() and is_late(page)):
            page.click("#poterne-kept" if at == "codes" else "#poterne-submit")
        for _ in range(2):
            assert is_late(page), at
            assert page.locator("#poterne-code, #poterne-key, #poterne-notice, #poterne-gone, #poterne-submit").count() == 0, at
            page.reload()
        assert host.signed_in(page) is None, at
        page.goto(f"{host.service.base}/0/login")
        assert host.signed_in(page) is None, at
    assert {at: desk.column.load(account) for at, account in people.items()} == before

    # Whoever begins again is shown another secret.
    page = pages["enrolling"]
    host.password_page(page, host.bases[0], people["enrolling"])
    assert shown(page).totp.secret != phones["enrolling"].totp.secret
    for page in pages.values():
        page.context.close()


def test_a_confirmation_gives_the_time_anew_and_is_no_sign_in(host, page, account, desk):
    host.password_page(page, host.bases[0], account)
    phone = shown(page)
    time.sleep(TICKET_SECONDS * 0.6)
    answer(page, phone.code())
    assert len(recovery_codes(page)) == 8
    time.sleep(TICKET_SECONDS * 0.6)
    page.click("#poterne-kept")
    assert page.title() == "One-time code" and host.signed_in(page) is None
    answer(page, phone.used())
    assert error(page) == refusal(poterne.Refusal.REPLAYED) and host.signed_in(page) is None
    answer(page, phone.code())
    assert host.signed_in(page) == account


def test_a_first_app_on_the_page_of_ones_own_devices_ends_as_well(host, page, account, desk):
    """Of a client whose sign-in asks for no code."""
    def begin():
        page.goto(f"{host.bases[0]}/realms/{keycloak.realm}/protocol/openid-connect/auth?client_id=password-only&response_type=code"
                  f"&scope=openid&redirect_uri={host.service.base}/&kc_action=poterne")
        page.fill("#username", account)
        page.fill("#password", host.site.accounts[account])
        page.click("#kc-login")
        return shown(page)

    phone = begin()
    time.sleep(TICKET_SECONDS + 1)
    answer(page, phone.code())
    assert is_late(page) and desk.column.load(account) is None
    page.reload()
    assert is_late(page) and page.locator("#poterne-key").count() == 0
    page.click("text=Sign in as somebody else")
    assert page.locator("#username").count() == 1
    # The control.
    page.context.clear_cookies()
    phone = begin()
    answer(page, phone.code())
    assert len(recovery_codes(page)) == 8
    page.click("#poterne-kept")
    page.wait_for_url(f"{host.service.base}/**")
    assert desk.status(account).state == poterne.State.ACTIVE


@pytest.mark.parametrize("what", ["time", "password"])
def test_a_new_phone_ends_as_well(host, page, account, desk, what):
    old = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, old.code())
    host.own_page(page, host.bases[0])
    # Time begins with the code, not with the page.
    time.sleep(TICKET_SECONDS * 0.6)
    page.click("#poterne-new-phone")
    answer(page, old.code())
    new = shown(page)
    time.sleep(TICKET_SECONDS * 0.6)
    answer(page, new.wrong())
    assert error(page).startswith("The code is wrong")
    before = desk.column.load(account)
    if what == "time":
        time.sleep(TICKET_SECONDS * 0.4 + 1)
    else:
        User(host, account).set_password(host.site.accounts[account])
    answer(page, new.code())
    assert is_late(page) and desk.column.load(account) == before
    page.reload()
    assert page.locator("#poterne-key, #poterne-recovery").count() == 0


def test_recovery_codes_that_were_shown_prove_nothing(host, page, account, desk):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, phone.code())
    host.own_page(page, host.bases[0])
    page.click("#poterne-new-recovery")
    answer(page, phone.code())
    codes = recovery_codes(page)
    assert len(codes) == 8
    page.reload()
    assert page.locator("#poterne-gone").count() == 1
    before = desk.column.load(account)
    page.click("#poterne-new-recovery")
    assert page.locator("#poterne-recovery").count() == 0 and page.locator("#poterne-code").count() == 1
    assert desk.column.load(account) == before
    # Nor do they outlive what the help desk does.
    desk.apply(account, lambda credential: credential.suspend())
    answer(page, phone.code())
    assert error(page) == refusal(poterne.Refusal.WRONG_CODE) and desk.status(account).recovery_codes_left == 8
    # The control: codes of their own are good while the phone is lost.
    answer(page, codes[0])
    again = recovery_codes(page)
    assert len(again) == 8 and not set(again) & set(codes)
    page.click("#poterne-kept")
    assert host.signed_in(page) == account and host.claims(page)["kc_action_status"] == "success"


def test_somebody_who_was_disabled_changes_nothing(host, page, account, desk):
    phone = desk.phone(account)
    user = User(host, account)
    for step in ("#poterne-new-phone", "#poterne-new-recovery"):
        code = phone.code()
        host.password_page(page, host.bases[0], account)
        answer(page, code)
        host.own_page(page, host.bases[0])
        page.click(step)
        assert page.locator("#poterne-code").count() == 1
        before = desk.column.load(account)
        user.enable(False)
        answer(page, phone.code())
        assert page.locator("#poterne-recovery, #poterne-key").count() == 0 and desk.column.load(account) == before
        user.enable(True)
    # The control.
    code = phone.code()
    host.password_page(page, host.bases[0], account)
    answer(page, code)
    assert host.signed_in(page) == account


@pytest.mark.parametrize("step", ["#poterne-new-phone", "#poterne-new-recovery"])
def test_a_suspension_just_behind_the_code_stops_what_it_allowed(host, page, account, desk, site, step):
    phone = desk.phone(account)
    host.password_page(page, host.bases[0], account)
    answer(page, phone.code())
    host.own_page(page, host.bases[0])
    page.click(step)
    suspended = desk.verifier.credential(account, desk.column.load(account)).suspend().record
    # The help desk, at the moment when the code's acceptance is stored.
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        connection.execute(f"""
            CREATE FUNCTION suspend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                UPDATE poterne SET record = '{suspended}' WHERE account = NEW.account; RETURN NULL; END $$;
            CREATE TRIGGER suspend AFTER UPDATE ON poterne FOR EACH ROW
                WHEN (NEW.account = '{account}' AND NEW.record <> '{suspended}') EXECUTE FUNCTION suspend()""")
        try:
            answer(page, phone.code())
            assert "changed in the meantime" in error(page)
        finally:
            connection.execute("DROP TRIGGER suspend ON poterne; DROP FUNCTION suspend()")
    assert page.locator("#poterne-recovery, #poterne-key").count() == 0 and desk.column.load(account) == suspended
    # The control: who is suspended, and types a code of the help desk's, goes on.
    code = desk.apply(account, lambda credential: credential.temporary_code(poterne.MissingAuthenticator.SUSPEND))
    page.click("#poterne-submit")
    page.click(step)
    answer(page, code)
    assert page.locator("#poterne-key" if step == "#poterne-new-phone" else "#poterne-recovery").count() == 1


def test_without_recovery_codes_nobody_is_asked_for_a_code_in_vain(host, page, account, desk):
    """Node 1 makes none."""
    phone = desk.phone(account)
    host.password_page(page, host.bases[1], account)
    answer(page, phone.code())
    host.own_page(page, host.bases[1])
    assert page.locator("#poterne-new-phone").count() == 1 and page.locator("#poterne-new-recovery").count() == 0
    page.locator("input[name=step][value=phone]").evaluate("field => field.value = 'recovery'")
    page.click("#poterne-new-phone")
    assert page.locator("#poterne-code").count() == 0 and page.locator("#poterne-state").count() == 1
    # The control: a new phone is asked for, and its confirmation shows no codes.
    page.click("#poterne-new-phone")
    answer(page, phone.code())
    new = shown(page)
    answer(page, new.code())
    assert page.locator("#poterne-recovery").count() == 0 and "set up" in page.inner_text("#poterne-notice")
    page.click("#poterne-submit")
    assert host.signed_in(page) == account and host.claims(page)["kc_action_status"] == "success"
