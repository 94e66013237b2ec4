"""A process ends while daemon threads are inside the package: quietly, whatever they do. CPython before 3.14 ends such threads by
`pthread_exit`, which must not meet a frame of the native half.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

ENDS = 50

THREADS = """
import sys, threading, time
import agent, poterne

verifier = agent.verifier()
busy = threading.Barrier(9)

class Slow(agent.Table):
    def load(self, account):
        time.sleep(0)
        return super().load(account)

def begin(work):
    def run():
        busy.wait()
        while True:
            try:
                work()
            except poterne.Refused:
                pass
    for _ in range(8):
        threading.Thread(target=run, daemon=True).start()
    busy.wait()
    time.sleep(0.02)
"""

LOGINS = """
store = Slow({agent.ACCOUNT: agent.record(verifier)})
codes = iter(range(1 << 40))

def log_in():
    # Accepted, replayed, wrong, malformed; and changes.
    number = next(codes)
    verifier.login(agent.ACCOUNT, ("x", agent.code(), "000000", agent.code(agent.STEP + 1))[number % 4], store=store, now=agent.NOW)

def change():
    store.apply(verifier, agent.ACCOUNT, lambda credential: credential.unlock())
    assert store.inspect(verifier, agent.ACCOUNT).authenticator is poterne.Authenticator.APP

begin(lambda: (change(), log_in()))
"""

# A line of Python above a frame of the native half, which only a time zone of the application's own can still be.
CALLED_BACK = """
import datetime

class Zone(datetime.tzinfo):
    def utcoffset(self, moment):
        time.sleep(0)
        return datetime.timedelta(0)

moment = datetime.datetime(2026, 11, 21, tzinfo=Zone())
begin(lambda: poterne.totp(agent.SECRET, moment))
"""


def end(script: str) -> "subprocess.CompletedProcess[str]":
    # From here it imports `agent`.
    folder = pathlib.Path(__file__).parent
    return subprocess.run([sys.executable, "-c", THREADS + script], capture_output=True, text=True, cwd=folder)


def test_daemon_threads_that_log_in_end_with_the_process() -> None:
    for _ in range(ENDS):
        done = end(LOGINS)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="from CPython 3.14 on, such a thread waits for the end instead")
def test_the_control_a_line_of_python_above_the_native_half_ends_the_process() -> None:
    assert any(end(CALLED_BACK).returncode < 0 for _ in range(ENDS))
