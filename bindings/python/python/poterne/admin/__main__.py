"""The entry point: `poterne`, or `python -m poterne.admin`."""

from __future__ import annotations

import sys

from poterne.admin.character_set import allow_any
from poterne.admin.language import Say, of_process


def main() -> int:
    allow_any()
    try:
        from poterne.admin.cli import run
    except ModuleNotFoundError as missing:
        name = (missing.name or "").partition(".")[0]
        if name not in ("click", "rich", "sqlalchemy"):
            raise
        # pip installs the command with the library, and its packages only if asked for.
        say = Say(of_process(sys.argv[1:]))
        print(
            say(
                "The command poterne needs more packages than the library, and {name} is missing. Install them, in a clone of poterne's repository: pip install './bindings/python[admin]'",
                "La commande poterne a besoin de paquets de plus que la bibliothèque, et {name} manque. Les installer, dans un clone du dépôt de poterne : pip install './bindings/python[admin]'",
                name=name,
            ),
            file=sys.stderr,
        )
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
