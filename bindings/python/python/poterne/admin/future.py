"""A last used code of a time to come, in the file or database of another system: every code up to that time would be refused."""

from __future__ import annotations

from typing import Optional

from poterne.admin.language import Say
from poterne.admin.site import Site


def repaired(site: Site, account: str, record: str, now: float) -> Optional[str]:
    """The record that a wrong clock calls for (semantics 8.5): its last step is above all that any server could have accepted by now. None
    if there is nothing to repair.
    """
    return site.verifier.credential(account, record).repair_clock(now=now).record


def refusal(say: Say) -> str:
    return say(
        "its last used code is of a time to come, as the source says: all its codes would be refused until then. Look at this server's"
        " clock; if it is right, and the source wrong: --clock-is-right",
        "son dernier code utilisé est dans le futur, selon la source : tous ses codes seraient refusés d’ici là. Vérifier l’horloge de"
        " ce serveur ; si elle est juste, et la source fausse : --clock-is-right",
    )


def remark(say: Say) -> str:
    return say(
        "its last used code, of a time to come in the source, counts as one of now: codes may be refused for up to an hour",
        "son dernier code utilisé, futur selon la source, compte comme actuel : des codes peuvent être refusés pendant une heure au plus",
    )
