"""A driver that waits no longer than some seconds for an answer, whatever the server does.

Neither the server's own limits nor TCP's help against a server that is frozen: it runs no timer, and its machine acknowledges. So the
client looks at the clock itself.
"""

from __future__ import annotations

import select
import time
from typing import Any, Callable, Dict

# Those that are told so when they connect.
_BY_ARGUMENT = ("pymysql", "mysqldb")


def of_driver(driver: str, seconds: int) -> Dict[str, Any]:
    """The arguments of a connection. Of psycopg2 it sets the whole process's way of waiting: not for a process that does other work by it.

    Raises LookupError of a driver that cannot be told.
    """
    if driver in _BY_ARGUMENT:
        return {"read_timeout": seconds, "write_timeout": seconds}
    if driver == "pysqlite":
        # A file. Locks have a limit of their own.
        return {}
    if driver != "psycopg2":
        raise LookupError(driver)
    from psycopg2 import extensions

    extensions.set_wait_callback(_waits(extensions, seconds))
    return {}


def _waits(extensions: Any, seconds: int) -> Callable[[Any], None]:
    def wait(connection: Any) -> None:
        end = time.monotonic() + seconds
        state = connection.poll()
        while state != extensions.POLL_OK:
            # Not `select`, which knows no file above 1023.
            ready = select.poll()
            ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
            if not ready.poll(max(end - time.monotonic(), 0) * 1000):
                # psycopg2 closes the connection. No error of its own: the pool would connect once more, and wait again.
                raise TimeoutError(f"no answer in {seconds} seconds")
            state = connection.poll()

    return wait
