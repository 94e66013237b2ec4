"""The application, as Django's registry has it."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import setting_changed
from django.utils.translation import gettext_lazy as _


class PoterneConfig(AppConfig):
    name = "poterne.django"
    label = "poterne"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Two-step sign-in")

    def ready(self) -> None:
        from poterne.django import checks, conf  # noqa: F401

        setting_changed.connect(conf.forget, dispatch_uid="poterne.django.conf")
