"""A TCP proxy before a database server, which loses a COMMIT, or a statement that commits itself, or the answer to it."""

from __future__ import annotations

import re
import socket
import threading
from typing import List

# Neither AUTOCOMMIT nor READ COMMITTED. A swap of PostgreSQL that commits itself sets what the server tells.
COMMIT = re.compile(rb"(?<![A-Za-z])COMMIT(?![A-Za-z])|RETURNING set_config", re.IGNORECASE)


class Proxy:
    """Loses what belongs to the first COMMIT that it sees: the answer, or with `before` the statement. Then it is honest."""

    def __init__(self, port: int, *, before: bool) -> None:
        self.server, self.before, self.lost = port, before, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.sockets: List[socket.socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.sockets:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server))
            self.sockets += [client, server]
            pair = _Pair(self, client, server)
            threading.Thread(target=pair.to_server, daemon=True).start()
            threading.Thread(target=pair.to_client, daemon=True).start()


class _Pair:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.is_losing = False

    def to_server(self) -> None:
        try:
            while data := self.client.recv(65536):
                if COMMIT.search(data) and not self.proxy.lost:
                    self.proxy.lost += 1
                    self.is_losing = True
                    if self.proxy.before:
                        break
                self.server.sendall(data)
        except OSError:
            pass
        if not self.is_losing or self.proxy.before:
            self._close()

    def to_client(self) -> None:
        try:
            while data := self.server.recv(65536):
                if self.is_losing:
                    # The server has answered, so it has committed.
                    break
                self.client.sendall(data)
        except OSError:
            pass
        self._close()

    def _close(self) -> None:
        for each in (self.client, self.server):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
