"""What everybody types in a day, planned from one seed: visits, typing errors, double clicks, replays, guesses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import List

from judge import STEP, Person

# Shares of the visits.
TYPING_ERRORS, DOUBLE_CLICKS, REPLAYS = 0.02, 0.03, 0.03
# Shares of the people: who is guessed at, and who has a token.
GUESSED_AT, TOKENS = 0.01, 0.2
HOUR = 3600


@dataclass
class Typed:
    """One text at a second, at so many doors at once. `first` is the first of them: 0 and 1 are the web host's nodes, 2 the application."""

    person: Person
    text: str
    now: int
    first: int
    doors: int = 1
    kind: str = "login"


def people(number: int) -> List[Person]:
    return [Person(f"agent{each:05}", "token" if each % round(1 / TOKENS) == 0 else "app") for each in range(number)]


def wrong(person: Person, now: int, chance: random.Random) -> str:
    while True:
        text = f"{chance.randrange(1_000_000):06}"
        if not person.is_near(text, now):
            return text


def slip(person: Person, now: int, chance: random.Random) -> str:
    """The right code with one digit beside the right one."""
    while True:
        code = person.code(now)
        at = chance.randrange(6)
        text = code[:at] + str((int(code[at]) + chance.choice((1, 9))) % 10) + code[at + 1 :]
        if not person.is_near(text, now):
            return text


def visit(person: Person, now: int, chance: random.Random, doubles: float = DOUBLE_CLICKS) -> List[Typed]:
    # From the beginning of a step, so that a slow typist is still in its window.
    now -= now % STEP
    door = chance.randrange(3)
    typed = []
    if chance.random() < TYPING_ERRORS:
        typed.append(Typed(person, slip(person, now, chance), now, door, kind="typing error"))
        now += 8
    clicks = 2 if chance.random() < doubles else 1
    typed.append(Typed(person, person.code(now), now, door, clicks, "double click" if clicks > 1 else "login"))
    if chance.random() < REPLAYS:
        # Somebody who saw it types it at the next door.
        typed.append(Typed(person, person.code(now), now + 10, (door + 1) % 3, kind="replay"))
    return typed


def day(everybody: List[Person], begin: int, chance: random.Random) -> List[Typed]:
    """Morning, after the break, after lunch."""
    typed = []
    guessed_at = chance.sample(everybody, max(1, round(len(everybody) * GUESSED_AT)))
    for person in everybody:
        for at, spread in ((0, 1.5), (2.5, 1), (5.5, 2)):
            typed += visit(person, begin + round((at + chance.betavariate(2, 3) * spread) * HOUR), chance)
    for person in guessed_at:
        person.is_guessed_at = True
        at = begin + 3 * HOUR
        for _ in range(80):
            at += chance.randrange(20, 400)
            typed.append(Typed(person, wrong(person, at, chance), at, chance.randrange(3), kind="guess"))
    return sorted(typed, key=lambda each: each.now)
