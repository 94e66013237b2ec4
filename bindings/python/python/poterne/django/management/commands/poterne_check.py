"""`manage.py poterne_check`, before the first login on a server."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from poterne import Error, Refused
from poterne.django.conf import verifier
from poterne.django.management.sweep import PROBE, plant_probe
from poterne.django.table import column


class Command(BaseCommand):
    help = "Proves that the table swaps, compares, commits and keeps, on a row of nobody's. Run it on each server, and after each change of the database."
    requires_system_checks = "__all__"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plant_probe()
            column().check(verifier(), PROBE)
        except Error as error:
            raise CommandError(str(error)) from None
        except Refused:
            raise CommandError("others wrote the row of the check all the time: nothing is proven. Repeat the command.") from None
        self.stdout.write("the table swaps, compares, commits and keeps")
