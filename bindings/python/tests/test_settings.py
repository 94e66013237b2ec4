"""The settings file, as Python sees it. The rules themselves are tested where they are written, in bindings/settings."""

from __future__ import annotations

import os
import pathlib
import pickle

import pytest

import poterne

SMALLEST = "application = grand-angle\ndatabase = sqlite:////var/lib/a.sqlite\nkeyring = {}\n"


def test_reads_what_it_renders(tmp_path: pathlib.Path) -> None:
    keys = tmp_path / "poterne.keys"
    with open(keys, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(poterne.Keyring.generate(7).to_text())
    values = {
        "application": "grand-angle",
        "database": "postgresql+psycopg://poterne:hunter2@db/x",
        "keyring": str(keys),
        "language": "fr",
        "issuer": "Département",
        "help_desk_phone": "01 23 45 67 89",
        "apps_address": "https://intranet.example/apps",
        "confirm_at_first_login": "yes",
    }
    path = tmp_path / "poterne.conf"
    path.write_text(poterne.Settings.render(values, language="fr"), encoding="utf-8")
    path.chmod(0o600)
    settings = poterne.Settings.open(path)
    assert settings.database == settings.value("database") == "postgresql+psycopg://poterne@db/x"
    assert settings.database_password() == "hunter2"
    assert (settings.application, settings.language, settings.issuer) == ("grand-angle", "fr", "Département")
    assert (settings.table, settings.account_column, settings.record_column) == ("poterne", "account", "record")
    assert (settings.help_desk_phone, settings.apps_address) == ("01 23 45 67 89", "https://intranet.example/apps")
    assert settings.policy == poterne.Policy(confirm_at_first_login=True)
    assert settings.keyring_path() == str(keys)
    assert settings.open_keyring().key_ids == [7]
    assert settings.verifier().policy.confirm_at_first_login
    assert settings.fingerprint in repr(settings) and "hunter2" not in repr(settings)
    with pytest.raises(TypeError):
        pickle.dumps(settings)

    path.chmod(0o644)
    with pytest.raises(poterne.ArgumentError, match="chmod 600"):
        poterne.Settings.open(path)


def test_credentials_are_of_the_folder_that_is_given(tmp_path: pathlib.Path) -> None:
    (tmp_path / "keys").write_text(poterne.Keyring.generate(7).to_text())
    settings = poterne.Settings.parse(SMALLEST.format("$CREDENTIALS_DIRECTORY/keys"))
    assert settings.open_keyring(credentials=tmp_path).key_ids == [7]
    assert settings.keyring_path(credentials=tmp_path) == str(tmp_path / "keys")
    with pytest.raises(poterne.Error, match="LoadCredential"):
        settings.open_keyring()
    (tmp_path / "keys").write_text("hunter2")
    with pytest.raises(poterne.Error) as raised:
        settings.verifier(credentials=tmp_path)
    assert raised.value.kind is poterne.ErrorKind.KEYRING and "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("language", "expected"), [("en", "line 4: max_failures is"), ("fr", "ligne 4 : max_failures est")])
def test_a_fault_is_told_in_the_language_that_is_asked_for(language: str, expected: str) -> None:
    with pytest.raises(poterne.ArgumentError, match=expected):
        poterne.Settings.parse(SMALLEST.format("/k") + "max_failures = 0", language=language)
    with pytest.raises(poterne.ArgumentError, match="the languages are"):
        poterne.Settings.parse(SMALLEST.format("/k"), language="de")


def test_every_setting_is_described() -> None:
    names = poterne.Settings.names()
    assert len(names) > 20
    settings = poterne.Settings.parse(SMALLEST.format("/k"))
    for name in names:
        english, default, bounds = poterne.Settings.describe(name)
        assert english and bounds and english != poterne.Settings.describe(name, language="fr")[0]
        assert settings.value(name) == default or name in SMALLEST
    for unknown in (poterne.Settings.describe, settings.value):
        with pytest.raises(poterne.ArgumentError, match="no setting has this name"):
            unknown("hunter2")
