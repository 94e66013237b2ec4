"""SAML and OpenID Connect: password and code end in an assertion at a service provider, which says how the login was made."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from department import Department, Employee
from federation import MFA, Federation
from playwright.sync_api import Page


@pytest.fixture(scope="module")
def federation(department: Department) -> Iterator[Federation]:
    made = Federation(department)
    yield made
    made.stop()


def to_the_code(page: Page, address: str, one: Employee) -> None:
    """From the service provider to the page that asks for the code."""
    page.goto(address)
    page.fill("input[name=user]", one.name)
    page.fill("input[name=password]", one.password)
    page.click("button[type=submit]")
    page.wait_for_selector("#poterne-code")


def send(page: Page, code: str) -> None:
    page.fill("#poterne-code", code)
    page.click("#poterne-submit")


@pytest.mark.parametrize("kind", ["saml", "oidc"])
def test_password_and_code_end_in_an_assertion(federation: Federation, department: Department, visitor: Any, kind: str) -> None:
    one, page = department.employee(), visitor()
    address = f"{federation.base}/{kind}/page"
    answers = []
    page.on("response", lambda answer: answers.append(answer) if answer.url == address and answer.status == 200 else None)
    to_the_code(page, address, one)
    send(page, one.wrong_code())
    page.wait_for_selector("#poterne-error")
    assert not answers
    code = one.code()
    send(page, code)
    # One code was refused before: that is told first.
    page.wait_for_selector("#poterne-notice")
    page.click("main a.btn")
    page.wait_for_url(address)
    headers = answers[-1].headers
    assert headers["x-user"] == one.name
    if kind == "saml":
        assert headers["x-mail"] == f"{one.name}@example.net"
    else:
        assert headers["x-acr"] == MFA
    # The next application asks for nothing: one code in the morning.
    other = {"saml": "oidc", "oidc": "saml"}[kind]
    page.goto(f"{federation.base}/{other}/page")
    page.wait_for_url(f"{federation.base}/{other}/page")
    # And in another browser the code is spent.
    thief = visitor()
    to_the_code(thief, address, one)
    send(thief, code)
    thief.wait_for_selector("#poterne-error")
    assert thief.goto(address).url != address


def is_refused(federation: Federation, one: Employee, page: Page, path: str) -> None:
    answers = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    to_the_code(page, federation.base + path, one)
    send(page, one.code())
    page.wait_for_url(lambda url: url.startswith(federation.base))
    page.wait_for_load_state("networkidle")
    assert page.title() != "inside"
    assert any(url.startswith(federation.base) and status in (400, 401, 403, 500) for url, status in answers), answers


def test_the_relying_party_looks_at_the_context(federation: Federation, department: Department, visitor: Any) -> None:
    """The control: one that asks for another context does not take this one."""
    is_refused(federation, department.employee(), visitor(), "/oidc/strict")


def test_the_service_provider_looks_at_the_context(department: Department, visitor: Any) -> None:
    """The control: a portal that does not say how the login was made."""
    silent = Federation(department, "silent", poterneAuthnContext="")
    try:
        is_refused(silent, department.employee(), visitor(), "/saml/page")
        assert "AuthnContextClassRef" in silent.log()
    finally:
        silent.stop()


def test_without_the_code_there_is_no_assertion(federation: Federation, department: Department, visitor: Any) -> None:
    one, page = department.employee(), visitor()
    to_the_code(page, f"{federation.base}/saml/page", one)
    for address in (f"{federation.base}/saml/page", f"{federation.base}/oidc/page", federation.portal.bases[0] + "/saml/singleSignOn"):
        page.goto(address)
        assert page.title() != "inside" and federation.portal.signed_in(page) is None
