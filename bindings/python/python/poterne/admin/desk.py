"""`poterne desk`: the calls of the help desk as a numbered menu, for the keyboard alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence

import click

from poterne import Error, Refused
from poterne.admin import calls
from poterne.admin.caller import Caller
from poterne.admin.console import InputEnded, Stop, explained
from poterne.admin.language import Say
from poterne.admin.options import shared, told
from poterne.admin.site import Site


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    name: str
    """The command that does the same."""
    title: str
    act: Callable[[Caller], None]
    is_last: bool = False
    """Whether the account has another name afterwards, or none."""


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "desk",
        help=say(
            """The help desk's menu: type the account, look at its state, and take a number. Everything that the menu does is also a command
            of its own, see `poterne --help`.

            \b
                poterne desk
                poterne desk a.martin
            """,
            """Le menu du service d’assistance : saisir le compte, lire son état, choisir un numéro. Tout ce que fait le menu est aussi une
            commande, voir `poterne --help`.

            \b
                poterne desk
                poterne desk a.martin
            """,
        ),
    )
    @click.argument("account", required=False, metavar=say("[ACCOUNT]", "[COMPTE]"))
    @shared(say)
    def desk(site: Site, account: Optional[str]) -> None:
        # What is wrong with the installation is said now, not at the first call.
        site.table.exists()
        site.verifier
        Desk(site).run(account)

    return [desk]


def menu(say: Say) -> List[Entry]:
    """In the order of how often it is asked for."""
    return [
        Entry("forgotten", say("phone forgotten at home", "téléphone oublié à la maison"), calls.forgotten),
        Entry("lost", say("phone lost or stolen", "téléphone perdu ou volé"), calls.lost),
        Entry("found", say("phone found again", "téléphone retrouvé"), calls.found),
        Entry("new-phone", say("new phone, or a first one (employee at the desk)", "nouveau téléphone, ou premier (agent au guichet)"), calls.new_phone),
        Entry("locked", say("locked", "compte bloqué"), calls.locked),
        Entry("wait", say("it always says: wait", "on lui dit toujours d’attendre"), calls.locked),
        Entry("phone-clock", say("codes of the phone refused: its clock", "codes du téléphone refusés : son horloge"), calls.out_of_step),
        Entry("token", say("codes of the token refused", "codes du jeton refusés"), calls.out_of_step),
        Entry("recovery-codes", say("recovery codes used up or lost", "codes de secours épuisés ou perdus"), calls.recovery_codes),
        Entry("codes-stolen", say("somebody else used or read the codes", "codes utilisés ou lus par un autre"), calls.codes_stolen),
        Entry("renamed", say("new name", "changement de nom"), _renamed, is_last=True),
        Entry("gone", say("has left", "départ"), calls.gone, is_last=True),
    ]


class MenuSay(Say):
    """Within the menu a call is a number, not a command for a shell: `poterne lost {account}` in a text becomes "number 2"."""

    def __init__(self, say: Say, entries: Sequence[Entry], account: str) -> None:
        super().__init__(say.language)
        self._numbers, self._account = {entry.name: number for number, entry in enumerate(entries, 1)}, account

    def __call__(self, english: str, french: str, **values: object) -> str:
        is_other = values.get("account") != self._account

        def in_menu(match: "re.Match[str]") -> str:
            name = match[1]
            if name == "show":
                return super(MenuSay, self).__call__("the state below", "l’état ci-dessous")
            if name not in self._numbers:
                return match[0]
            number = super(MenuSay, self).__call__("number", "numéro") + f" {self._numbers[name]}"
            return number if not is_other else super(MenuSay, self).__call__("account", "compte") + f" {{account}}, {number}"

        # In the pattern, before the values are put in: none of them is taken for a command.
        return super().__call__(_COMMAND.sub(in_menu, english), _COMMAND.sub(in_menu, french), **values)


# With an option it is no entry of the menu.
_COMMAND = re.compile(r"poterne ([a-z-]+) \{account\}(?! --)")


class Desk:
    """The menu, from one caller to the next."""

    def __init__(self, site: Site) -> None:
        self.site, self.console, self.say = site, site.console, site.console.say
        self.entries = menu(self.say)

    def run(self, account: Optional[str]) -> None:
        """Until Enter alone is typed for an account."""
        try:
            while True:
                if account is None:
                    account = self.console.line(self.say("Account (Enter to leave): ", "Compte (Entrée pour quitter) : ")).strip()
                if not account:
                    return
                # Whoever comes next does not see who was here before.
                self.console.clear()
                self._serve(account)
                account = None
        except InputEnded:
            # What the calls have done is done.
            raise Stop(self.say("\nThe input ended: the menu is left.", "\nFin de la saisie : le menu est quitté.")) from None

    def _serve(self, account: str) -> None:
        """One caller: what does not work out is said, and the menu stays."""
        while True:
            self.console.print()
            if not self._try(lambda: calls.show(self._caller(account))):
                return
            entry = self._choose()
            if entry is None:
                self.console.clear()
                return
            self.console.print()
            is_done = self._try(lambda: entry.act(self._caller(account)))
            if is_done and entry.is_last:
                return

    def _caller(self, account: str) -> Caller:
        return Caller(self.site, account, MenuSay(self.say, self.entries, account))

    def _choose(self) -> Optional[Entry]:
        console, say = self.console, self.say
        for number, entry in enumerate(self.entries, 1):
            console.print(f"{number:>4}  {entry.title}")
        console.print(f"{0:>4}  {say('another account', 'autre compte')}")
        while True:
            typed = console.line(say("Number: ", "Numéro : ")).strip()
            if typed == "0":
                return None
            if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(self.entries):
                return self.entries[int(typed) - 1]
            console.print(say("Type a number from 0 to {last}.", "Saisir un numéro de 0 à {last}.", last=len(self.entries)))

    def _try(self, act: Callable[[], None]) -> bool:
        try:
            with told(self.site):
                act()
        except Stop as stop:
            self.console.note(stop.message)
        except Refused as refused:
            self.console.note(refused.message(self.say.language))
        except Error as error:
            self.console.note(explained(self.say, error))
        else:
            return True
        return False


def _renamed(caller: Caller) -> None:
    new = caller.console.line(caller.say("New account: ", "Nouveau compte : ")).strip()
    if not new:
        raise Stop(caller.say("Nothing was changed.", "Rien n’a été modifié."))
    calls.renamed(caller, new)
