"""`manage.py poterne_missing`, for a reminder."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from poterne import ArgumentError, Error, State
from poterne.django.conf import configuration
from poterne.django.person import Person


class Command(BaseCommand):
    help = "Lists the accounts of active users who must have a code and have no active authenticator, with their state."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for user in get_user_model()._default_manager.filter(is_active=True).order_by("pk").iterator():
            if not configuration().who(user):
                continue
            try:
                states = [status.state for status in Person(user).statuses().values()]
                word = "none" if not states else states[0].name.lower()
            except ArgumentError:
                # Empty, too long, or as a row of somebody else's: nobody can sign in by it.
                states, word = [], "impossible"
            except Error:
                states, word = [], "unreadable"
            if State.ACTIVE not in states:
                count += 1
                self.stdout.write(f"{configuration().account(user)}\t{word}")
        self.stderr.write(f"{count} accounts")
