"""The account under which a token of the inventory has its row: `serial:` and what is printed on it. Nobody logs in with it."""

from __future__ import annotations

PREFIX = "serial:"

# Of a serial number, in bytes (semantics 16.3).
MAX_SERIAL_LEN = 128


def account_of(serial: str) -> str:
    return PREFIX + serial


def is_serial(account: str) -> bool:
    return account.startswith(PREFIX)


def serial_of(account: str) -> str:
    return account[len(PREFIX) :]
