"""Seals what a reader has found, and stores it: in batches, nothing overwritten unless it is asked for, and the same result when it is run
again.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import poterne
from poterne import Authenticator, Error, MovingFactor, State, Status
from poterne._poterne import SecretsInUse
from poterne.admin import future
from poterne.admin.console import Progress
from poterne.admin.in_use import InUse
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.moving.found import Found, Source, is_uniform, looks_secret, reason, swapped
from poterne.admin.serial import is_serial
from poterne.admin.site import Site
from poterne.admin.table import BATCH


@dataclass(frozen=True)
class Wishes:
    """What the arguments ask for."""

    is_replaced: bool = False
    is_beside: bool = False
    """A second and third authenticator of a person gets a row of its own."""
    zero: str = ""
    """What a counter of 0 means that may be the habit of an export: unused, or unknown. Without it, such lines are not moved."""
    accounts: Optional[Dict[str, str]] = None
    is_clock_right: bool = False
    """A last used code of a time to come is the source's fault, and counts as one of now."""


@dataclass(frozen=True)
class Result:
    """What came of a line: moved, replaced, there, or trouble."""

    place: str
    account: str
    verdict: str
    text: str = ""


class Move:
    """One run."""

    def __init__(self, site: Site, wishes: Wishes, now: Optional[float] = None) -> None:
        self.site, self.wishes, self.say = site, wishes, site.console.say
        self.now = time.time() if now is None else now
        self.results: List[Result] = []
        self.is_interrupted = False
        self.has_unknown_use = False
        self.in_use: Optional[InUse] = None

    def plan(self, source: Source) -> List[Tuple[str, Found]]:
        """Each authenticator with the account that it gets here; what is wrong with the others is among the results."""
        self.results += [Result(each.place, each.there, "trouble", each.text) for each in source.troubles]
        planned: List[Tuple[str, Found]] = []
        rows: Counter[str] = Counter()
        seen = SecretsInUse()
        for number, found in enumerate(source.found):
            person = self._account(found)
            text = self._objection(found, person) or self._twice(found, person, rows, self._same(source, number, seen))
            if text:
                shown = person or found.there
                self._refuse(found, "" if looks_secret(shown) else shown, text)
                continue
            assert person is not None
            account = poterne.rows_of_person(person)[rows[person]]
            rows[person] += 1
            planned.append((account, found))
        # Two runs that lock in one order do not block each other.
        return sorted(planned, key=lambda each: each[0])

    def run(self, planned: Sequence[Tuple[str, Found]], stop: Interruptible, progress: Optional[Progress], *, is_stored: bool) -> None:
        self.in_use = InUse(self.site)
        for start in range(0, len(planned), BATCH):
            if stop.is_asked:
                self.is_interrupted = True
                return
            batch = planned[start : start + BATCH]
            self._one_batch(batch, self.in_use, is_stored=is_stored)
            if progress is not None:
                progress.advance(len(batch))

    def _one_batch(self, batch: Sequence[Tuple[str, Found]], in_use: InUse, *, is_stored: bool) -> None:
        records = self.site.table.records([account for account, _ in batch])
        changes: List[Tuple[str, Optional[str], str]] = []
        moved: List[Tuple[Found, str, str]] = []
        for account, found in batch:
            old = records.get(account)
            if old is not None and not self._may_replace(account, found, old):
                continue
            new = self._sealed(account, found, is_new=old is None)
            if new is None:
                continue
            lowered = future.repaired(self.site, account, new, self.now)
            if lowered is not None and not self.wishes.is_clock_right:
                self._refuse(found, account, future.refusal(self.say))
                continue
            twin = in_use.twin(account, new)
            if twin is not None:
                self._refuse(found, account, self._has_secret_of(twin))
                continue
            changes.append((account, old, lowered or new))
            moved.append((found, "moved" if old is None else "replaced", self._remark(found) if lowered is None else future.remark(self.say)))
        stored = in_use.store(changes) if is_stored else [1] * len(changes)
        for (account, _, _), (found, verdict, remark), rows in zip(changes, moved, stored):
            if isinstance(rows, str):
                self._refuse(found, account, self._has_secret_of(rows))
            elif rows == 1:
                self.results.append(Result(found.place, account, verdict, remark))
            else:
                self._refuse(found, account, self.say("was changed at the same moment: run the command again", "modifié au même moment : relancer la commande"))

    def _has_secret_of(self, twin: str) -> str:
        return self.say("has the secret of {twin}, which has a record", "a le secret de {twin}, qui a un enregistrement", twin=twin)

    def _may_replace(self, account: str, found: Found, old: str) -> bool:
        say = self.say
        if not self.wishes.is_replaced:
            self.results.append(Result(found.place, account, "there"))
            return False
        try:
            status: Optional[Status] = self.site.verifier.credential(account, old).inspect(now=self.now)
        except Error:
            status = None
        if status is None:
            text = say("its record cannot be decrypted with this keyring", "son enregistrement est indéchiffrable avec ce trousseau")
        elif status.state is State.REVOKED:
            text = say("is revoked, to keep its owner out", "révoqué : cette personne ne doit plus entrer")
        elif status.moving_factor is MovingFactor.COUNTER and status.state is not State.PENDING:
            text = say(
                "its counter here may be ahead of this one, and used codes would count again: end it first, poterne gone --delete",
                "son compteur d’ici peut être en avance, et des codes utilisés serviraient de nouveau : y mettre fin d’abord, poterne gone --delete",
            )
        else:
            return True
        self._refuse(found, account, text)
        return False

    def _sealed(self, account: str, found: Found, *, is_new: bool) -> Optional[str]:
        verifier = self.site.verifier
        try:
            if found.counter is not None:
                made = verifier.import_credential(
                    account,
                    found.secret,
                    state=State.PENDING if self._waits(found) else State.ACTIVE,
                    now=self.now,
                    authenticator=found.authenticator,
                    algorithm=found.algorithm,
                    digits=found.digits,
                    counter=found.counter,
                )
            else:
                made = verifier.import_credential(
                    account,
                    found.secret,
                    state=State.PENDING if self._waits(found) else State.ACTIVE,
                    watermark=self._watermark(found, is_new=is_new),
                    drift=found.drift,
                    now=self.now,
                    authenticator=found.authenticator,
                    algorithm=found.algorithm,
                    digits=found.digits,
                    time_step=found.time_step,
                    t0=found.t0,
                )
        except Error as error:
            self._refuse(found, account, reason(self.say, error))
            return None
        return made.record

    def _waits(self, found: Found) -> bool:
        """Whether it is confirmed here: two codes in a row bring a counter up to where its token is."""
        return found.is_pending or (_is_doubtful(found) and self.wishes.zero == "unknown")

    def _watermark(self, found: Found, *, is_new: bool) -> Optional[int]:
        """Where nothing tells which code was used last, all that the other system can have accepted by now count as used; so do, if a record
        is replaced, those that were accepted here.
        """
        if found.is_use_known and is_new:
            return found.last_step
        step = math.floor((self.now - found.t0) / found.time_step)
        self.has_unknown_use = self.has_unknown_use or not found.is_pending
        return max(0, step + found.drift + 1, found.last_step or 0)

    def _account(self, found: Found) -> Optional[str]:
        """The account here; None if the list of accounts does not have it."""
        if self.wishes.accounts is None:
            return found.there
        return next((here for name in (found.there, *found.also) if (here := self.wishes.accounts.get(name)) is not None), None)

    def _objection(self, found: Found, person: Optional[str]) -> str:
        say = self.say
        if looks_secret(found.there if person is None else person):
            return swapped(say)
        if person is None:
            return say("is not in the list of accounts", "absent de la liste des comptes")
        if not person:
            return say("nobody has it: name its account in a list, --accounts", "n’est à personne : donner son compte dans une liste, --accounts")
        if is_serial(person):
            return say("is the name of a token in stock", "c’est le nom d’un jeton en stock")
        try:
            poterne.rows_of_person(person)
        except Error as error:
            return reason(say, error)
        if is_uniform(found.secret):
            return say("all bytes of the secret are the same: a placeholder", "tous les octets du secret sont égaux : valeur fictive")
        if _is_doubtful(found) and not self.wishes.zero:
            return say(
                "the counter is 0. Many exports write 0 whatever was used, and used codes would count again. If it was never used: --zero unused."
                " If nobody knows: --zero unknown",
                "le compteur est 0. Beaucoup d’exports écrivent 0 en toute circonstance, et des codes utilisés serviraient de nouveau. S’il n’a"
                " jamais servi : --zero unused. Si personne ne le sait : --zero unknown",
            )
        return ""

    def _same(self, source: Source, number: int, seen: SecretsInUse) -> Optional[str]:
        """The place where the source has this secret before. The library says what one secret is (semantics 1.4), of records alone."""
        verifier, found = self.site.verifier, source.found[number]
        try:
            # A token: no app has to honor the hash.
            made = verifier.import_credential(str(number), found.secret, algorithm=found.algorithm, authenticator=Authenticator.TOKEN, now=self.now)
        except Error:
            # Refused with its reason when it is sealed for its account.
            return None
        assert made.record is not None
        twin = seen.insert(verifier, str(number), made.record)
        return None if twin is None else source.found[int(twin)].place

    def _twice(self, found: Found, person: Optional[str], rows: "Counter[str]", same: Optional[str]) -> str:
        say = self.say
        if same is not None:
            return say(
                "has the secret of {place}: one secret belongs to one account",
                "secret déjà présent ({place}) : un secret appartient à un seul compte",
                place=same,
            )
        taken = rows[person or ""]
        if taken and not self.wishes.is_beside:
            return say(
                "has another authenticator in this source, so this one is not moved. To keep both: --beside. This one is then stored under {row},"
                " and the person can log in with either",
                "a un autre authentifiant dans cette source : celui-ci n’est pas repris. Pour garder les deux : --beside. Celui-ci est alors"
                " enregistré sous {row}, et la personne peut se servir de l’un ou de l’autre",
                row=f"{person}#2",
            )
        if taken == 3:
            return say("has three authenticators already", "a déjà trois authentifiants")
        return ""

    def _remark(self, found: Found) -> str:
        if _is_doubtful(found) and self._waits(found):
            return self.say("waits for two codes of its holder: poterne token ACCOUNT", "attend deux codes de son détenteur : poterne token COMPTE")
        return found.remark

    def _refuse(self, found: Found, account: str, text: str) -> None:
        self.results.append(Result(found.place, account, "trouble", text))


def _is_doubtful(found: Found) -> bool:
    return found.counter == 0 and not found.is_use_known
