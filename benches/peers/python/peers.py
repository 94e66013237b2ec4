"""Checking one code in Python: this package against pyotp and passlib, in one run.

    python benches/peers/python/peers.py [--rounds N] >peers.tsv

Prints a line for each contestant, case and round: python, CONTESTANT, CASE, ROUND, NANOSECONDS_PER_CALL, with tabs between. All
check a 6-digit SHA-1 code over three time steps. CASE is `wrong`, or `right` at the current step: pyotp tries the steps one after
the other, from the earliest. `poterne record` is the whole path of a login but for the database: open the sealed record, check,
throttle, seal it again, verdict. The contestants take turns in short rounds, and another one begins each round, so that a busy
machine slows all of them. `an empty call` is what a turn costs by itself.

Needs what bindings/python/tests/requirements.txt names, and the package itself.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from typing import Callable, Dict, List, Tuple

import passlib.exc
import passlib.totp
import pyotp

import poterne

SECRET = b"12345678901234567890"
STEP = 56_666_667
NOW = STEP * 30 + 10
SPAN_NANOSECONDS = 5_000_000


def contestants() -> List[Tuple[str, Callable[[str], object]]]:
    secret = poterne.Secret(SECRET)
    base32 = secret.to_base32()
    verifier = poterne.Verifier(poterne.Keyring.generate(20261121), "bench")
    record = verifier.import_credential("a.martin", secret, now=NOW).record
    match_otp, credential = poterne.match_otp, verifier.credential
    peer = pyotp.TOTP(base32)
    moment = datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)
    other = passlib.totp.TOTP(base32)

    def passlib_match(code: str) -> bool:
        try:
            other.match(code, time=NOW, window=30)
        except passlib.exc.TokenError:
            return False
        return True

    def login(code: str) -> bool:
        try:
            credential("a.martin", record).verify(code, now=NOW).outcome(1)
        except poterne.Refused:
            return False
        return True

    return [
        ("poterne match", lambda code: match_otp(secret, code, STEP - 1, STEP + 1)),
        ("poterne record", login),
        ("pyotp", lambda code: pyotp.TOTP(base32).verify(code, for_time=moment, valid_window=1)),
        ("pyotp, made once", lambda code: peer.verify(code, for_time=moment, valid_window=1)),
        ("passlib", passlib_match),
        ("an empty call", lambda code: code),
    ]


def check(name: str, call: Callable[[str], object], right: str, wrong: str) -> None:
    """Each contestant accepts the right code and refuses the wrong one, or its time says nothing."""
    for code, expected in ((right, True), (wrong, False)):
        result = call(code)
        if result is code:
            # Only the turn itself.
            continue
        if isinstance(result, poterne.Match):
            result = result.found
        if result is not expected:
            sys.exit(f"peers.py: {name} does not tell the right code from the wrong one")


def nanoseconds(call: Callable[[str], object], code: str, calls: int) -> float:
    begin = time.perf_counter_ns()
    for _ in range(calls):
        call(code)
    return (time.perf_counter_ns() - begin) / calls


def main() -> None:
    parser = argparse.ArgumentParser(description="this package against pyotp and passlib")
    parser.add_argument("--rounds", type=int, default=21, help="how often each contestant takes its turn")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("at least one round")
    codes: Dict[str, str] = {"wrong": poterne.hotp(SECRET, STEP + 9), "right": poterne.hotp(SECRET, STEP)}
    turns = []
    for name, call in contestants():
        check(name, call, codes["right"], codes["wrong"])
        for case, code in codes.items():
            calls = max(1, int(SPAN_NANOSECONDS / nanoseconds(call, code, 100)))
            turns.append((name, case, call, code, calls))
    for number in range(rounds):
        for turn in range(len(turns)):
            name, case, call, code, calls = turns[(number + turn) % len(turns)]
            print("python", name, case, number, f"{nanoseconds(call, code, calls):.1f}", sep="\t")


if __name__ == "__main__":
    main()
