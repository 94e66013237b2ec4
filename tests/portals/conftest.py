"""The department, each host that it has, and a browser."""

from __future__ import annotations

import contextlib
import importlib
import os
import pathlib
import sys
import tempfile
from typing import Any, Dict, Iterator, List, Set

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from department import Department
from hosts import Host

SCREENS = pathlib.Path(os.environ.get("POTERNE_SCREENS", "target/portals"))
ALL = sorted(file.stem for file in (pathlib.Path(__file__).parent / "hosts").glob("[a-z]*.py"))
CHOSEN = os.environ.get("POTERNE_HOSTS", "").split() or ALL


@pytest.fixture(scope="session")
def department() -> Iterator[Department]:
    with tempfile.TemporaryDirectory(prefix="portals-") as folder:
        os.chmod(folder, 0o755)
        made = Department(pathlib.Path(folder))
        yield made
        made.close()


@pytest.fixture(scope="session")
def running(department: Department) -> Iterator[Dict[str, Host]]:
    """Hosts start when a test asks for them, and run until the last test."""
    failed: Set[str] = set()
    with contextlib.ExitStack() as stack:

        class Running(Dict[str, Host]):
            def __missing__(self, name: str) -> Host:
                if name in failed:
                    pytest.fail(f"{name} did not start")
                failed.add(name)
                host: Host = importlib.import_module(f"hosts.{name}").HOST()
                stack.callback(host.stop)
                host.bases = host.start(department, nodes=2)
                failed.remove(name)
                self[name] = host
                return host

        yield Running()


@pytest.fixture(params=CHOSEN, scope="module")
def host(request: pytest.FixtureRequest, running: Dict[str, Host]) -> Host:
    return running[request.param]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Root has no sandbox of Chromium's.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Any]:
    """New browsers, each with cookies of its own: visitor() or visitor("en")."""
    contexts: List[BrowserContext] = []

    def new(language: str = "fr", width: int = 1280) -> Page:
        context = browser.new_context(
            locale=language, extra_http_headers={"Accept-Language": language}, viewport={"width": width, "height": 800}, ignore_https_errors=True
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
