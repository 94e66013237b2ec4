"""The device that django-otp asks. It holds nothing: the record is in the table `poterne`."""

from __future__ import annotations

from typing import Any, Optional

from django.db import models, transaction
from django.views.decorators.debug import sensitive_variables
from django_otp.models import Device, DeviceManager  # type: ignore[import-untyped]

from poterne import Refused, State
from poterne.django import signals
from poterne.django.person import Person, devices
from poterne.django.table import inside_transaction

# django-two-factor-auth asks the device of this name first.
_DEFAULT = "default"


class RowManager(DeviceManager):  # type: ignore[misc]
    def devices_for_user(self, user: Any, confirmed: Optional[bool] = None) -> Any:
        """The rows that the table has now.

        To django-otp, whoever has no confirmed device has no second factor, and to django-two-factor-auth whoever has none of the name
        `default`: the password lets them in. So those rows are confirmed that our own pages ask, whatever their state, and one is the default.
        """
        statuses = Person(user).statuses()
        asked = devices(statuses) or list(statuses)
        first = next((row for row in asked if statuses[row].state in (State.ACTIVE, State.SUSPENDED)), next(iter(asked), None))
        wanted = {row: (_DEFAULT if row == first else f"{_DEFAULT} {row}", row in asked) for row in statuses}
        if {row: (name, is_asked) for row, name, is_asked in self.filter(user=user).values_list("row", "name", "confirmed")} != wanted:
            with transaction.atomic():
                self.filter(user=user).exclude(row__in=statuses).delete()
                for row, (name, is_asked) in wanted.items():
                    self.update_or_create(user=user, row=row, defaults={"name": name, "confirmed": is_asked})
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
