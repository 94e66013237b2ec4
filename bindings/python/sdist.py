"""Makes the source distribution, with a lock file that is its own.

    python bindings/python/sdist.py FOLDER        with maturin on the path

The workspace's lock file also names the crates of the members that a source distribution leaves out, and `--locked`, which
pyproject.toml asks for, refuses it. The one that goes in is the same without them: no version and no hash is another.
"""

import gzip
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

manifest = pathlib.Path(__file__).with_name("Cargo.toml")


def packages(lock):
    """Each package of a lock file by what makes it that one: name, version, source and hash."""
    fields = [re.findall(r'^(name|version|source|checksum) = "(.*)"$', block, re.M) for block in lock.split("[[package]]")[1:]]
    return {tuple(block) for block in fields}


def pruned_lock(sources, folder):
    """The lock file that cargo makes of the one in the archive, for the members that are there."""
    sources.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (root,) = pathlib.Path(folder).iterdir()
    before = (root / "Cargo.lock").read_text()
    subprocess.run(["cargo", "metadata", "--format-version", "1"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    after = (root / "Cargo.lock").read_text()
    if not packages(after) < packages(before) or len(packages(after)) < 20:
        sys.exit("sdist: cargo did more to the lock file than to leave packages out")
    return f"{root.name}/Cargo.lock", after.encode()


def main():
    out = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["maturin", "sdist", "-m", manifest, "-o", folder], check=True)
        (made,) = pathlib.Path(folder).glob("*.tar.gz")
        with tarfile.open(made) as sources, tempfile.TemporaryDirectory() as unpacked:
            name, lock = pruned_lock(sources, unpacked)
            copy = io.BytesIO()
            with tarfile.open(fileobj=copy, mode="w") as target:
                for member in sources:
                    data = sources.extractfile(member)
                    if member.name == name:
                        member.size, data = len(lock), io.BytesIO(lock)
                    target.addfile(member, data)
        out.mkdir(parents=True, exist_ok=True)
        # No time of making: the same sources give the same archive.
        (out / made.name).write_bytes(gzip.compress(copy.getvalue(), mtime=0))
    print(f"sdist: {out / made.name}")


if __name__ == "__main__":
    main()
