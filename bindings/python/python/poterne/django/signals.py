"""What happened, for an application that counts or writes to its own journal: `user` and `code`, and nothing else.

A receiver that fails is logged by Django and changes nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import Signal

accepted = Signal()
refused = Signal()
enrolled = Signal()
replaced = Signal()
recovery_codes_made = Signal()
# By the help desk; `user` is the one it was done for.
help_desk = Signal()

# Outcome codes only: no account, no address, no code.
log = logging.getLogger("poterne.django")


def tell(signal: Signal, user: Any, code: str) -> None:
    log.info(code)
    signal.send_robust(sender=type(user), user=user, code=code)
