"""The failover at noon, by the runbook of the guide: the standby had fallen behind, and codes were used that it never heard of."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Callable, List, Sequence, Tuple

import poterne
from engines import Naive
from judge import COUNTER, STEP, Judge, Person, hotp
from night import Command
from poterne.admin.probe import PROBE
from servers import stop, wait_until
from visits import DOORS, Typed

# With tokens, from the moment when the old primary answered for the last time (semantics 4.10).
WAIT = 780
# Of doors that open at once; of counters and recovery codes for which nobody does anything; of commits that no standby has confirmed.
HASTY = [Person(f"hasty{number:05}", "app") for number in range(20)]
HEEDLESS = [Person(f"heedless{number:05}", COUNTER) for number in range(4)]
DOUBTFUL = [Person(f"doubtful{number:05}", "app") for number in range(DOORS + 1)]
FORGETFUL = Person("forgetful00000", "app")
CONTROLS = [*HASTY, *HEEDLESS, *DOUBTFUL, FORGETFUL]


@dataclass
class Lost:
    """Codes that the standby never heard of, those of people for whom nobody does anything then, and what the control of the wait found."""

    typed: List[Typed]
    heedless: List[Typed]
    hasty: int = 0


class Failover:
    """`play(typed, judge)` types at the doors, `engine` is the pair of servers."""

    def __init__(self, engine: Any, play: Callable[[Sequence[Typed], Judge], None], command: Command) -> None:
        self._engine, self._play, self._command = engine, play, command

    def doubt(self, ask: Callable[[int, str, str, int], str], deaf: Callable[[str, str, int], str], now: int, judge: Judge) -> None:
        """The standby stands still, so COMMIT waits for it, and an operator cancels the wait: PostgreSQL commits with a warning. No door
        lets anybody in by that, and the code is used. The control: an application that does not listen.
        """
        over = threading.Event()

        def cancel() -> None:
            while not over.wait(0.05):
                self._engine.primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

        operator = threading.Thread(target=cancel)
        self._engine.standby.freeze()
        operator.start()
        try:
            for door, person in enumerate(DOUBTFUL[:DOORS]):
                code = person.code(now)
                person.judge(code, now)
                judge.hear(person, code, now, [ask(door, person.account, code, now)])
            control = deaf(DOUBTFUL[DOORS].account, DOUBTFUL[DOORS].code(now), now)
        finally:
            over.set()
            operator.join()
            self._engine.standby.thaw()
        if control != "accepted.otp":
            stop(f"an application that does not listen to COMMIT's warning says {control}: the judge is blind")
        self._engine.wait_for_standby()

    def lose(self, last: Sequence[Person], codes: Sequence[Tuple[Person, str]], noon: int, judge: Judge) -> Lost:
        """The last logins, `codes` are recovery codes, and the death of the primary."""
        engine = self._engine
        engine.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        wait_until(
            lambda: engine.primary.sql("SELECT sync_state FROM pg_stat_replication") == [("async",)], "the standby confirms no more"
        )
        wait_until(lambda: engine.primary.is_followed_by(engine.standby), "the standby has everything so far")
        engine.primary.place.cut()
        now = noon - noon % STEP
        others = Judge()

        def typed(texts: Sequence[Tuple[Person, str]]) -> List[Typed]:
            return [Typed(person, text, now, number % DOORS) for number, (person, text) in enumerate(texts)]

        def right(people: Sequence[Person]) -> List[Tuple[Person, str]]:
            return [(person, person.code(now)) for person in people]

        heedless = [*right(HEEDLESS), *((FORGETFUL, code) for code in sorted(FORGETFUL.recovery)[:1])]
        lost = Lost(typed([*codes, *right(last)]), typed(heedless))
        impatient = typed(right(HASTY))
        self._play(lost.typed, judge)
        self._play([*impatient, *lost.heedless], others)
        if others.found:
            stop(f"the controls could not log in before the failover: {others.found[0]}")
        engine.fail_over()
        # The control: doors that open at once.
        self._play([Typed(each.person, each.text, now + 5, each.first) for each in impatient], others)
        if not others.twice:
            stop("without the wait nothing was accepted twice: the judge is blind")
        lost.hasty = others.twice
        return lost

    def reopen(self, lost: Lost, verifier: poterne.Verifier, judge: Judge) -> None:
        """The store is checked; counters are resynchronized, and new recovery codes issued; after the wait the old codes once more, then
        everybody's next one. The old primary comes back as a standby.
        """
        store, second = self._engine.store(0), self._engine.store(0)
        verifier.check_store(PROBE, store=store, second=second)
        try:
            verifier.check_store(PROBE, store=Naive(store), second=second)
            stop("check_store passes a store that does not compare")
        except poterne.Error:
            pass
        people = [each.person for each in lost.typed]
        for person in people:
            if person.recovery:
                person.recovery = set(self._command.json("recovery-codes", person.account)["recovery_codes"])
            elif person.authenticator == COUNTER:
                pair = [hotp(person.secret, person.counter + number) for number in range(2)]
                self._command.run("token", person.account, "--codes-fd", "0", given="\n".join([*pair, ""]))
                person.resynchronized(person.counter + 1)

        def again(texts: Sequence[Typed], judge: Judge) -> None:
            self._play([Typed(each.person, each.text, each.now + WAIT, each.first, kind="replay") for each in texts], judge)

        control = Judge()
        again(lost.heedless, control)
        if control.twice != len(lost.heedless):
            stop("without new counters and recovery codes not all were accepted twice: the judge is blind")
        again(lost.typed, judge)
        later = lost.typed[0].now + WAIT + STEP
        next_ones = [(person, min(person.recovery) if person.recovery else person.code(later)) for person in people]
        self._play([Typed(person, text, later, number % DOORS) for number, (person, text) in enumerate(next_ones)], judge)
        self._engine.standby.place.join()
        self._engine.follow()


def quiet(everybody: Sequence[Person], number: int) -> List[Person]:
    """Whose record knows nothing but the last step or counter: then nothing else is lost with the primary."""
    return [each for each in everybody if not each.is_guessed_at and each.failures == 0 and not each.recovery][:number]
