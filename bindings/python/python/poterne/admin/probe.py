"""The probe: a row of the command's own, with a revoked record, on which the swap is tried. Nobody can log in with it."""

from __future__ import annotations

import poterne
from poterne import Verifier
from poterne.admin.table import Table

# Never an employee's: every count and every list leaves it out.
PROBE = "poterne-probe"


def plant(table: Table, verifier: Verifier) -> None:
    """Makes the row, unless it is there. Two administrators may do so at once."""
    if table.column.load(PROBE) is not None:
        return
    imported = verifier.import_credential(PROBE, poterne.Secret.generate())
    active = imported.record
    revoked = verifier.credential(PROBE, active).revoke().record
    if revoked is not None:
        table.column.swap(PROBE, None, revoked)


def check(table: Table, verifier: Verifier) -> None:
    """Checks that the table swaps, compares, commits and keeps. Raises what `Column.check` raises."""
    plant(table, verifier)
    table.column.check(verifier, PROBE)
