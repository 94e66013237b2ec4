"""What the second step takes, beside the same portal without it: `tests/databases python figures.py`."""

from __future__ import annotations

import os
import pathlib
import sys
import tempfile
import time
from typing import Dict, List

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/portals"))

from client import Client
from department import Department
from hosts.lemonldap import LemonLdap

COUNT = int(os.environ.get("POTERNE_LOGINS", "200"))


class Plain(LemonLdap):
    """The same portal, the password alone."""

    name = "plain"
    has_second_factor = False


def show(name: str, times: List[float]) -> float:
    times = sorted(times)
    p50, p99 = (1000 * times[int(len(times) * part)] for part in (0.5, 0.99))
    print(f"{name:34} {len(times):5} requests  p50 {p50:7.1f} ms  p99 {p99:7.1f} ms")
    return p50


def timed(times: List[float], call: object, *arguments: object) -> object:
    began = time.perf_counter()
    result = call(*arguments)  # type: ignore[operator]
    times.append(time.perf_counter() - began)
    return result


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        os.chmod(folder, 0o755)
        department = Department(pathlib.Path(folder), fresh=COUNT)
        with_code, plain = LemonLdap(), Plain()
        try:
            with_code.start(department, nodes=1)
            plain.start(department, nodes=1)
            people = [department.employee() for _ in range(COUNT)]
            password: List[float] = []
            asked: List[float] = []
            shown: List[float] = []
            code: List[float] = []
            for warm in (True, False):
                for one in people[: 20 if warm else COUNT]:
                    client = Client(plain.bases[0])
                    fields = {"user": one.name, "password": one.password}
                    status, _, _ = timed([] if warm else password, client.ask, "POST", "/", fields)  # type: ignore[misc]
                    assert status == 302, status
                    client = Client(with_code.bases[0])
                    status, _, where = timed([] if warm else asked, client.ask, "POST", "/", fields)  # type: ignore[misc]
                    assert status == 303
                    if warm:
                        continue
                    tab = where.rpartition("=")[2]
                    timed(shown, client.page, tab)
                    status, _, _ = timed(code, client.code, tab, one.code())  # type: ignore[misc]
                    assert status == 302, "the code is refused"
            before = show("password alone", password)
            first = show("password, before the code", asked)
            show("the page that asks for the code", shown)
            last = show("code", code)
            print(f"more than the password alone at p50: {first + last - before:.1f} ms over both requests, the portal's own part of it included")
        finally:
            with_code.stop()
            plain.stop()
            department.close()


main()
