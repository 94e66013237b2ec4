"""`poterne tokens`: the inventory of hardware tokens, from the manufacturer's file to a holder and back."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
import sys
import time
from typing import Any, Callable, List, Optional, Tuple, TypeVar

import click

import poterne
from poterne import Algorithm, Authenticator, Error, MovingFactor, Refused, Secret, State, Status
from poterne.admin import sealed, token_import
from poterne.admin.caller import Caller, moment
from poterne.admin.console import Stop, explained
from poterne.admin.delivery import has_secret_of
from poterne.admin.enrollment import sender_of
from poterne.admin.in_use import InUse, Stored
from poterne.admin.language import LANGUAGES, Say
from poterne.admin.letters import Template
from poterne.admin.moving.found import looks_secret
from poterne.admin.options import Group, language, shared, yes
from poterne.admin.proof import prove
from poterne.admin.receipts import Receipt, set_receipts
from poterne.admin.serial import account_of, is_serial, serial_of
from poterne.admin.site import Site
from poterne.admin.stock import STANDINGS, Item, Stock, free_row

_Function = TypeVar("_Function", bound=Callable[..., Any])

HASHES = {"sha1": Algorithm.SHA1, "sha256": Algorithm.SHA256, "sha512": Algorithm.SHA512}

ENCODINGS = {"base32": Secret.from_base32, "hex": Secret.from_hex}


def commands(say: Say) -> List[click.Command]:
    @click.group(
        "tokens",
        cls=Group,
        help=say(
            """Hardware tokens: their inventory, and who gets one. A token in stock is a sealed record under its serial number. Nobody can
            log in with it until it is assigned.

            \b
                gpg -d tokens.xml.gpg | poterne tokens import - --format pskc
                poterne tokens stock
                poterne tokens assign GALT10057511 b.durand --receipt receipt.pdf
                poterne tokens return b.durand GALT10057511
            """,
            """Jetons matériels : leur inventaire, et qui en reçoit un. Un jeton en stock est un enregistrement scellé, sous son numéro de
            série. Personne ne peut s’en servir tant qu’il n’est pas attribué.

            \b
                gpg -d jetons.xml.gpg | poterne tokens import - --format pskc
                poterne tokens stock
                poterne tokens assign GALT10057511 b.durand --receipt recu.pdf
                poterne tokens return b.durand GALT10057511
            """,
        ),
    )
    @language(say)
    def tokens() -> None:
        pass

    tokens.add_command(token_import.command(say))
    for make in (_add, _proof, _stock, _assign, _return, _drop):
        tokens.add_command(make(say))
    return [tokens]


def _add(say: Say) -> click.Command:
    @click.command(
        "add",
        help=say(
            """Puts one token into the stock. Its secret is typed without being shown, or read from a file descriptor; it is never an
            argument. Encoding and hash are declared, never guessed: the manufacturer says which. Afterwards: poterne tokens proof SERIAL

            \b
                poterne tokens add GALT10057511 --encoding base32
                poterne tokens add 00123 --encoding hex --hash sha256 --time-step 60
            """,
            """Ajoute un jeton au stock. Son secret se saisit sans s’afficher, ou se lit sur un descripteur de fichier ; il ne figure jamais
            dans les arguments. L’encodage et le hachage se déclarent, ils ne se devinent pas : le fabricant les indique. Ensuite : poterne
            tokens proof SÉRIE

            \b
                poterne tokens add GALT10057511 --encoding base32
                poterne tokens add 00123 --encoding hex --hash sha256 --time-step 60
            """,
        ),
    )
    @_serial(say)
    @click.option("--encoding", required=True, type=click.Choice(list(ENCODINGS)), help=say("How the secret is written.", "Écriture du secret."))
    @click.option("--hash", "hash_name", default="sha1", show_default=True, type=click.Choice(list(HASHES)), help=say("The hash.", "Fonction de hachage."))
    @click.option("--digits", default=6, show_default=True, type=click.IntRange(6, 8), help=say("Digits of a code.", "Nombre de chiffres d’un code."))
    @click.option("--time-step", default=30, show_default=True, type=click.IntRange(30, 120), help=say("Seconds of a time step.", "Durée d’un pas de temps, en secondes."))
    @click.option(
        "--counter",
        type=click.IntRange(0, (1 << 63) - 1),
        help=say("The next counter, of a token that counts: 0 if it was never used.", "Prochain compteur, pour un jeton à compteur : 0 s’il n’a jamais servi."),
    )
    @click.option(
        "--secret-fd",
        type=int,
        metavar=say("NUMBER", "NUMÉRO"),
        help=say("Reads the secret from this file descriptor.", "Lit le secret sur ce descripteur."),
    )
    @shared(say)
    def add(
        site: Site, serial: str, encoding: str, hash_name: str, digits: int, time_step: int, counter: Optional[int], secret_fd: Optional[int]
    ) -> None:
        console, stock = site.console, Stock(site)
        serial = stock.serial(serial)
        if looks_secret(serial):
            raise Stop(
                say(
                    "The serial number looks like a secret. Nothing was changed. Give the number that stands on the token; the secret is asked for. If it was"
                    " the secret, it is in the history of the shell now: clear that.",
                    "Le numéro de série ressemble à un secret. Rien n’a été modifié. Indiquer le numéro porté par le jeton ; le secret est demandé ensuite. Si"
                    " c’était le secret, il figure maintenant dans l’historique du shell : l’effacer.",
                ),
                2,
            )
        sealed.refuse_other_keyring(site)
        if stock.item(serial) is not None:
            raise Stop(say("{serial} is in the inventory already. Nothing was changed.", "{serial} est déjà dans l’inventaire. Rien n’a été modifié.", serial=serial))
        try:
            secret = ENCODINGS[encoding](console.secret(say("Secret: ", "Secret : "), secret_fd))
        except Error as error:
            raise Stop(explained(say, error)) from None
        moving: Any = {"time_step": time_step} if counter is None else {"counter": counter}
        account = account_of(serial)
        with site.verifier.enroll_token(account, secret, algorithm=HASHES[hash_name], digits=digits, authenticator=Authenticator.TOKEN, **moving) as made:
            in_use = InUse(site)
            twin = in_use.twin(account, made.record)
            stored: Stored = twin or in_use.store([(account, None, made.record)])[0]
        if isinstance(stored, str):
            raise Stop(say("{serial} {reason}. Nothing was changed.", "{serial} {reason}. Rien n’a été modifié.", serial=serial, reason=has_secret_of(say, stored)))
        if not stored:
            raise Stop(
                say(
                    "{serial} was stored by somebody else at the same moment. Nothing was changed. See: poterne tokens stock {serial}",
                    "{serial} a été enregistré par quelqu’un d’autre au même moment. Rien n’a été modifié. Voir : poterne tokens stock {serial}",
                    serial=serial,
                )
            )
        if remark := in_use.remark(say):
            console.note(remark)
        console.done(say("{serial} is in stock.", "{serial} est en stock.", serial=serial))
        console.print(say("Then: {step}", "Ensuite : {step}", step=f"poterne tokens proof {serial}"))

    return add


def _proof(say: Say) -> click.Command:
    @click.command(
        "proof",
        help=say(
            """Asks for a code that the token shows now, and says whether its secret was imported right: encoding, hash and digits. If not, it
            says which others would be. The code is not used up and nothing is changed. For tokens that nobody has had yet: one of each
            delivery is enough.
            """,
            """Demande un code affiché en ce moment par le jeton et dit si son secret a été bien importé : encodage, hachage, nombre de
            chiffres. Sinon, indique ce qui conviendrait. Le code n’est pas consommé et rien n’est modifié. Pour un jeton que personne n’a
            encore eu : un par livraison suffit.
            """,
        ),
    )
    @_serial(say)
    @click.option("--code-fd", type=int, metavar=say("NUMBER", "NUMÉRO"), help=say("Reads the code from this file descriptor.", "Lit le code sur ce descripteur."))
    @shared(say, has_json=True)
    def proof(site: Site, serial: str, code_fd: Optional[int]) -> int:
        console, stock = site.console, Stock(site)
        found = stock.known(stock.serial(serial))
        if found.standing == "out":
            raise Stop(
                say(
                    "{serial} is handed out, and only its holder's first code proves its secret. Prove the tokens of a delivery while they are in stock.",
                    "{serial} est remis : seul le premier code de la personne prouve encore son secret. Les preuves d’une livraison se font en stock.",
                    serial=found.serial,
                )
            )
        if found.status is None or found.status.state is not State.PENDING:
            raise Stop(
                say(
                    "{serial} has been in use: its secret was right, and no call returns it any more.",
                    "{serial} a déjà servi : son secret était bon, et plus aucun appel ne le restitue.",
                    serial=found.serial,
                )
            )
        content = stock.content(account_of(found.serial), found.record)
        question = say("Code that the token shows now: ", "Code affiché par le jeton en ce moment : ")
        code = console.line(question) if code_fd is None else console.secrets(1, code_fd)[0]
        verdict = prove(content, code.replace(" ", ""), site.settings.policy, time.time(), drift=found.status.drift)
        console.json({"serial": found.serial, **verdict.facts()})
        if not verdict.is_right:
            raise Stop(verdict.text(say, found.serial))
        console.done(verdict.text(say, found.serial))
        return 0

    return proof


def _stock(say: Say) -> click.Command:
    @click.command(
        "stock",
        help=say(
            "Lists the tokens of the inventory, or the ones that are named: new, back, waiting, handed out. It does not know who has one: the receipts do.",
            "Liste les jetons de l’inventaire, ou ceux qui sont nommés : neufs, revenus, en attente, remis. L’inventaire ne sait pas qui a un jeton : les reçus le disent.",
        ),
    )
    @click.argument("serials", nargs=-1, metavar=say("[SERIAL]...", "[SÉRIE]..."))
    @click.option("--standing", type=click.Choice(STANDINGS), help=say("Only these.", "Seulement ceux-ci."))
    @shared(say, has_json=True)
    def stock_(site: Site, serials: Tuple[str, ...], standing: Optional[str]) -> None:
        stock = Stock(site)
        items = [stock.known(stock.serial(each)) for each in serials] if serials else list(stock.items())
        items = [item for item in items if standing in (None, item.standing)]
        header = (say("serial number", "numéro de série"), say("standing", "situation"), say("codes", "codes"))
        site.console.table(header, [(item.serial, named(say, item), kind(say, item.status)) for item in items])
        site.console.note(say("{count:#token|tokens}", "{count:#jeton|jetons}", count=len(items)))
        site.console.json([{"serial": item.serial, "standing": item.standing, "until": item.until} for item in items])

    return stock_


def _assign(say: Say) -> click.Command:
    @click.command(
        "assign",
        help=say(
            """Hands a token out: its record gets the account of its holder, who has none yet. A new token is confirmed by its first code, on
            the application's page, as a phone is. A token that came back works at once; one that counts is asked for two codes.

            With --beside the token comes beside the phone that the person has: a second row, account#2, which the login page offers. With
            --receipt it sets a sheet to sign: an employee's receipt for the token, with the serial number.

            \b
                poterne tokens assign GALT10057511 b.durand --name "Bernard Durand" --receipt durand.pdf
                poterne tokens assign GALT10057511 a.martin --beside
            """,
            """Remet un jeton : son enregistrement prend le compte de la personne, qui n’en a pas encore. Un jeton neuf se confirme par son
            premier code, sur la page de l’application, comme un téléphone. Un jeton revenu fonctionne aussitôt ; s’il est à compteur, deux
            codes sont demandés.

            Avec --beside, le jeton s’ajoute au téléphone de la personne : une seconde ligne, compte#2, que propose la page de connexion.
            Avec --receipt, compose une feuille à signer : le reçu du jeton, avec son numéro de série.

            \b
                poterne tokens assign GALT10057511 b.durand --name "Bernard Durand" --receipt durand.pdf
                poterne tokens assign GALT10057511 a.martin --beside
            """,
        ),
    )
    @_serial(say)
    @click.argument("account", metavar=say("ACCOUNT", "COMPTE"))
    @click.option("--beside", "is_beside", is_flag=True, help=say("Beside what the person has.", "En plus de ce que la personne a déjà."))
    @click.option("--receipt", type=click.Path(path_type=pathlib.Path), metavar=say("FILE", "FICHIER"), help=say("The PDF to write.", "PDF à écrire."))
    @click.option("--name", metavar=say("NAME", "NOM"), help=say("The holder's name, on the receipt.", "Nom de la personne, sur le reçu."))
    @click.option("--receipt-language", "tag", type=click.Choice(LANGUAGES), help=say("Default: the settings'.", "Par défaut : celle des réglages."))
    @click.option(
        "--template",
        "template_folder",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FOLDER", "DOSSIER"),
        help=say("Your own template, see `poterne letters template`.", "Modèle de l’organisme, voir `poterne letters template`."),
    )
    @click.option(
        "--codes-fd",
        type=int,
        metavar=say("NUMBER", "NUMÉRO"),
        help=say("Reads the two codes from this file descriptor, one a line.", "Lit les deux codes sur ce descripteur, un par ligne."),
    )
    @yes(say)
    @shared(say, has_json=True)
    def assign(
        site: Site,
        serial: str,
        account: str,
        is_beside: bool,
        receipt: Optional[pathlib.Path],
        name: Optional[str],
        tag: Optional[str],
        template_folder: Optional[pathlib.Path],
        codes_fd: Optional[int],
        is_sure: bool,
    ) -> None:
        console, stock = site.console, Stock(site)
        item = stock.available(stock.serial(serial))
        sealed.refuse_other_keyring(site)
        row = _row(site, Caller(site, account), is_beside)
        pdf = None
        if receipt is not None:
            if receipt.exists():
                raise Stop(say("{file} is there already. Nothing was changed.", "{file} existe déjà. Rien n’a été modifié.", file=receipt))
            held = Receipt(item.serial, account.strip(), name or "", tag or site.settings.language, datetime.date.today())
            # Before anything changes: without Typst there is no receipt.
            pdf = set_receipts(Template(template_folder, say), [held], sender_of(site))
        console.confirm(
            say("{serial} becomes the token of {row}. Go on?", "{serial} devient le jeton de {row}. Continuer ?", serial=item.serial, row=row),
            is_given=is_sure,
        )
        is_used = item.status is not None and item.status.state is not State.PENDING
        with contextlib.ExitStack() as undone:
            if receipt is not None and pdf is not None:
                # Before anything changes: no call sets the receipt of a token that is handed out.
                with open(receipt, "xb") as file:
                    undone.callback(receipt.unlink)
                    file.write(pdf)
            if is_used and item.status is not None and item.status.moving_factor is MovingFactor.COUNTER:
                item = stock.resynchronize(item, *_two_codes(site, codes_fd))
            try:
                stock.hand_out(item, row)
            except Refused as refused:
                if refused.refusal is not poterne.Refusal.CONFLICT:
                    raise
                raise Stop(
                    say(
                        "The token or {row} was changed at the same moment. Nothing was changed here: look at both and begin again.",
                        "Le jeton ou {row} a été modifié au même moment. Rien n’a été modifié ici : vérifier les deux et recommencer.",
                        row=row,
                    )
                ) from None
            undone.pop_all()
        console.done(say("{serial} is the token of {row}.", "{serial} est le jeton de {row}.", serial=item.serial, row=row))
        if receipt is not None:
            console.done(say("{file}: to be printed and signed.", "{file} : à imprimer et à faire signer.", file=receipt))
        first = say("Log in with your password and the code that the token shows.", "Connectez-vous avec votre mot de passe et le code qu’affiche le jeton.")
        second = "" if not is_beside else say(" Choose the token on the login page.", " Sur la page de connexion, choisissez le jeton.")
        if not is_used and not site.settings.policy.confirm_at_first_login:
            console.note(
                say(
                    "confirm_at_first_login is off: the first code is taken only where the application has a page for it. Otherwise put the token"
                    " into use now, with two codes that it shows: poterne token {row}",
                    "confirm_at_first_login vaut no : le premier code n’est accepté que si l’application a une page pour cela. Sinon, mettre le"
                    " jeton en service maintenant, avec deux codes qu’il affiche : poterne token {row}",
                    row=row,
                )
            )
        console.print(say("Say: “{text}”", "Dire : « {text} »", text=first + second))
        if is_used:
            console.print(say("Then: {step}", "Ensuite : {step}", step=f"poterne recovery-codes {row}"))
        console.json({"serial": item.serial, "account": row, "is_confirmed": is_used})

    return assign


def _return(say: Say) -> click.Command:
    @click.command(
        "return",
        help=say(
            """Takes a token back into the stock, under the SERIAL that stands on it. Its counter, drift and last used code go along, so that no
            code counts twice. The recovery codes and the temporary code end, and so does the count of wrong codes.

            A token that shows the time waits before it can be assigned again, for about an hour: codes that its last holder saw are then of no
            use. The command says until when. Take the token back before `poterne gone`, which erases its secret for good.

            No record knows the serial number of its token. A SERIAL under which no token was handed out becomes the token's number, so the
            command asks first, and refuses it with --yes while others are handed out.
            """,
            """Reprend un jeton en stock, sous le numéro de SÉRIE qu’il porte. Son compteur, sa dérive et le dernier code utilisé sont
            conservés : aucun code ne sert deux fois. Les codes de secours et le code temporaire sont annulés, et les essais remis à zéro.

            Un jeton à horloge attend environ une heure avant de pouvoir être attribué de nouveau : les codes vus par la personne précédente
            ne servent alors plus à rien. La commande indique jusqu’à quand. Reprendre le jeton avant `poterne gone`, qui efface son secret.

            Aucun enregistrement ne connaît le numéro de série de son jeton. Une SÉRIE sous laquelle aucun jeton n’a été remis devient le
            numéro du jeton : la commande le fait confirmer, et refuse avec --yes tant que d’autres jetons sont remis.
            """,
        ),
    )
    @click.argument("account", metavar=say("ACCOUNT", "COMPTE"))
    @_serial(say)
    @yes(say)
    @shared(say, has_json=True)
    def return_(site: Site, account: str, serial: str, is_sure: bool) -> None:
        console, stock = site.console, Stock(site)
        serial = stock.serial(serial)
        sealed.refuse_other_keyring(site)
        row, record, status = _held(site, stock, account, serial)
        if account_of(serial) != row:
            _expect_mark(stock, row, serial, is_sure=is_sure)
        console.confirm(
            say(
                "The token of {row} comes back as {serial}. {row} cannot log in with it any more. Go on?",
                "Le jeton de {row} revient sous le numéro {serial}. {row} ne peut plus s’en servir. Continuer ?",
                row=row,
                serial=serial,
            ),
            is_given=is_sure,
        )
        until = stock.take_back(row, record, status, serial)
        console.done(say("{serial} is back in stock.", "{serial} est de nouveau en stock.", serial=serial))
        console.print(
            say("It can be assigned from {moment}.", "Il pourra être attribué à partir du {moment}.", moment=moment(say, until + 1))
            if until is not None
            else say("It can be assigned at once, with two codes that it shows.", "Il peut être attribué aussitôt, avec deux codes qu’il affiche.")
        )
        console.json({"serial": serial, "account": row, "until": until})

    return return_


def _drop(say: Say) -> click.Command:
    @click.command(
        "drop",
        help=say(
            """Strikes a token off the inventory: broken, lost, its battery empty, or its secret erased by `poterne gone`. What is in stock loses
            its secret for good. Of a token that somebody has, only the mark goes, and that person's access is not touched.
            """,
            """Raye un jeton de l’inventaire : cassé, perdu, pile vide, ou secret effacé par `poterne gone`. Un jeton en stock perd son secret
            définitivement. Pour un jeton remis, seule sa marque disparaît : l’accès de la personne n’est pas touché.
            """,
        ),
    )
    @_serial(say)
    @yes(say)
    @shared(say)
    def drop(site: Site, serial: str, is_sure: bool) -> None:
        console, stock = site.console, Stock(site)
        item = stock.known(stock.serial(serial))
        console.confirm(
            say(
                "{serial} is struck off. If somebody still has it, a file with its secret could then be imported a second time: take it back"
                " first. Go on?"
                if item.standing == "out"
                else "{serial} is struck off, and its secret is erased. Go on?",
                "{serial} est rayé. Si quelqu’un l’a encore, un fichier contenant son secret pourrait être importé une seconde fois : le reprendre"
                " d’abord. Continuer ?"
                if item.standing == "out"
                else "{serial} est rayé et son secret effacé. Continuer ?",
                serial=item.serial,
            ),
            is_given=is_sure,
        )
        if site.table.delete(account_of(item.serial), item.record) != 1:
            raise Stop(say("{serial} was changed at the same moment. Repeat the command.", "{serial} a été modifié au même moment. Relancer la commande.", serial=item.serial))
        console.done(say("{serial} is struck off.", "{serial} est rayé de l’inventaire.", serial=item.serial))

    return drop


def _row(site: Site, caller: Caller, is_beside: bool) -> str:
    """The account that gets the token."""
    say = site.console.say
    person, number = poterne.person_and_row(caller.account)
    if number != 1:
        raise Stop(say("Name the person: {person}", "Indiquer la personne : {person}", person=person), 2)
    has_first = caller.load() is not None
    if is_beside and not has_first:
        raise Stop(
            say(
                "{person} has nothing beside which the token could be. Nothing was changed. Look at the spelling; if it is right, leave --beside out.",
                "{person} n’a rien à quoi ajouter le jeton. Rien n’a été modifié. Vérifier l’orthographe ; si elle est exacte, omettre --beside.",
                person=person,
            )
        )
    if not has_first:
        return person
    if not is_beside:
        raise Stop(
            say(
                "{person} has an authenticator, which stays. Nothing was changed. For the token in addition: --beside. Instead of it, end that one first:"
                " poterne gone {person} --delete",
                "{person} a un authentifiant, qui reste en place. Rien n’a été modifié. Pour ajouter le jeton : --beside. Pour le remplacer, mettre fin"
                " d’abord à l’autre : poterne gone {person} --delete",
                person=person,
            )
        )
    status = caller.status()
    if status.state is State.REVOKED:
        caller.status(State.ACTIVE)
    row = free_row(site, person)
    if row is None:
        raise Stop(say("{person} has three authenticators already. Nothing was changed. End one first: poterne show {person}", "{person} a déjà trois authentifiants. Rien n’a été modifié. Mettre fin à l’un d’eux d’abord : poterne show {person}", person=person))
    return row


def _held(site: Site, stock: Stock, account: str, serial: str) -> Tuple[str, str, Status]:
    """The row of the token that comes back, its record and its status."""
    say = site.console.say
    if is_serial(account.strip()):
        # A token that was renamed by other means: its waiting begins now.
        item = stock.known(stock.serial(account))
        if item.standing != "loose" or item.status is None or item.serial != serial:
            raise Stop(say("{serial} is in the inventory. Nothing was changed. See: poterne tokens stock {serial}", "{serial} est dans l’inventaire. Rien n’a été modifié. Voir : poterne tokens stock {serial}", serial=serial_of(account.strip())))
        return account_of(serial), item.record, item.status
    caller = Caller(site, account)
    person, number = poterne.person_and_row(caller.account)
    found: List[Tuple[str, str, Status]] = []
    for row, record in caller.all_rows():
        if number != 1 and row != caller.account:
            continue
        status = site.verifier.credential(row, record).inspect(now=stock.now)
        if status.authenticator is Authenticator.TOKEN and status.state is not State.REVOKED:
            found.append((row, record, status))
    if not found:
        raise Stop(
            say(
                "{account} has no token with a secret. Nothing was changed. If the account was ended, the secret is erased: poterne tokens drop"
                " {serial}, then import its file anew.",
                "{account} n’a pas de jeton avec un secret. Rien n’a été modifié. Si le compte a pris fin, le secret est effacé : poterne tokens"
                " drop {serial}, puis importer de nouveau son fichier.",
                account=caller.account,
                serial=serial,
            )
        )
    if len(found) > 1:
        raise Stop(
            say(
                "{person} has several tokens: name the row. {rows}",
                "{person} a plusieurs jetons : préciser la ligne. {rows}",
                person=person,
                rows=", ".join(row for row, _, _ in found),
            ),
            2,
        )
    return found[0]


def _expect_mark(stock: Stock, row: str, serial: str, *, is_sure: bool) -> None:
    """The serial number of a token that is handed out is in the inventory: a mistyped one is noticed."""
    say, item = stock.say, stock.item(serial)
    if item is not None and item.standing != "out":
        raise Stop(say("{serial} is in stock already: look at the number on the token. Nothing was changed.", "{serial} est déjà en stock : vérifier le numéro porté par le jeton. Rien n’a été modifié.", serial=serial))
    if item is not None:
        return
    out = [each.serial for each in stock.items() if each.standing == "out"]
    numbers = ", ".join(out[:_SHOWN]) + ("…" if len(out) > _SHOWN else "")
    text = say("No token {serial} was handed out: the token of {row} would get this number.", "Aucun jeton {serial} n’a été remis : le jeton de {row} prendrait ce numéro.", serial=serial, row=row)
    if out:
        text += say(" Handed out are: {numbers}.", " Jetons remis : {numbers}.", numbers=numbers)
    if out and (is_sure or not sys.stdin.isatty()):
        # Nobody reads a question: one of the others is more likely to be meant.
        raise Stop(text + say(" Nothing was changed. If the number is right, repeat the command on a terminal, without --yes.", " Rien n’a été modifié. Si le numéro est exact, relancer la commande dans un terminal, sans --yes."))
    if is_sure:
        stock.site.console.note(text)
    else:
        stock.site.console.confirm(text + say(" Is it spelled exactly so on the token?", " Est-il bien écrit ainsi sur le jeton ?"))


# Of serial numbers in a question.
_SHOWN = 20


def _two_codes(site: Site, file_descriptor: Optional[int]) -> List[str]:
    console, say = site.console, site.console.say
    if file_descriptor is not None:
        return console.secrets(2, file_descriptor)
    console.print(
        say(
            "The token counts, and its last holder may have noted codes. Press its button twice, and type both codes.",
            "Ce jeton est à compteur, et la personne précédente a pu noter des codes. Appuyer deux fois sur son bouton et saisir les deux codes.",
        )
    )
    return [console.line(question).strip() for question in (say("First code: ", "Premier code : "), say("Second code: ", "Second code : "))]


def _serial(say: Say) -> Callable[[_Function], _Function]:
    return click.argument("serial", metavar=say("SERIAL", "SÉRIE"))


def named(say: Say, item: Item) -> str:
    """The standing, in words."""
    if item.standing == "waiting":
        return say("waits until {moment}", "attend jusqu’au {moment}", moment=moment(say, item.until or 0))
    return {
        "new": say("in stock, never used", "en stock, jamais utilisé"),
        "returned": say("in stock, back from a holder", "en stock, revenu"),
        "loose": say("in stock, and its waiting has not begun: poterne tokens return", "en stock, délai non commencé : poterne tokens return"),
        "ended": say("its validity is over", "validité dépassée"),
        "out": say("handed out", "remis"),
        "unreadable": say("cannot be decrypted with this keyring", "indéchiffrable avec ce trousseau"),
    }[item.standing]


def kind(say: Say, status: Optional[Status]) -> str:
    """What codes the token shows."""
    if status is None or status.state is State.REVOKED:
        return ""
    moving = say("counter", "compteur") if status.time_step is None else say("{step} s", "{step} s", step=status.time_step)
    return say("{digits} digits, {hash}, {moving}", "{digits} chiffres, {hash}, {moving}", digits=status.digits, hash=status.algorithm.name, moving=moving)
