"""`poterne keygen` and `poterne key`: the keyring's four steps, and a refusal of each that would lock somebody out."""

from __future__ import annotations

import pathlib
from datetime import date
from typing import Callable, List, Optional

import click

from poterne import Error, ErrorKind, Keyring
from poterne.admin import files, sealed
from poterne.admin.console import Console, Stop
from poterne.admin.doctor import keyring_fingerprint
from poterne.admin.init import make_keyring
from poterne.admin.language import Say
from poterne.admin.options import Group, language, shared, yes
from poterne.admin.probe import PROBE
from poterne.admin.site import Site
from poterne.admin.sweep import batches


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "keygen",
        help=say(
            "Makes a keyring with one fresh key, in a new file of mode 0600. `poterne init` does it too.",
            "Crée un trousseau contenant une clé neuve, dans un nouveau fichier en mode 0600. `poterne init` le fait aussi.",
        ),
    )
    @click.argument("path", metavar=say("FILE", "FICHIER"))
    @language(say)
    def keygen(path: str) -> None:
        if pathlib.Path(path).exists():
            raise Stop(
                say(
                    "{path} is there: it may be the only keyring that opens the records, and is not overwritten.",
                    "{path} existe : c’est peut-être le seul trousseau qui ouvre les enregistrements. Il n’est pas remplacé.",
                    path=path,
                )
            )
        make_keyring(Console(say), path)

    @click.group(
        "key",
        cls=Group,
        help=say(
            """Changes the keys, in four steps. After each one, every server gets the new keyring, and every application is restarted, before
            the next one. FreeRADIUS and PAM look at the keyring at each login: they need no restart.

            \b
            1. poterne key add                a new key, that every server can open records with
            2. poterne key promote NEW        from now on, new records are sealed under it
            3. poterne reseal                 the old records too
            4. poterne key remove OLD

            `promote` and `remove` want to know what the other servers have: for each of them, the keyring's fingerprint that `poterne
            doctor` prints there. With one server alone: --only-server.
            """,
            """Change les clés, en quatre étapes. Après chacune, chaque serveur reçoit le nouveau trousseau et chaque application redémarre,
            avant la suivante. FreeRADIUS et PAM relisent le trousseau à chaque connexion : ils ne redémarrent pas.

            \b
            1. poterne key add                une nouvelle clé, avec laquelle chaque serveur peut ouvrir
            2. poterne key promote NOUVELLE   elle scelle désormais les nouveaux enregistrements
            3. poterne reseal                 et les anciens
            4. poterne key remove ANCIENNE

            `promote` et `remove` demandent ce qu’ont les autres serveurs : pour chacun, l’empreinte du trousseau qu’y affiche `poterne
            doctor`. S’il n’y a qu’un serveur : --only-server.
            """,
        ),
    )
    @language(say)
    def key() -> None:
        pass

    others = click.option(
        "--server",
        "servers",
        multiple=True,
        metavar=say("FINGERPRINT", "EMPREINTE"),
        help=say(
            "The keyring's fingerprint on another server; once for each of them.",
            "Empreinte du trousseau sur un autre serveur ; une fois par serveur.",
        ),
    )
    alone = click.option("--only-server", "is_alone", is_flag=True, help=say("There is no other server.", "Il n’y a pas d’autre serveur."))
    key_id = click.argument("key_id", type=click.IntRange(1, 2**32 - 1), metavar=say("KEY", "CLÉ"))

    @key.command("list", help=say("Shows the keys' ids and the keyring's fingerprint; no key.", "Affiche les numéros des clés et l’empreinte du trousseau ; aucune clé."))
    @shared(say, has_json=True)
    def list_(site: Site) -> None:
        keyring = site.keyring
        for each in keyring.key_ids:
            site.console.print(f"{each} {say('primary', 'principale') if each == keyring.primary_key_id else ''}".rstrip())
        site.console.print(say("fingerprint {value}", "empreinte {value}", value=keyring_fingerprint(keyring)))
        site.console.json({"keys": keyring.key_ids, "primary": keyring.primary_key_id, "fingerprint": keyring_fingerprint(keyring)})

    @key.command("add", help=say("Step 1: adds a fresh key, which opens but does not seal yet.", "Étape 1 : ajoute une clé neuve, qui ouvre mais ne scelle pas encore."))
    @click.argument("key_id", required=False, type=click.IntRange(1, 2**32 - 1), metavar=say("[KEY]", "[CLÉ]"))
    @shared(say)
    def add(site: Site, key_id: Optional[int]) -> None:
        # The day of creation reads well; a second key of one day is the next number.
        new = key_id
        if new is None:
            new = int(date.today().strftime("%Y%m%d"))
            while new in site.keyring.key_ids:
                new += 1
        _change(site, lambda keyring: keyring.add(new), lambda keyring: None)
        _next(site, say("Then: poterne key promote {key}", "Ensuite : poterne key promote {key}", key=new))

    @key.command("promote", help=say("Step 2: from now on this key seals.", "Étape 2 : cette clé scelle désormais."))
    @key_id
    @others
    @alone
    @shared(say)
    def promote(site: Site, key_id: int, servers: List[str], is_alone: bool) -> None:
        def look(keyring: Keyring) -> None:
            _is_there(site, keyring, key_id)
            _same_everywhere(site, keyring, servers, is_alone)

        _change(site, lambda keyring: keyring.promote(key_id), look)
        _next(site, say("Then: poterne reseal", "Ensuite : poterne reseal"))

    @key.command(
        "remove",
        help=say(
            "Step 4: removes a key. Refused as long as it seals a record. Keep the old keyring as long as the backups of its day.",
            "Étape 4 : retire une clé. Refusé tant qu’elle scelle un enregistrement. Garder l’ancien trousseau aussi longtemps que les sauvegardes de son époque.",
        ),
    )
    @key_id
    @others
    @alone
    @yes(say)
    @shared(say)
    def remove(site: Site, key_id: int, servers: List[str], is_alone: bool, is_sure: bool) -> None:
        def look(keyring: Keyring) -> None:
            _is_there(site, keyring, key_id)
            _is_not_primary(site, keyring, key_id)
            _same_everywhere(site, keyring, servers, is_alone)
            _seals_nothing(site, key_id)
            site.console.confirm(
                say(
                    "Backups of the table from before today open with key {key} only. Is a copy of this keyring kept with them, in another place?",
                    "Les sauvegardes antérieures de la table ne s’ouvrent qu’avec la clé {key}. Une copie de ce trousseau est-elle conservée, ailleurs ?",
                    key=key_id,
                ),
                is_given=is_sure,
            )

        _change(site, lambda keyring: keyring.remove(key_id), look)
        _next(site, "")

    return [keygen, key]


def _change(site: Site, change: Callable[[Keyring], None], look: Callable[[Keyring], None]) -> None:
    """Changes the file as it is now: another administrator may have changed it since it was read."""
    say, path = site.console.say, site.keyring_path
    if site.settings.value("keyring").startswith("$"):
        raise Stop(
            say(
                "The keyring is a credential of systemd, which cannot be written: name its source by --keyring FILE.",
                "Le trousseau est un « credential » de systemd, non modifiable : indiquer sa source par --keyring FICHIER.",
            )
        )
    try:
        with files.only_one(path):
            keyring = site.checked(lambda: Keyring.open(path), path)
            look(keyring)
            try:
                change(keyring)
            except Error as error:
                if error.kind not in (ErrorKind.ARGUMENT, ErrorKind.UNKNOWN_KEY):
                    raise
                known = ", ".join(map(str, keyring.key_ids))
                raise Stop(
                    say(
                        "{path} was not changed: {reason}. Its keys: {keys}, primary {primary}",
                        "{path} n’a pas été modifié ({reason}). Ses clés : {keys}, principale {primary}",
                        path=path,
                        reason=error.args[1],
                        keys=known,
                        primary=keyring.primary_key_id,
                    )
                ) from None
            files.replace(path, keyring.to_text())
    except BlockingIOError:
        raise Stop(
            say(
                "Somebody else is changing this keyring. Nothing was changed: look at poterne key list, and repeat.",
                "Quelqu’un d’autre modifie ce trousseau. Rien n’a été modifié : voir poterne key list, puis recommencer.",
            )
        ) from None
    site.console.done(
        say(
            "{path}: keys {keys}, primary {primary}, fingerprint {value}",
            "{path} : clés {keys}, principale {primary}, empreinte {value}",
            path=path,
            keys=", ".join(map(str, keyring.key_ids)),
            primary=keyring.primary_key_id,
            value=keyring_fingerprint(keyring),
        )
    )


def _next(site: Site, then: str) -> None:
    say = site.console.say
    site.console.print(
        say(
            "Now, on each server: copy the file (mode 0600, owned by the application's user), restart the application (FreeRADIUS and PAM\n"
            "need none), and look:\n"
            "  poterne doctor --keyring-fingerprint {value}\n{then}",
            "Maintenant, sur chaque serveur : copier le fichier (mode 0600, propriétaire : l’utilisateur de l’application), redémarrer\n"
            "l’application (inutile pour FreeRADIUS et PAM), puis vérifier :\n  poterne doctor --keyring-fingerprint {value}\n{then}",
            value=keyring_fingerprint(Keyring.open(site.keyring_path)),
            then=then,
        ).rstrip()
    )


def _is_there(site: Site, keyring: Keyring, key_id: int) -> None:
    if key_id not in keyring.key_ids:
        raise Stop(
            site.console.say(
                "The keyring {path} has no key {key}. Nothing was changed. Its keys: {keys}, primary {primary}",
                "Le trousseau {path} n’a pas de clé {key}. Rien n’a été modifié. Ses clés : {keys}, principale {primary}",
                path=site.keyring_path,
                key=key_id,
                keys=", ".join(map(str, keyring.key_ids)),
                primary=keyring.primary_key_id,
            )
        )


def _is_not_primary(site: Site, keyring: Keyring, key_id: int) -> None:
    """Before the count of its records: to reseal them would seal them under this key again."""
    if key_id == keyring.primary_key_id:
        others = [each for each in keyring.key_ids if each != key_id]
        raise Stop(
            site.console.say(
                "Key {key} is the primary one: it seals all new records. Nothing was changed. First promote another key: {command}",
                "La clé {key} est la principale : elle scelle tous les nouveaux enregistrements. Rien n’a été modifié. Promouvoir d’abord une autre clé : {command}",
                key=key_id,
                command=f"poterne key promote {others[0]}" if others else "poterne key add",
            )
        )


def _same_everywhere(site: Site, keyring: Keyring, servers: List[str], is_alone: bool) -> None:
    """A server with another keyring would refuse what this one seals from now on, or seal what this one cannot open."""
    say, value = site.console.say, keyring_fingerprint(keyring)
    if not servers and not is_alone:
        raise Stop(
            say(
                "Every server must have this keyring first, else employees are locked out there. Run poterne doctor on each and name the"
                " keyring's fingerprint that it prints: --server FINGERPRINT. Without another server: --only-server",
                "Chaque serveur doit d’abord avoir ce trousseau, sinon les agents y seraient bloqués. Lancer poterne doctor sur chacun et"
                " indiquer l’empreinte du trousseau affichée : --server EMPREINTE. S’il n’y a qu’un serveur : --only-server",
            )
        )
    for other in servers:
        if other.strip().lower() != value:
            raise Stop(
                say(
                    "A server has another keyring: {other} instead of {value}. Nothing was changed. Copy this one there, restart the"
                    " application, and look again by poterne doctor.",
                    "Un serveur a un autre trousseau : {other} au lieu de {value}. Rien n’a été modifié. Y copier celui-ci, redémarrer"
                    " l’application et vérifier de nouveau par poterne doctor.",
                    other=other.strip()[:19],
                    value=value,
                )
            )


def _seals_nothing(site: Site, key_id: int) -> None:
    say, found, has_probe = site.console.say, 0, False
    for batch in batches(site.table, has_probe=True):
        for account, record in batch:
            try:
                is_sealed = site.verifier.credential(account, record).inspect().key_id == key_id
            except Error:
                # What does not open with all keys does not open with one less either.
                continue
            # The probe is sealed like all others, and is nobody.
            has_probe = has_probe or (is_sealed and account == PROBE)
            found += is_sealed and account != PROBE
    if found:
        raise Stop(
            say(
                "Key {key} still seals {records}: to remove it would lock out the employees concerned. Nothing was changed. First: poterne reseal",
                "La clé {key} scelle encore {records} : la retirer bloquerait les agents concernés. Rien n’a été modifié. D’abord : poterne reseal",
                records=sealed.records(say, found),
                key=key_id,
            )
        )
    if has_probe:
        raise Stop(
            say(
                "Key {key} still seals the test record {probe}. Nothing was changed. First: poterne reseal",
                "La clé {key} scelle encore l’enregistrement d’essai {probe}. Rien n’a été modifié. D’abord : poterne reseal",
                key=key_id,
                probe=PROBE,
            )
        )
