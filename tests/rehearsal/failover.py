"""The failover at noon, by the runbook of the guide: the standby had fallen behind, and codes were used that it never heard of."""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

from judge import STEP, Judge, Person
from servers import stop, wait_until
from visits import Typed

# With tokens, from the moment when the old primary answered for the last time (semantics 4.10).
WAIT = 780
CONTROLS = [Person(f"hasty{number:05}", "app") for number in range(20)]


class Failover:
    """`play(typed, judge)` types at the doors, `engine` is the pair of servers."""

    def __init__(self, engine: Any, play: Any) -> None:
        self._engine, self._play = engine, play

    def lose(self, last: Sequence[Person], noon: int, judge: Judge) -> Tuple[List[Typed], int]:
        """The last logins and the death of the primary. Returns the codes that the standby never heard of, and what the control found."""
        engine = self._engine
        engine.primary.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        wait_until(
            lambda: engine.primary.sql("SELECT sync_state FROM pg_stat_replication") == [("async",)], "the standby confirms no more"
        )
        wait_until(lambda: engine.primary.is_followed_by(engine.standby), "the standby has everything so far")
        engine.primary.place.cut()
        now = noon - noon % STEP
        hasty = Judge()
        lost = [Typed(person, person.code(now), now, number % 3) for number, person in enumerate(last)]
        self._play(lost, judge)
        impatient = [Typed(person, person.code(now), now, number % 3) for number, person in enumerate(CONTROLS)]
        self._play(impatient, hasty)
        if hasty.found:
            stop(f"the control could not log in before the failover: {hasty.found[0]}")
        engine.fail_over()
        # The control: doors that open at once.
        self._play([Typed(each.person, each.text, now + 5, each.first) for each in impatient], hasty)
        if not hasty.twice:
            stop("without the wait nothing was accepted twice: the judge is blind")
        return lost, hasty.twice

    def reopen(self, lost: Sequence[Typed], judge: Judge) -> None:
        """After the wait: the old codes once more, then everybody's next one. The old primary comes back as a standby."""
        self._play([Typed(each.person, each.text, each.now + WAIT, each.first, kind="replay") for each in lost], judge)
        self._play(
            [Typed(each.person, each.person.code(each.now + WAIT + STEP), each.now + WAIT + STEP, each.first) for each in lost], judge
        )
        self._engine.standby.place.join()
        self._engine.follow()


def quiet(everybody: Sequence[Person], number: int) -> List[Person]:
    """Whose record knows nothing but the last step: then nothing else is lost with the primary."""
    return [each for each in everybody if not each.is_guessed_at and each.failures == 0][:number]
