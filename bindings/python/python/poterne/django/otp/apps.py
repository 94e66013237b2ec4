"""The application, as Django's registry has it."""

from __future__ import annotations

from django.apps import AppConfig, apps


class PoterneOtpConfig(AppConfig):
    name = "poterne.django.otp"
    label = "poterne_otp"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if apps.is_installed("two_factor"):
            from poterne.django.otp.method import register

            register()
