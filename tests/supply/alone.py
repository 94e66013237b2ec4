"""The published crate is the same alone as in this workspace: no other package asks its dependencies for more. No test is in it.

    python3 tests/supply/alone.py

What cargo resolves for the archive that would be published, unpacked where there is no workspace, is compared with what it resolves
here: for whoever names no package, and for `-p poterne`.
"""

import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

from linked import root


def cargo(folder, *arguments):
    return subprocess.run(["cargo", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def features(folder, *packages):
    """Version and features of each crate that is built, on every platform."""
    tree = ["tree", "--locked", "--offline", "-e", "normal,build", "--target", "all", "--prefix", "none", "--no-dedupe"]
    lines = set(cargo(folder, *tree, "-f", "{p}|{f}", *packages).splitlines())
    # The folder of a package, and what else cargo says in brackets.
    return {re.sub(r" \(.*?\)", "", line) for line in lines if line}


def package(folder):
    """The archive as it would be published, unpacked."""
    cargo(root, "package", "-p", "poterne", "--locked", "--offline", "--allow-dirty", "--no-verify", "--target-dir", folder)
    (archive,) = folder.glob("package/*.crate")
    with tarfile.open(archive) as files:
        files.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return folder / archive.stem


def tests_in(names):
    return sorted(name for name in names if re.match(r"tests/(?!vectors/)", name))


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = package(pathlib.Path(temporary))
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        alone = features(folder)
    if found := tests_in(names):
        sys.exit(f"alone: the published crate holds tests: {found}")
    if tests_in([*names, "tests/store.rs"]) != ["tests/store.rs"]:
        sys.exit("alone: the control, a test in the crate, was not found: the check is blind")

    for packages in [], ["-p", "poterne"]:
        if differing := alone ^ features(root, *packages):
            sys.exit(f"alone: other features {packages or 'of the default members'} than alone\n" + "\n".join(sorted(differing)))
    # The control: beside all members, some crate of these has more.
    crates = {line.split("|")[0] for line in alone}
    more = {line for line in features(root, "--workspace") - alone if line.split("|")[0] in crates}
    if len(alone) < 15 or not more:
        sys.exit(f"alone: {len(alone)} crates, and no other features beside all members: the check is blind")
    print(f"alone: {len(names)} files, no test; {len(alone)} crates with the features that they have here; control found: {min(more)}")


main()
