"""Two nodes of the site behind one database, without a browser: what many do at once, and what a double click does."""

from __future__ import annotations

import collections
import concurrent.futures
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
from typing import Dict, List, Optional, Tuple

from conftest import FOLDER, HERE, KIND
from people import Phone

import poterne

REPLAYS, SESSIONS = 1000, 50

USERS = """
from django.contrib.auth import get_user_model
for n in range({count}):
    get_user_model().objects.create_user(f"u{{n}}", password=f"s3cret-u{{n}}")
"""


class Browser:
    """Cookies. A connection is for one request: a server ends an idle one when it likes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: Dict[str, str] = {}

    def ask(self, method: str, path: str, fields: Optional[Dict[str, str]] = None) -> Tuple[int, str, str]:
        """Status, address to go to, page."""
        body = None if fields is None else urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        headers = {"Connection": "close", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, value = line.partition(";")[0].split("=", 1)
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), page

    def password(self, name: str) -> None:
        self.ask("GET", "/login/")
        status, there, _page = self.ask("POST", "/login/", {"username": name, "password": f"s3cret-{name}"})
        assert (status, there) == (302, "/second-step/code/"), (status, there)

    def signed_in(self) -> str:
        status, _there, page = self.ask("GET", "/who/")
        return page if status == 200 else ""

    def copy(self) -> Browser:
        one = Browser(self.port)
        one.cookies = dict(self.cookies)
        return one


class Nodes:
    """The site as servers run it: gunicorn, two processes, one database, one keyring."""

    def __init__(self, folder: pathlib.Path, address: str, *, keyring: str = "", count: int = 2, settings: str = "{}") -> None:
        self.log_file = folder / f"nodes-{time.monotonic_ns()}.log"
        self._log = open(self.log_file, "wb")
        self.environment = {
            **os.environ, "SITE_DATABASE": address, "SITE_KEYRING": keyring, "SITE_APPS": "[]", "SITE_SETTINGS": settings, "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1", "DJANGO_SETTINGS_MODULE": "site_of_tests.settings",
        }
        self.run("migrate", "-v", "0")
        self.nodes: List[subprocess.Popen[bytes]] = []
        self.ports = [self._start() for _ in range(count)]

    def run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "django", *arguments], check=True, env=self.environment, cwd=HERE, stdout=self._log, stderr=self._log)

    def users(self, count: int) -> None:
        self.run("shell", "-v", "0", "-c", USERS.format(count=count))

    def _start(self) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--log-level=warning", "--worker-class=gthread", "-w1", "--threads=16", "--no-control-socket"]
        command += ["-b", f"127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
        self.nodes.append(subprocess.Popen(command, env=self.environment, cwd=HERE, stdout=self._log, stderr=self._log))
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return port
            except OSError:
                assert self.nodes[-1].poll() is None, self.log()
                time.sleep(0.1)
        raise AssertionError(self.log())

    def log(self) -> str:
        return self.log_file.read_text()

    def stop(self) -> None:
        for node in self.nodes:
            node.send_signal(signal.SIGTERM)
        for node in self.nodes:
            node.wait(20)
        self._log.close()


def address() -> str:
    """A database of their own beside that of the tests in one process."""
    if KIND != "postgresql":
        import sqlite3

        path = FOLDER / "nodes.sqlite"
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA journal_mode = WAL")
        return f"sqlite://{path}"
    return os.environ["SITE_DATABASE"]


class TwoNodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.nodes = Nodes(FOLDER, address(), keyring=os.environ["SITE_KEYRING"])
        cls.addClassCleanup(cls.nodes.stop)
        cls.nodes.users(3)
        with open(os.environ["SITE_KEYRING"]) as keys:
            cls.verifier = poterne.Verifier(poterne.Keyring.parse(keys.read()), "departement")

    def enrolled(self, name: str) -> Phone:
        secret = poterne.Secret.generate()
        record = self.verifier.import_credential(name, secret).record
        code = "from django.db import connection\ncursor = connection.cursor()\n"
        code += f"cursor.execute('DELETE FROM poterne WHERE account = %s', ['{name}'])\ncursor.execute('INSERT INTO poterne VALUES (%s, %s)', ['{name}', '{record}'])"
        self.nodes.run("shell", "-v", "0", "-c", code)
        return Phone(secret.to_base32())

    def test_a_thousand_replays_are_one_login(self):
        phone = self.enrolled("u0")
        browsers = [Browser(self.nodes.ports[number % 2]) for number in range(SESSIONS)]
        with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
            list(pool.map(lambda one: one.password("u0"), browsers))
            for one in browsers:
                one.ask("GET", "/second-step/code/")
            # Of this time step: on a slow machine the one of the step before would be too old before the last of them, and wrong.
            phone.offset = 0
            code, before = phone.code(), len(self.nodes.log())
            start = threading.Barrier(SESSIONS)

            def replay(one: Browser) -> List[int]:
                start.wait(60)
                return [one.copy().ask("POST", "/second-step/code/", {"code": code})[0] for _ in range(REPLAYS // SESSIONS)]

            answers = [status for each in pool.map(replay, browsers) for status in each]
        self.assertEqual((len(answers), set(answers)), (REPLAYS, {302}))
        log = self.nodes.log()[before:]
        self.assertEqual(len(re.findall("accepted[.]otp", log)), 1)
        # Of a session whose code was accepted, the same form sent again finds it: all others are refused.
        refused = len(re.findall("refused[.](?:replayed|conflict)", log))
        self.assertGreaterEqual(refused, REPLAYS - REPLAYS // SESSIONS, collections.Counter(re.findall(r"(?:refused|error|accepted)[.]\w+", log)))
        self.assertEqual([one.signed_in() for one in browsers].count("u0"), 0, "the cookie before the code opens something")
        # The control: another code is one more.
        browsers[-1].password("u0")
        browsers[-1].ask("POST", "/second-step/code/", {"code": phone.code()})
        self.assertEqual(browsers[-1].signed_in(), "u0")
        self.assertEqual(len(re.findall("accepted[.]otp", self.nodes.log()[before:])), 2)

    def test_a_double_click_in_parallel(self):
        """Both answers lead on, in one session, whichever the browser shows."""
        phone = self.enrolled("u1")
        for _ in range(3):
            one = Browser(self.nodes.ports[0])
            one.password("u1")
            one.ask("GET", "/second-step/code/")
            twins, code = [one.copy(), one.copy()], phone.code()
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda each: each.ask("POST", "/second-step/code/", {"code": code}), twins))
            self.assertEqual([answer[:2] for answer in answers], [(302, "/")] * 2)
            self.assertEqual({each.signed_in() for each in twins}, {"u1"})
            self.assertEqual(len({each.cookies["sessionid"] for each in twins}), 1)

    def test_two_users_in_one_session_at_once(self):
        """u1 knows the password of u2: whatever both nodes do with one session at the same moment, no session becomes u2's."""
        self.enrolled("u2")
        for is_behind_the_code in (False, True):
            phone = self.enrolled("u1")
            browser = Browser(self.nodes.ports[0])
            browser.password("u1")
            code = phone.code()
            if is_behind_the_code:
                browser.ask("POST", "/second-step/code/", {"code": code})
                self.assertEqual(browser.signed_in(), "u1")
            requests = [
                ("POST", "/login/", {"username": "u2", "password": "s3cret-u2"}),
                ("POST", "/second-step/login/", {"username": "u2", "password": "s3cret-u2"}),
                ("POST", "/second-step/code/", {"code": code}),
                ("GET", "/second-step/code/", None),
                ("GET", "/who/", None),
                ("POST", "/second-step/recovery/new/", {"code": code}),
            ]

            def ask(number: int, browser: Browser = browser, requests: list = requests) -> Tuple[str, str]:
                one = browser.copy()
                one.port = self.nodes.ports[number % 2]
                _status, _there, page = one.ask(*requests[number // 2 % len(requests)])
                return one.cookies.get("sessionid", ""), page

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(ask, range(96)))
            self.assertNotIn("u2", [page for _session, page in answers])
            found = collections.Counter()
            for session in {session for session, _page in answers}:
                one = Browser(self.nodes.ports[1])
                one.cookies["sessionid"] = session
                found[one.signed_in()] += 1
            self.assertEqual(found["u2"], 0)
            self.assertLessEqual(set(found), {"", "u1"})
            # The control: the passwords were right, and made sessions that wait.
            self.assertGreater(found[""], 2)

    def test_the_log_has_no_more_than_outcomes(self):
        log = self.nodes.log()
        ours = {line for line in log.splitlines() if line.startswith("poterne")}
        self.assertTrue(all(re.fullmatch(r"poterne\.django INFO (accepted|refused)\.[a-z_]+", line) for line in ours), ours)
        for name in ("u0", "u1", "s3cret"):
            self.assertNotIn(name, log)
