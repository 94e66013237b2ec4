"""How the people got their authenticators: by letter and from a delivery of tokens, by the command; the others have moved in."""

from __future__ import annotations

import base64
import csv
import json
import pathlib
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Sequence, Tuple

import poterne
from admin.read_letters import read_all
from judge import COUNTER, Person
from night import Command
from poterne import Authenticator
from servers import stop

# Of 100 people five are new, and get a letter.
LETTERS = range(3, 100, 20)


def enroll(
    command: Command, verifier: poterne.Verifier, store: Any, folder: pathlib.Path, everybody: Sequence[Person], then: int
) -> Tuple[int, int]:
    """Returns how many had a letter, and how many a token from the delivery. The others have what they had since `then`."""
    new = [each for number, each in enumerate(everybody) if number % 100 in LETTERS]
    delivered = [each for each in everybody if each.authenticator == COUNTER]
    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(by_letter, command, folder, new), pool.submit(by_counter, command, folder, delivered)):
            done.result()
    known = {each.account for each in [*new, *delivered]}
    move_in(verifier, store, [each for each in everybody if each.account not in known], then)
    return len(new), len(delivered)


def by_letter(command: Command, folder: pathlib.Path, new: List[Person]) -> None:
    """`enroll-all`; what they scan, and what they type from the paper, is their secret from now on."""
    with open(folder / "new.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["account", "name", "language"])
        writer.writerows([each.account, f"Agent {each.account}", ("fr", "en")[number % 2]] for number, each in enumerate(new))
    letters = folder / "letters"
    done = json.loads(command.run("enroll-all", str(folder / "new.csv"), "--letters", str(letters), "--json"))
    found = read_all(letters)
    if done["enrolled"] != len(new) or sorted(found) != [each.account for each in new]:
        stop(f"{len(new)} new people, {len(found)} letters: {done}")
    for person in new:
        (letter,) = found[person.account]
        scanned = urllib.parse.parse_qs(urllib.parse.urlsplit(letter.uri).query)["secret"][0]
        if letter.typed.to_base32() != scanned:
            stop(f"{person.account}: what is typed from the letter is not what is scanned")
        person.secret, person.state = base64.b32decode(scanned), "pending"


def by_counter(command: Command, folder: pathlib.Path, holders: List[Person]) -> None:
    """A delivery of tokens in the layout of OATH, each handed out by `tokens assign`. The first login confirms."""
    file = folder / "delivery.csv"
    file.touch(0o600)
    # 16.11: serial number, secret in hexadecimal, type, digits, counter.
    file.write_text("".join(f"T{each.account},{each.secret.hex()},hotp,6,0\n" for each in holders))
    done = json.loads(command.run("tokens", "import", str(file), "--format", "oath", "--hash", "sha1", "--yes", "--json"))
    if done["stored"] != len(holders):
        stop(f"{len(holders)} tokens delivered: {done}")
    with ThreadPoolExecutor(4) as pool:
        for handed_out in [pool.submit(command.run, "tokens", "assign", f"T{each.account}", each.account, "--yes") for each in holders]:
            handed_out.result()
    for person in holders:
        person.state = "pending"


def move_in(verifier: poterne.Verifier, store: Any, everybody: Sequence[Person], then: int) -> None:
    for person in everybody:
        kind = Authenticator.APP if person.authenticator == "app" else Authenticator.TOKEN
        more: Dict[str, Any] = {"counter": 0} if person.authenticator == COUNTER else {}
        record = verifier.import_credential(person.account, person.secret, authenticator=kind, now=then, **more).record
        assert record is not None
        store.insert(person.account, record)
