"""Prints what python-pskc reads from the files of its own tests, one line a key: the oracle of tests/pskc_peers.rs.

    oracle.py DECIDED FOLDER

Fields, apart by tabs: file, place of the key, serial number or id, algorithm, digits, secret in hexadecimal, counter, time interval, drift,
start and expiry in seconds since 1970; `-` where there is none. A key or a file that python-pskc cannot read is one line with `error`.
"""

import sys
from binascii import a2b_hex, b2a_hex
from pathlib import Path

from pskc import PSKC
from pskc.exceptions import PSKCError


def seconds(date):
    return date and int(date.timestamp())


def key_of(key):
    secret = key.secret
    return [
        key.device.serial or key.id,
        key.algorithm,
        key.response_length,
        secret and b2a_hex(secret).decode(),
        key.counter,
        key.time_interval,
        key.time_drift,
        seconds(key.policy.start_date or key.device.start_date),
        seconds(key.policy.expiry_date or key.device.expiry_date),
    ]


def keys_of(path, key):
    file = PSKC(str(path))
    kind, _, value = key.partition(" ")
    if kind == "key":
        file.encryption.key = a2b_hex(value)
    elif kind == "password":
        file.encryption.derive_key(value)
    return file.keys


def main(decided, folder):
    for line in Path(decided).read_text().splitlines():
        if not line or line.startswith("#") or " + " in line:
            continue
        name, key, *_ = (field.strip() for field in line.split("|"))
        try:
            keys = keys_of(Path(folder) / name, key)
        except (PSKCError, ValueError):
            print(name, "-", "error", sep="\t")
            continue
        for place, key in enumerate(keys):
            try:
                values = key_of(key)
            except (PSKCError, ValueError):
                values = ["error"]
            print(name, place, *("-" if value is None else value for value in values), sep="\t")


main(*sys.argv[1:])
