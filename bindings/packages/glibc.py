"""The oldest glibc on which a package runs: the highest version of a symbol that its machine code needs.

    python3 bindings/packages/glibc.py FILE ...                          a library, an archive, a crate, a wheel, a jar or a Debian package
    python3 bindings/packages/glibc.py --floor 2.17 FILE ...             fails if one needs a later glibc, or holds no machine code
    python3 bindings/packages/glibc.py --floor 2.17 --control FILE ...   fails unless each does: it is linked for this machine
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from contents import contents


def needed(data):
    """The highest version of glibc that a library names, or (0,) if it names none."""
    with tempfile.NamedTemporaryFile() as library:
        library.write(data)
        library.flush()
        told = subprocess.run(["readelf", "-W", "--version-info", library.name], check=True, capture_output=True, text=True).stdout
    # Of what it needs, not of what it gives.
    _, _, told = told.partition("Version needs section")
    versions = [tuple(map(int, version.split("."))) for version in re.findall(r"\bName: GLIBC_([0-9.]+)", told)]
    return max(versions, default=(0,))


def of_package(path):
    """The same for a package: `None` if there is no machine code for Linux in it."""
    found = [needed(data) for _, data in contents(path.name, path.read_bytes()) if data.startswith(b"\x7fELF")]
    return max(found, default=None)


def text(version):
    return "" if version is None else "any" if version == (0,) else ".".join(map(str, version))


def main():
    arguments = sys.argv[1:]
    floor = None
    if arguments[:1] == ["--floor"]:
        floor, arguments = tuple(map(int, arguments[1].split("."))), arguments[2:]
    control = arguments[:1] == ["--control"]
    paths = [pathlib.Path(name) for name in arguments[control:]]
    if not paths:
        sys.exit(__doc__)
    for path in paths:
        version = of_package(path)
        if floor and (version is None or version == (0,)):
            sys.exit(f"glibc: {path} names no glibc: is this the right file?")
        if floor and not control and version > floor:
            sys.exit(f"glibc: {path} needs glibc {text(version)}, not {text(floor)}")
        if control and version <= floor:
            sys.exit(f"glibc: the control {path} was linked for this machine, and needs glibc {text(version)} only: the check is blind")
        print(f"glibc: {path.name}: {f'control found ({text(version)})' if control else text(version)}")


if __name__ == "__main__":
    main()
