"""No artifact holds the paths of the machine that built it.

    python3 tests/supply/paths.py ARTIFACT ...            a library, an archive, a wheel or a jar
    python3 tests/supply/paths.py --control LIBRARY       one that was built without the flags must be found
"""

import os
import pathlib
import subprocess
import sys
import zipfile

root = pathlib.Path(__file__).resolve().parents[2]


def telling():
    """The folders that would tell who built, and where."""
    home = pathlib.Path.home()
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    folders = {
        "the repository": root,
        "cargo's home": pathlib.Path(os.environ.get("CARGO_HOME") or home / ".cargo"),
        "the toolchain": pathlib.Path(sysroot),
        "the home folder": home,
    }
    # "/" alone tells nothing, and would be found everywhere.
    return {name: f"{folder}/".encode() for name, folder in folders.items() if len(folder.parts) > 1}


def contents(path):
    """What is in an artifact, as pairs of a name and bytes."""
    if not zipfile.is_zipfile(path):
        yield path.name, path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield f"{path.name}:{name}", archive.read(name)


def found(path):
    """Lines about folders that the artifact names; the number of files that hold machine code."""
    lines, programs = [], 0
    for name, data in contents(path):
        programs += data.startswith((b"\x7fELF", b"!<arch>", b"MZ", b"\xcf\xfa\xed\xfe"))
        lines += [f"{name} holds {what}, {data.count(folder)} times" for what, folder in telling().items() if folder in data]
    return lines, programs


def main():
    control = sys.argv[1:2] == ["--control"]
    paths = [pathlib.Path(name) for name in sys.argv[2 if control else 1 :]]
    if not paths:
        sys.exit(__doc__)
    for path in paths:
        lines, programs = found(path)
        if programs == 0:
            sys.exit(f"paths: {path} holds no machine code: is this the right file?")
        if control and not lines:
            sys.exit(f"paths: the control {path} was built without the flags, and nothing was found: the check is blind")
        if lines and not control:
            sys.exit("paths: " + "\n       ".join(lines))
        print(f"paths: {path.name}: {f'control found ({lines[0]})' if control else 'no path of the builder'}")


main()
