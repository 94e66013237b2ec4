"""Sessions that wait for a code, many at once: `tests/databases python waiting.py [COUNT]` prints what they take."""

from __future__ import annotations

import concurrent.futures
import itertools
import os
import pathlib
import sys
import tempfile
import time
from typing import Dict, List, NamedTuple, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/portals"))

from client import Client
from department import Department, Employee
from hosts.lemonldap import LemonLdap


class Portal(LemonLdap):
    name = "waiting"
    workers = 4
    # A worker that ends itself takes its memory along.
    max_requests = 1_000_000
    # The first form has a token of its own, which is not what is measured.
    extra = {"requireToken": 0}


class Size(NamedTuple):
    """Of the portal: its workers' own memory in KiB, the files of its session store, and their bytes."""

    memory: List[int]
    files: int
    bytes: int


def size(host: LemonLdap, department: Department) -> Size:
    files = [each.stat().st_size for each in (department.folder / host.name / "node0/sessions").iterdir() if each.is_file()]
    return Size([own_memory(process) for process in workers(host)], len(files), sum(files))


def workers(host: LemonLdap) -> List[int]:
    [master] = [node._process.pid for node in host._nodes]
    return sorted(map(int, pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()))


def own_memory(process: int) -> int:
    lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def processor(host: LemonLdap) -> float:
    """The seconds that the workers have computed."""
    ticks = 0
    for process in workers(host):
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait(host: LemonLdap, people: List[Employee], count: int, at_once: int = 8) -> List[Tuple[Employee, Client, str]]:
    """So many browsers whose password was right, each with its own cookies."""

    def one(person: Employee) -> Tuple[Employee, Client, str]:
        client = Client(host.bases[0])
        status, _, where = client.ask("POST", "/", {"user": person.name, "password": person.password})
        assert status == 303, status
        return person, client, where.rpartition("tab=")[2]

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, itertools.islice(itertools.cycle(people), count)))


def logins(host: LemonLdap, people: List[Employee]) -> Dict[str, float]:
    """The milliseconds of a login, one after the other: p50, p99, and what the portal computes."""
    times, computed = [], processor(host)
    for person in people:
        client, code = Client(host.bases[0]), person.code()
        began = time.perf_counter()
        tab = client.password(person.name, person.password)
        client.page(tab)
        status, _, _ = client.code(tab, code)
        times.append(1000 * (time.perf_counter() - began))
        assert status == 302, status
    computed = 1000 * (processor(host) - computed) / len(people)
    times.sort()
    return {"p50": times[len(times) // 2], "p99": times[int(len(times) * 0.99)], "computed": computed}


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="waiting-") as folder:
        os.chmod(folder, 0o755)
        department = Department(pathlib.Path(folder), fresh=1500)
        host = Portal()
        try:
            with department.setting("ticket_seconds", 600):
                host.start(department, nodes=1)
            people = [department.employee() for _ in range(1000)]
            samples = [[department.employee() for _ in range(100)] for _ in range(4)]
            logins(host, samples[0])
            before = logins(host, samples[1])
            empty = size(host, department)
            began = time.time()
            waiting = wait(host, people, count)
            took = time.time() - began
            full = size(host, department)
            after = logins(host, samples[2])
            entered = 0
            for person, client, tab in (*waiting[:20], *waiting[-20:]):
                entered += not client.is_in() and client.code(tab, person.code())[0] == 302 and client.is_in()
            print(f"{count} sessions that wait, begun in {took:.0f} s: {count / took:.0f} a second; {entered} of the first and last 40 got in")
            print(f"memory of a worker  {empty.memory} KiB, then {full.memory} KiB")
            print(f"session store       {empty.files} files of {empty.bytes} bytes, then {full.files} of {full.bytes}")
            print(f"                    {(full.files - empty.files) / count:.1f} files and {(full.bytes - empty.bytes) / count:.0f} bytes for each that waits")
            for name, times in (("before", before), ("with all that wait", after)):
                print(f"a login {name:20} p50 {times['p50']:.1f} ms  p99 {times['p99']:.1f} ms  the portal computes {times['computed']:.1f} ms")
        finally:
            host.stop()
            department.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
