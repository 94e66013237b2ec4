"""`poterne letters`: the template, a sample of it, and what is to be done with letters afterwards."""

from __future__ import annotations

import pathlib
import shutil
import time
from collections import Counter
from typing import Any, Callable, List, Optional, TypeVar

import click

from poterne.admin import letter_folder
from poterne.admin.console import Stop
from poterne.admin.enrollment import scope_of, sender_of, set_again, sort_out
from poterne.admin.language import Say
from poterne.admin.letters import DEFAULT_TEMPLATE, Template
from poterne.admin.options import Group, language, shared
from poterne.admin.sample import sample_letters
from poterne.admin.site import Site

_Function = TypeVar("_Function", bound=Callable[..., Any])


def commands(say: Say) -> List[click.Command]:
    @click.group(
        "letters",
        cls=Group,
        help=say("The letters of `enroll-all`: their template, and what becomes of them.", "Les lettres de `enroll-all` : modèle, suivi, suppression."),
    )
    @language(say)
    def letters() -> None:
        pass

    letters.add_command(_template(say))
    letters.add_command(_sample(say))
    letters.add_command(_status(say))
    letters.add_command(_remove_confirmed(say))
    return [letters]


def _template(say: Say) -> click.Command:
    @click.command(
        "template",
        help=say(
            """Copies the template of the letters into a new folder, to be edited: the words in texts.typ, the layout in letter.typ, both in
            the language of Typst. A file logo.svg or logo.png appears at the top, signature.svg or signature.png at the end; fonts go into
            the folder fonts.

            \b
                poterne letters template our-letter
                poterne letters sample our-letter
                poterne enroll-all employees.csv --letters letters --template our-letter
            """,
            """Copie le modèle des lettres dans un nouveau dossier, pour l’adapter : les textes dans texts.typ, la mise en page dans
            letter.typ, tous deux en langage Typst. Un fichier logo.svg ou logo.png s’affiche en tête, signature.svg ou signature.png à la
            fin ; les polices vont dans le dossier fonts.

            \b
                poterne letters template notre-lettre
                poterne letters sample notre-lettre
                poterne enroll-all agents.csv --letters lettres --template notre-lettre
            """,
        ),
    )
    @click.argument("folder", type=click.Path(path_type=pathlib.Path), metavar=say("FOLDER", "DOSSIER"))
    @language(say)
    def template(folder: pathlib.Path) -> None:
        try:
            shutil.copytree(DEFAULT_TEMPLATE, folder)
        except FileExistsError:
            raise Stop(say("{folder} is there already.", "{folder} existe déjà.", folder=folder)) from None
        click.echo(
            say(
                "The words are in {file}. See the result: poterne letters sample {folder}",
                "Les textes sont dans {file}. Voir le résultat : poterne letters sample {folder}",
                file=folder / "texts.typ",
                folder=folder,
            )
        )

    return template


def _sample(say: Say) -> click.Command:
    @click.command(
        "sample",
        help=say(
            "Sets four letters of nobody, short and long, in French and English. TEMPLATE is a folder; without it, the one of poterne.",
            "Compose quatre lettres fictives, courtes et longues, en français et en anglais. MODÈLE est un dossier ; à défaut, celui de poterne.",
        ),
    )
    @click.argument("template_folder", required=False, type=click.Path(path_type=pathlib.Path), metavar=say("[TEMPLATE]", "[MODÈLE]"))
    @click.option(
        "--output",
        type=click.Path(path_type=pathlib.Path),
        default="sample.pdf",
        show_default=True,
        metavar=say("FILE", "FICHIER"),
        help=say("The PDF.", "Le PDF."),
    )
    @shared(say)
    def sample(site: Site, template_folder: Optional[pathlib.Path], output: pathlib.Path) -> None:
        template = Template(template_folder, say)
        pdf = template.set(template.prepare(sample_letters(site), sender_of(site), file_number=1, is_sample=True))
        output.write_bytes(pdf)
        site.console.done(say("{file}: look at each page.", "{file} : examiner chaque page.", file=output))

    return sample


def _status(say: Say) -> click.Command:
    @click.command(
        "status",
        help=say(
            "Counts the letters of a folder: awaited, confirmed, expired, or replaced by others. It changes nothing.",
            "Compte les lettres d’un dossier : attendues, confirmées, périmées, remplacées. Ne modifie rien.",
        ),
    )
    @_folder(say)
    @shared(say, has_json=True)
    def status(site: Site, folder: pathlib.Path) -> None:
        with letter_folder.opened(folder, scope_of(site), say, is_new=False) as opened:
            counts = Counter({"awaited": 0})
            for _, file in sorted(opened.contents.files.items()):
                serving, others = sort_out(site, file.pages, time.time())
                counts["awaited"] += len(serving)
                counts.update(word for _, word in others)
        site.console.table(
            (say("letters", "lettres"), say("number", "nombre")), [(_named(say, word), str(count)) for word, count in counts.items()]
        )
        site.console.json(dict(counts))

    return status


def _remove_confirmed(say: Say) -> click.Command:
    @click.command(
        "remove-confirmed",
        help=say(
            """Removes the letters that nobody needs any more: confirmed ones first of all, also expired and replaced ones. A file of which
            some letters are awaited is set anew with these alone; their numbers stay. Run it every day of a roll-out.

            A deleted file can survive in backups and on the medium: keep the folder on an encrypted disk that is not backed up.
            """,
            """Supprime les lettres devenues inutiles : celles qui sont confirmées, et aussi les périmées et les remplacées. Un fichier dont
            certaines lettres sont encore attendues est recomposé avec celles-ci seulement ; leurs numéros ne changent pas. À exécuter chaque
            jour d’un déploiement.

            Un fichier supprimé peut subsister dans les sauvegardes et sur le support : placer le dossier sur un disque chiffré, hors
            sauvegarde.
            """,
        ),
    )
    @_folder(say)
    @click.option(
        "--template",
        "template_folder",
        type=click.Path(path_type=pathlib.Path),
        metavar=say("FOLDER", "DOSSIER"),
        help=say("The template of these letters.", "Modèle de ces lettres."),
    )
    @shared(say, has_json=True)
    def remove_confirmed(site: Site, folder: pathlib.Path, template_folder: Optional[pathlib.Path]) -> None:
        template = Template(template_folder, say)
        counts = Counter({"removed": 0, "awaited": 0})
        with letter_folder.opened(folder, scope_of(site), say, is_new=False) as opened:
            for number, file in sorted(opened.contents.files.items()):
                serving, others = sort_out(site, file.pages, time.time())
                counts["awaited"] += len(serving)
                # A file that was taken away is not this command's any more.
                if others and opened.is_here(number):
                    set_again(site, opened, template, number, serving)
                    counts["removed"] += len(others)
        site.console.print(
            say(
                "{removed:#letter|letters} removed, {awaited} still awaited",
                "{removed:#lettre supprimée|lettres supprimées}, {awaited:#encore attendue|encore attendues}",
                **counts,
            )
        )
        if not counts["awaited"]:
            site.console.print(
                say(
                    "Nobody waits for a letter of this folder: it can be deleted.",
                    "Plus aucune lettre de ce dossier n’est attendue : il peut être supprimé.",
                )
            )
        site.console.json(dict(counts))

    return remove_confirmed


def _folder(say: Say) -> Callable[[_Function], _Function]:
    return click.argument("folder", type=click.Path(path_type=pathlib.Path), metavar=say("FOLDER", "DOSSIER"))


def _named(say: Say, word: str) -> str:
    return {
        "awaited": say("awaited", "attendues"),
        "confirmed": say("confirmed", "confirmées"),
        "expired": say("expired", "périmées"),
        "replaced": say("replaced: they do not work", "remplacées : elles ne fonctionnent plus"),
        "none": say("record deleted: they do not work", "enregistrement supprimé : elles ne fonctionnent plus"),
    }[word]
