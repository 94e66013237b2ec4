"""The secrets that have a record already: one that is stored twice would accept one code twice (semantics 16.14)."""

from __future__ import annotations

import contextlib

from poterne import Error
from poterne._poterne import SecretsInUse
from poterne.admin.site import Site
from poterne.admin.sweep import batches


def secrets_in_use(site: Site) -> SecretsInUse:
    """Those of the whole table. What this keyring does not open is nobody's here."""
    in_use = SecretsInUse()
    for batch in batches(site.table):
        for account, record in batch:
            with contextlib.suppress(Error):
                in_use.insert(site.verifier, account, record)
    return in_use
