"""The clock: of this server, of the database, and whether the system keeps it by NTP."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from poterne.admin.console import Console, Stop
from poterne.admin.files import replace, create
from poterne.admin.language import Say
from poterne.admin.table import Table

# Codes live for a minute and a half: half of that is where employees begin to call.
AMBER_SECONDS, RED_SECONDS = 5, 45

DAY = 86_400

# A record forgets what is older; semantics 8.7. A run that comes later is no mistake of the clock, and nobody has looked.
MAX_DAYS = 8

LAST_FORGET = "last-forget"


@dataclass(frozen=True)
class Ntp:
    """What the system tells of its clock."""

    source: str
    is_synchronized: bool
    seconds: Optional[float] = None


def against_database(table: Table) -> Optional[float]:
    """Seconds by which this server is ahead of the database; None if the two have one clock, or none knows how to ask."""
    before = time.time()
    theirs = table.seconds()
    after = time.time()
    # The question takes time: what it took is no difference.
    if theirs is None:
        return None
    return before - theirs if theirs < before else after - theirs if theirs > after else 0.0


def ntp() -> Optional[Ntp]:
    """What chrony or systemd says; None without an answer, as in a container."""
    said = _output("chronyc", "-n", "-c", "tracking")
    fields = said.split(",") if said else []
    if len(fields) > 13:
        try:
            return Ntp("chronyc", fields[13].strip() != "Not synchronised", float(fields[4]))
        except ValueError:
            pass
    said = _output("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if said in ("yes", "no"):
        return Ntp("timedatectl", said == "yes")
    return None


def _output(*command: str) -> Optional[str]:
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, env={**os.environ, "LC_ALL": "C"}, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def shown(seconds: float) -> str:
    """A time of this server, with its zone, to compare with a watch."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def refuse_wrong(console: Console, table: Table, stamp: Optional[pathlib.Path], *, is_right: bool) -> None:
    """Stops if the clock is visibly wrong: a sweep by a clock that is ahead drops used steps that still matter, and their codes work
    again. `is_right` is the administrator's word for it.
    """
    if is_right:
        return
    say = console.say
    ahead = against_database(table)
    if ahead is not None and abs(ahead) > RED_SECONDS:
        raise Stop(
            say(
                "This server's clock is {seconds:.0f} seconds {side} the database's. Nothing was changed. Set the clock that is wrong, wait"
                " for ten minutes, and repeat the command; if it is the database's: --clock-is-right",
                "L’horloge de ce serveur a {seconds:.0f} secondes {side} sur celle de la base. Rien n’a été modifié. Régler celle qui est"
                " fausse, attendre dix minutes et recommencer ; si c’est celle de la base : --clock-is-right",
                seconds=abs(ahead),
                side=say("ahead of", "d’avance") if ahead > 0 else say("behind", "de retard"),
            )
        )
    last = None if stamp is None else read_stamp(stamp)
    if last is None:
        return
    age = time.time() - last
    if not -300 <= age <= MAX_DAYS * DAY:
        raise Stop(
            say(
                "The last run was at {last}, and this server's clock says {now}. Nothing was changed. Look at the clock; if it is right:"
                " --clock-is-right",
                "La dernière exécution date du {last} et l’horloge de ce serveur indique {now}. Rien n’a été modifié. Vérifier l’horloge ;"
                " si elle est juste : --clock-is-right",
                last=shown(last),
                now=shown(time.time()),
            )
        )


def stamp_path(given: Optional[str]) -> Optional[pathlib.Path]:
    """Where the time of the last run is kept: `--stamp`, or the state folder that the systemd unit asks for."""
    if given is not None:
        return pathlib.Path(given)
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return pathlib.Path(folder) / LAST_FORGET if folder else None


def read_stamp(path: pathlib.Path) -> Optional[int]:
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else None


def write_stamp(path: pathlib.Path, now: float) -> None:
    text = f"{int(now)}\n"
    try:
        create(path, text)
    except FileExistsError:
        replace(path, text)


def age(say: Say, seconds: float) -> str:
    """How long ago, roughly."""
    if seconds < 2 * DAY:
        return say("{hours:#hour|hours} ago", "il y a {hours} h", hours=int(seconds // 3_600))
    return say("{days} days ago", "il y a {days} jours", days=int(seconds // DAY))
