"""`manage.py poterne_reseal`, when keys change."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from poterne.django.management.sweep import sweep, told


class Command(BaseCommand):
    help = "Seals every record under the primary key: between `poterne key promote` and `poterne key remove`. Safe while users log in."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sweep(lambda credential: credential.reseal())
        told(counts, self.stdout)
        if counts.failed or counts.conflicts:
            raise CommandError("not all records are under the primary key: repeat the command, and keep the former keys")
