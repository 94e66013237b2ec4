"""Two folders have the same packages, byte by byte. Names every file that differs, and what differs in it.

    python3 bindings/packages/same.py ONE ANOTHER
"""

import pathlib
import sys

from contents import contents

# They repeat the others' sums.
WRITTEN = {"SHA256SUMS", "FILES.md"}


def files(folder):
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: data for name, data in found.items() if name not in WRITTEN}


def differences(one, another):
    """Lines about two sets of files, by name."""
    lines = []
    for name in sorted(one.keys() | another.keys()):
        if name not in one or name not in another:
            lines.append(f"{name} is in one folder only")
        elif one[name] != another[name]:
            inner = [dict(contents(name, each[name])) for each in (one, another)]
            within = [] if list(inner[0]) == [name] else differences(*inner)
            lines += within or [f"{name} differs" + ("" if list(inner[0]) == [name] else ", though the files in it are the same")]
    return lines


def main():
    one, another = (files(pathlib.Path(name)) for name in sys.argv[1:])
    if not one:
        sys.exit("same: there is nothing to compare")
    if lines := differences(one, another):
        sys.exit("same: " + "\n      ".join(lines))
    print(f"same: {len(one)} files, the same bytes in two folders")


main()
