"""Whether a secret was imported right: one code that the token shows now tells. Encodings and hashes cannot be told by looking at them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Iterator, Optional, Tuple

import poterne
from poterne import Algorithm, Error, OtpauthContent, Policy, Secret
from poterne.admin.language import Say

_NAMES = {Algorithm.SHA1: "sha1", Algorithm.SHA256: "sha256", Algorithm.SHA512: "sha512"}


@dataclass(frozen=True)
class Verdict:
    """What a code has shown."""

    is_right: bool
    steps: int = 0
    """By how many time steps the token's clock is off, or how many codes were skipped."""
    other: Optional[Dict[str, object]] = None
    """The options under which the code would be right."""

    def facts(self) -> Dict[str, object]:
        return {"is_right": self.is_right, "steps": self.steps, "other": self.other}

    def text(self, say: Say, serial: str) -> str:
        if self.is_right:
            return say("{serial} is imported right: this is its code.", "{serial} est bien importé : ce code est le sien.", serial=serial)
        if self.other is not None:
            return say(
                "{serial} is imported wrong. The code is right with {options}: import its file anew so, with --replace.",
                "{serial} est mal importé. Le code est exact avec {options} : importer de nouveau son fichier ainsi, avec --replace.",
                serial=serial,
                options=" ".join(f"--{name} {value}" for name, value in self.other.items()),
            )
        return say(
            "This is not a code of {serial} as it was imported, nor with another hash, encoding or time step. Was it typed right, and is it this"
            " token? If so, ask the manufacturer for encoding and hash.",
            "Ce n’est pas un code de {serial} tel qu’il a été importé, ni avec un autre hachage, encodage ou pas de temps. Le code est-il bien"
            " saisi, et est-ce bien ce jeton ? Si oui, demander au fabricant l’encodage et le hachage.",
            serial=serial,
        )


def prove(content: OtpauthContent, code: str, policy: Policy, now: float, *, drift: int = 0) -> Verdict:
    """Looks for the code where the token can be: by as much as a resynchronization would."""
    parameters = content.parameters
    algorithm, digits = parameters.get("algorithm", Algorithm.SHA1), parameters.get("digits", 6)
    counter, time_step = parameters.get("counter"), parameters.get("time_step", 30)
    found = _find(content.secret, code, algorithm, digits, counter, time_step, policy, now, drift)
    if found is not None:
        return Verdict(True, found)
    for encoding, secret in ((None, content.secret), *_read_otherwise(content.secret)):
        for hash_, step in _others(algorithm, counter, time_step):
            if encoding is None and (hash_, step) == (algorithm, time_step):
                continue
            for length in {digits, len(code)} & {6, 7, 8}:
                if _find(secret, code, hash_, length, counter, step, policy, now, drift) is not None:
                    other: Dict[str, object] = {} if encoding is None else {"encoding": encoding}
                    if hash_ is not algorithm:
                        other["hash"] = _NAMES[hash_]
                    if step != time_step:
                        other["time-step"] = step
                    if length != digits:
                        other["digits"] = length
                    return Verdict(False, other=other)
    return Verdict(False)


def _others(algorithm: Algorithm, counter: Optional[int], time_step: int) -> Iterator[Tuple[Algorithm, int]]:
    steps = [time_step] if counter is not None else sorted({time_step, 30, 60}, key=lambda step: step != time_step)
    for step in steps:
        for hash_ in sorted(_NAMES, key=lambda each: each is not algorithm):
            yield hash_, step


def _read_otherwise(secret: Secret) -> Iterator[Tuple[str, Secret]]:
    """The secret, had its text been read in the other encoding, where that is possible."""
    base32, hexadecimal = secret.to_base32(), secret.to_bytes().hex().upper()
    for encoding, read, text, letters in (
        ("hex", Secret.from_hex, base32, "[2-7A-F]+"),
        ("base32", Secret.from_base32, hexadecimal, "[2-7A-F]+"),
    ):
        if re.fullmatch(letters, text):
            try:
                yield encoding, read(text)
            except Error:
                continue


def _find(
    secret: Secret, code: str, algorithm: Algorithm, digits: int, counter: Optional[int], time_step: int, policy: Policy, now: float, drift: int
) -> Optional[int]:
    if len(code) != digits or not (code.isascii() and code.isdigit()):
        return None
    if counter is not None:
        center, first, last = counter, counter, counter + policy.resync_look_ahead - 1
    else:
        center = int(now // time_step) + drift
        first, last = max(0, center - policy.max_drift), center + policy.max_drift
    match = poterne.match_otp(secret, code, first, last, digits=digits, algorithm=algorithm)
    return None if match.moving_factor is None else match.moving_factor - center
