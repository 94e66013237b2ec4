"""How django-two-factor-auth asks for the code: as text, for recovery and temporary codes too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from two_factor.forms import AuthenticationTokenForm  # type: ignore[import-untyped]
from two_factor.plugins.registry import MethodBase, registry  # type: ignore[import-untyped]

from poterne.django.otp.models import PoterneDevice


class CodeForm(AuthenticationTokenForm):  # type: ignore[misc]
    otp_token = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput(attrs={"autofocus": "autofocus", "autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class PoterneMethod(MethodBase):  # type: ignore[misc]
    code = "poterne"
    verbose_name = _("One-time code")

    def get_devices(self, user: Any) -> Any:
        return PoterneDevice.objects.devices_for_user(user)

    def recognize_device(self, device: Any) -> bool:
        return isinstance(device, PoterneDevice)

    def get_token_form_class(self) -> Any:
        return CodeForm

    def get_action(self, device: Any) -> str:
        return str(_("One-time code"))

    def get_verbose_action(self, device: Any) -> str:
        return str(_("Type the code that your app or token shows now. A recovery code or a temporary code from the help desk goes here too."))


def register() -> None:
    registry.register(PoterneMethod())
