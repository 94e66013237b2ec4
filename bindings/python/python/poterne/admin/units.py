"""`poterne systemd`: the timer of the nightly run."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
from typing import List, Optional

import click

from poterne.admin import files
from poterne.admin.console import Stop
from poterne.admin.language import Say
from poterne.admin.options import shared
from poterne.admin.site import Site

NAME = "poterne-forget"

SERVICE = """\
[Unit]
Description=Drop from the records of poterne what no longer matters
After=network-online.target time-sync.target
Wants=network-online.target time-sync.target

[Service]
Type=oneshot
User={user}
# Keeps the time of the last run: the next one looks at the clock by it.
StateDirectory=poterne
{credentials}ExecStart={command} forget --config {config}
# It reads the keyring, the settings and the database, and writes to the database alone.
NoNewPrivileges=yes
ProtectSystem=strict
{writable}ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LimitCORE=0
"""

TIMER = """\
[Unit]
Description=Every night: poterne forget

[Timer]
OnCalendar=*-*-* 03:17:00
RandomizedDelaySec=20min
# After a night without power, at once.
Persistent=yes

[Install]
WantedBy=timers.target
"""


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "systemd",
        help=say(
            """Writes the service and the timer of the nightly `poterne forget` to a FOLDER, such as /etc/systemd/system. One server is
            enough. Then:

            \b
                systemctl daemon-reload
                systemctl enable --now poterne-forget.timer
            """,
            """Écrit dans un DOSSIER, comme /etc/systemd/system, le service et le minuteur du `poterne forget` de chaque nuit. Un seul serveur
            suffit. Ensuite :

            \b
                systemctl daemon-reload
                systemctl enable --now poterne-forget.timer
            """,
        ),
    )
    @click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar=say("FOLDER", "DOSSIER"))
    @click.option(
        "--user",
        metavar=say("USER", "UTILISATEUR"),
        help=say("The application's user. Default: the owner of the keyring.", "Utilisateur de l’application. Par défaut : le propriétaire du trousseau."),
    )
    @shared(say)
    def systemd(site: Site, folder: str, user: Optional[str]) -> None:
        config = site.path
        if config is None:
            raise Stop(say("A timer needs a settings file: poterne init", "Un minuteur a besoin d’un fichier de réglages : poterne init"))
        texts = {f"{NAME}.service": service(site, config.absolute(), user), f"{NAME}.timer": TIMER}
        for name, text in texts.items():
            path = pathlib.Path(folder) / name
            try:
                files.create(path, text)
            except FileExistsError:
                files.replace(path, text)
            # No secret, and systemd complains of nothing else.
            path.chmod(0o644)
            site.console.done(str(path))
        site.console.print("systemctl daemon-reload && systemctl enable --now poterne-forget.timer")

    return [systemd]


def service(site: Site, config: pathlib.Path, user: Optional[str]) -> str:
    """The service, with the paths of this server."""
    say, settings = site.console.say, site.settings
    credentials, prefix = "", "$CREDENTIALS_DIRECTORY/"
    for name in ("keyring", "database_password_file"):
        value = settings.value(name)
        if value.startswith(prefix):
            credentials += f"LoadCredential={value[len(prefix):]}\n"
    if user is None:
        keyring = settings.value("keyring")
        if keyring.startswith(prefix):
            raise Stop(say("Name the application's user: --user", "Indiquer l’utilisateur de l’application : --user"), 2)
        user = pathlib.Path(keyring).owner()
    # SQLite writes journals beside its file.
    file = settings.database[len("sqlite:///") :] if settings.database.startswith("sqlite:///") else ""
    writable = f"ReadWritePaths={_escaped(str(pathlib.Path(file).parent))}\n" if file else ""
    return SERVICE.format(
        user=user, credentials=credentials, command=_command(), config=_escaped(str(config)), writable=writable
    )


def _command() -> str:
    """This command, by its whole path: systemd knows no virtual environment."""
    beside = pathlib.Path(sys.executable).with_name("poterne")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("poterne")
    return _escaped(found) if found else f"{_escaped(sys.executable)} -m poterne.admin"


def _escaped(path: str) -> str:
    """systemd reads % as a specifier, and a space as the end of a word."""
    text = path.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if " " in text else text
