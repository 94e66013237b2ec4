"""The help desk in a browser, and the pages by keyboard alone. The user's pages are in the scenario of tests/portals."""

from __future__ import annotations

import os
import pathlib
import sqlite3
import unittest

from axe_playwright_python.sync_playwright import Axe
from conftest import FOLDER
from people import Phone
from playwright.sync_api import Page, sync_playwright
from test_two_nodes import Nodes

import poterne

SCREENS = pathlib.Path(os.environ.get("POTERNE_SCREENS", "target/portals"))

DESK = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
desk = get_user_model().objects.create_user("desk", password="s3cret-desk", is_staff=True)
desk.user_permissions.add(Permission.objects.get(codename="help_desk"))
"""


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        path = FOLDER / "browser.sqlite"
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA journal_mode = WAL")
        cls.path = path
        cls.nodes = Nodes(FOLDER, f"sqlite://{path}", keyring=os.environ["SITE_KEYRING"])
        cls.addClassCleanup(cls.nodes.stop)
        cls.nodes.users(2)
        cls.nodes.run("shell", "-v", "0", "-c", DESK)
        cls.verifier = poterne.Verifier(poterne.Keyring.open(os.environ["SITE_KEYRING"]), "departement")
        playwright = sync_playwright().start()
        cls.addClassCleanup(playwright.stop)
        # Root has no sandbox of Chromium's.
        cls.chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        cls.addClassCleanup(cls.chromium.close)

    def enrolled(self, name: str) -> Phone:
        secret = poterne.Secret.generate()
        with sqlite3.connect(self.path, timeout=10) as file:
            file.execute("INSERT OR REPLACE INTO poterne VALUES (?, ?)", [name, self.verifier.import_credential(name, secret).record])
        return Phone(secret.to_base32())

    def status(self, name: str) -> poterne.Status:
        with sqlite3.connect(self.path, timeout=10) as file:
            (record,) = file.execute("SELECT record FROM poterne WHERE account = ?", [name]).fetchone()
        return self.verifier.credential(name, record).inspect()

    def page(self, node: int = 0) -> Page:
        context = self.chromium.new_context(locale="fr", extra_http_headers={"Accept-Language": "fr"}, java_script_enabled=True)
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{self.nodes.ports[node]}/login/")
        return page

    def by_keyboard(self, page: Page, name: str, phone: Phone) -> None:
        """Password and code: Tab, letters and Enter."""
        while page.evaluate("document.activeElement.id") != "id_username":
            page.keyboard.press("Tab")
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(f"s3cret-{name}")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        # The browser sets the focus when it has drawn the page.
        page.wait_for_function("document.activeElement.id === 'poterne-code'")
        page.keyboard.type(phone.code())
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.id"), "poterne-submit")
        # The focus is seen.
        self.assertIn("solid", page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        self.assertEqual(page.inner_text("#site-user"), name)

    def look(self, page: Page, name: str) -> None:
        """Of the admin's pages what is ours: the rest is Django's."""
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        found = Axe().run(page, context="#content-main", options=options).response["violations"]
        self.assertEqual([(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found], [])
        SCREENS.mkdir(parents=True, exist_ok=True)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=SCREENS / f"django-{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})

    def test_by_keyboard(self) -> None:
        self.by_keyboard(self.page(), "u0", self.enrolled("u0"))

    def test_the_help_desk(self) -> None:
        self.enrolled("u1")
        page = self.page(1)
        self.by_keyboard(page, "desk", self.enrolled("desk"))
        page.goto(f"http://127.0.0.1:{self.nodes.ports[1]}/admin/poterne/record/")
        page.fill("#poterne-account", "u1")
        page.dblclick("#poterne-look-up")
        page.wait_for_selector("#poterne-state-1")
        self.look(page, "desk")
        self.assertNotIn("u1", page.url)
        page.click("button[value=lost]")
        page.wait_for_selector("#poterne-confirm")
        self.look(page, "desk-confirm")
        # Without the box the browser sends nothing, and a forged form changes nothing (test_desk).
        page.click("#poterne-submit")
        self.assertIs(self.status("u1").state, poterne.State.ACTIVE)
        page.check("input[name=identity]")
        page.dblclick("#poterne-submit")
        page.wait_for_selector("#poterne-temporary")
        code = page.inner_text("#poterne-temporary")
        self.look(page, "desk-code")
        page.reload()
        self.assertNotIn(code, page.content())
        page.go_back()
        self.assertNotIn(code, page.content())
        self.assertIs(self.status("u1").state, poterne.State.SUSPENDED)
        # The code that was shown is the one that counts, on the other node too.
        other = self.page(0)
        other.fill("#id_username", "u1")
        other.fill("#id_password", "s3cret-u1")
        other.click("#site-login")
        other.fill("#poterne-code", code)
        other.dblclick("#poterne-submit")
        other.wait_for_selector("#poterne-notice")
        other.click("#poterne-submit")
        other.wait_for_selector("#site-user")

    def test_the_check_sees(self) -> None:
        """The control."""
        page = self.page()
        page.set_content('<html lang="fr"><title>x</title><div id="content-main"><input name="code"></div></html>')
        with self.assertRaisesRegex(AssertionError, "label"):
            self.look(page, "control")
