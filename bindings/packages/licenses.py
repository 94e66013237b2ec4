"""The licenses of what is linked into a package with machine code: our crates' dependencies, Rust's standard library, what zig adds.

    python3 bindings/packages/licenses.py FOLDER               writes FOLDER/PACKAGE.txt, and .copyright as Debian's packages have it
    python3 bindings/packages/licenses.py --check FILE ...     an archive, a wheel, a jar or a Debian package has those of its libraries

The texts are the files that the crates bring; what says the same is printed once. No time and no path: the same lock files give the same
bytes. Needs ziglang beside this Python, and a toolchain of rustup, which brings the texts of the standard library.
"""

import functools
import importlib.metadata
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import typing

from contents import contents

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests" / "supply"))
from linked import cargo, linked, manifests  # noqa: E402

# The library that is in a package tells what was linked.
LIBRARIES = {
    "poterne-c": r"(lib)?poterne\.(so[.0-9]*|a|dll|lib|dylib)",
    "poterne-java": r"(lib)?poterne_jni\.(so|dll|dylib)",
    "poterne-pam": r"(lib)?pam_poterne\.so",
    "poterne-python": r"_poterne\.(abi3\.so|pyd)",
}
NAMES = re.compile(r"(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)\b.*", re.I)
TERMS = re.compile(r"TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION.*?END OF TERMS AND CONDITIONS", re.S)
ON_DEBIAN = "On Debian systems, the terms and conditions of this license are in\n/usr/share/common-licenses/Apache-2.0."
HEADING = "Licenses of what is linked into "
OF_TOOLCHAIN = " (of the toolchain)"
# Crates leave their names in the messages of panics.
NAMED = re.compile(rb"/(registry/src/[^/\0]+|rust/deps|vendor)/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+[A-Za-z0-9.+-]*)/")


class Part(typing.NamedTuple):
    name: str
    version: str
    license: str
    # By the name of the file.
    texts: dict
    ours: bool

    def title(self):
        return f"{self.name} {self.version}" + ("" if self.ours else OF_TOOLCHAIN)


def texts_of(folder):
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir()) if NAMES.fullmatch(path.name) and path.is_file()}


def part(said, ours):
    """Of what cargo says about a crate. An old way to write an expression is written in the new one."""
    license = said["license"].replace("/", " OR ")
    return Part(said["name"], said["version"], license, texts_of(pathlib.Path(said["manifest_path"]).parent), ours)


@functools.cache
def toolchain():
    """What is in all of our machine code, whatever it asks for."""
    manifest = root / "bindings" / "packages" / "std" / "Cargo.toml"
    crates = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--manifest-path", manifest))["packages"]
    parts = [part(said, False) for said in crates if said["source"]]
    sysroot = pathlib.Path(subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip())
    folder = sysroot / "share" / "doc" / "rust" / "licenses"
    wanted = ["Apache-2.0.txt", "MIT.txt", "Unicode-3.0.txt"]
    if missing := [name for name in wanted if not (folder / name).is_file()]:
        sys.exit(f"licenses: {folder} has no {missing[0]}: take a toolchain of rustup")
    rust = "The Rust Standard Library. Copyrights are retained by its contributors; see https://thanks.rust-lang.org."
    parts.append(Part("std", "of Rust", "(MIT OR Apache-2.0) AND Unicode-3.0",
                      {"README": rust} | {name: (folder / name).read_text("utf-8") for name in wanted}, False))  # fmt: skip
    found = importlib.util.find_spec("ziglang")
    if not found:
        sys.exit("licenses: there is no ziglang: run target/venv/bin/python")
    zig = pathlib.Path(found.origin).parent
    version = importlib.metadata.version("ziglang")
    parts.append(Part("zig", version, "MIT", {"LICENSE": (zig / "LICENSE").read_text("utf-8")}, False))
    unwind = (zig / "lib" / "libunwind" / "LICENSE.TXT").read_text("utf-8")
    parts.append(Part("libunwind", f"of zig {version}", "Apache-2.0 WITH LLVM-exception", {"LICENSE.TXT": unwind}, False))
    return parts


@functools.cache
def parts_of(package):
    parts = sorted([part(manifests()[crate], True) for crate in linked(package)[0]] + toolchain())
    for each in parts:
        if not any(text.strip() for text in each.texts.values()):
            sys.exit(f"licenses: {each.title()} brings no text of its license")
    return parts


def words(text):
    return " ".join(text.split())


def written(package, parts, debian):
    lines = [f"{HEADING}{package}", ""]
    lines += [f"{each.title()}: {each.license}" for each in parts]
    together = {}
    for each in parts:
        for name, text in each.texts.items():
            together.setdefault(words(text), (text, []))[1].append(f"{each.title()}: {name}")
    for text, titles in together.values():
        if debian:
            text = TERMS.sub(ON_DEBIAN, text)
        # As it stands there; only ends of lines are made one.
        body = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
        lines += ["", "-" * 80, *titles, "-" * 80, "", body]
    return "\n".join(lines) + "\n"


def faults(text, parts, named):
    """What a file of licenses lacks: a part, a text, something that the machine code names. And what it has too much."""
    # Behind the license of poterne, where that stands before.
    said = re.findall(r"(?m)^(.+?): ", text.partition(HEADING)[2].partition("-" * 80)[0])
    lines = [f"{each.title()} is not named" for each in parts if each.title() not in said]
    lines += [f"{title} is not linked" for title in said if title not in {each.title() for each in parts}]
    # A text stands under the titles of all who bring it.
    blocks = re.findall(r"(?ms)^-{80}\n(.*?)\n-{80}\n(.*?)(?=^-{80}\n|\Z)", text)
    under = {title: words(body) for titles, body in blocks for title in titles.splitlines()}
    for each in parts:
        for name, wanted in each.texts.items():
            found = under.get(f"{each.title()}: {name}")
            if found is None or found not in (words(wanted), words(TERMS.sub(ON_DEBIAN, wanted))):
                lines.append(f"{each.title()}: its {name} is not there")
    # A standard library that was built here has its crates where ours are.
    listed = {tuple(title.removesuffix(OF_TOOLCHAIN).split(" ")) for title in said}
    inside = {title.split(" ")[0] for title in said if title.endswith(OF_TOOLCHAIN)}
    for place, name, version in sorted(named):
        if (name, version) not in listed if place == "registry" else name not in inside:
            lines.append(f"{name} {version} is named by the machine code, and not listed")
    return lines


def code(data):
    """What the machine code of a library names."""
    found = {(place.split(b"/")[0].decode(), name.decode(), version.decode()) for place, name, version in NAMED.findall(data)}
    return found | ({("zig", "libunwind", "")} if b"libunwind: " in data else set())


def packages_of(path):
    """By package of the workspace, what the machine code in a file names; and the texts that may be its licenses."""
    named, texts = {}, []
    for name, data in contents(path.name, path.read_bytes()):
        base = name.rpartition("/")[2]
        if base in ("LICENSE-THIRD-PARTY", "copyright"):
            texts.append(data.decode())
        for package, pattern in LIBRARIES.items():
            if re.fullmatch(pattern, base) and data.startswith((b"\x7fELF", b"!<arch>", b"MZ", b"\xcf\xfa\xed\xfe")):
                named.setdefault(package, set()).update(code(data))
    return named, texts


def check(path):
    named, texts = packages_of(path)
    if len(named) != 1 or len(texts) != 1:
        sys.exit(f"licenses: {path.name} has {len(texts)} files of licenses, and libraries of {sorted(named)}: one of each is looked for")
    ((package, crates),), (text,) = named.items(), texts
    parts = parts_of(package)
    names = {name for _, name, _ in crates}
    if not all(names & {each.name for each in parts if each.ours == ours} for ours in (True, False)):
        sys.exit(f"licenses: the machine code in {path.name} names no crate of ours, or none of the toolchain: the check is blind")
    if found := faults(text, parts, crates):
        sys.exit(f"licenses: {path.name}: " + "\n          ".join(found))
    # The controls: each part left out, a text of it, and one that is not linked.
    controls = 0
    for each in parts:
        less = [other for other in parts if other != each]
        for planted in (less, [*less, each._replace(texts={})]):
            controls += 1
            found = faults(written(package, planted, False), parts, set())
            if not found or not all(line.startswith(each.title()) for line in found):
                sys.exit(f"licenses: the control {each.title()} was not found alone: {found}")
    for place, name, version in crates:
        controls += 1
        less = [other for other in parts if other.name != name]
        if not faults(written(package, less, False), less, {(place, name, version)}):
            sys.exit(f"licenses: the control {name}, which the machine code names, was not found: the check is blind")
    more = [*parts, Part("criterion", "0.8.2", "MIT", {"LICENSE": "x"}, True)]
    if faults(written(package, more, False), parts, crates) != ["criterion 0.8.2 is not linked"]:
        sys.exit("licenses: a crate that is not linked was not found: the check is blind")
    print(f"licenses: {path.name}: {len(parts)} parts, {len(crates)} named by the machine code; {controls + 1} controls found")


def main():
    if sys.argv[1:2] == ["--check"] and sys.argv[2:]:
        for name in sys.argv[2:]:
            check(pathlib.Path(name))
        return
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for package in LIBRARIES:
        for ending in ("txt", "copyright"):
            (folder / f"{package}.{ending}").write_text(written(package, parts_of(package), ending == "copyright"), "utf-8")
        print(f"licenses: {package}: {len(parts_of(package))} parts")


main()
