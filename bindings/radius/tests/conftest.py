"""The people of the tests, their records in PostgreSQL, and servers of FreeRADIUS over them."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import tempfile
from typing import Any, Callable, Iterator, List

import pytest
from people import People
from radius_server import Server, certificate, own, version


def pytest_report_header() -> str:
    return f"FreeRADIUS {'.'.join(map(str, version()))}"


@pytest.fixture(scope="session")
def people() -> Iterator[People]:
    # Not pytest's own folder: the server's user must reach it.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    yield People(folder / "people")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def serve(people: People) -> Iterator[Callable[..., Server]]:
    """Starts servers, which end with the module's tests."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="radius-"))
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        servers: List[Server] = []

        def start(*, settings: Any = None, is_started: bool = True, **options: Any) -> Server:
            options.setdefault("poterne_passwords", "users")
            server = Server(folder / str(len(servers)), settings or people.settings, **options)
            servers.append(server)
            (server.raddb / "passwords" / "users" / "users").write_bytes(people.users_file())
            if options.get("poterne_way") == "one_field":
                certificate(server.raddb)
            own(server.folder)
            if is_started:
                stack.callback(server.stop)
                server.start()
            return server

        yield start
