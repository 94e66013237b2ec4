"""A node of a web host: POST /login with account, code and the second of the day. Its time is an argument, so that a day takes minutes.

    web.py PORT CONNINFO KEYS [careless]
"""

from __future__ import annotations

import http.server
import pathlib
import sys
from typing import Any

import poterne
import psycopg2
from engines import APPLICATION, Naive, column, prepare, submit


def main() -> None:
    port, conninfo, keys = sys.argv[1:4]
    prepare()
    verifier = poterne.Verifier(poterne.Keyring.open(pathlib.Path(keys)), APPLICATION)
    store: Any = column(lambda: psycopg2.connect(conninfo), "pyformat")
    if sys.argv[4:] == ["careless"]:
        store = Naive(store)

    class Node(http.server.BaseHTTPRequestHandler):
        # The connection stays open: so do its thread and the thread's connection to the database.
        protocol_version = "HTTP/1.1"
        # Headers and text are two packets: the second must not wait for the first's acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            account, code, now = self.rfile.read(int(self.headers["Content-Length"])).decode().split("\t")
            said = submit(verifier, store, account, code, int(now)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing: the judge keeps the journal."""

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Node).serve_forever()


if __name__ == "__main__":
    main()
