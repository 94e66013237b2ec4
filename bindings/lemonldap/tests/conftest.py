"""The portal of tests/portals, with the department, its nodes and a browser."""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/portals"))

import os
import tempfile
from typing import Any, Iterator, List

import pytest
from department import Department
from hosts.lemonldap import LemonLdap
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright


@pytest.fixture(scope="session")
def department() -> Iterator[Department]:
    with tempfile.TemporaryDirectory(prefix="lemonldap-") as folder:
        os.chmod(folder, 0o755)
        made = Department(pathlib.Path(folder))
        yield made
        made.close()


@pytest.fixture(scope="module")
def portal(department: Department) -> Iterator[LemonLdap]:
    host = LemonLdap()
    try:
        host.start(department, nodes=2)
        yield host
    finally:
        host.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Any]:
    contexts: List[BrowserContext] = []

    def new(language: str = "fr", **options: Any) -> Page:
        context = browser.new_context(locale=language, extra_http_headers={"Accept-Language": language}, ignore_https_errors=True, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
