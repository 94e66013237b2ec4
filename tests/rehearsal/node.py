"""What the nodes of web hosts share: POST /login with account, code and second, a line of text as the answer."""

from __future__ import annotations

import http.server
from typing import Callable


def serve(port: int, login: Callable[[str, str, int], str]) -> None:
    class Node(http.server.BaseHTTPRequestHandler):
        # The connection stays open: so do its thread and the thread's connection to the database.
        protocol_version = "HTTP/1.1"
        # Headers and text are two packets: the second must not wait for the first's acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            account, code, now = self.rfile.read(int(self.headers["Content-Length"])).decode().split("\t")
            said = login(account, code, int(now)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing: the judge keeps the journal."""

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Node).serve_forever()
