"""Writes SHA256SUMS and FILES.md of a folder of packages, and prints the table.

    python3 bindings/packages/table.py FOLDER
"""

import hashlib
import pathlib
import sys

from glibc import of_package, text

WRITTEN = {"SHA256SUMS", "FILES.md"}


def main():
    folder = pathlib.Path(sys.argv[1])
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in WRITTEN)
    if not files:
        sys.exit(f"table: {folder} is empty")
    names = [path.relative_to(folder).as_posix() for path in files]
    sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    (folder / "SHA256SUMS").write_text("".join(f"{said}  {name}\n" for said, name in zip(sums, names)))
    rows = ["| file | bytes | needed glibc | SHA-256 |", "|---|---:|---|---|"]
    for path, name, said in zip(files, names, sums):
        rows.append(f"| {name} | {path.stat().st_size:,} | {text(of_package(path))} | `{said}` |")
    (folder / "FILES.md").write_text("\n".join(rows) + "\n")
    print("\n".join(rows))


main()
