"""What a login takes, printed and not judged: challenge logins a second and their times, beside the same server without the second factor;
the server's memory over many logins.

    python figures.py [LOGINS]        10,000 by default
"""

from __future__ import annotations

import multiprocessing
import os
import pathlib
import shutil
import sys
import tempfile
import time
from typing import Dict, List, Tuple

import poterne
from client import ACCEPT, Client
from people import People
from radius_server import SECRET, Server, own

CLIENTS = 4

# The same server, the same password: the module is not asked.
FLOOR = {
    "ways/challenge": [
        ("\t\tpoterne_begin\n", '\t\tupdate request {\n\t\t\t&Stripped-User-Name := "%{User-Name}"\n\t\t}\n\t\tupdate control {\n\t\t\t&Auth-Type := poterne\n\t\t}\n'),
        ("\t\t\tif (!&State) {\n\t\t\t\tpoterne_check_password\n\t\t\t}\n\t\t\tpoterne_end\n", "\t\t\tpoterne_known_password\n\t\t\tpap\n"),
        ("\t\tpoterne_take_apart\n", ""),
    ],
}


def main() -> None:
    logins = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    people = People(folder / "people")
    names = list(people.all)[:CLIENTS]
    secrets = {name: os.urandom(20) for name in names}
    for name in names:
        people.enroll(name + "#2", secrets[name], counter=0)
    started: List[Server] = []
    try:
        servers: Dict[str, Server] = {}
        for name, edits in (("floor", FLOOR), ("challenge", {})):
            servers[name] = server = Server(folder / name, people.settings, poterne_passwords="users", edits=edits)
            (server.raddb / "passwords" / "users" / "users").write_bytes(people.users_file())
            own(server.folder)
            started.append(server.start())
        work = [(name, people.all[name].password, secrets[name]) for name in names]
        run(servers, "floor", work, 100)
        floor, _ = run(servers, "floor", work, logins // CLIENTS)
        # The server grows until its threads are all there, and as many answers are kept for retransmissions as it ever keeps.
        steps, counters = run(servers, "challenge", work, logins // CLIENTS)
        memory = [servers["challenge"].memory()]
        for _ in range(4):
            steps, counters = run(servers, "challenge", work, logins // CLIENTS, first=counters)
            memory.append(servers["challenge"].memory())
        show("password alone, one request", floor)
        show("password, then code, two requests", steps)
        print(f"radius: the floor makes {floor[0] / steps[0]:.1f} times as many logins a second")
        shown = ", ".join(f"{each / 2**20:.1f}" for each in memory)
        print(f"radius: MB of the server's memory, every {logins // CLIENTS * CLIENTS} logins: {shown}")
    finally:
        for server in started:
            server.stop()
        shutil.rmtree(folder)


Times = Tuple[float, List[float]]


def run(servers: Dict[str, Server], name: str, work: List[Tuple[str, bytes, bytes]], logins: int, first: int = 0) -> Tuple[Times, int]:
    """Logins a second, and the time of each; and the next counter."""
    begin = time.monotonic()
    with multiprocessing.get_context("fork").Pool(len(work)) as pool:
        jobs = [(servers[name].port, name == "challenge", *each, logins, first) for each in work]
        times = [each for each in pool.starmap(log_in, jobs)]
    taken = time.monotonic() - begin
    every = sorted(one for each in times for one in each)
    return (len(every) / taken, every), first + logins


def log_in(port: int, has_code: bool, name: str, password: bytes, secret: bytes, logins: int, first: int) -> List[float]:
    times = []
    user = (name + "#2" if has_code else name).encode()
    with Client(port, SECRET, timeout=20) as client:
        for counter in range(first, first + logins):
            code = poterne.hotp(secret, counter).encode()
            begin = time.perf_counter()
            answer = client.ask(user, password)
            if has_code:
                answer = client.ask(user, code, answer.state)
            times.append(time.perf_counter() - begin)
            assert answer.code == ACCEPT, answer
    return times


def show(what: str, times: Times) -> None:
    rate, every = times
    p50, p99 = every[len(every) // 2], every[len(every) * 99 // 100]
    print(f"radius: {what}: {rate:.0f} logins a second, p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, {len(every)} logins by {CLIENTS} clients")


if __name__ == "__main__":
    main()
