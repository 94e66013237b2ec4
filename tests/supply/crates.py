"""The table of crates in SECURITY.md names what is linked, in the versions of Cargo.lock, with its lines of unsafe code.

    python3 tests/supply/crates.py

Why a crate is there and who audited it are words; they must be there, nothing else can be checked of them.
"""

import re
import sys

from linked import linked, root, unsafe_lines

ROW = re.compile(r"^\| `([^`]+)` \| ([0-9][^ ]*) \| ([^|]*) \| ([^|]*) \| (\d+) \|$", re.M)


def faults(text, expected):
    section = re.search(r"^## Dependencies$(.*?)^## ", text, re.M | re.S)
    rows = ROW.findall(section[1]) if section else []
    lines = []
    for name, version, why, audit, unsafe in rows:
        if not why.strip() or not audit.strip():
            lines.append(f"{name} {version}: say why it is there, and who audited it")
        if (name, version) not in expected:
            lines.append(f"{name} {version}: is not linked (any more, or in that version)")
        elif int(unsafe) != expected[name, version]:
            lines.append(f"{name} {version}: {expected[name, version]} lines of unsafe code, not {unsafe}")
    named = [row[:2] for row in rows]
    lines += [f"{name} {version}: is in the table twice" for name, version in set(named) if named.count((name, version)) > 1]
    lines += [f"{name} {version}: is linked, and not in the table" for name, version in expected.keys() - set(named)]
    return sorted(lines)


def main():
    crates = {crate for package in ["poterne", "poterne-c", "poterne-java", "poterne-pam", "poterne-python"] for crate in linked(package)[0]}
    expected = {crate: unsafe_lines(crate) for crate in crates}
    text = (root / "SECURITY.md").read_text()
    if lines := faults(text, expected):
        sys.exit("crates: the table of SECURITY.md is out of date\n" + "\n".join(lines))

    # The controls: each fault, planted, is the only one found.
    row = next(row for row in ROW.finditer(text) if row[1] == "ctutils")
    planted = {
        "version": row[0].replace(row[2], "9.9.9"),
        "unsafe": row[0].replace(f"| {row[5]} |", "| 77 |"),
        "audit": row[0].replace(row[4], " "),
        "missing": "",
        "twice": f"{row[0]}\n{row[0]}",
    }
    for name, instead in planted.items():
        found = faults(text.replace(row[0], instead), expected)
        if not found or any("ctutils" not in line for line in found):
            sys.exit(f"crates: the control {name} was not found alone: {found}")
    print(f"crates: {len(expected)} in the table as they are linked; {len(planted)} controls found")


main()
