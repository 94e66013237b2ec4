"""Every place that names the version of a release names the one of Cargo.toml.

    python3 tests/supply/versions.py
"""

import re
import subprocess
import sys
import tomllib

from linked import root

# Which files, and what names the version in them.
PLACES = {
    # Or the property that is the version of the same file.
    r"(^|/)pom\.xml$": r"<groupId>io\.github\.poterne</groupId>\s*<artifactId>[\w-]+</artifactId>\s*<version>(?!\$\{project\.version\})([^<]*)</version>",
    r"^bindings/java/(README|WEB|WEB_fr)\.md$": r"<groupId>io\.github\.poterne</groupId>\s*<artifactId>[\w-]+</artifactId>\s*<version>([^<]*)</version>",
    r"^bindings/(perl|lemonldap)/.*\.pm$": r"^our \$VERSION = '([^']*)';$",
    r"^bindings/c/src/text\.rs$": r"The version of the library: `([^`]*)`",
    r"^include/poterne\.h$": r"The version of the library: `([^`]*)`",
    r"^bindings/languages/untested/poterne\.\w+$|^bindings/pascal/poterne\.inc$": r"The version of the library: `?(\d[\w.-]*\w)",
    # What is never given out, such as a benchmark, stays 0.0.0.
    r"(^|/)Cargo\.lock$": r'^name = "poterne(?:-[a-z-]+)?"\nversion = "(?!0\.0\.0")([^"]*)"',
}
# Fewer places, and a pattern is out of date.
LEAST = 20


def places(name, text):
    """What a file says, with the text that says it."""
    return [match for path, pattern in PLACES.items() if re.search(path, name) for match in re.finditer(pattern, text, re.M)]


def faults(name, text, version):
    return [f"{name} says {match[1]}, not {version}" for match in places(name, text) if match[1] != version]


def main():
    version = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    listed = subprocess.run(["git", "ls-files"], cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    texts = {name: (root / name).read_text() for name in listed if any(re.search(path, name) for path in PLACES) and (root / name).is_file()}
    found = {name: len(places(name, text)) for name, text in texts.items()}
    if wrong := [fault for name, text in texts.items() for fault in faults(name, text, version)]:
        sys.exit("versions: " + "\n          ".join(wrong))
    if sum(found.values()) < LEAST:
        sys.exit(f"versions: {sum(found.values())} places only: a pattern is out of date")
    for path in PLACES:
        if not any(found[name] for name in texts if re.search(path, name)):
            sys.exit(f"versions: nothing is found in {path}: the pattern is out of date")
    # The control, in each place of each file.
    for name, text in texts.items():
        for match in places(name, text):
            planted = text[: match.start(1)] + "9.9.9" + text[match.end(1) :]
            if len(faults(name, planted, version)) != 1:
                sys.exit(f"versions: the control in {name} was not found: the check is blind")
    print(f"versions: {version} in {sum(found.values())} places of {sum(map(bool, found.values()))} files; each control found")


main()
