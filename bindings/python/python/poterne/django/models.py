"""The table `poterne`, for Django to create and to read. What writes it is `poterne.django.table`."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.signals import pre_delete, pre_save
from django.utils.translation import gettext_lazy as _

from poterne.django.conf import configuration


class Unwritable(TypeError):
    """A model that was read and is saved puts back a used code and opens a locked credential: only the swap writes."""

    def __init__(self) -> None:
        super().__init__("records are written by poterne.django.table alone: an ORM would put back what it has read before")


def _refused(*_: Any, **__: Any) -> NoReturn:
    raise Unwritable


class RecordQuerySet(models.QuerySet["Record"]):
    """Reads, and nothing else."""

    create = update = delete = bulk_create = bulk_update = get_or_create = update_or_create = _refused
    acreate = aupdate = adelete = abulk_create = abulk_update = aget_or_create = aupdate_or_create = _refused
    _raw_delete = _update = _insert = _refused


class Record(models.Model):
    """An account and its sealed record."""

    account: Any = models.CharField(_("account"), max_length=255, primary_key=True, db_column=configuration().account_column)
    record: Any = models.CharField(max_length=504, db_column=configuration().record_column)

    objects = RecordQuerySet.as_manager()

    class Meta:
        db_table = configuration().table
        default_permissions = ()
        permissions = [("help_desk", "Can work at the help desk of the second factor")]
        verbose_name = _("Two-step sign-in")
        verbose_name_plural = _("Help desk of the second factor")

    save = asave = save_base = delete = adelete = _refused

    def __str__(self) -> str:
        return str(self.account)


# Fixtures and deletions that cascade come past the methods.
pre_save.connect(_refused, sender=Record, dispatch_uid="poterne.django.models", weak=False)
pre_delete.connect(_refused, sender=Record, dispatch_uid="poterne.django.models", weak=False)
