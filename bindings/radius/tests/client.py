"""A RADIUS client (RFC 2865, RFC 3579) for what radclient does not do: the same datagram again, wrong secrets, raw passwords, many at once.

Every answer is checked: its authenticator, and its Message-Authenticator, which must be there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

ACCEPT, REJECT, CHALLENGE = 2, 3, 11

USER_NAME, USER_PASSWORD, NAS_IP_ADDRESS, REPLY_MESSAGE, STATE = 1, 2, 4, 18, 24
CALLING_STATION_ID, NAS_IDENTIFIER, MESSAGE_AUTHENTICATOR = 31, 32, 80


class Silence(Exception):
    """No answer came."""


class Forged(Exception):
    """The answer is not of who knows the secret."""


@dataclass(frozen=True)
class Answer:
    code: int
    attributes: List[Tuple[int, bytes]]

    def get(self, kind: int) -> Optional[bytes]:
        return next((value for each, value in self.attributes if each == kind), None)

    @property
    def state(self) -> bytes:
        state = self.get(STATE)
        assert self.code == CHALLENGE and state is not None, self
        return state

    @property
    def message(self) -> str:
        return (self.get(REPLY_MESSAGE) or b"").decode()


class Client:
    """One socket. `signs` is whether a request has a Message-Authenticator."""

    def __init__(
        self, port: int, secret: bytes, *, timeout: float = 5, station: bytes = b"203.0.113.7", signs: bool = True, address: str = "127.0.0.1"
    ) -> None:
        self.port, self.secret, self.station, self.signs = port, secret, station, signs
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)
        self.socket.bind((address, 0))
        self._id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(self, user: bytes, password: Optional[bytes], state: Optional[bytes] = None, *more: Tuple[int, bytes]) -> bytes:
        """A datagram."""
        attributes = [(USER_NAME, user)]
        if password is not None:
            attributes.append((USER_PASSWORD, password))
        if state is not None:
            attributes.append((STATE, state))
        return self.datagram([*attributes, *more])

    def datagram(self, attributes: Sequence[Tuple[int, bytes]]) -> bytes:
        """With the attributes of a gateway; passwords are hidden here."""
        self._id = (self._id + 1) % 256
        authenticator = os.urandom(16)
        gateway = [(NAS_IP_ADDRESS, bytes([192, 0, 2, 1])), (NAS_IDENTIFIER, b"vpn"), (CALLING_STATION_ID, self.station)]
        body = b""
        for kind, value in [*attributes, *gateway]:
            value = self._hidden(value, authenticator) if kind == USER_PASSWORD else value
            body += bytes([kind, len(value) + 2]) + value
        if self.signs:
            # First, as the answer to CVE-2024-3596 wants it.
            unsigned = bytes([MESSAGE_AUTHENTICATOR, 18]) + bytes(16) + body
            head = bytes([1, self._id]) + (20 + len(unsigned)).to_bytes(2, "big") + authenticator
            body = bytes([MESSAGE_AUTHENTICATOR, 18]) + hmac.digest(self.secret, head + unsigned, "md5") + body
        return bytes([1, self._id]) + (20 + len(body)).to_bytes(2, "big") + authenticator + body

    def send(self, datagram: bytes, port: Optional[int] = None) -> Answer:
        self.socket.sendto(datagram, ("127.0.0.1", port or self.port))
        while True:
            try:
                answer, _ = self.socket.recvfrom(4096)
            except socket.timeout:
                raise Silence from None
            if answer[1] == datagram[1]:
                return self._checked(answer, datagram[4:20])

    def ask(self, user: bytes, password: Optional[bytes], state: Optional[bytes] = None, port: Optional[int] = None) -> Answer:
        return self.send(self.request(user, password, state), port)

    def _hidden(self, password: bytes, authenticator: bytes) -> bytes:
        """RFC 2865 section 5.2."""
        padded = password + bytes(-len(password) % 16) or bytes(16)
        hidden, last = b"", authenticator
        for begin in range(0, len(padded), 16):
            pad = hashlib.md5(self.secret + last).digest()
            last = bytes(a ^ b for a, b in zip(padded[begin : begin + 16], pad))
            hidden += last
        return hidden

    def _checked(self, answer: bytes, authenticator: bytes) -> Answer:
        head, body = answer[:4], answer[20:]
        if hashlib.md5(head + authenticator + body + self.secret).digest() != answer[4:20]:
            raise Forged("the authenticator of the answer")
        attributes, rest, signed = [], body, bytearray(body)
        while rest:
            kind, value = rest[0], rest[2 : rest[1]]
            if kind == MESSAGE_AUTHENTICATOR:
                at = len(body) - len(rest) + 2
                signed[at : at + 16] = bytes(16)
            attributes.append((kind, value))
            rest = rest[rest[1] :]
        made = hmac.digest(self.secret, head + authenticator + bytes(signed), "md5")
        if dict(attributes).get(MESSAGE_AUTHENTICATOR) != made:
            raise Forged("the Message-Authenticator of the answer")
        return Answer(answer[0], attributes)
