"""Files that hold secrets: nobody else can read them at any moment, and a crash leaves the old file or the new one."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
from typing import Iterator, Union

_Path = Union[str, "os.PathLike[str]"]


def create(path: _Path, content: Union[str, bytearray]) -> None:
    """Writes a new file of mode 0600. Raises FileExistsError, and changes nothing, if there is one."""
    with _written_beside(path, content) as beside:
        # Fails if the name is taken, unlike a renaming.
        os.link(beside, path)
    _flush_folder(path)


def replace(path: _Path, text: str) -> None:
    """Writes a file of mode 0600 in the place of another one."""
    with _written_beside(path, text) as beside:
        before = os.stat(path)
        if hasattr(os, "chown") and os.geteuid() == 0:
            # The application's user keeps its file when root writes it.
            os.chown(beside, before.st_uid, before.st_gid)
        os.replace(beside, path)
    _flush_folder(path)


@contextlib.contextmanager
def only_one(path: _Path) -> Iterator[None]:
    """Keeps other commands from changing the same file meanwhile. Raises BlockingIOError if one is at it."""
    if os.name != "posix":
        yield
        return
    import fcntl

    # The folder, not the file: that one is replaced.
    folder = os.open(pathlib.Path(path).absolute().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


@contextlib.contextmanager
def _written_beside(path: _Path, content: Union[str, bytearray]) -> Iterator[str]:
    """A file in the same folder, on the disk, and away at the end. mkstemp makes it of mode 0600."""
    whole = pathlib.Path(path).absolute()
    number, beside = tempfile.mkstemp(prefix=f".{whole.name}.", dir=whole.parent)
    try:
        # Without a buffer, which would keep a copy of what the caller overwrites.
        with os.fdopen(number, "wb", buffering=0) as file:
            left = memoryview(content.encode() if isinstance(content, str) else content)
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        yield beside
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)


def _flush_folder(path: _Path) -> None:
    if os.name != "posix":
        return
    folder = os.open(pathlib.Path(path).absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
