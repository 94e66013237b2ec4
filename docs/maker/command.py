"""The help of the command `poterne` and of each of its commands, as a page."""

from __future__ import annotations

from typing import Iterator, Tuple

import click
from poterne.admin.cli import build

TITLE = {"en": "The command `poterne`", "fr": "La commande `poterne`"}
BEGIN = {
    "en": "The help of every command, as `--help` prints it. `poterne manual FOLDER` writes the same as a manual page.",
    "fr": "L’aide de chaque commande, telle que l’affiche `--help`. `poterne manual DOSSIER` en fait une page de manuel.",
}


def page(language: str) -> str:
    group = build(language)
    lines = [f"# {TITLE[language]}", "", BEGIN[language], ""]
    for path, command in each(group, ("poterne",)):
        context = None
        for name in path:
            found = group if context is None else command
            # The command's own: it has the words of both languages.
            context = found.context_class(found, info_name=name, parent=context)
        assert context is not None
        # One width, whatever the terminal: that of the page, so that no line is cut.
        context.terminal_width = 80
        lines += [f"## {' '.join(path)}", "", "``` text", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(lines)


def each(command: click.Command, path: Tuple[str, ...]) -> Iterator[Tuple[Tuple[str, ...], click.Command]]:
    if not command.hidden:
        yield path, command
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                yield from each(inner, (*path, name))
