"""The package against pyotp, an implementation of other people."""

from __future__ import annotations

import random

import pyotp

import poterne

COUNT = 10_000


def test_codes_and_uris_agree() -> None:
    chance = random.Random(20261122)
    compared = 0
    for number in range(COUNT):
        secret = chance.randbytes(chance.randrange(16, 65))
        now = chance.randrange(253402300800)
        ours = poterne.Secret(secret)
        other = pyotp.TOTP(ours.to_base32(), name=f"agent{number}", issuer="Préfecture du Nord")
        assert poterne.totp(ours, now) == other.at(now), secret.hex()
        assert poterne.hotp(secret, now) == pyotp.HOTP(ours.to_base32()).at(now)
        # Each reads what the other writes.
        built = poterne.OtpauthUri.build(
            ours, "Préfecture du Nord", f"agent{number}", allow_incompatible=len(secret) != 20
        )
        read = pyotp.parse_uri(built.as_str())
        assert isinstance(read, pyotp.TOTP)
        assert (read.byte_secret(), read.name, read.issuer) == (secret, f"agent{number}", "Préfecture du Nord")
        content = poterne.OtpauthUri.parse(other.provisioning_uri())
        assert (content.secret.to_bytes(), content.label, content.issuer) == (
            secret, f"agent{number}", "Préfecture du Nord",
        )
        assert content.parameters == {"authenticator": poterne.Authenticator.APP, "algorithm": poterne.Algorithm.SHA1, "digits": 6, "time_step": 30}
        compared += 1
    assert compared == COUNT


def test_counters_digits_and_periods_agree() -> None:
    chance = random.Random(1)
    for _ in range(500):
        secret, digits, counter = chance.randbytes(20), chance.choice([6, 8]), chance.randrange(2**63)
        base32 = poterne.Secret(secret).to_base32()
        hotp = pyotp.HOTP(base32, digits=digits, name="agent", issuer="poterne", initial_count=counter)
        content = poterne.OtpauthUri.parse(hotp.provisioning_uri())
        assert content.parameters == {
            "authenticator": poterne.Authenticator.APP, "algorithm": poterne.Algorithm.SHA1, "digits": digits, "counter": counter,
        }
        totp = pyotp.TOTP(base32, digits=digits, interval=60, name="agent", issuer="poterne")
        content = poterne.OtpauthUri.parse(totp.provisioning_uri())
        assert content.parameters["time_step"] == 60
        assert poterne.totp(secret, counter % 10**9, digits=digits, time_step=60) == totp.at(counter % 10**9)
