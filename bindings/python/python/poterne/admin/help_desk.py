"""The commands of the help desk: one a call. `poterne desk` is the same as a menu."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, TypeVar

import click

from poterne.admin import calls
from poterne.admin.caller import Caller
from poterne.admin.console import Stop
from poterne.admin.language import Say
from poterne.admin.options import shared, yes
from poterne.admin.site import Site

_Function = TypeVar("_Function", bound=Callable[..., Any])


def commands(say: Say) -> List[click.Command]:
    account = click.argument("account", metavar=say("ACCOUNT", "COMPTE"))

    @click.command(
        "show",
        help=say(
            """"How is my access?" Shows the state of one account, and of the person's other authenticators. No secret, no date of use.""",
            """« Où en est mon accès ? » Affiche l’état d’un compte et des autres authentifiants de la personne. Ni secret, ni date d’utilisation.""",
        ),
    )
    @account
    @shared(say, has_json=True)
    def show(site: Site, account: str) -> None:
        calls.show(Caller(site, account))

    @click.command(
        "lost",
        help=say(
            """"I have lost my phone", "it was stolen". Puts the phone out of use, and issues a temporary code to work with until there is a
            new phone. Asks whether the recovery codes are safe elsewhere: if not, they end too.

            \b
                poterne lost a.martin
            """,
            """« J’ai perdu mon téléphone », « on me l’a volé ». Met le téléphone hors d’usage et délivre un code temporaire pour travailler
            en attendant un autre téléphone. Demande si les codes de secours sont en lieu sûr, ailleurs : sinon, ils sont annulés.

            \b
                poterne lost a.martin
            """,
        ),
    )
    @account
    @click.option("--days", default=calls.LOST_DAYS, type=int, **_between(say, 1, 30, calls.LOST_DAYS), help=say("Days that the code is valid.", "Durée de validité du code, en jours."))
    @click.option("--uses", default=calls.LOST_USES, type=int, **_between(say, 1, 50, calls.LOST_USES), help=say("Logins with it.", "Nombre de connexions."))
    @click.option(
        "--codes-gone/--codes-safe",
        "codes_gone",
        default=None,
        help=say("Whether the recovery codes were with it. Otherwise it asks; with --yes they end.", "Si les codes de secours étaient avec. Sinon, pose la question ; avec --yes, ils sont annulés."),
    )
    @yes(say)
    @shared(say, has_json=True)
    def lost(site: Site, account: str, days: int, uses: int, codes_gone: Optional[bool], is_sure: bool) -> None:
        calls.lost(Caller(site, account), is_sure=is_sure, codes_gone=codes_gone, days=days, uses=uses)

    @click.command(
        "found",
        help=say(
            """"I have found my phone again." Puts it back in use and ends the temporary code.""",
            """« J’ai retrouvé mon téléphone. » Le remet en service et met fin au code temporaire.""",
        ),
    )
    @account
    @yes(say)
    @shared(say)
    def found(site: Site, account: str, is_sure: bool) -> None:
        calls.found(Caller(site, account), is_sure=is_sure)

    @click.command(
        "forgotten",
        help=say(
            """"I have left my phone at home." Issues a temporary code that works once, until midnight. The phone stays in use.""",
            """« J’ai oublié mon téléphone à la maison. » Délivre un code temporaire qui sert une fois, jusqu’à minuit. Le téléphone reste en
            service.""",
        ),
    )
    @account
    @click.option("--uses", default=1, type=int, **_between(say, 1, 50, 1), help=say("Logins with it.", "Nombre de connexions."))
    @yes(say)
    @shared(say, has_json=True)
    def forgotten(site: Site, account: str, uses: int, is_sure: bool) -> None:
        calls.forgotten(Caller(site, account), is_sure=is_sure, uses=uses)

    @click.command(
        "new-phone",
        help=say(
            """"I have a new phone", "my letter is lost". With the employee at the desk: shows a QR code, asks for the first code, and hands
            over recovery codes. What worked before works until that code is right. Works too for somebody who was never enrolled.""",
            """« J’ai un nouveau téléphone », « j’ai perdu ma lettre ». L’agent étant au guichet : affiche un code QR, demande le premier code
            et remet des codes de secours. Ce qui fonctionnait fonctionne jusqu’à ce que ce code soit exact. Convient aussi à qui n’a jamais
            été enrôlé.""",
        ),
    )
    @account
    @yes(say)
    @shared(say)
    def new_phone(site: Site, account: str, is_sure: bool) -> None:
        calls.new_phone(Caller(site, account), is_sure=is_sure)

    locked_options = _both(
        click.option("--own-attempts", "was_own", is_flag=True, help=say("The wrong codes were the employee's.", "Les codes incorrects venaient de l’agent.")),
        click.option(
            "--password-changed",
            "is_password_changed",
            is_flag=True,
            help=say("They were not, and the password was changed.", "Ils ne venaient pas de lui ; le mot de passe a été changé."),
        ),
    )

    @click.command(
        "locked",
        help=say(
            """"My account is locked." Asks first whether the wrong codes were the employee's: if not, the password is stolen, and is changed
            before the account is unlocked.""",
            """« Mon compte est bloqué. » Demande d’abord si les codes incorrects venaient de l’agent : sinon, le mot de passe est volé et doit
            être changé avant le déblocage.""",
        ),
    )
    @account
    @locked_options
    @yes(say)
    @shared(say)
    def locked(site: Site, account: str, was_own: bool, is_password_changed: bool, is_sure: bool) -> None:
        calls.locked(Caller(site, account), is_sure=is_sure, was_own=was_own, is_password_changed=is_password_changed)

    @click.command(
        "wait",
        help=say(
            """"It always tells me to wait." As `poterne locked`: somebody who has the password keeps trying codes, unless it was the employee.""",
            """« Il me dit toujours d’attendre. » Comme `poterne locked` : quelqu’un qui a le mot de passe essaie des codes, si ce n’est pas l’agent.""",
        ),
    )
    @account
    @locked_options
    @yes(say)
    @shared(say)
    def wait(site: Site, account: str, was_own: bool, is_password_changed: bool, is_sure: bool) -> None:
        calls.locked(Caller(site, account), is_sure=is_sure, was_own=was_own, is_password_changed=is_password_changed)

    codes_fd = click.option(
        "--codes-fd",
        type=int,
        metavar=say("NUMBER", "NUMÉRO"),
        help=say("Reads the two codes from this file descriptor, one a line.", "Lit les deux codes sur ce descripteur, un par ligne."),
    )

    @click.command(
        "token",
        help=say(
            """"My token's codes are refused." Asks for two codes in a row and brings the token back in step.""",
            """« Les codes de mon jeton sont refusés. » Demande deux codes consécutifs et resynchronise le jeton.""",
        ),
    )
    @account
    @codes_fd
    @shared(say)
    def token(site: Site, account: str, codes_fd: Optional[int]) -> None:
        calls.out_of_step(Caller(site, account), codes=_codes(site, codes_fd))

    @click.command(
        "phone-clock",
        help=say(
            """"The codes of my phone are refused." Asks for two codes in a row, and says by how much the phone's clock is wrong. It changes
            nothing.""",
            """« Les codes de mon téléphone sont refusés. » Demande deux codes consécutifs et dit de combien l’horloge du téléphone est
            décalée. Ne modifie rien.""",
        ),
    )
    @account
    @codes_fd
    @shared(say)
    def phone_clock(site: Site, account: str, codes_fd: Optional[int]) -> None:
        calls.out_of_step(Caller(site, account), codes=_codes(site, codes_fd))

    @click.command(
        "recovery-codes",
        help=say(
            """"I have used up, or lost, my recovery codes." Issues new ones, shown once; the old ones end.""",
            """« J’ai épuisé, ou perdu, mes codes de secours. » En délivre de nouveaux, affichés une fois ; les anciens sont annulés.""",
        ),
    )
    @account
    @yes(say)
    @shared(say, has_json=True)
    def recovery_codes(site: Site, account: str, is_sure: bool) -> None:
        calls.recovery_codes(Caller(site, account), is_sure=is_sure)

    @click.command(
        "codes-stolen",
        help=say(
            """"A login by recovery code was announced, and it was not mine", "somebody has read my code". Ends the recovery codes and the
            temporary code at once.""",
            """« Une connexion par code de secours m’a été signalée, et ce n’était pas moi », « quelqu’un a lu mon code ». Annule aussitôt les
            codes de secours et le code temporaire.""",
        ),
    )
    @account
    @yes(say)
    @shared(say)
    def codes_stolen(site: Site, account: str, is_sure: bool) -> None:
        calls.codes_stolen(Caller(site, account), is_sure=is_sure)

    @click.command(
        "renamed",
        help=say(
            """"My name has changed." Gives the records of ACCOUNT to NEW: phone, token and codes stay. Change the account's name in the
            application at the same moment.""",
            """« J’ai changé de nom. » Donne à NOUVEAU les enregistrements de COMPTE : téléphone, jeton et codes restent. Changer en même temps
            le nom du compte dans l’application.""",
        ),
    )
    @account
    @click.argument("new", metavar=say("NEW", "NOUVEAU"))
    @yes(say)
    @shared(say)
    def renamed(site: Site, account: str, new: str, is_sure: bool) -> None:
        calls.renamed(Caller(site, account), new, is_sure=is_sure)

    @click.command(
        "gone",
        help=say(
            """"She has left us." Ends phone, token and all codes of a person, for good. The record stays, revoked, and keeps them out.""",
            """« Cette personne est partie. » Met fin définitivement à son téléphone, à son jeton et à ses codes. L’enregistrement reste,
            révoqué, et lui interdit l’accès.""",
        ),
    )
    @account
    @click.option(
        "--delete",
        "is_deleted",
        is_flag=True,
        help=say("Deletes the records too: when the account is deleted, or its owner comes back.", "Supprime aussi les enregistrements : quand le compte est supprimé, ou que la personne revient."),
    )
    @yes(say)
    @shared(say)
    def gone(site: Site, account: str, is_deleted: bool, is_sure: bool) -> None:
        calls.gone(Caller(site, account), is_sure=is_sure, is_deleted=is_deleted)

    return [show, lost, found, forgotten, new_phone, locked, wait, token, phone_clock, recovery_codes, codes_stolen, renamed, gone]


def _between(say: Say, least: int, most: int, default: int) -> Dict[str, Any]:
    """A number within bounds: click describes and refuses in English alone."""

    def check(context: click.Context, option: click.Parameter, value: int) -> int:
        if not least <= value <= most:
            raise Stop(say("{option}: a number from {least} to {most}.", "{option} : un nombre de {least} à {most}.", option=option.opts[0], least=least, most=most), 2)
        return value

    return {
        "callback": check,
        "metavar": say("NUMBER ({least} to {most}, by default {default})", "NOMBRE ({least} à {most}, par défaut {default})", least=least, most=most, default=default),
    }


def _both(first: Callable[[_Function], _Function], second: Callable[[_Function], _Function]) -> Callable[[_Function], _Function]:
    return lambda function: first(second(function))


def _codes(site: Site, file_descriptor: Optional[int]) -> Optional[List[str]]:
    if file_descriptor is None:
        return None
    return site.console.secrets(2, file_descriptor)
