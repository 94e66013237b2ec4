"""What the second step takes, beside the same portal without it: `tests/databases python figures.py`."""

from __future__ import annotations

import os
import pathlib
import sys
import tempfile
import time
from functools import partial
from typing import Any, Callable, List

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/portals"))

import own_totp
import poterne
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


def timed(times: List[float], call: Callable[..., Any], *arguments: Any) -> Any:
    began = time.perf_counter()
    result = call(*arguments)
    times.append(time.perf_counter() - began)
    return result


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        os.chmod(folder, 0o755)
        department = Department(pathlib.Path(folder), fresh=COUNT)
        with_code, plain, own = LemonLdap(), Plain(), own_totp.OwnTotp()
        try:
            with_code.start(department, nodes=1)
            plain.start(department, nodes=1)
            own.start(department, nodes=1)
            people = [department.employee() for _ in range(COUNT)]
            for one in people:
                own.give(one)
            password: List[float] = []
            asked: List[float] = []
            shown: List[float] = []
            code: List[float] = []
            own_code: List[float] = []
            for warm in (True, False):
                for one in people[: 20 if warm else COUNT]:
                    client = Client(plain.bases[0])
                    status, _, _ = timed([] if warm else password, client.ask, "POST", "/", client.form(one.name, one.password))
                    assert status == 302, status
                    client = Client(with_code.bases[0])
                    status, _, where = timed([] if warm else asked, client.ask, "POST", "/", client.form(one.name, one.password))
                    assert status == 303
                    client_of_own = Client(own.bases[0])
                    token = own_totp.password(client_of_own, one)
                    if warm:
                        continue
                    timed(own_code, own_totp.code, client_of_own, token, poterne.totp(one.secret, int(time.time())))
                    assert client_of_own.is_in()
                    tab = where.rpartition("=")[2]
                    timed(shown, client.page, tab)
                    status, _, _ = timed(code, partial(client.code, device="1"), tab, one.code())
                    assert status == 302, "the code is refused"
            show("password alone", password)
            show("password, before the code", asked)
            show("the page that asks for the code", shown)
            ours = show("code", code)
            theirs = show("code of the portal's own TOTP", own_code)
            print(f"more than the portal's own second factor at p50: {ours - theirs:.1f} ms")
        finally:
            with_code.stop()
            plain.stop()
            own.stop()
            department.close()


main()
