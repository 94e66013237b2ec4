"""The secrets that have a record already: one that is stored twice would accept one code twice (semantics 16.14).

Two runs at once could each look before the other writes. So each batch renews the record of the probe, in the transaction of its own writes.
If the probe has another record than before the look, somebody else has stored secrets since: nothing is written, and the look is made anew.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

from poterne import Error
from poterne._poterne import SecretsInUse
from poterne.admin import probe
from poterne.admin.language import Say
from poterne.admin.site import Site
from poterne.admin.sweep import batches
from poterne.admin.table import Change

# Of a change: its rows, 0 if somebody else has changed the account; or the account that has its secret.
Stored = Union[int, str]


class InUse:
    """Those of the whole table."""

    def __init__(self, site: Site) -> None:
        self._site, self.unreadable = site, 0
        self._look()

    def twin(self, account: str, record: str) -> Optional[str]:
        """The account that has the secret of this record. If none has, it is this account's from now on."""
        return self._secrets.insert(self._site.verifier, account, record)

    def store(self, changes: Sequence[Change]) -> List[Stored]:
        """Stores records, if no other run has given their secrets away since `twin` was asked."""
        stored = self._stored(changes)
        if stored is None:
            # Somebody was in the way, or has stored the first record of an account: that concerns one of them.
            stored = [(self._stored([change]) or [0])[0] for change in changes]
        return stored

    def remark(self, say: Say) -> str:
        """What the look could not see; empty if it saw everything."""
        if not self.unreadable:
            return ""
        return say(
            "{count:#record could not be read: its secret is|records could not be read: their secrets are} not compared.",
            "{count:#enregistrement illisible : son secret n’est pas comparé|enregistrements illisibles : leurs secrets ne sont pas comparés}.",
            count=self.unreadable,
        )

    def _look(self) -> None:
        """The probe first: what is stored behind its back is seen, or it has changed."""
        site = self._site
        self._seen = site.table.column.load(probe.PROBE)
        self._secrets, self.unreadable = SecretsInUse(), 0
        for batch in batches(site.table):
            for account, record in batch:
                try:
                    self._secrets.insert(site.verifier, account, record)
                except Error:
                    self.unreadable += 1

    def _stored(self, changes: Sequence[Change]) -> Optional[List[Stored]]:
        """None if they cannot be stored together."""
        stored: List[Stored] = [0] * len(changes)
        left: List[Tuple[int, Change]] = list(enumerate(changes))
        while left:
            if self._seen is not None:
                new = self._renewed(self._seen)
                rows = self._site.table.swap_all_since((probe.PROBE, self._seen, new), [change for _, change in left])
                if rows is not None:
                    for (at, _), count in zip(left, rows):
                        stored[at] = count
                    self._seen = new if rows else self._seen
                    return stored if rows else None
            probe.plant(self._site.table, self._site.verifier)
            self._look()
            asked = [(at, change, self.twin(change[0], change[2])) for at, change in left]
            for at, _, twin in asked:
                stored[at] = twin or 0
            left = [(at, change) for at, change, twin in asked if twin is None]
        return stored

    def _renewed(self, record: str) -> str:
        renewed = self._site.verifier.credential(probe.PROBE, record).reseal().record
        assert renewed is not None
        return renewed
