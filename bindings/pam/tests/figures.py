"""What a login takes, printed and not judged: logins a second and their times in hosts that log in one after the other, beside the same
stack without the second factor.

    python figures.py [LOGINS]        2,000 by default
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import time
from typing import List

from conftest import ACCOUNT, HOST, KINDS, ONE_FIELD, PASSWORD, PROMPT, SECRET, Site

import poterne

HOSTS = 4

FLOOR = PROMPT[0]


def main() -> None:
    logins = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    users = [f"{ACCOUNT}{number}" for number in range(HOSTS)]
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="pam-") as folder:
            site = Site(kind, pathlib.Path(folder))
            site.passwords(**{user: PASSWORD for user in users})
            for user in users:
                site.enroll(user, counter=0, authenticator=poterne.Authenticator.TOKEN)
            site.stack(FLOOR, service="floor")
            site.stack(*PROMPT, service="prompt")
            site.stack(*ONE_FIELD, service="one_field")
            if kind == KINDS[0]:
                show("password alone", site, "floor", users, logins)
            # One SQLite file has one writer at a time; hosts beside each other would measure its lock.
            beside = users if kind != "sqlite" else users[:1]
            show(f"password, then code, {kind}", site, "prompt", beside, logins)
            show(f"both in one field, {kind}", site, "one_field", beside, logins, first=logins // len(beside))


def show(what: str, site: Site, service: str, users: List[str], logins: int, first: int = 0) -> None:
    """The logins of all users, in a process each."""
    codes = [poterne.hotp(SECRET, counter) for counter in range(first, first + logins // len(users))]
    typed = "".join(f"{PASSWORD}{code}\n\n" if service == "one_field" else f"{PASSWORD}\n{code}\n" for code in codes)
    begin = time.monotonic()
    hosts = [
        subprocess.Popen([HOST, "times", site.stacks, service, user], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for user in users
    ]
    for host in hosts:
        assert host.stdin is not None
        host.stdin.write(typed)
        host.stdin.close()
    times: List[int] = []
    for host in hosts:
        assert host.stdout is not None
        times += map(int, host.stdout)
        assert host.wait() == 0, f"{what}: a login was refused"
    taken = time.monotonic() - begin
    times.sort()
    assert len(times) == len(codes) * len(users)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"pam: {what}: {len(times) / taken:.0f} logins a second, p50 {p50 / 1000:.1f} ms, p99 {p99 / 1000:.1f} ms, {len(times)} logins by {len(users)} hosts", flush=True)


if __name__ == "__main__":
    main()
