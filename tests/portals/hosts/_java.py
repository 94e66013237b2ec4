"""Nodes that are Java processes, and the pages of a site with a login form of its own."""

from __future__ import annotations

import functools
import os
import pathlib
import subprocess
import time
from typing import ClassVar, List, Optional, Sequence, TextIO
from urllib.parse import urlsplit

from department import Department
from playwright.sync_api import Page

from hosts import Host

ROOT = pathlib.Path(__file__).resolve().parents[3]


@functools.lru_cache(maxsize=None)
def built() -> None:
    # tests/portals/run has made the jar.
    subprocess.run([ROOT / "bindings/java/servlet/test", "--build"], check=True, env={**os.environ, "POTERNE_ARTIFACTS": "made"})


class JavaHost(Host):
    # The module below bindings/java, and what each node is started with before the arguments that all have.
    module: ClassVar[str]
    main: ClassVar[str]
    servers: ClassVar[Sequence[str]]

    def start(self, department: Department, nodes: int) -> List[str]:
        built()
        self.processes: List[subprocess.Popen[bytes]] = []
        self.logs: List[pathlib.Path] = []
        return [self.node(department, number) for number in range(nodes)]

    def node(self, department: Department, number: int) -> str:
        folder = ROOT / "bindings/java" / self.module
        classes = f"{folder}/target/test-classes:{folder}/target/classes:{(folder / 'target/classpath').read_text()}"
        database = f"jdbc:postgresql://{department.host}:{department.port}/{department.database}?connectTimeout=2&socketTimeout=5"
        log = department.folder / f"{self.name}-{number}.log"
        self.logs.append(log)
        command = [
            "java", "-Xmx192m", "-XX:TieredStopAtLevel=1", "-cp", classes, self.main, self.servers[number % len(self.servers)], "0",
            str(department.keyring), database, str(department.ticket_seconds),
        ]
        with log.open("wb") as out:
            self.processes.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=department.folder))
        for _ in range(600):
            for line in log.read_text(errors="replace").splitlines():
                if line.startswith("ready on "):
                    return f"http://127.0.0.1:{line.split()[-1]}"
            if self.processes[-1].poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"{self.name} does not start: {log.read_text(errors='replace')[-4000:]}")

    def password_page(self, page: Page, base: str, account: str, password: Optional[str] = None) -> None:
        page.goto(base + "/logout")
        page.goto(base + "/")
        page.fill("input[name=account]", account)
        page.fill("input[name=password]", f"s3cret-{account}" if password is None else password)
        page.click("button")
        page.wait_for_load_state()

    def signed_in(self, page: Page) -> Optional[str]:
        here = urlsplit(page.url)
        page.goto(f"{here.scheme}://{here.netloc}/" if here.scheme == "http" else self.bases[0] + "/")
        return page.inner_text("#account") if page.locator("#account").count() else None

    def own_page(self, page: Page, base: str) -> None:
        page.goto(base + "/poterne/account")

    def sign_out(self, page: Page, base: str) -> None:
        page.goto(base + "/logout")

    def log(self) -> str:
        return "".join(log.read_text(errors="replace") for log in self.logs)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
