"""The crates that are linked into a package of this workspace, as cargo resolves them."""

import functools
import json
import pathlib
import re
import subprocess
import tomllib

root = pathlib.Path(__file__).resolve().parents[2]
# One target, so that every machine gives the same answer.
TARGET = "x86_64-unknown-linux-gnu"


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def linked(package):
    """Name and version of each crate that is linked with its default features: no macros, nothing that only builds or tests."""
    lines = cargo("tree", "--locked", "-p", package, "-e", "normal,no-proc-macro", "--target", TARGET, "--prefix", "none")
    crates = {tuple(line.split()[:2]) for line in lines.splitlines() if line}
    crates = {(name, version.removeprefix("v")) for name, version in crates}
    ours = {(name, version) for name, version in crates if locked()[name, version].get("source") is None}
    return sorted(crates - ours), sorted(ours)


@functools.cache
def locked():
    """The packages of Cargo.lock by name and version."""
    packages = tomllib.loads((root / "Cargo.lock").read_text())["package"]
    return {(package["name"], package["version"]): package for package in packages}


@functools.cache
def manifests():
    """What the packages say of themselves, by name and version."""
    packages = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET))["packages"]
    return {(package["name"], package["version"]): package for package in packages}


def unsafe_lines(crate):
    """How many lines of its library have the keyword `unsafe`, outside comments and strings: all of `src`, whatever the features
    and the processor, its own unit tests with it. The attribute `unsafe_code` is another word."""
    source = pathlib.Path(manifests()[crate]["manifest_path"]).parent / "src"
    files = sorted(source.rglob("*.rs"))
    if not files:
        raise SystemExit(f"linked: {crate} has no sources in {source}")
    return sum(len(re.findall(r"(?m)^.*\bunsafe\b", without_text(file.read_text()))) for file in files)


# Comments, strings and characters. A lifetime ('a) is no character: it has no quote at its end.
TEXT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|[bc]?r(?P<hash>\#*)"(?:.*?)"(?P=hash)|[bc]?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\\n]|\\[^\n]+?)'""", re.S
)


def without_text(source):
    return TEXT.sub(lambda match: "\n" * match[0].count("\n"), source)


assert without_text('a // unsafe\n"unsafe" unsafe \'"\' /* unsafe\n */ r#"unsafe "x" "# b\'u\' &\'a T') == "a \n unsafe  \n   &'a T"
