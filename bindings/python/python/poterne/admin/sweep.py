"""A change over a whole table: in batches, each record by a swap that loses against a login.

It is safe to stop at any moment and to run again, from the beginning: a change that was made once more is the same. `forget` and
`reseal` write every record each time, because a record that stays as it was would tell who has not come (semantics 8.7, 8.8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from poterne import Attempt, Error, ErrorKind, Refused, StoredCredential, Verifier
from poterne.admin.console import Progress
from poterne.admin.interrupt import Interruptible
from poterne.admin.probe import PROBE
from poterne.admin.table import Table

Make = Callable[[StoredCredential], Attempt[None]]


@dataclass
class Counts:
    """What came of a sweep."""

    records: int = 0
    changed: int = 0
    conflicts: int = 0
    """Written by a login meanwhile: the next run has them."""
    failed: List[Tuple[str, ErrorKind]] = field(default_factory=list)
    """Records that do not open."""
    is_interrupted: bool = False

    def as_json(self) -> Dict[str, object]:
        return {
            "records": self.records,
            "changed": self.changed,
            "conflicts": self.conflicts,
            "failed": len(self.failed),
            "interrupted": self.is_interrupted,
        }


def sweep(table: Table, verifier: Verifier, make: Make, *, is_stored: bool, progress: Optional[Progress] = None) -> Counts:
    """Makes a change on every record. Without `is_stored` it counts what would change."""
    counts = Counts()
    with Interruptible() as stop:
        for batch in batches(table, has_probe=True):
            _one_batch(table, verifier, make, batch, counts, is_stored=is_stored)
            if progress is not None:
                progress.advance(len(batch))
            if stop.is_asked:
                counts.is_interrupted = True
                break
    return counts


def batches(table: Table, *, has_probe: bool = False) -> Iterator[List[Tuple[str, str]]]:
    """The rows that hold a record of somebody. The probe is nobody; it is sealed like all others, so changes of the keys concern it."""
    for rows in table.rows():
        yield [(account, record) for account, record in rows if record is not None and (has_probe or account != PROBE)]


def _one_batch(
    table: Table, verifier: Verifier, make: Make, batch: List[Tuple[str, str]], counts: Counts, *, is_stored: bool
) -> None:
    changes: List[Tuple[str, Optional[str], str]] = []
    attempts: List[Attempt[None]] = []
    for account, record in batch:
        counts.records += account != PROBE
        try:
            attempt = make(verifier.credential(account, record))
        except Error as error:
            # A state that does not allow the change, such as revoked, is as it should be.
            # The probe is nobody: a count that names it would not be that of the employees.
            if error.kind is not ErrorKind.STATE and account != PROBE:
                counts.failed.append((account, error.kind))
            continue
        if attempt.record is not None:
            changes.append((account, record, attempt.record))
            attempts.append(attempt)
    if not is_stored:
        counts.changed += sum(account != PROBE for account, _, _ in changes)
        return
    for (account, _, _), attempt, rows in zip(changes, attempts, table.column.swap_all(changes)):
        try:
            attempt.outcome(rows)
            counts.changed += account != PROBE
        except Refused:
            counts.conflicts += account != PROBE
