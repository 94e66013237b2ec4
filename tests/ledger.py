#!/usr/bin/env python3
"""What a campaign has done so far, counted over all its runs: whatever ends a run, the next one goes on from there.

    tests/ledger.py NAME                     prints the sums, with the commits that were tested
    tests/ledger.py NAME WHAT                the sum of one thing
    tests/ledger.py NAME WHAT COUNT          adds to it

The counts are lines in target/campaigns/NAME: date, commit, what, count. A commit that has `-dirty` was tested with changes. Remove
the file to begin again. The sums belong into tests/campaigns.md.
"""

from __future__ import annotations

import datetime
import os
import pathlib
import subprocess
import sys
from typing import Dict, List, Tuple

ROOT = pathlib.Path(__file__).resolve().parents[1]


class Ledger:
    def __init__(self, name: str) -> None:
        self._file = ROOT / "target/campaigns" / name
        self._commit = ""

    def add(self, what: str, count: int) -> None:
        """Is on the disk when it returns."""
        if not self._commit:
            describe = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
            self._commit = subprocess.run(describe, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        today = datetime.datetime.now(datetime.timezone.utc).date()
        line = f"{today}\t{self._commit}\t{what}\t{count}\n".encode()
        file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            # One write: two runs at once do not mix their lines.
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)

    def sums(self) -> Dict[str, int]:
        sums: Dict[str, int] = {}
        for _, _, what, count in self._lines():
            sums[what] = sums.get(what, 0) + int(count)
        return sums

    def sum(self, what: str) -> int:
        return self.sums().get(what, 0)

    def tested(self) -> List[str]:
        """The days and commits, in the order of the runs."""
        return list(dict.fromkeys(f"{date} {commit}" for date, commit, _, _ in self._lines()))

    def _lines(self) -> List[Tuple[str, str, str, str]]:
        if not self._file.exists():
            return []
        # The last line may have been cut off with the machine.
        whole = self._file.read_text().split("\n")[:-1]
        return [(date, commit, what, count) for date, commit, what, count in (line.split("\t") for line in whole)]


def main() -> None:
    if len(sys.argv) not in (2, 3, 4):
        sys.exit(__doc__)
    ledger = Ledger(sys.argv[1])
    if len(sys.argv) == 4:
        ledger.add(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 3:
        print(ledger.sum(sys.argv[2]))
    else:
        for what, count in sorted(ledger.sums().items()):
            print(f"{what}: {count:,}")
        print("; ".join(ledger.tested()))


if __name__ == "__main__":
    main()
