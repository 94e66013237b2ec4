"""The doors, as processes of their own: two nodes of a web host, and a line-of-business application for each desk. The VPN is in vpn.py."""

from __future__ import annotations

import http.client
import pathlib
import subprocess
import sys

from servers import free_port, wait_until

HERE = pathlib.Path(__file__).resolve().parent


class Web:
    """Two nodes of a program, which is asked as web.py is; each thread knocks with a `Browser` of its own."""

    def __init__(self, program: str, *arguments: str) -> None:
        self.ports = [free_port() for _ in range(2)]
        # Whatever ends the day ends them.
        command = ["setpriv", "--pdeathsig", "KILL", "--", sys.executable, str(HERE / program)]
        self._nodes = [subprocess.Popen([*command, str(port), *arguments]) for port in self.ports]
        for port in self.ports:
            wait_until(lambda port=port: self._answers(port), "the web host answers")  # type: ignore[misc]

    @staticmethod
    def _answers(port: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.connect()
        connection.close()
        return True

    def end(self) -> None:
        for node in self._nodes:
            node.kill()
            node.wait()


class Browser:
    name = "web"

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, account: str, code: str, now: int) -> str:
        self._connection.request("POST", "/login", f"{account}\t{code}\t{now}")
        return self._connection.getresponse().read().decode()

    def end(self) -> None:
        self._connection.close()


class Business:
    name = "business"

    def __init__(self, program: pathlib.Path, conninfo: str, keys: pathlib.Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [str(program), conninfo, str(keys), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def ask(self, account: str, code: str, now: int) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{account}\t{code}\t{now}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()
