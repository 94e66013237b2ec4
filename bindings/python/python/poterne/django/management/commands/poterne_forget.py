"""`manage.py poterne_forget`, every night."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from poterne.django.conf import configuration
from poterne.django.management.sweep import sweep, told

# Codes live for a minute and a half: half of that is where employees begin to call.
_SECONDS = 45


class Command(BaseCommand):
    help = "Drops what no longer matters from every record, so that none tells when its owner last logged in. Run it every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clock-is-right", action="store_true", help="You have looked at this server's clock.")

    def handle(self, *args: Any, **options: Any) -> None:
        ahead = None if options["clock_is_right"] else _ahead_of_database()
        if ahead is not None and abs(ahead) > _SECONDS:
            # A clock that is ahead drops used steps that still matter, and their codes work again.
            raise CommandError(f"this server's clock differs from the database's by {ahead:.0f} seconds: set the one that is wrong. Nothing was changed.")
        now = time.time()
        counts = sweep(lambda credential: credential.forget(now=now))
        told(counts, self.stdout)
        if counts.failed:
            raise CommandError(f"{len(counts.failed)} records do not open with this keyring")


def _ahead_of_database() -> Any:
    """Seconds; None if the two have one clock, or none knows how to ask."""
    connection = connections[configuration().database]
    question = {"postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())", "mysql": "SELECT UNIX_TIMESTAMP(SYSDATE(6))"}.get(connection.vendor)
    if question is None:
        return None
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute(question)
        theirs = float(cursor.fetchone()[0])
    after = time.time()
    return before - theirs if theirs < before else after - theirs if theirs > after else 0.0
