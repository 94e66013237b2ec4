"""What the command prints and asks.

Results go to standard output, everything else to standard error. Nothing that comes from a file, a database or a person can steer the
terminal: control characters are replaced.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import sys
import unicodedata
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from rich.console import Console as RichConsole
from rich.table import Table as RichTable
from rich.text import Text

from poterne import Error
from poterne.admin.language import Say

GREEN, AMBER, RED = "green", "amber", "red"

# The lines around a QR code: what to do, the key to type, and the question.
PICTURE_MARGIN = 7

_STYLES = {GREEN: "green", AMBER: "yellow", RED: "bold red"}


class Stop(Exception):
    """Ends the command with a message and an exit code. The message says what happened, then what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message, self.exit_code = message, exit_code


INTERRUPTED = 130


def explained(say: Say, error: Error) -> str:
    """What is wrong and what to do, and the library's own words, which hold no secret."""
    return f"{error.kind.message(say.language)}\n({error.args[1]})"


class InputEnded(Stop):
    """Nobody types any more: Ctrl-D, or the end of a file."""


class Console:
    """The terminal, or whatever stands in its place."""

    def __init__(self, say: Say, *, is_json: bool = False) -> None:
        self.say, self.is_json = say, is_json
        self._out = RichConsole(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._err = RichConsole(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)

    def print(self, text: str = "") -> None:
        """A line of the result. With `--json` there is none."""
        if not self.is_json:
            self._out.print(Text(plain(text)))

    def note(self, text: str) -> None:
        """A remark, beside the result."""
        self._err.print(Text(plain(text)))

    def done(self, text: str) -> None:
        """A step that is done."""
        if not self.is_json:
            self._out.print(Text.assemble(("✓ ", "green"), plain(text)))

    def light(self, color: str, title: str, text: str, advice: str = "") -> None:
        """A line of `doctor`: the color is a word too, for those who do not see it."""
        if self.is_json:
            return
        words = {
            GREEN: self.say("good", "bon"),
            AMBER: self.say("look", "à voir"),
            RED: self.say("wrong", "erreur"),
        }
        self._out.print(Text.assemble((f"{words[color]:<7}", _STYLES[color]), (plain(title), "bold"), "  ", plain(text)))
        if advice:
            self._out.print(Text(f"{'':<7}→ {plain(advice)}"))

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; tabs and nothing else where it is not read on a terminal."""
        if self.is_json:
            return
        if not self._out.is_terminal:
            for row in rows:
                # Not by rich, which makes spaces of tabs.
                sys.stdout.write("\t".join(plain(cell).replace("\t", " ").replace("\n", " ") for cell in row) + "\n")
            return
        shown = RichTable(box=None, pad_edge=False)
        for title in header:
            shown.add_column(Text(plain(title), "bold"))
        for row in rows:
            shown.add_row(*(Text(plain(cell)) for cell in row))
        self._out.print(shown)

    def json(self, result: Any) -> None:
        """The result of a call with `--json`, on one line."""
        if self.is_json:
            text = json.dumps(result, ensure_ascii=False)
            try:
                text.encode(sys.stdout.encoding or "utf-8")
            except UnicodeEncodeError:
                # Of another character set; or with a lone surrogate, of another system's JSON.
                text = json.dumps(result)
            sys.stdout.write(text + "\n")

    def confirm(self, question: str, *, is_given: bool = False) -> None:
        """Goes on after a yes, or with `--yes`. Nobody there to ask is a no."""
        if is_given:
            return
        if not self.ask(question):
            raise Stop(self.say("Nothing was changed.", "Rien n’a été modifié."))

    def ask(self, question: str) -> bool:
        """Whether the answer is yes. There is no answer by default: Enter asks again."""
        if not sys.stdin.isatty():
            raise Stop(
                self.say(
                    "There is no terminal to ask on. Repeat the command with --yes if the answer is yes: {question}",
                    "Pas de terminal pour poser la question. Reprendre la commande avec --yes si la réponse est oui : {question}",
                    question=question,
                )
            )
        yes = {"y", "yes", "o", "oui"}
        while True:
            answer = self.line(f"{question} {self.say('[y/n]', '[o/n]')} ").strip().lower()
            if answer in yes or answer in {"n", "no", "non"}:
                return answer in yes

    def line(self, question: str) -> str:
        """A line that is typed. The end of the input stops the command."""
        self._err.print(Text(plain(question)), end="")
        typed = sys.stdin.readline()
        if not typed:
            raise InputEnded(self.say("\nNothing was typed: nothing was changed.", "\nRien n’a été saisi : rien n’a été modifié."))
        return typed.rstrip("\r\n")

    def secret(self, question: str, file_descriptor: Optional[int] = None) -> str:
        """What nobody else may see: typed without an echo, or a line of a file descriptor. Never an argument: those are seen by every
        process, and stay in the shell's history.
        """
        if file_descriptor is not None:
            return self.secrets(1, file_descriptor)[0]
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        return getpass.getpass(plain(question), stream=sys.stderr)

    def secrets(self, count: int, file_descriptor: int) -> List[str]:
        """That many lines of a file descriptor; a line that is not there is empty."""
        try:
            with os.fdopen(os.dup(file_descriptor), encoding="utf-8", errors="replace") as file:
                return [file.readline().rstrip("\r\n") for _ in range(count)]
        except OSError:
            raise Stop(
                self.say(
                    "File descriptor {number} is not open. In a shell: {number}<FILE",
                    "Le descripteur {number} n’est pas ouvert. Dans un shell : {number}<FICHIER",
                    number=file_descriptor,
                )
            ) from None

    def show_once(self, lines: Sequence[str]) -> None:
        """Shows a secret. On a terminal it stands on a screen of its own, which Enter takes away: it does not stay above the prompt."""
        if not self.is_terminal:
            for line in lines:
                self.print(line)
            return
        with self.own_screen():
            for line in lines:
                self._out.print(Text(plain(line)))
            question = self.say(
                "\nPress Enter once it is told; this screen will be cleared.", "\nAppuyer sur Entrée une fois transmis ; l’écran sera effacé."
            )
            if self._out.is_dumb_terminal:
                question = self.say("\nPress Enter once it is told.", "\nAppuyer sur Entrée une fois transmis.")
            # The end of the input takes nothing back: the screen is left as by Enter.
            with contextlib.suppress(InputEnded):
                self.line(question)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody reads and types."""
        return bool(self._out.is_terminal and sys.stdin.isatty())

    @contextlib.contextmanager
    def own_screen(self) -> Iterator[None]:
        """Within it, what is printed is on a screen of its own, which is gone afterwards, from the lines above the prompt too. A terminal
        that has no second screen is cleared; one that cannot be cleared leaves it to its user.
        """
        with self._out.screen(hide_cursor=False):
            self.clear()
            try:
                yield
            finally:
                self.clear()
                if self._out.is_dumb_terminal:
                    self.note(
                        self.say(
                            "This terminal cannot clear its screen, and a secret stands on it. Clear it now, with the lines above, or close the window.",
                            "Ce terminal ne sait pas effacer l’écran, où figure un secret. L’effacer maintenant, historique compris, ou fermer la fenêtre.",
                        )
                    )

    def clear(self) -> None:
        """Empties the screen of a terminal."""
        if not self._out.is_terminal or self._out.is_dumb_terminal:
            return
        # Line by line: at the order to clear the whole screen, tmux and others first move it to the lines that one can scroll back to.
        erased = "".join(f"\x1b[{row};1H\x1b[2K" for row in range(1, self._out.size.height + 1))
        sys.stdout.write(erased + "\x1b[H")
        sys.stdout.flush()

    def room(self, lines: Sequence[str]) -> Dict[str, int]:
        """The height and width that a QR code wants of the window, and the lines and columns that there are."""
        size = self._out.size
        width = max(len(re.sub("\x1b[^m]*m", "", line)) for line in lines)
        return {"height": len(lines) + PICTURE_MARGIN, "width": width, "lines": size.height, "columns": size.width}

    def picture(self, lines: Sequence[str]) -> bool:
        """Prints a QR code, with its colors, if the terminal has room for it."""
        room = self.room(lines)
        if room["lines"] < room["height"] or room["columns"] < room["width"]:
            return False
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        return True

    def progress(self, title: str, total: Optional[int]) -> Progress:
        """How far a long run is, with the time left; on a terminal only."""
        return Progress(self._err, self.say, title, total, is_shown=not self.is_json)


class Progress:
    """A progress bar."""

    def __init__(self, console: RichConsole, say: Say, title: str, total: Optional[int], *, is_shown: bool) -> None:
        from rich import progress

        self._bar = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn(say("left:", "reste :")),
            progress.TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not (is_shown and console.is_terminal),
        )
        self._task = self._bar.add_task(plain(title), total=total)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, count: int) -> None:
        self._bar.advance(self._task, count)


def plain(text: str) -> str:
    """The text without what steers a terminal: control and format characters, those that turn the direction of writing among them."""
    kept: Callable[[str], bool] = lambda each: each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(each if kept(each) else "\N{REPLACEMENT CHARACTER}" for each in text)


def columns(pairs: Iterable[Tuple[str, str]]) -> Iterator[str]:
    """Lines of two columns."""
    kept: List[Tuple[str, str]] = list(pairs)
    width = max((len(left) for left, _ in kept), default=0)
    for left, right in kept:
        yield f"{left:<{width}}  {right}".rstrip()
