"""A Django site with its own login page: nodes of gunicorn, sessions and users in the department's database."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Dict, IO, List, Optional
from urllib.parse import quote

from department import Department
from playwright.sync_api import Page

from hosts import Host

SITE = pathlib.Path(__file__).resolve().parents[3] / "bindings" / "python" / "tests" / "django"

USERS = """
import sys, json
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
users = get_user_model().objects
for name, password in json.load(sys.stdin).items():
    users.filter(username=name).exists() or users.create(username=name, password=make_password(password))
"""


class DjangoSite(Host):
    name = "django"
    # Django's user names have at most 150 characters.
    impossible = ("a" * 200,)

    def __init__(self) -> None:
        self._nodes: List[subprocess.Popen[bytes]] = []
        self._log: Optional[IO[bytes]] = None

    def start(self, department: Department, nodes: int) -> List[str]:
        environment = self.environment(department)
        self._path = department.folder / "django.log"
        self._log = open(self._path, "wb")
        self._run(environment, "migrate", "-v", "0")
        possible: Dict[str, str] = {name: word for name, word in department.accounts.items() if name not in self.impossible}
        self._run(environment, "shell", "-v", "0", "-c", USERS, given=json.dumps(possible))
        self.bases = [self.node(environment) for _ in range(nodes)]
        return self.bases

    def environment(self, department: Department) -> Dict[str, str]:
        user, password = quote(department.user), quote(department.password)
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "site_of_tests.settings",
            "SITE_DATABASE": f"postgresql://{user}:{password}@{department.host}:{department.port}/{department.database}",
            "SITE_KEYRING": str(department.keyring),
            "SITE_POTERNE": json.dumps({"SETTINGS": str(department.settings), "ISSUER": "Département", "NO_RECORD": "enroll"}),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(SITE),
        }

    def node(self, environment: Dict[str, str], threads: int = 8) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--log-level=warning", "-w", "1", "--threads", str(threads)]
        command += ["--worker-class", "gthread", "--no-control-socket", "-b", f"127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
        node = subprocess.Popen(command, cwd=SITE, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        self._nodes.append(node)
        base = f"http://127.0.0.1:{port}"
        for _ in range(300):
            assert node.poll() is None, self.log()
            try:
                urllib.request.urlopen(base + "/public/", timeout=5).close()
                return base
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the node does not start: {self.log()}")

    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        page.goto(base + "/login/")
        page.fill("#id_username", account)
        page.fill("#id_password", f"s3cret-{account}" if password is None else password)
        page.click("#site-login")
        page.wait_for_load_state()

    def signed_in(self, page: Page) -> Optional[str]:
        answer = page.context.request.get(self.bases[0] + "/who/", max_redirects=0)
        return answer.text() or None if answer.status == 200 else None

    def own_page(self, page: Page, base: str) -> None:
        page.goto(base + "/second-step/account/")

    def sign_out(self, page: Page, base: str) -> None:
        page.goto(base + "/")
        page.click("#site-logout")
        page.wait_for_load_state()

    def log(self) -> str:
        return self._path.read_text()

    def stop(self) -> None:
        for node in self._nodes:
            node.terminate()
        for node in self._nodes:
            node.wait(20)
        self._nodes.clear()
        if self._log is not None:
            self._log.close()

    def _run(self, environment: Dict[str, str], *arguments: str, given: str = "") -> None:
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments], cwd=SITE, env=environment, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


HOST = DjangoSite
