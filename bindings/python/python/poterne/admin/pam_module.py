"""What the module of PAM itself says of one of its lines: its options as it reads them, and why it would refuse everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Dict, Optional, Sequence

# In a process of its own, which may hang or die, and whose database clients are those of the system. Its environment is that of no user:
# libpq and others read theirs.
_PROGRAM = """
import ctypes, os, sys
module = ctypes.CDLL(sys.argv[1])
words = [os.fsencode(word) for word in sys.argv[3:]]
said = ctypes.create_string_buffer(65536)
array = (ctypes.c_char_p * len(words))(*words)
written = module.poterne_pam_check(len(words), array, int(sys.argv[2]), said, ctypes.c_size_t(len(said)))
sys.stdout.buffer.write(said.value)
sys.exit(written < 0)
"""

# The module waits four seconds for a database, and the system for its name.
_SECONDS = 60


@dataclass(frozen=True)
class Said:
    """The answer. `options` has those that are set; of a line that is wrong there are none."""

    options: Dict[str, str]
    fault: Optional[str]


def ask(module: str, arguments: Sequence[str], opens: bool) -> Optional[Said]:
    """None if this is no module of ours that can be asked. With `opens` it opens settings, keyring and table, as this user may."""
    kept = {name: os.environ[name] for name in ("CREDENTIALS_DIRECTORY",) if name in os.environ}
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, module, str(int(opens)), *arguments]
    try:
        ran = subprocess.run(command, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if ran.returncode != 0:
        return None
    pairs = (line.partition(" ") for line in os.fsdecode(ran.stdout).split("\n") if line)
    options = {name: value for name, _, value in pairs}
    fault = options.pop("fault", None)
    return Said(options, fault)


def wrong(module: str, arguments: Sequence[str]) -> Sequence[str]:
    """Those of the arguments that the module does not take; the first one is the mode."""
    if not arguments or _is_wrong(module, arguments[:1]):
        return arguments[:1]
    return [word for word in arguments[1:] if _is_wrong(module, (arguments[0], word))]


def _is_wrong(module: str, arguments: Sequence[str]) -> bool:
    said = ask(module, arguments, False)
    return said is None or said.fault is not None
