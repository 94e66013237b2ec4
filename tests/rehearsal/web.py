"""A node of a web host over the package. Its time is an argument, so that a day takes minutes.

    web.py PORT SETTINGS CONNINFO [careless]
"""

from __future__ import annotations

import sys
from typing import Any

import poterne
import psycopg2
from engines import Naive, column, prepare, submit
from node import serve


def main() -> None:
    port, settings, conninfo = sys.argv[1:4]
    prepare()
    verifier = poterne.Settings.open(settings).verifier()
    store: Any = column(lambda: psycopg2.connect(conninfo), "pyformat")
    if sys.argv[4:] == ["careless"]:
        store = Naive(store)
    serve(int(port), lambda account, code, now: submit(verifier, store, account, code, now))


if __name__ == "__main__":
    main()
