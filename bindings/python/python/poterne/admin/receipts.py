"""The receipt that an employee signs for a token: one A4 page, set as the letters are. It holds no secret."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Sequence

from poterne.admin.letters import Prepared, Sender, Template


@dataclass(frozen=True)
class Receipt:
    """A token, and who gets it."""

    serial: str
    account: str
    name: str
    language: str
    day: datetime.date


def set_receipts(template: Template, receipts: Sequence[Receipt], sender: Sender) -> bytes:
    """Returns the PDF, a page each."""
    pages = [
        {
            "serial": each.serial,
            "account": each.account,
            "name": each.name,
            "language": each.language,
            "issuer": sender.issuer,
            "phone": sender.phone,
            "day": [each.day.year, each.day.month, each.day.day],
        }
        for each in receipts
    ]
    batch = {"language": receipts[0].language, "logo": template.image("logo"), "receipts": pages}
    return template.set(Prepared(template.order("receipt.typ", json.dumps(batch)), len(pages), is_sample=False))
