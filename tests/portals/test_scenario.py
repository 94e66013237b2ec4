"""One employee after the other at each web host, in a browser without JavaScript tricks: what must happen is the same everywhere."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from typing import Any, Callable

import poterne
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import SCREENS
from department import HOSTILE, Department, Employee
from hosts import Host, put_to_sleep
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

Visitor = Callable[..., Page]

# What the library says, here as it stands in its documentation: a host that says something of its own is found.
REFUSED = {
    "fr": "Connexion refusée. Vérifiez votre mot de passe, attendez le code suivant, puis réessayez.",
    "en": "Sign-in refused. Check your password, wait for the next code, then try again.",
}
LOCKED = "Votre accès est bloqué. Utilisez un code de secours, ou appelez le service d'assistance."
WAIT = re.compile("Trop d'essais infructueux. Réessayez dans .+, ou utilisez un code de secours.")


def submit(page: Page, code: str) -> None:
    page.fill("#poterne-code", code)
    press(page, "#poterne-submit")


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)


def focus(page: Page, *names: str) -> None:
    """One of them gets it, soon after the page is there."""
    page.wait_for_function("names => names.includes(document.activeElement.id)", arg=list(names), timeout=5000)


def said(page: Page) -> str:
    # Some hosts write the typographic apostrophe for the other one.
    return page.inner_text("#poterne-error").replace("’", "'").strip()


def log_in(host: Host, page: Page, one: Employee, base: int = 0) -> None:
    host.password_page(page, host.bases[base], one.name)
    submit(page, one.code())
    assert host.signed_in(page) == one.name


def look(page: Page, host: Host, name: str) -> None:
    """Accessible, and there to be looked at in two widths."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found.response["violations"]]
    assert not faults, (host.name, name, faults)
    assert page.title().strip() and page.locator("h1").count() == 1
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        # Nothing to scroll sideways (WCAG 2.2, 1.4.10).
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        page.screenshot(path=SCREENS / f"{host.name}-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_check_of_accessibility_sees(visitor: Visitor) -> None:
    """The control."""
    page = visitor()
    page.set_content('<html lang="fr"><title>x</title><main><h1>x</h1><input name="code"></main></html>')
    with pytest.raises(AssertionError, match="label"):
        look(page, type("None", (), {"name": "control"})(), "control")


def test_a_newcomer_enrolls(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.newcomer(), visitor()
    host.password_page(page, host.bases[0], one.name)
    assert host.signed_in(page.context.new_page()) is None
    key = page.inner_text("#poterne-key")
    one.scan(key)
    # The picture says what the key says.
    page.set_viewport_size({"width": 1280, "height": 1600})
    picture = department.folder / "qr.png"
    page.locator("img.poterne-qr").screenshot(path=picture)
    uri = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=True).stdout.strip()
    assert poterne.OtpauthUri.parse(uri).secret.to_base32() == key.replace(" ", "")
    look(page, host, "enroll")
    # Whoever sees the QR code may read why.
    submit(page, one.wrong_code())
    assert said(page) and said(page) != REFUSED["fr"]
    look(page, host, "enroll-refused")
    assert page.inner_text("#poterne-key") == key, "another secret, after a mistyped code"
    submit(page, one.code())
    codes = page.locator("#poterne-recovery li").all_inner_texts()
    assert len(codes) == department.verifier.policy.recovery_codes and len(set(codes)) == len(codes), page.inner_text("main")
    look(page, host, "recovery-codes")
    # Shown once: neither by reloading nor by going back.
    page.reload()
    assert page.locator("#poterne-recovery").count() == 0
    assert not any(code in page.content() for code in codes)
    # Where the page before was a form's answer, the browser asks instead.
    with contextlib.suppress(PlaywrightError):
        page.go_back()
    assert not any(code in page.content() for code in codes)
    state = one.status()
    assert state.state is poterne.State.ACTIVE and state.recovery_codes_left == len(codes)
    # And each replaces the phone, on any node.
    other = visitor()
    host.password_page(other, host.bases[1], one.name)
    submit(other, codes[0].lower())
    assert host.signed_in(other) == one.name
    assert one.status().recovery_codes_left == len(codes) - 1


def test_a_login_and_its_replay(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    host.password_page(page, host.bases[0], one.name)
    # The code is typed without a click.
    focus(page, "poterne-code")
    assert page.get_attribute("#poterne-code", "autocomplete") == "one-time-code"
    look(page, host, "code")
    code = one.code()
    page.keyboard.type(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert host.signed_in(page) == one.name
    for language in ("fr", "en"):
        thief = visitor(language)
        host.password_page(thief, host.bases[1], one.name)
        submit(thief, code)
        assert said(thief) == REFUSED[language].replace("’", "'")
        focus(thief, "poterne-code", "poterne-error")
        assert thief.input_value("#poterne-code") == ""
        assert (thief.get_attribute("html", "lang") or "").startswith(language)
        if language == "fr":
            look(thief, host, "refused")
        assert host.signed_in(thief) is None
    # A replay is no failure.
    assert one.status().failures == 0


def test_a_wrong_password_spends_nothing(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    before, code = one.record(), one.code()
    host.password_page(page, host.bases[0], one.name, "wrong")
    if page.locator("#poterne-code").count():
        submit(page, code)
    assert host.signed_in(page) is None and one.record() == before
    # The control: behind the right one the same code lets in, and is written down.
    host.password_page(page, host.bases[0], one.name)
    submit(page, code)
    assert host.signed_in(page) == one.name and one.record() != before


def test_throttled_across_the_nodes(host: Host, department: Department, visitor: Visitor) -> None:
    one, page, other = department.employee(), visitor(), visitor()
    # Many failures, long ago: one more is minutes of waiting, however slow the machine is.
    one.refuse(9, last=7200)
    host.password_page(page, host.bases[0], one.name)
    submit(page, one.wrong_code())
    assert said(page) == REFUSED["fr"]
    host.password_page(other, host.bases[1], one.name)
    submit(other, one.code())
    assert WAIT.fullmatch(said(other)), said(other)
    look(other, host, "wait")
    assert host.signed_in(other) is None


def test_locked_is_told_behind_the_right_password_only(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    one.refuse(20)
    assert one.status().is_locked
    host.password_page(page, host.bases[0], one.name, "wrong")
    if page.locator("#poterne-code").count():
        submit(page, one.code())
    assert "bloqué" not in page.content()
    host.password_page(page, host.bases[0], one.name)
    assert "bloqué" not in page.content(), "before a code"
    submit(page, one.code())
    assert said(page) == LOCKED
    assert host.signed_in(page) is None


def test_a_suspended_phone_and_a_temporary_code(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    code = department.store.apply(
        department.verifier, one.name,
        lambda stored: stored.temporary_code(missing=poterne.MissingAuthenticator.SUSPEND, uses=2),
    )
    host.password_page(page, host.bases[0], one.name)
    submit(page, one.code())
    assert said(page) == REFUSED["fr"]
    if not page.locator("#poterne-code").count():
        host.password_page(page, host.bases[0], one.name)
    submit(page, code)
    assert host.signed_in(page) == one.name


def test_the_letter_is_confirmed_by_the_first_login(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.newcomer(), visitor()
    enrollment = department.verifier.enroll(one.name)
    department.store.insert(one.name, enrollment.record)
    one.scan(poterne.OtpauthUri.parse(enrollment.otpauth_uri(issuer="D", label=one.name).as_str()).secret.to_base32())
    host.password_page(page, host.bases[0], one.name)
    assert page.locator("#poterne-key").count() == 0, "the letter's secret is not for the screen"
    submit(page, one.code())
    assert host.signed_in(page) == one.name
    assert one.status().state is poterne.State.ACTIVE


def test_a_second_device(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    token = Employee(department, one.name)
    token.secret = os.urandom(20)
    one.get(token.secret, "#2")
    host.password_page(page, host.bases[0], one.name)
    look(page, host, "devices")
    page.check("input[name=device][value='2']")
    submit(page, token.code())
    assert host.signed_in(page) == one.name
    # The other one has not moved, and the server does not try all.
    again = visitor()
    host.password_page(again, host.bases[1], one.name)
    again.check("input[name=device][value='1']")
    submit(again, token.code())
    assert said(again) == REFUSED["fr"] and one.status().failures == 1


def test_the_notice_of_refused_codes(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    one.refuse(2)
    time.sleep(1)
    host.password_page(page, host.bases[0], one.name)
    submit(page, one.code())
    assert host.signed_in(page) == one.name
    notice = page.locator("#poterne-notice")
    if not notice.count():
        host.own_page(page, host.bases[0])
    assert "2" in notice.inner_text()
    look(page, host, "notice")


def test_a_new_phone_while_the_old_one_works(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    log_in(host, page, one)
    host.own_page(page, host.bases[0])
    look(page, host, "own")
    press(page, "#poterne-new-phone")
    old = Employee(department, one.name)
    old.secret, old.last = one.secret, one.last
    if page.locator("#poterne-code").count() and not page.locator("#poterne-key").count():
        submit(page, old.code())
    one.scan(page.inner_text("#poterne-key"))
    look(page, host, "new-phone")
    # Until it is confirmed, the old one lets in.
    other = visitor()
    log_in(host, other, old, base=1)
    # That login has changed the record which the new one was to replace: the enrollment begins again (semantics 8.9).
    submit(page, one.code())
    assert said(page) and one.status().recovery_codes_left == 0
    host.own_page(page, host.bases[0])
    press(page, "#poterne-new-phone")
    if page.locator("#poterne-code").count() and not page.locator("#poterne-key").count():
        submit(page, old.code())
    one.scan(page.inner_text("#poterne-key"))
    submit(page, one.code())
    last = visitor()
    host.password_page(last, host.bases[1], one.name)
    submit(last, old.code())
    assert said(last) == REFUSED["fr"]
    if not last.locator("#poterne-code").count():
        host.password_page(last, host.bases[1], one.name)
    submit(last, one.code())
    assert host.signed_in(last) == one.name


def test_new_recovery_codes(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    log_in(host, page, one)
    host.own_page(page, host.bases[0])
    press(page, "#poterne-new-recovery")
    if page.locator("#poterne-code").count():
        submit(page, one.code())
    codes = page.locator("#poterne-recovery li").all_inner_texts()
    assert len(codes) == one.status().recovery_codes_left == department.verifier.policy.recovery_codes
    press(page, "#poterne-kept")
    assert not any(code in page.content() for code in codes)
    assert host.signed_in(page) == one.name


def test_a_double_click_is_one_login(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    host.password_page(page, host.bases[0], one.name)
    page.fill("#poterne-code", one.code())
    with page.expect_navigation():
        page.dblclick("#poterne-submit")
    time.sleep(1)
    page.wait_for_load_state()
    assert host.signed_in(page) == one.name
    assert one.status().failures == 0


def test_two_tabs(host: Host, department: Department, visitor: Visitor) -> None:
    one, first = department.employee(), visitor()
    second = first.context.new_page()
    host.password_page(first, host.bases[0], one.name)
    host.password_page(second, host.bases[0], one.name)
    put_to_sleep(first)
    submit(second, one.code())
    assert host.signed_in(second) == one.name
    # The forgotten tab: whatever it says, nobody is signed out, and nobody else signed in.
    if first.locator("#poterne-code").count():
        submit(first, one.code())
    assert host.signed_in(second) == one.name


def test_too_late(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    host.password_page(page, host.bases[0], one.name)
    before = one.record()
    time.sleep(department.ticket_seconds + 3)
    submit(page, one.code())
    assert host.signed_in(page) is None and one.record() == before, "a code after the ticket's time"
    host.password_page(page, host.bases[0], one.name)
    submit(page, one.code())
    assert host.signed_in(page) == one.name


def test_without_its_database_there_is_no_verdict(host: Host, department: Department, visitor: Visitor) -> None:
    one, page, answers = department.employee(), visitor(), []
    host.password_page(page, host.bases[0], one.name)
    code, before = one.code(), one.record()
    page.on("response", lambda response: answers.append(response.status))
    department.relay.stop()
    try:
        submit(page, code)
        assert 503 in answers, answers
        assert REFUSED["fr"] not in page.inner_text("body").replace("’", "'")
        assert one.record() == before
        look(page, host, "unavailable")
    finally:
        department.relay.start()
    assert host.signed_in(page) is None
    host.password_page(page, host.bases[0], one.name)
    submit(page, code)
    assert host.signed_in(page) == one.name


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_something_could_take_apart(host: Host, department: Department, visitor: Visitor, name: str) -> None:
    if name in host.impossible:
        pytest.skip("the host's first factor cannot have this name")
    one, page = Employee(department, name), visitor()
    one.get(os.urandom(20))
    try:
        log_in(host, page, one)
    finally:
        one.leave()


def test_the_log_has_outcomes_and_nothing_else_of_ours(host: Host, department: Department, visitor: Visitor) -> None:
    one, page = department.employee(), visitor()
    host.password_page(page, host.bases[0], one.name)
    code, wrong = one.code(), one.wrong_code()
    submit(page, wrong)
    if not page.locator("#poterne-code").count():
        host.password_page(page, host.bases[0], one.name)
    submit(page, code)
    submitted = visitor()
    host.password_page(submitted, host.bases[0], one.name)
    submit(submitted, code)
    time.sleep(1)
    log = host.log()
    assert "refused.wrong_code" in log and "refused.replayed" in log
    for line in log.splitlines():
        if "refused." in line:
            assert one.name not in line and "127.0.0.1" not in line, line
    for secret in (wrong, code, one.password, *one.secrets(), (one.record() or "")[8:40]):
        assert not re.search(rf"(?<![0-9A-Za-z.]){re.escape(secret)}(?![0-9A-Za-z])", log), "a secret in the log"
