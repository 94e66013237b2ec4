"""examples/service: each node a process of its own, behind one database."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request
from typing import List, Optional

from department import Department
from hosts import Host
from playwright.sync_api import Page

HERE = pathlib.Path(__file__).resolve().parents[3]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))


class Service(Host):
    name = "service"

    def start(self, department: Department, nodes: int) -> List[str]:
        subprocess.run(["cargo", "build", "--locked", "-q", "-p", "poterne-service"], check=True, cwd=HERE)
        program = TARGET / "debug" / "poterne-service"
        self._environment = {
            **os.environ,
            "DATABASE_URL": department.dsn.replace(f"{department.user}@", f"{department.user}:{department.password}@"),
            "KEYRING": str(department.keyring),
            "APPLICATION": department.application,
            "POLICY": f"ticket_seconds={department.ticket_seconds} confirm_at_first_login=1",
        }
        users = "".join(f"{name} {password}\n" for name, password in department.accounts.items())
        subprocess.run([program, "users"], input=users.encode(), check=True, env=self._environment, stdout=subprocess.DEVNULL)
        self._nodes = [Node(program, self._environment, department.folder / f"service{number}.log") for number in range(nodes)]
        for node in self._nodes:
            node.wait()
        self.bases = [node.base for node in self._nodes]
        return self.bases

    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        page.context.clear_cookies()
        page.goto(base + "/")
        page.fill("#account", account)
        page.fill("#password", f"s3cret-{account}" if password is None else password)
        with page.expect_navigation():
            page.click("#poterne-submit")

    def signed_in(self, page: Page) -> Optional[str]:
        other = page.context.new_page()
        try:
            # A click or a key may be on its way, and the machine busy.
            for _ in range(4):
                page.wait_for_load_state("networkidle")
                other.goto(self.bases[0] + "/")
                account = other.locator("#service-account")
                if account.count():
                    return account.inner_text()
                time.sleep(0.4)
            return None
        finally:
            other.close()

    def own_page(self, page: Page, base: str) -> None:
        page.goto(base + "/account")

    def sign_out(self, page: Page, base: str) -> None:
        page.goto(base + "/")
        page.click("#service-sign-out")
        page.wait_for_load_state()

    def log(self) -> str:
        return "".join(node.log.read_text(errors="replace") for node in self._nodes)

    def stop(self) -> None:
        for node in getattr(self, "_nodes", []):
            node.stop()


class Node:
    def __init__(self, program: pathlib.Path, environment: dict[str, str], log: pathlib.Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.base, self.log = f"http://127.0.0.1:{port}", log
        with log.open("wb") as out:
            self._process = subprocess.Popen([program], env={**environment, "LISTEN": f"127.0.0.1:{port}"}, stdout=out, stderr=out)

    def wait(self) -> None:
        for _ in range(300):
            assert self._process.poll() is None, self.log.read_text(errors="replace")
            try:
                with urllib.request.urlopen(self.base + "/poterne.css", timeout=20):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text(errors="replace"))

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            assert self._process.wait(20) == 0, "it does not end well"
        finally:
            self._process.kill()
            self._process.wait()


HOST = Service
