"""The command, put together: what a line of arguments does, and with which exit code.

    0   done
    1   not done, or done in part: the message says what, and what to do
    2   the arguments are wrong
    130 interrupted

`doctor` has its own, those of monitoring: 0 good, 1 to look at, 2 wrong, 3 it could not look.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Iterable, Iterator, List, Optional, Sequence, Tuple

import click

import poterne
from poterne.admin import bulk_codes, desk, doctor, enroll_all, export_secrets, help_desk, import_secrets, init, keys, letter_commands, manual, nightly, people, token_commands, units, usage
from poterne.admin.console import INTERRUPTED, Console, Stop, explained
from poterne.admin.language import Say, of_process
from poterne.admin.options import Group, language

# Each brings commands. One a line.
MODULES = (
    init,
    doctor,
    enroll_all,
    import_secrets,
    export_secrets,
    letter_commands,
    people,
    bulk_codes,
    desk,
    help_desk,
    token_commands,
    nightly,
    keys,
    units,
    manual,
)


def build(tag: str) -> click.Group:
    """The command in one language."""
    say = Say(tag)

    @click.group(
        "poterne",
        cls=_Overview,
        say=say,
        help=_overview(say),
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    @click.version_option(poterne.__version__, message="poterne %(version)s", help=say("Prints the version.", "Affiche la version."))
    @language(say)
    @click.pass_context
    def group(context: click.Context) -> None:
        if context.invoked_subcommand is None:
            click.echo(context.get_help())

    made = [command for module in MODULES for command in module.commands(say)] + [_completion(say)]
    by_name = {command.name: command for command in made}
    for _, summaries in overview(say):
        for name, summary in summaries:
            command = by_name.pop(name)
            command.short_help = summary
            group.add_command(command)
    if by_name:
        raise RuntimeError(f"not in the overview: {sorted(map(str, by_name))}")
    _translate(group)
    return group


def run(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs the command and returns its exit code. No traceback: its lines tell a person nothing, and its values may be secrets."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    say = Say(of_process(given))
    console = Console(say)
    try:
        # Not standalone: click would print its own errors, in English, and exit by itself.
        result = build(say.language).main(given, prog_name="poterne", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except Stop as stop:
        console.note(stop.message)
        return stop.exit_code
    except click.UsageError as error:
        console.note(usage.wrong(say, error))
        return error.exit_code
    except click.ClickException as error:
        console.note(error.format_message())
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.note(say("Interrupted.", "Interrompu."))
        return INTERRUPTED
    except poterne.Refused as refused:
        console.note(refused.message(say.language))
        return 1
    except poterne.Error as error:
        console.note(explained(say, error))
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone, such as `head`. Python would say so once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        console.note(usage.of_system(say, error))
        return 1
    except Exception as error:
        console.note(_fault(say, error))
        return 1


class _Formatter(click.HelpFormatter):
    """click's own words in the help: its catalogs of translations are not installed with it."""

    def __init__(self, say: Say, width: Optional[int], max_width: Optional[int]) -> None:
        super().__init__(width=width, max_width=max_width)
        self._say = say

    def write_usage(self, prog: str, args: str = "", prefix: Optional[str] = None) -> None:
        args = args.replace("COMMAND", self._say("COMMAND", "COMMANDE")).replace("[ARGS]", self._say("[ARGS]", "[ARGUMENTS]"))
        super().write_usage(prog, args, self._say("Usage: ", "Emploi : ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(self._say(heading, {"Commands": "Commandes "}.get(heading, f"{heading} ")))

    def write_dl(self, rows: Iterable[Tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([usage.described(self._say, *row) for row in rows], col_max, col_spacing)


class _Context(click.Context):
    @contextlib.contextmanager
    def scope(self, cleanup: bool = True) -> Iterator[click.Context]:
        """While the arguments are read: an error that does not know its command, such as that of an option without its value, learns it."""
        try:
            with super().scope(cleanup) as context:
                yield context
        except click.UsageError as error:
            error.ctx = error.ctx or self
            raise

    def make_formatter(self) -> click.HelpFormatter:
        root = self.find_root().command
        say = root.say if isinstance(root, _Overview) else Say("en")
        return _Formatter(say, self.terminal_width, self.max_content_width)


class _Overview(Group):
    """The command itself, whose help lists its commands by who needs them."""

    def __init__(self, *arguments: Any, say: Say, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.say = say

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, summaries in overview(self.say):
            with formatter.section(title):
                formatter.write_dl(summaries)


def _translate(group: click.Group) -> None:
    commands: List[click.Command] = [group]
    while commands:
        command = commands.pop()
        command.context_class = _Context
        if isinstance(command, click.Group):
            commands += command.commands.values()


def _fault(say: Say, error: BaseException) -> str:
    """Where, and of which class; not the text, which may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f", {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return say(
        "This is a fault of the command ({what}). Please report it, with this line.",
        "C’est une anomalie de la commande ({what}). Merci de la signaler, avec cette ligne.",
        what=type(error).__name__ + place,
    )


def _overview(say: Say) -> str:
    return say(
        """One-time codes for the applications of an administration: enrollment, help desk, keys.

        To begin, in an empty folder: `poterne init`, then `poterne doctor`. The settings are one file, which every command, every
        server and every ready-made host reads.

        Each command has its own help: `poterne init --help`. Secrets are typed or read from a file, never given as an argument.
        """,
        """Codes à usage unique pour les applications d’une administration : enrôlement, assistance, clés.

        Pour commencer, dans un dossier vide : `poterne init`, puis `poterne doctor`. Les réglages tiennent dans un seul fichier, que
        lisent toutes les commandes, tous les serveurs et tous les modules prêts à l’emploi.

        Chaque commande a son aide : `poterne init --help`. Un secret se saisit ou se lit dans un fichier ; il ne figure jamais dans
        les arguments.
        """,
    )


def overview(say: Say) -> List[Tuple[str, List[Tuple[str, str]]]]:
    """All commands, by who needs them and when, each in some words."""
    return [
        (
            say("To begin", "Pour commencer"),
            [
                ("init", say("keyring, settings and table", "trousseau, réglages et table")),
                ("doctor", say("what is wrong, and what to do", "ce qui ne va pas, et que faire")),
            ],
        ),
        (
            say("Roll-out", "Déploiement"),
            [
                ("enroll-all", say("enroll a list of employees, with letters", "enrôler une liste d’agents, avec lettres")),
                ("import-secrets", say("move in from another system", "reprendre les secrets d’un autre système")),
                ("export-secrets", say("move out to another system", "passer à un autre système")),
                ("letters", say("the letters: template, follow-up, removal", "les lettres : modèle, suivi, suppression")),
                ("missing", say("who has no active authenticator", "qui n’a pas d’authentifiant actif")),
                ("report", say("counts by state", "décompte par état")),
                ("temporary-codes", say("codes for many at once", "codes pour beaucoup de comptes à la fois")),
            ],
        ),
        (
            say("Help desk, when somebody calls", "Service d’assistance, quand quelqu’un appelle"),
            [
                ("desk", say("all of this as a menu", "tout ce qui suit, en menu")),
                ("show", say("“How is my access?”", "« Où en est mon accès ? »")),
                ("forgotten", say("“I have left my phone at home.”", "« J’ai oublié mon téléphone. »")),
                ("lost", say("“My phone is lost”, “stolen”.", "« J’ai perdu mon téléphone », « on me l’a volé ».")),
                ("found", say("“I have found it again.”", "« Je l’ai retrouvé. »")),
                ("new-phone", say("“I have a new phone”, “lost my letter”.", "« J’ai un nouveau téléphone », « perdu ma lettre ».")),
                ("locked", say("“My account is locked.”", "« Mon compte est bloqué. »")),
                ("wait", say("“It always tells me to wait.”", "« Il me dit toujours d’attendre. »")),
                ("phone-clock", say("“My phone's codes are refused.”", "« Les codes de mon téléphone sont refusés. »")),
                ("token", say("“My token's codes are refused.”", "« Les codes de mon jeton sont refusés. »")),
                ("recovery-codes", say("“I have no recovery codes left.”", "« Je n’ai plus de codes de secours. »")),
                ("codes-stolen", say("“Somebody has used my codes.”", "« Quelqu’un a utilisé mes codes. »")),
                ("renamed", say("“My name has changed.”", "« J’ai changé de nom. »")),
                ("gone", say("“She has left us.”", "« Cette personne est partie. »")),
            ],
        ),
        (
            say("Hardware tokens", "Jetons matériels"),
            [
                ("tokens", say("stock, assignment, return, receipts", "stock, attribution, retour, reçus")),
            ],
        ),
        (
            say("Every night, and when something happens", "Chaque nuit, et en cas d’incident"),
            [
                ("forget", say("drop what no longer matters", "oublier ce qui ne sert plus")),
                ("systemd", say("the timer for it", "le minuteur correspondant")),
                ("repair-clock", say("after a server's clock was wrong", "après un décalage d’horloge d’un serveur")),
                ("keygen", say("make a keyring", "créer un trousseau")),
                ("key", say("change the keys", "changer les clés")),
                ("reseal", say("seal all records under the new key", "resceller tout avec la nouvelle clé")),
            ],
        ),
        (
            say("This command", "La commande elle-même"),
            [
                ("manual", say("write the manual pages", "écrire les pages de manuel")),
                ("completion", say("completion for a shell", "complétion d’un shell")),
            ],
        ),
    ]


def _completion(say: Say) -> click.Command:
    @click.command(
        "completion",
        help=say(
            "Prints the completion of a shell.\n\n\b\nbash:  poterne completion bash >/etc/bash_completion.d/poterne\n"
            "zsh:   poterne completion zsh >\"${fpath[1]}/_poterne\"\nfish:  poterne completion fish >~/.config/fish/completions/poterne.fish",
            "Affiche la complétion d’un shell.\n\n\b\nbash :  poterne completion bash >/etc/bash_completion.d/poterne\n"
            "zsh :   poterne completion zsh >\"${fpath[1]}/_poterne\"\nfish :  poterne completion fish >~/.config/fish/completions/poterne.fish",
        ),
    )
    @click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
    @language(say)
    @click.pass_context
    def completion(context: click.Context, shell: str) -> None:
        from click.shell_completion import get_completion_class

        completion_class = get_completion_class(shell)
        if completion_class is None:
            raise Stop(say("This version of click has no completion for it.", "Cette version de click ne le propose pas."))
        click.echo(completion_class(context.find_root().command, {}, "poterne", "_POTERNE_COMPLETE").source())

    return completion

