"""`poterne forget`, `reseal` and `repair-clock`: over the whole table, safe while employees log in."""

from __future__ import annotations

import time
from typing import List, Optional

import click

from poterne import Attempt, StoredCredential
from poterne.admin import clock, sealed
from poterne.admin.console import INTERRUPTED, Console, Stop
from poterne.admin.language import Say
from poterne.admin.options import shared, yes
from poterne.admin.site import Site
from poterne.admin.sweep import Counts, Make, sweep


def commands(say: Say) -> List[click.Command]:
    names = click.option(
        "--names",
        "has_names",
        is_flag=True,
        help=say("Names the accounts whose record cannot be decrypted with this keyring.", "Nomme les comptes dont l’enregistrement est indéchiffrable avec ce trousseau."),
    )
    clock_is_right = click.option(
        "--clock-is-right",
        "is_right",
        is_flag=True,
        help=say("You have looked at this server's clock.", "L’horloge de ce serveur a été vérifiée."),
    )

    @click.command(
        "forget",
        help=say(
            """Drops what no longer matters from every record, so that none tells when its owner last logged in. Run it every night:
            `poterne systemd` writes the timer.

            A login that is quicker wins, and its record waits for the next night. Stop it whenever you like, and run it again.
            """,
            """Retire de chaque enregistrement ce qui ne sert plus : aucun ne dit alors quand la personne s’est connectée. À lancer
            chaque nuit : `poterne systemd` écrit le minuteur.

            Une connexion simultanée l’emporte ; son enregistrement attend la nuit suivante. On peut interrompre et relancer à volonté.
            """,
        ),
    )
    @click.option(
        "--stamp",
        metavar=say("FILE", "FICHIER"),
        help=say(
            "Keeps the time of the last run. Default: in systemd's state folder.",
            "Conserve l’heure de la dernière exécution. Par défaut : dans le dossier d’état de systemd.",
        ),
    )
    @clock_is_right
    @names
    @shared(say, has_json=True)
    def forget(site: Site, stamp: Optional[str], is_right: bool, has_names: bool) -> int:
        path = clock.stamp_path(stamp)
        clock.refuse_wrong(site.console, site.table, path, is_right=is_right)
        now = time.time()
        counts = _run(site, say("forget", "oubli"), lambda credential: credential.forget(now=now))
        if path is not None and not counts.is_interrupted:
            clock.write_stamp(path, now)
        return _told(site.console, counts, has_names)

    @click.command(
        "reseal",
        help=say(
            """Seals every record under the primary key: the third of four steps when keys change, see `poterne key`. Safe while employees
            log in.
            """,
            """Scelle chaque enregistrement avec la clé principale : troisième des quatre étapes d’un changement de clé, voir `poterne key`.
            Sans risque pendant les connexions.
            """,
        ),
    )
    @names
    @shared(say, has_json=True)
    def reseal(site: Site, has_names: bool) -> int:
        sealed.refuse_other_keyring(site)
        counts = _run(site, say("reseal", "rescellement"), lambda credential: credential.reseal())
        return _told(site.console, counts, has_names)

    @click.command(
        "repair-clock",
        help=say(
            """Takes back what a server whose clock was ahead has written: codes are refused as long as its time is not reached. A lock that
            guesses have caused stays.

            First set the clock, and wait for ten minutes: differences of some minutes heal by themselves. The command counts first, shows
            this server's time, and asks. On a server that is itself behind, used codes would work once more.
            """,
            """Annule ce qu’a écrit un serveur dont l’horloge avançait : les codes sont refusés tant que son heure n’est pas atteinte. Un
            blocage dû à des essais reste en place.

            Régler d’abord l’horloge et attendre dix minutes : un écart de quelques minutes se résorbe seul. La commande compte, affiche
            l’heure de ce serveur, puis demande confirmation. Sur un serveur lui-même en retard, des codes déjà utilisés seraient
            acceptés une seconde fois.
            """,
        ),
    )
    @click.option(
        "--more-than-half",
        "has_many",
        is_flag=True,
        help=say("Goes on although more than half of all records are concerned.", "Continue même si plus de la moitié des enregistrements est concernée."),
    )
    @clock_is_right
    @yes(say)
    @names
    @shared(say, has_json=True)
    def repair_clock(site: Site, has_many: bool, is_right: bool, is_sure: bool, has_names: bool) -> int:
        console = site.console
        clock.refuse_wrong(console, site.table, None, is_right=is_right)
        sealed.refuse_other_keyring(site)
        now = time.time()
        def make(credential: StoredCredential) -> Attempt[None]:
            return credential.repair_clock(now=now)

        found = sweep(site.table, site.verifier, make, is_stored=False)
        if found.is_interrupted or not found.changed:
            return _told(console, found, has_names)
        if found.changed * 2 > found.records and not has_many:
            raise Stop(
                say(
                    "Records ahead of this server's clock, {now}: {changed} of {records}. One bad server rarely wrote so many: is this"
                    " clock right? Nothing was changed. If it is right: --more-than-half",
                    "Enregistrements en avance sur l’horloge de ce serveur, {now} : {changed} sur {records}. Un seul serveur en écrit"
                    " rarement autant : cette horloge est-elle juste ? Rien n’a été modifié. Si elle est juste : --more-than-half",
                    changed=found.changed,
                    records=found.records,
                    now=clock.shown(now),
                )
            )
        console.confirm(
            say(
                "This server's clock says {now}. Records ahead of it: {changed} of {records}. Repair them?",
                "L’horloge de ce serveur indique {now}. Enregistrements en avance : {changed} sur {records}. Les corriger ?",
                now=clock.shown(now),
                changed=found.changed,
                records=found.records,
            ),
            is_given=is_sure,
        )
        counts = _run(site, say("repair", "correction"), make)
        if counts.changed:
            _tell_wait(console)
        return _told(console, counts, has_names)

    return [forget, reseal, repair_clock]


def _run(site: Site, title: str, make: Make) -> Counts:
    # Those first that may be wrong, before the bar.
    table, verifier = site.table, site.verifier
    began = time.monotonic()
    with site.console.progress(title, table.count()) as progress:
        counts = sweep(table, verifier, make, is_stored=True, progress=progress)
    seconds = time.monotonic() - began
    site.console.note(
        site.console.say(
            "{records} in {seconds:.1f} s", "{records} en {seconds:.1f} s", records=sealed.records(site.console.say, counts.records), seconds=seconds
        )
    )
    return counts


def _tell_wait(console: Console) -> None:
    """What was repaired still refuses the codes that another server may have accepted (semantics 8.5): without this line it looks undone.
    The moment itself would say when somebody logged in.
    """
    console.note(
        console.say(
            "The codes of these employees may be refused for some minutes more (refused.clock_behind): ten for a phone, longer"
            " for a hardware token. If they cannot wait, they log in with a temporary code: poterne forgotten ACCOUNT",
            "Les codes de ces agents peuvent être refusés quelques minutes encore (refused.clock_behind) : dix pour un téléphone, davantage"
            " pour un jeton. Qui ne peut attendre se connecte avec un code temporaire : poterne forgotten COMPTE",
        )
    )


def _told(console: Console, counts: Counts, has_names: bool) -> int:
    say = console.say
    console.print(
        say(
            "{changed} changed, {conflicts} left to the next run, {failed} that cannot be decrypted with this keyring",
            "modifiés : {changed} ; laissés à la prochaine exécution : {conflicts} ; indéchiffrables avec ce trousseau : {failed}",
            changed=counts.changed,
            conflicts=counts.conflicts,
            failed=len(counts.failed),
        )
    )
    if has_names:
        console.table((say("account", "compte"), say("reason", "motif")), [(account, kind.name.lower()) for account, kind in counts.failed])
    console.json({**counts.as_json(), **({"accounts": [account for account, _ in counts.failed]} if has_names else {})})
    if counts.is_interrupted:
        console.note(say("Interrupted. Nothing is half done: run it again.", "Interrompu. Rien n’est à moitié fait : relancer la commande."))
        return INTERRUPTED
    if counts.failed:
        console.note(
            say(
                "Records that cannot be decrypted: a key that this server lacks, a damaged record, or another application's. To see which: --names",
                "Enregistrements indéchiffrables : clé absente de ce serveur, enregistrement abîmé, ou d’une autre application. Pour les voir : --names",
            )
        )
        return 1
    return 0
