"""JSON of another system, within bounds: size, depth, and no name twice in one object."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from poterne.admin.language import Say
from poterne.admin.moving.found import UnreadableSource
from poterne.admin.moving.lines import text_of


def parse(content: bytes, say: Say) -> Any:
    try:
        return json.loads(text_of(content, say), object_pairs_hook=_object, parse_constant=_refused)
    except (ValueError, RecursionError):
        # Not the parser's words, which quote what they stumbled over.
        pass
    raise UnreadableSource(
        say("This is not JSON, or it is nested too deep, or has a name twice in one object.", "Ce n’est pas du JSON, ou il est trop imbriqué, ou un nom figure deux fois dans un objet.")
    )


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made


def _refused(_: str) -> Any:
    raise ValueError
