"""The device that django-otp asks. It holds nothing: the record is in the table `poterne`."""

from __future__ import annotations

from typing import Any, Optional

from django.db import models, transaction
from django.views.decorators.debug import sensitive_variables
from django_otp.models import Device, DeviceManager  # type: ignore[import-untyped]

from poterne import Refused, State
from poterne.django import signals
from poterne.django.person import Person
from poterne.django.table import inside_transaction

# django-two-factor-auth asks the device of this name first.
_DEFAULT = "default"


class RowManager(DeviceManager):  # type: ignore[misc]
    def devices_for_user(self, user: Any, confirmed: Optional[bool] = None) -> Any:
        """The rows that the table has now."""
        statuses = Person(user).statuses()
        confirmed_rows = {row for row, status in statuses.items() if status.state in (State.ACTIVE, State.SUSPENDED)}
        known = dict(self.filter(user=user).values_list("row", "confirmed"))
        if known != {row: row in confirmed_rows for row in statuses}:
            with transaction.atomic():
                self.filter(user=user).exclude(row__in=statuses).delete()
                for row in statuses:
                    values = {"name": _DEFAULT if row == 1 else f"{_DEFAULT} {row}", "confirmed": row in confirmed_rows}
                    self.update_or_create(user=user, row=row, defaults=values)
        return super().devices_for_user(user, confirmed)


class PoterneDevice(Device):  # type: ignore[misc]
    """A row of a person."""

    row: Any = models.PositiveSmallIntegerField(default=1)

    objects = RowManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "row"], name="poterne_otp_row")]

    @sensitive_variables("token")
    def verify_token(self, token: Any) -> bool:
        """An error is none of django-otp's two answers: it ends the request.

        django-otp calls this within `transaction.atomic`, which on SQLite is possible with WAL alone, and only if nothing was written
        in the transaction before.
        """
        person = Person(self.user)
        code = f"{token:06d}" if isinstance(token, int) else str(token)
        try:
            with inside_transaction():
                accepted = person.log_in(code, self.row)
        except Refused as refused:
            signals.tell(signals.refused, self.user, refused.code)
            return False
        signals.tell(signals.accepted, self.user, accepted.code)
        return True
