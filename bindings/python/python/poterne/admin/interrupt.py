"""Ctrl-C: a long run that is told to stop ends at a place where it can go on later, and a change says that it was made."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import Any, Dict, Iterator, Optional

from poterne.admin.console import INTERRUPTED, Stop


class Interruptible:
    """Within it, the first SIGINT or SIGTERM only sets `is_asked`; the second one does what it always did.

        with Interruptible() as stop:
            for batch in batches:
                ...
                if stop.is_asked:
                    break
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._former: Dict[int, Any] = {}

    def __enter__(self) -> Interruptible:
        # Python lets the main thread alone handle signals.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._former[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()

    def _ask(self, number: int, frame: Optional[FrameType]) -> None:
        self.is_asked = True
        self._give_back()

    def _give_back(self) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        self._former.clear()


@contextlib.contextmanager
def told(text: str) -> Iterator[None]:
    """Within it, Ctrl-C ends the command with this text: something was changed, and "interrupted" alone would deny it."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stop(f"\n{text}", INTERRUPTED) from None
