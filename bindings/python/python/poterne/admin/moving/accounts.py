"""The list that says which account here is whose there: two columns, without a title, separated by a comma, a semicolon or a tab."""

from __future__ import annotations

import csv
from typing import Dict, List

from poterne.admin.language import Say
from poterne.admin.moving.found import Source, UnreadableSource, line_of
from poterne.admin.moving.lines import lines_of


def read(content: bytes, say: Say) -> Dict[str, str]:
    """Raises `UnreadableSource`, with the first line that is wrong: a list with a hole would move people to nobody."""
    source, accounts = Source(), dict[str, str]()
    for at, line in lines_of(content, say, source):
        cells = _cells(line)
        if len(cells) != 2 or not all(cells):
            raise UnreadableSource(
                say(
                    "The list of accounts: {line} does not have two cells, the account there and the account here.",
                    "La liste des comptes : {line} n’a pas deux cellules, le compte là-bas et le compte ici.",
                    line=line_of(say, at),
                )
            )
        there, here = cells
        if accounts.setdefault(there, here) != here:
            raise UnreadableSource(
                say("The list of accounts: {line} gives an account a second name.", "La liste des comptes : {line} donne un second nom à un compte.", line=line_of(say, at))
            )
    if source.troubles:
        raise UnreadableSource(f"{source.troubles[0].place}: {source.troubles[0].text}")
    return accounts


def _cells(line: str) -> List[str]:
    for delimiter in ";\t,":
        try:
            (row,) = csv.reader([line], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            continue
        if len(row) == 2:
            return [cell.strip() for cell in row]
    return []
