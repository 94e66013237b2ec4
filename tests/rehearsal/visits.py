"""What everybody types in a day, planned from one seed: visits, typing errors, double clicks, replays, recovery codes, guesses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import List

from judge import COUNTER, STEP, Person

# Shares of the visits.
TYPING_ERRORS, DOUBLE_CLICKS, REPLAYS = 0.02, 0.03, 0.03
# Share of the people: who is guessed at.
GUESSED_AT = 0.01
HOUR = 3600
# The web host's two nodes, the application, the VPN.
DOORS = 4


@dataclass
class Typed:
    """One text at a second, at so many doors at once. `first` is the first of them."""

    person: Person
    text: str
    now: int
    first: int
    doors: int = 1
    kind: str = "login"


def people(number: int) -> List[Person]:
    """Of 100 people 79 have an app, 20 a token by time, and one has a token by counter: each of these is handed out by a command, so there
    are 40 at most.
    """

    def authenticator(each: int) -> str:
        if each % 100 == 7 and each < 4000:
            return COUNTER
        return "token" if each % 5 == 0 else "app"

    return [Person(f"agent{each:05}", authenticator(each)) for each in range(number)]


def wrong(person: Person, now: int, chance: random.Random) -> str:
    while True:
        text = f"{chance.randrange(1_000_000):06}"
        if not person.is_near(text, now):
            return text


def slip(person: Person, code: str, now: int, chance: random.Random) -> str:
    """The right code with one digit beside the right one."""
    while True:
        at = chance.randrange(6)
        text = code[:at] + str((int(code[at]) + chance.choice((1, 9))) % 10) + code[at + 1 :]
        if not person.is_near(text, now):
            return text


def visit(person: Person, now: int, chance: random.Random, doubles: float = DOUBLE_CLICKS) -> List[Typed]:
    # From the beginning of a step, so that a slow typist is still in its window.
    now -= now % STEP
    door = chance.randrange(DOORS)
    if person.authenticator == COUNTER:
        # In a pocket, and nobody looked.
        person.presses += chance.choice((0, 0, 0, 1, 2))
    code = person.shows(now)
    typed = []
    if chance.random() < TYPING_ERRORS:
        typed.append(Typed(person, slip(person, code, now, chance), now, door, kind="typing error"))
        now += 8
    clicks = 2 if chance.random() < doubles else 1
    typed.append(Typed(person, code, now, door, clicks, "double click" if clicks > 1 else "login"))
    if chance.random() < REPLAYS:
        # Somebody who saw it types it at the next door.
        typed.append(Typed(person, code, now + 10, (door + 1) % DOORS, kind="replay"))
    return typed


def without_phone(person: Person, codes: List[str], now: int, chance: random.Random) -> List[Typed]:
    """Left at home: recovery codes instead, each a visit, one of them clicked twice; and somebody who found the list tries them again."""
    typed = []
    for number, code in enumerate(codes):
        door = chance.randrange(DOORS)
        typed.append(Typed(person, code, now + number * HOUR, door, 1 + (number == 0), "recovery code"))
        typed.append(Typed(person, code, now + number * HOUR + 60, (door + 1) % DOORS, kind="replay"))
    return typed


def day(everybody: List[Person], begin: int, chance: random.Random) -> List[Typed]:
    """Morning, after the break, after lunch."""
    typed = []
    guessed_at = chance.sample(everybody, max(1, round(len(everybody) * GUESSED_AT)))
    for person in everybody:
        for at, spread in ((0, 1.5), (2.5, 1), (5.5, 2)):
            if at > 5:
                # The failover's codes of counter-based tokens are between.
                person.presses += 4 * (person.authenticator == COUNTER)
            typed += visit(person, begin + round((at + chance.betavariate(2, 3) * spread) * HOUR), chance)
    for person in guessed_at:
        person.is_guessed_at = True
        at = begin + 3 * HOUR
        for _ in range(80):
            at += chance.randrange(20, 400)
            typed.append(Typed(person, wrong(person, at, chance), at, chance.randrange(DOORS), kind="guess"))
    return sorted(typed, key=lambda each: each.now)
