"""A change over the whole table, each record by a swap that loses against a login. Safe to stop at any moment and to run again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Iterator, List, Optional, Tuple

from django.core.management.base import OutputWrapper

import poterne
from poterne import Attempt, Error, ErrorKind, Refused, StoredCredential
from poterne.django.conf import configuration, verifier
from poterne.django.models import Record
from poterne.django.table import column

# Nobody's: `poterne_check` tries the swap on it.
PROBE = "poterne-probe"

_BATCH = 200


@dataclass
class Counts:
    changed: int = 0
    # Written by a login meanwhile: the next run has them.
    conflicts: int = 0
    # Records that do not open.
    failed: List[str] = field(default_factory=list)


def sweep(make: Callable[[StoredCredential], Attempt[None]]) -> Counts:
    counts = Counts()
    for batch in batches():
        changes: List[Tuple[str, Optional[str], str]] = []
        attempts: List[Attempt[None]] = []
        for account, record in batch:
            try:
                attempt = make(verifier().credential(account, record))
            except Error as error:
                # A state that does not allow the change, such as revoked, is as it should be.
                if error.kind is not ErrorKind.STATE:
                    counts.failed.append(account)
                continue
            if attempt.record is not None:
                changes.append((account, record, attempt.record))
                attempts.append(attempt)
        for attempt, rows in zip(attempts, column().swap_all(changes)):
            try:
                attempt.outcome(rows)
                counts.changed += 1
            except Refused:
                counts.conflicts += 1
    return counts


def batches() -> Iterator[List[Tuple[str, str]]]:
    """In the order of the accounts: two runs do not block each other."""
    rows, last = Record.objects.using(configuration().database).order_by("account").values_list("account", "record"), ""
    while batch := list(rows.filter(account__gt=last)[:_BATCH]):
        yield [(account, record) for account, record in batch if record]
        last = batch[-1][0]


def told(counts: Counts, out: OutputWrapper) -> None:
    out.write(f"{counts.changed} records, {counts.conflicts} left to a login, {len(counts.failed)} that do not open")


def plant_probe() -> None:
    """Two servers may do so at once."""
    store = column()
    if store.load(PROBE) is None:
        active = verifier().import_credential(PROBE, poterne.Secret.generate()).record
        revoked = verifier().credential(PROBE, active).revoke().record
        if revoked is not None:
            store.swap(PROBE, None, revoked)
