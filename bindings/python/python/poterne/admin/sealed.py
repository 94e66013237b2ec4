"""Under which keys the records are sealed, and the refusal of a keyring that does not fit them.

A run that goes on with another keyring would seal new records that no other server opens.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterable, Optional

from poterne import Error, ErrorKind, key_id_of
from poterne.admin.console import Stop
from poterne.admin.language import Say
from poterne.admin.probe import PROBE
from poterne.admin.site import Site
from poterne.admin.sweep import batches
from poterne.admin.table import Table


def _key_id(record: str) -> Optional[int]:
    """None if the text is no record of this version: opening it says so."""
    try:
        return key_id_of(record)
    except Error:
        return None


def keys_of(table: Table) -> "Counter[int]":
    """How many records each key has sealed; the probe is not counted."""
    counts: Counter[int] = Counter()
    for batch in batches(table):
        counts.update(found for found in (_key_id(record) for _, record in batch) if found is not None)
    return counts


def shown(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids)))


def records(say: Say, count: int) -> str:
    return say("{count:#record|records}", "{count:#enregistrement|enregistrements}", count=count)


def refuse_other_keyring(site: Site) -> None:
    """Stops if the keyring lacks the key of a record, or has another key under the same id: ids are days, and the probe tells."""
    say, table = site.console.say, site.table
    known = set(site.keyring.key_ids)
    lacking = Counter({each: count for each, count in keys_of(table).items() if each not in known})
    if lacking:
        raise Stop(
            say(
                "Nothing was changed: the keyring {path} has only key {known}, and {records} of the table {name} cannot be decrypted without"
                " key {keys}. Copy the keyring of a server that has it, or restore it from its backup. Then: poterne doctor",
                "Rien n’a été modifié : le trousseau {path} n’a que la clé {known}, et {records} de la table {name} sont indéchiffrables sans"
                " la clé {keys}. Copier le trousseau d’un serveur qui l’a, ou le restaurer depuis sa sauvegarde. Ensuite : poterne doctor",
                path=site.keyring_path,
                known=shown(known),
                records=records(say, sum(lacking.values())),
                name=table.name,
                keys=shown(lacking),
            )
        )
    probe = table.column.load(PROBE)
    if probe is None:
        return
    try:
        site.verifier.credential(PROBE, probe).inspect()
    except Error as error:
        if error.kind not in (ErrorKind.RECORD, ErrorKind.UNKNOWN_KEY):
            raise
    else:
        return
    raise Stop(
        say(
            "Nothing was changed: the test record {probe} of the table {name} cannot be decrypted. The keyring {path} holds another key under"
            " the same number, or the application is not {application}. Compare both with another server: poterne doctor",
            "Rien n’a été modifié : l’enregistrement d’essai {probe} de la table {name} est indéchiffrable. Le trousseau {path} contient une"
            " autre clé sous le même numéro, ou l’application n’est pas {application}. Comparer les deux avec un autre serveur : poterne doctor",
            probe=PROBE,
            name=table.name,
            path=site.keyring_path,
            application=site.settings.application,
        )
    )
