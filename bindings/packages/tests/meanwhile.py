"""Logins go on while a command upgrades the library: in one process that began before, and in a new process for each.

    python3 meanwhile.py PROGRAM... -- COMMAND...

PROGRAM is `logins` with its first two arguments. Both kinds of process submit the same codes. Every code must be accepted once, every other
answer must be "replayed", and new processes must say both versions.
"""

import collections
import subprocess
import sys
import threading
import time

REPLAYED, CONFLICT = 2, 12
BEFORE = AFTER = 25


class Loop:
    """The logins of one kind of process. Each code is submitted by both at once."""

    together = threading.Barrier(2)

    def __init__(self, program):
        self.program, self.answers, self.versions, self.faults = program, [], collections.Counter(), []
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            while not self.faults:
                self.together.wait()
                self.login(len(self.answers))
        except threading.BrokenBarrierError:
            return
        self.together.abort()

    def login(self, counter):
        status = CONFLICT
        while status == CONFLICT:
            line = self.ask(counter)
            try:
                version, status = line.split()
                status = int(status)
            except ValueError:
                self.faults.append(f"the login of code {counter} gave no answer: {line!r}")
                return
        if status not in (0, REPLAYED):
            self.faults.append(f"the login of code {counter} failed: {status}")
        self.versions[version] += 1
        self.answers.append(status)


class New(Loop):
    def ask(self, counter):
        done = subprocess.run([*self.program, str(counter)], capture_output=True, text=True)
        return done.stdout or done.stderr


class Old(Loop):
    def run(self):
        with subprocess.Popen([*self.program, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as self.process:
            super().run()
            self.process.stdin.close()

    def ask(self, counter):
        self.process.stdin.write(f"{counter}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


def wait(loops, count):
    """Until so many more codes are through."""
    goal = len(loops[0].answers) + count
    while len(loops[0].answers) < goal and not any(loop.faults for loop in loops):
        time.sleep(0.01)


def main():
    between = sys.argv.index("--")
    program, command = sys.argv[1:between], sys.argv[between + 1 :]
    subprocess.run([*program, "enroll"], check=True)
    loops = [New(program), Old(program)]
    try:
        wait(loops, BEFORE)
        upgraded = subprocess.run(command, capture_output=True, text=True)
        wait(loops, AFTER)
    finally:
        Loop.together.abort()
        for loop in loops:
            loop.thread.join()
    faults = [fault for loop in loops for fault in loop.faults]
    if upgraded.returncode:
        faults.append(f"the upgrade failed: {upgraded.stdout}{upgraded.stderr}")
    new, old = loops
    if len(new.versions) != 2 or len(old.versions) != 1:
        faults.append(f"new processes said the versions {dict(new.versions)}, the old one {dict(old.versions)}: was it upgraded meanwhile?")
    both = list(zip(new.answers, old.answers))
    faults += [f"code {counter} was accepted {answers.count(0)} times" for counter, answers in enumerate(both) if answers.count(0) != 1]
    if faults:
        sys.exit("meanwhile: " + "\n           ".join(faults[:10]))
    print(f"meanwhile: {len(both)} codes at both, each accepted once; new processes: {dict(new.versions)}, the old one: {dict(old.versions)}")


main()
