"""`poterne enroll-all`: what it asks, and what it says."""

from __future__ import annotations

import datetime
import os
import pathlib
import shutil
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any, BinaryIO, Dict, List, Optional, Sequence, Tuple

import click

from poterne import Error
from poterne.admin import database_fault, letter_folder, sealed, usage
from poterne.admin.console import INTERRUPTED, Console, Stop
from poterne.admin.employees import COLUMNS, Employee, Employees, UnreadableList, read
from poterne.admin.enrollment import (
    REPLACED,
    Enrollment,
    Result,
    Wishes,
    check_names,
    issuer_of,
    last_second,
    scope_of,
    sender_of,
)
from poterne.admin.interrupt import Interruptible
from poterne.admin.language import Say
from poterne.admin.letter_folder import LetterFolder
from poterne.admin.letters import LETTERS_PER_FILE, MAX_LETTERS_PER_FILE, Template
from poterne.admin.options import shared, yes
from poterne.admin.people import named
from poterne.admin.sample import sample_letters
from poterne.admin.site import Site


# A PDF holds 14 kB a letter, and is on the disk twice while it is written.
BYTES_PER_LETTER = 20_000

SHOWN_PROBLEMS = 50


def commands(say: Say) -> List[click.Command]:
    @click.command(
        "enroll-all",
        help=say(
            """Enrolls the employees of a list, and sets a letter for each: a QR code, a key to type, four steps.

            EMPLOYEES is a CSV file whose first line names the columns: account (staff number), name, service and language (fr or en).
            Semicolons, commas or tabs; UTF-8 or Windows-1252. Look first, then enroll:

            \b
                poterne enroll-all employees.csv --letters letters --rehearse
                poterne enroll-all employees.csv --letters letters

            The letters are numbered PDFs, sorted by service. Run the same command again after whatever stopped it: nobody is enrolled
            twice, and nobody gets two letters. Whoever has an authenticator keeps it. Remove the letters once they are confirmed:
            `poterne letters remove-confirmed`.
            """,
            """Enrôle les agents d’une liste et compose une lettre pour chacun : code QR, clé à saisir, quatre étapes.

            AGENTS est un fichier CSV dont la première ligne nomme les colonnes : matricule, nom, service et langue (fr ou en).
            Points-virgules, virgules ou tabulations ; UTF-8 ou Windows-1252. Vérifier d’abord, enrôler ensuite :

            \b
                poterne enroll-all agents.csv --letters lettres --rehearse
                poterne enroll-all agents.csv --letters lettres

            Les lettres sont des PDF numérotés, classés par service. Après une interruption, quelle qu’elle soit, relancer la même
            commande : personne n’est enrôlé deux fois ni ne reçoit deux lettres. Un agent qui a un authentifiant le garde. Supprimer les
            lettres une fois confirmées : `poterne letters remove-confirmed`.
            """,
        ),
    )
    @click.argument("employees", type=click.File("rb"), metavar=say("EMPLOYEES", "AGENTS"))
    @click.option(
        "--letters",
        "folder",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FOLDER", "DOSSIER"),
        help=say("Where the letters go; it is made, for this user alone.", "Destination des lettres ; dossier créé, réservé à cet utilisateur."),
    )
    @click.option(
        "--no-letters",
        "is_without_letters",
        is_flag=True,
        help=say(
            "Records only: the application shows each employee the QR code, or --include-pending makes the letters later.",
            "Enregistrements seuls : l’application affiche à chaque agent son code QR, ou --include-pending fera les lettres plus tard.",
        ),
    )
    @click.option(
        "--template",
        "template_folder",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FOLDER", "DOSSIER"),
        help=say("Your own template, see `poterne letters template`.", "Modèle de l’organisme, voir `poterne letters template`."),
    )
    @click.option("--rehearse", is_flag=True, help=say("Checks everything and writes nothing.", "Vérifie tout, n’écrit rien."))
    @click.option(
        "--replace",
        "replaces_all",
        is_flag=True,
        help=say(
            "Enrolls those too who have an authenticator, which stops working. Needs --letters.",
            "Enrôle aussi qui a déjà un authentifiant, lequel cesse de fonctionner. Exige --letters.",
        ),
    )
    @click.option(
        "--replace-expired",
        "replaces_expired",
        is_flag=True,
        help=say("Enrolls those anew whose letter has expired. Needs --letters.", "Enrôle de nouveau qui a une lettre périmée. Exige --letters."),
    )
    @click.option(
        "--include-pending",
        "takes_pending",
        is_flag=True,
        help=say(
            "A letter also for those who were enrolled elsewhere and have not confirmed, with the same QR code as theirs.",
            "Lettre aussi pour qui a été enrôlé ailleurs sans confirmer, avec le même code QR.",
        ),
    )
    @click.option(
        "--skip-malformed",
        is_flag=True,
        help=say("Enrolls the others although some lines are wrong.", "Enrôle les autres malgré des lignes erronées."),
    )
    @click.option(
        "--keep-doubtful",
        is_flag=True,
        help=say("Enrolls lines with a doubt, such as lost zeros, as they stand.", "Enrôle telles quelles les lignes douteuses (zéros perdus…)."),
    )
    @click.option(
        "--column",
        "columns",
        multiple=True,
        metavar=say("NAME=TITLE", "NOM=TITRE"),
        help=say("The title of a column: --column account='N° agent'.", "Titre d’une colonne : --column account='N° agent'."),
    )
    @click.option(
        "--default-language",
        type=click.Choice(["fr", "en"]),
        help=say("Of lines that name none. Default: the settings'.", "Des lignes qui n’en ont pas. Par défaut : celle des réglages."),
    )
    @click.option(
        "--valid-until",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar=say("YYYY-MM-DD", "AAAA-MM-JJ"),
        help=say("The last day of the letters. Default: by the policy.", "Dernier jour de validité des lettres. Par défaut : selon la politique."),
    )
    @click.option(
        "--per-file",
        type=click.IntRange(1, MAX_LETTERS_PER_FILE),
        default=LETTERS_PER_FILE,
        show_default=True,
        metavar=say("NUMBER", "NOMBRE"),
        help=say(
            "Letters in a PDF. With 500 the run takes 500 MB of memory.", "Lettres par PDF. Avec 500, la commande prend 500 Mo de mémoire."
        ),
    )
    @click.option("--names", "has_names", is_flag=True, help=say("Lists the accounts that were left out.", "Liste les comptes laissés de côté."))
    @yes(say, say("Does not ask before --replace ends authenticators.", "Ne demande pas confirmation quand --replace met fin à des authentifiants."))
    @shared(say, has_json=True)
    def enroll_all(
        site: Site,
        employees: BinaryIO,
        folder: Optional[pathlib.Path],
        is_without_letters: bool,
        template_folder: Optional[pathlib.Path],
        rehearse: bool,
        replaces_all: bool,
        replaces_expired: bool,
        takes_pending: bool,
        skip_malformed: bool,
        keep_doubtful: bool,
        columns: Sequence[str],
        default_language: Optional[str],
        valid_until: Optional[datetime.datetime],
        per_file: int,
        has_names: bool,
        is_sure: bool,
    ) -> int:
        if (replaces_all or replaces_expired or takes_pending) and folder is None:
            raise Stop(
                say(
                    "Without --letters nobody would get the new secret: add --letters FOLDER",
                    "Sans --letters, personne ne recevrait le nouveau secret : ajouter --letters DOSSIER",
                ),
                2,
            )
        if (folder is None) is not is_without_letters and not rehearse:
            raise Stop(
                say(
                    "Give --letters FOLDER. Without letters nobody sees a QR code here; if the application shows it: --no-letters.",
                    "Indiquer --letters DOSSIER. Sans lettres, personne ne voit ici de code QR ; si l’application l’affiche : --no-letters.",
                )
                if folder is None
                else say(
                    "--letters and --no-letters exclude each other: give one of them.",
                    "--letters et --no-letters s’excluent : n’en donner qu’un.",
                ),
                2,
            )
        wishes = Wishes(
            replaced="all" if replaces_all else "expired" if replaces_expired else "",
            takes_pending=takes_pending,
            per_file=per_file,
            confirm_by=_confirm_by(site, valid_until),
        )
        wanted = _read(site, employees, columns, default_language, skip_malformed=skip_malformed, keep_doubtful=keep_doubtful)
        template = None if folder is None else Template(template_folder, say)
        run = _Run(site, wishes, folder, template, wanted, is_sure=is_sure, has_names=has_names)
        return run.rehearse() if rehearse else run.run()

    return [enroll_all]


def _confirm_by(site: Site, day: Optional[datetime.datetime]) -> float:
    """The end of a day: letters that end at some minute are misread."""
    now = time.time()
    if day is None:
        days = site.settings.policy.confirm_within_days
        return last_second(datetime.date.fromtimestamp(now) + datetime.timedelta(days=days))
    wanted = last_second(day.date())
    if wanted <= now:
        raise Stop(site.console.say("--valid-until: this day is past. Give a later one.", "--valid-until : ce jour est passé. En indiquer un à venir."), 2)
    return wanted


class _Wanted:
    """The list, and what is wrong with it."""

    def __init__(self, employees: List[Employee], malformed: int) -> None:
        self.employees, self.malformed = employees, malformed


def _read(
    site: Site,
    file: BinaryIO,
    columns: Sequence[str],
    default_language: Optional[str],
    *,
    skip_malformed: bool,
    keep_doubtful: bool,
) -> _Wanted:
    """Reads the list and tells what is wrong in it. Stops if there is something, unless it is to be skipped."""
    console = site.console
    say = console.say
    try:
        found = read(file.read(), say, default_language=default_language or site.settings.language, titles=_titles(columns, say))
    except UnreadableList as error:
        raise Stop(f"{getattr(file, 'name', '')}: {error}") from None
    found.problems += check_names(site, found.employees, say)
    found.problems.sort(key=lambda problem: problem.line)
    _tell_list(console, found)
    if not found.employees:
        raise Stop(say("The list names nobody.", "La liste ne contient personne."))
    employees = found.without_problems(keep_doubtful=keep_doubtful)
    lines = {problem.line for problem in found.problems if not (problem.is_doubt and keep_doubtful)}
    if lines and not skip_malformed:
        is_doubt_only = all(problem.is_doubt for problem in found.problems if problem.line in lines)
        raise Stop(
            say(
                "{count:#line|lines} to look at: nothing was done. Correct the list, or leave out what is wrong: --skip-malformed",
                "{count:#ligne|lignes} à examiner : rien n’a été fait. Corriger la liste, ou laisser de côté ce qui est à revoir : --skip-malformed",
                count=len(lines),
            )
            + (say(", or take the list as it is: --keep-doubtful", ", ou prendre la liste telle quelle : --keep-doubtful") if is_doubt_only else "")
        )
    return _Wanted(employees, len(lines))


def _titles(columns: Sequence[str], say: Say) -> Dict[str, str]:
    titles = {}
    for column in columns:
        name, is_there, title = column.partition("=")
        if not is_there or name not in COLUMNS:
            raise Stop(
                say(
                    "--column takes account, name, service or language, an equals sign and a title, such as --column account='N° agent'",
                    "--column attend account, name, service ou language, le signe égal et un titre, comme --column account='N° agent'",
                ),
                2,
            )
        titles[name] = title
    return titles


def _tell_list(console: Console, found: Employees) -> None:
    say = console.say
    delimiter = {
        ";": say("semicolons", "points-virgules"),
        ",": say("commas", "virgules"),
        "\t": say("tabs", "tabulations"),
    }.get(found.delimiter, found.delimiter)
    console.note(
        say(
            "{count:#employee|employees}, encoding {encoding}, {delimiter} between the columns",
            "{count:#agent|agents}, encodage {encoding}, séparateur : {delimiter}",
            count=len(found.employees),
            encoding=found.encoding,
            delimiter=delimiter,
        )
    )
    if found.ignored_columns:
        console.note(
            say("columns that are not read: {titles}", "colonnes non lues : {titles}", titles=", ".join(found.ignored_columns))
        )
    for problem in found.problems[:SHOWN_PROBLEMS]:
        kind = say("doubt: ", "doute : ") if problem.is_doubt else ""
        console.note(say("line {line}: {kind}{text}", "ligne {line} : {kind}{text}", line=problem.line, kind=kind, text=problem.text))
    if len(found.problems) > SHOWN_PROBLEMS:
        console.note(say("and {count} more", "et {count} de plus", count=len(found.problems) - SHOWN_PROBLEMS))


class _Run:
    """A run, from the first look to the last line."""

    def __init__(
        self,
        site: Site,
        wishes: Wishes,
        path: Optional[pathlib.Path],
        template: Optional[Template],
        wanted: _Wanted,
        *,
        is_sure: bool,
        has_names: bool,
    ) -> None:
        self.site, self.console, self.wishes, self.path, self.template = site, site.console, wishes, path, template
        self.wanted, self.is_sure, self.has_names = wanted, is_sure, has_names
        self.say = site.console.say

    def rehearse(self) -> int:
        """Everything but the writing: the list, the table, the template, the room on the disk."""
        sealed.refuse_other_keyring(self.site)
        with ExitStack() as stack:
            folder = None
            if self.path is not None and self.path.exists():
                folder = stack.enter_context(letter_folder.opened(self.path, scope_of(self.site), self.say, is_new=False, is_read_only=True))
            enrollment = Enrollment(self.site, self.wishes, folder, time.time())
            survey = enrollment.survey(self.wanted.employees)
            if self.template is not None:
                letters = sample_letters(self.site, self.wanted.employees[:1])
                self.template.set(self.template.prepare(letters, sender_of(self.site), file_number=1, is_sample=True))
            self._tell_survey(survey)
        self._check_disk(survey)
        self.console.done(self.say("Rehearsal: nothing was written.", "Répétition : rien n’a été écrit."))
        self.console.json({"rehearsal": True, "malformed": self.wanted.malformed, **_survey_json(survey)})
        return 1 if self.wanted.malformed else 0

    def run(self) -> int:
        site, wanted = self.site, self.wanted
        sealed.refuse_other_keyring(site)
        self._warn()
        with ExitStack() as stack:
            folder = None
            if self.path is not None:
                folder = stack.enter_context(letter_folder.opened(self.path, scope_of(site), self.say))
            enrollment = Enrollment(site, self.wishes, folder, time.time())
            if self.wishes.replaced or folder is not None:
                survey = enrollment.survey(wanted.employees)
                self._check_disk(survey)
                self._confirm_replacing(survey)
            result = enrollment.result
            try:
                stop = stack.enter_context(Interruptible())
                if folder is not None and self.template is not None:
                    enrollment.withdraw(folder, self.template)
                with self.console.progress(self.say("records", "enregistrements"), len(wanted.employees)) as progress:
                    enrollment.store(wanted.employees, stop, progress)
                if folder is not None and self.template is not None and not result.is_interrupted:
                    self._print(enrollment, folder, self.template, stop)
            except OSError as error:
                raise Stop(self._of_disk(error)) from None
            except Error as error:
                raise Stop(database_fault.repeated(self.site, error)) from None
        return self._told(result)

    def _print(self, enrollment: Enrollment, folder: LetterFolder, template: Template, stop: Interruptible) -> None:
        due = enrollment.due(self.wanted.employees, folder)
        with self.console.progress(self.say("letters", "lettres"), len(due)) as progress:
            enrollment.print_letters(due, folder, template, stop, progress)

    def _warn(self) -> None:
        if self.path is not None and not self.site.settings.policy.confirm_at_first_login:
            self.console.note(
                self.say(
                    "confirm_at_first_login is off: a letter works only where the application has a page to confirm it. For letters, set it "
                    "to yes on every server.",
                    "confirm_at_first_login vaut no : la lettre ne fonctionne que si l’application a une page de confirmation. Pour un "
                    "déploiement par lettre, le mettre à yes sur tous les serveurs.",
                )
            )
        if self.path is not None and self.site.settings.issuer is None:
            self.console.note(
                self.say(
                    "The setting issuer is missing: the letters and the apps show “{name}” as the organization.",
                    "Le réglage issuer manque : lettres et applications affichent « {name} » comme organisme.",
                    name=issuer_of(self.site),
                )
            )

    def _tell_survey(self, survey: "Counter[Tuple[str, str]]") -> None:
        say = self.say
        titles = {
            "new": say("to enroll", "à enrôler"),
            "replace": say("to replace", "à remplacer"),
            "mine": say("enrolled by an earlier run", "enrôlés lors d’un passage précédent"),
            "taken": say("left as they are", "laissés tels quels"),
        }
        rows = []
        for (kind, word), count in sorted(survey.items()):
            title = titles[kind] + (f" ({named(say, word)})" if word and kind in ("replace", "taken") else "")
            rows.append((title, str(count)))
        self.console.table((say("employees", "agents"), say("number", "nombre")), rows)

    def _check_disk(self, survey: "Counter[Tuple[str, str]]") -> None:
        if self.path is None:
            return
        letters = sum(count for (kind, _), count in survey.items() if kind != "taken")
        there = next(path for path in (self.path.absolute(), *self.path.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        if free < letters * BYTES_PER_LETTER:
            raise Stop(
                self.say(
                    "{letters} letters need about {needed} MB, and the disk of {path} has {free} MB left. Nothing was done.",
                    "{letters} lettres prennent environ {needed} Mo, et le disque de {path} n’a plus que {free} Mo. Rien n’a été fait.",
                    letters=letters,
                    needed=letters * BYTES_PER_LETTER // 1_000_000 + 1,
                    path=self.path,
                    free=free // 1_000_000,
                )
            )

    def _confirm_replacing(self, survey: "Counter[Tuple[str, str]]") -> None:
        replaced = {word: count for (kind, word), count in survey.items() if kind == "replace"}
        if not replaced:
            return
        self._tell_survey(survey)
        working = replaced.get("active", 0) + replaced.get("suspended", 0)
        self.console.confirm(
            self.say(
                "{count:#record is|records are} replaced. The authenticators of {working:#employee|employees} stop working now, and their codes with them, before "
                "the letters arrive. Go on?",
                "{count:#enregistrement va être remplacé|enregistrements vont être remplacés}. Les authentifiants de {working:#agent|agents}, et leurs codes de secours, cessent de "
                "fonctionner dès maintenant, avant l’arrivée des lettres. Continuer ?",
                count=sum(replaced.values()),
                working=working,
            ),
            is_given=self.is_sure,
        )

    def _of_disk(self, error: OSError) -> str:
        return self.say(
            "Writing failed: {reason}. What is done stays, nothing is half done. Then run the same command again: it goes on.",
            "L’écriture a échoué : {reason}. Ce qui est fait reste acquis, rien n’est à moitié fait. Relancer ensuite la même commande : elle "
            "reprend.",
            reason=usage.reason(self.say, error),
        )

    def _told(self, result: Result) -> int:
        console, say = self.console, self.say
        console.print(
            say(
                "records: {enrolled} new, {replaced} replaced, {before} of an earlier run, {taken} left as before; {seconds:.1f} s",
                "enregistrements : nouveaux : {enrolled}, remplacés : {replaced}, d’un passage précédent : {before}, laissés tels quels : {taken} ; {seconds:.1f} s",
                enrolled=result.enrolled,
                seconds=result.record_seconds,
                replaced=result.replaced,
                before=result.before,
                taken=result.taken.total() if hasattr(result.taken, "total") else sum(result.taken.values()),
            )
        )
        for word, count in sorted(result.taken.items()):
            console.print(f"    {count}  {named(say, word)}")
        if self.path is not None:
            console.print(
                say(
                    "letters: {letters}, files: {files}; {seconds:.1f} s",
                    "lettres : {letters}, fichiers : {files} ; {seconds:.1f} s",
                    letters=result.letters,
                    files=len(result.files),
                    seconds=result.letter_seconds,
                )
            )
        for file, number, account in result.withdrawn:
            console.note(
                say(
                    "Letter {number} of {file} does not work any more, because the record of its employee was replaced or deleted. It is out "
                    "of the file; if it was printed, destroy it.{account}",
                    "La lettre {number} de {file} ne fonctionne plus : l’enregistrement de l’agent a été remplacé ou supprimé. Elle est retirée "
                    "du fichier ; si elle a été imprimée, la détruire.{account}",
                    number=number,
                    file=file,
                    account=f" ({account})" if self.has_names else "",
                )
            )
        if result.lost:
            console.note(
                say(
                    "{count:#account|accounts} could not be stored: somebody else was writing, or the table has another spelling. Run the same "
                    "command again; to see which: --names",
                    "{count:#compte n’a pas pu être enregistré|comptes n’ont pas pu être enregistrés} : écriture simultanée, ou autre orthographe dans la table. Relancer la même "
                    "commande ; pour les voir : --names",
                    count=len(result.lost),
                )
            )
        if self.has_names:
            console.table(
                (say("account", "compte"), say("reason", "motif")),
                [*((account, named(say, word)) for account, word in result.left), *((account, say("not stored", "non enregistré")) for account in result.lost)],
            )
        memory = _memory()
        if memory is not None:
            console.note(say("memory: {memory} MB at most", "mémoire : {memory} Mo au plus", memory=memory))
        console.json(
            {
                "enrolled": result.enrolled,
                "replaced": result.replaced,
                "before": result.before,
                "taken": dict(result.taken),
                "lost": len(result.lost),
                "malformed": self.wanted.malformed,
                "letters": result.letters,
                "files": result.files,
                "withdrawn": len(result.withdrawn),
                "record_seconds": round(result.record_seconds, 3),
                "letter_seconds": round(result.letter_seconds, 3),
                "memory_mb": memory,
                "interrupted": result.is_interrupted,
                **({"accounts": [account for account, _ in result.left] + result.lost} if self.has_names else {}),
            }
        )
        if result.is_interrupted:
            console.note(say("Interrupted. Run the same command again: it goes on.", "Interrompu. Relancer la même commande : elle reprend."))
            return INTERRUPTED
        return 1 if result.lost or self.wanted.malformed else 0


def _survey_json(survey: "Counter[Tuple[str, str]]") -> Dict[str, Any]:
    counts: Dict[str, int] = Counter()
    for (kind, _), count in survey.items():
        counts[kind] += count
    return dict(counts)


def _memory() -> Optional[int]:
    """Megabytes that this process and the largest of its children have held, together."""
    if os.name != "posix":
        return None
    import resource
    import sys

    kilobytes = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return kilobytes // (1 << 20 if sys.platform == "darwin" else 1 << 10)
