"""Every check that a table of SECURITY.md or SECURITY_fr.md names is there: files, vectors, functions, and parts of tests/run.

    python3 tests/supply/named.py
"""

import re
import subprocess
import sys

from linked import root

# Files that are vectors stand by their name alone.
VECTORS = root / "tests" / "vectors"


def faults(text, words, parts):
    lines = []
    for row in re.findall(r"^\| .* \|$", text, re.M):
        for cell in row.split(" | ")[1:]:
            for name in re.findall(r"`([^`]+)`", cell):
                if re.fullmatch(r"[a-z]+(/[\w.]+)+/?", name):
                    found = (root / name).exists()
                elif name.endswith(".txt"):
                    found = (VECTORS / name).exists()
                elif re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){2,}", name):
                    found = name in words
                else:
                    continue
                lines += [] if found else [f"{name} is not there: {row[:100]}"]
            # What is stressed in a cell is a part, or the word of the tables for whoever calls.
            for name in re.findall(r"(?<!\*)\*([a-z_]+)\*(?!\*)", cell):
                lines += [] if name in parts or name == "application" else [f"*{name}* is no part of tests/run: {row[:100]}"]
    return lines


def main():
    listed = subprocess.run(["git", "ls-files", "*.rs", "*.c", "*.py", "*/run"], cwd=root, check=True, capture_output=True, text=True)
    words = set()
    for name in listed.stdout.split():
        if (root / name).is_file():
            words.update(re.findall(r"\w+", (root / name).read_text()))
    parts = set(re.findall(r"^([a-z_]+)\(\) \{$", (root / "tests" / "run").read_text(), re.M))
    controls = ["`semantics-6.txt`", "`tests/record.rs`", "`forget_leaves_no_trace_of_an_application`", "*oathtool*"]
    for page in ("SECURITY.md", "SECURITY_fr.md"):
        text = (root / page).read_text("utf-8")
        if found := faults(text, words, parts):
            sys.exit(f"named: {page}: " + "\n       ".join(found))
        for name in controls:
            if name not in text or not faults(text.replace(name, f"{name[:2]}x{name[2:]}", 1), words, parts):
                sys.exit(f"named: {page}: the control {name} was not found: the check is blind")
    print(f"named: every check of the tables is there; {len(controls)} controls found")


if __name__ == "__main__":
    main()
