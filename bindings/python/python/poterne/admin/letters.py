"""Sets letters: one A4 page a person, as a PDF that a reader program can read aloud (PDF/UA-1), from a template of Typst.

The letters go to Typst in memory, over a pipe to a process of its own: what Typst keeps for its pages, about 0.7 MB each, ends with
that process, and the secrets with it. Nothing is written but the PDF that the caller stores.
"""

from __future__ import annotations

import base64
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Set

from poterne import OtpauthUri
from poterne.admin.console import Stop
from poterne.admin.employees import Employee
from poterne.admin.language import Say
from poterne.apps import APPS, Support

DEFAULT_TEMPLATE = pathlib.Path(__file__).with_name("letter_template")

# Typst keeps about 0.7 MB a page: with 150 the whole run stays under 300 MB.
LETTERS_PER_FILE, MAX_LETTERS_PER_FILE = 150, 500

NAMED_APPS = 2


@dataclass(frozen=True)
class Letter:
    """A letter, and the URI that it hands over."""

    number: int
    employee: Employee
    uri: OtpauthUri
    last_day: datetime.date


@dataclass(frozen=True)
class Sender:
    """What all letters have in common."""

    issuer: str
    phone: Optional[str]
    apps_address: Optional[str]


@dataclass(frozen=True)
class Prepared:
    """What Typst is given. It is full of secrets."""

    order: bytes = field(repr=False)
    count: int
    is_sample: bool


class Template:
    """A folder with `letter.typ` and what it imports, read once: a change meanwhile does not reach half of the letters."""

    def __init__(self, folder: Optional[pathlib.Path], say: Say) -> None:
        self.folder = DEFAULT_TEMPLATE if folder is None else folder
        self.is_default = folder is None
        self._say = say
        self.files: Dict[str, bytes] = {}
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                self.files[path.name] = path.read_bytes()
        if "letter.typ" not in self.files:
            raise Stop(
                say(
                    "{folder} is not a template: it has no letter.typ. Make one: poterne letters template FOLDER",
                    "{folder} n’est pas un modèle : letter.typ y manque. En créer un : poterne letters template DOSSIER",
                    folder=self.folder,
                )
            )
        if any(b"@preview/" in content for name, content in self.files.items() if name.endswith(".typ")):
            raise Stop(
                say(
                    "The template imports a package of the internet (@preview). Letters are set without a network: copy the package's files "
                    "into the template's folder.",
                    "Le modèle importe un paquet d’internet (@preview). Les lettres sont composées hors réseau : copier les fichiers du "
                    "paquet dans le dossier du modèle.",
                )
            )

    def prepare(self, letters: Sequence[Letter], sender: Sender, *, file_number: int, is_sample: bool = False) -> Prepared:
        """Makes the QR codes, and everything else that Typst needs."""
        languages = [letter.employee.language for letter in letters]
        batch = {
            "language": max(sorted(set(languages)), key=languages.count),
            "number": f"{file_number:03}",
            "logo": self.image("logo"),
            "signature": self.image("signature"),
            "is_sample": is_sample,
            "letters": [_content(letter, sender) for letter in letters],
        }
        return Prepared(self.order("letter.typ", json.dumps(batch)), len(letters), is_sample)

    def order(self, main: str, batch: str) -> bytes:
        """What Typst is given: the files, of which `main` begins, and what the pages hold."""
        fonts = self.folder / "fonts"
        # A template of before has no receipt.
        own = {name: (DEFAULT_TEMPLATE / name).read_bytes() for name in ("receipt.typ", "receipt_texts.typ")}
        files = {**own, **self.files}
        order = {
            "files": {("main.typ" if name == main else name): base64.b64encode(content).decode() for name, content in files.items()},
            "fonts": str(fonts.absolute()) if fonts.is_dir() else None,
            "batch": batch,
        }
        return json.dumps(order).encode()

    def set(self, prepared: Prepared) -> bytes:
        """Returns the PDF. It may run in a thread. What Typst says is shown of samples alone: it may quote a value."""
        pdf = self._set(prepared)
        pages = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", pdf)
        if pages is None or int(pages[1]) != prepared.count:
            raise Stop(
                self._say(
                    "A letter does not fit on its page: shorten the texts of the template.",
                    "Une lettre ne tient pas sur sa page : raccourcir les textes du modèle.",
                )
            )
        return pdf

    def image(self, name: str) -> Optional[str]:
        return next((file for suffix in _IMAGES if (file := name + suffix) in self.files), None)

    def _set(self, prepared: Prepared) -> bytes:
        """In a process of its own. It finds its modules where this one does, and not in the present folder. Control-C on the terminal
        is for this process alone: it waits for the file that is being set.
        """
        paths = [path for path in sys.path if path and os.path.isabs(path)]
        child = subprocess.run(
            [sys.executable, "-m", "poterne.admin.letters"],
            input=prepared.order,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=os.path.abspath(os.sep),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
            check=False,
        )
        if child.returncode == 0:
            return child.stdout
        if child.returncode == _NO_TYPST:
            raise Stop(
                self._say(
                    "Letters need the package typst, which is missing: pip install typst",
                    "Les lettres nécessitent le paquet typst, qui manque : pip install typst",
                )
            )
        said = child.stderr.decode(errors="replace").strip() if prepared.is_sample else ""
        raise Stop(
            self._say(
                "The letters could not be set ({code}). Try the template with: poterne letters sample\n{said}",
                "La composition des lettres a échoué ({code}). Essayer le modèle par : poterne letters sample\n{said}",
                code=child.returncode,
                said=said,
            ).strip()
        )


_IMAGES = (".svg", ".png", ".jpg", ".pdf")

_SUFFIXES = {".typ", ".toml", ".json", ".csv", ".txt", *_IMAGES}

_NO_TYPST = 3


def apps(say: Say) -> str:
    """Two apps that the table knows to be free of charge and to honor what a letter can ask, on both kinds of telephones. A reader of
    fourteen names installs none.
    """
    platforms: Dict[str, Set[str]] = {}
    for app in APPS:
        needed = [app.free_of_charge, *(app.facts[feature] for feature in ("sha256", "sha512", "eight_digits", "sixty_seconds"))]
        if all(fact.support is Support.HONORED for fact in needed):
            platforms.setdefault(app.name.partition(" (")[0], set()).update(app.platforms.split(", "))
    names = [name for name, found in platforms.items() if {"Android", "iOS"} <= found]
    return say(" or ", " ou ").join(names[:NAMED_APPS])


def _content(letter: Letter, sender: Sender) -> Dict[str, Any]:
    groups = letter.uri.secret_to_type().split()
    day = letter.last_day
    return {
        "number": letter.number,
        "language": letter.employee.language,
        "name": letter.employee.name,
        "service": letter.employee.service,
        "account": letter.employee.account,
        "issuer": sender.issuer,
        "phone": sender.phone,
        "address": sender.apps_address,
        "apps": apps(Say(letter.employee.language)),
        "day": [day.year, day.month, day.day],
        "key": [" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4)],
        "qr": _in_runs(letter.uri.qr().svg()),
    }


def _in_runs(svg: str) -> str:
    """The image, one shape a row of dark modules instead of one a module, and cut to the code: a third of the size, and of what Typst
    keeps of it. The template leaves the white around.
    """
    size = re.search(r"h(\d+)v", svg)
    if size is None:
        raise ValueError("not the image of a QR code")
    side = int(size[1])
    runs: List[List[int]] = []
    for x, y in _MODULE.findall(svg):
        column, row = int(x) // side, int(y) // side
        last = runs[-1] if runs else None
        if last is not None and last[1] == row and last[0] + last[2] == column:
            last[2] += 1
        else:
            runs.append([column, row, 1])
    first, end = runs[0][0], max(column + width for column, _, width in runs)
    shape = "".join(f"M{column} {row}h{width}v1h-{width}z" for column, row, width in runs)
    box = f"{first} {first} {end - first} {end - first}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" shape-rendering="crispEdges"><path d="{shape}"/></svg>'


_MODULE = re.compile(r"M(\d+) (\d+)")


def _child() -> int:
    """Sets what comes on standard input, and writes the PDF to standard output."""
    try:
        import typst
    except ModuleNotFoundError:
        return _NO_TYPST
    if os.name == "posix":
        import resource

        # No image of this memory, which is full of secrets, on a disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    order = json.load(sys.stdin.buffer)
    files = {name: base64.b64decode(content) for name, content in order["files"].items()}
    fonts = [] if order["fonts"] is None else [order["fonts"]]
    try:
        # Without the fonts of this machine: the letters of two machines look the same.
        pdf = typst.compile(
            files,
            # Else the root is the present folder, `/`, and a template could print any file of this machine.
            root=str(DEFAULT_TEMPLATE),
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"batch": order["batch"]},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        sys.stderr.write("\n".join([error.diagnostic or error.message, *error.hints]))
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(_child())
