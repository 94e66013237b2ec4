"""What is fetched to build and to test is pinned: Python packages by hash, Maven plugins and dependencies by version.

    python3 tests/supply/pins.py

A fetched tool runs with the rights of whoever builds, so that a new version of one is a change like any other.
"""

import os
import pathlib
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as tree

root = pathlib.Path(__file__).resolve().parents[2]
# Maven runs these in its usual life cycles, in a version of its own choice where a pom.xml names none.
LIFE_CYCLE = {f"maven-{name}-plugin" for name in "clean resources compiler surefire jar install deploy site".split()}
EXACT = re.compile(r"[0-9][0-9A-Za-z.+-]*")


def requirements(text):
    """Every package in one version, and with hashes."""
    faults, packages = [], 0
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        packages += 1
        if not re.match(r"[A-Za-z0-9._-]+==[^ ;*]+ ", line):
            faults.append(f"{line.split()[0]} is not pinned")
        if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line):
            faults.append(f"{line.split()[0]} has no hash")
    return faults if packages else ["no package"]


def sources(text, locked):
    """What a requirements.in asks for is what the requirements.txt beside it has."""
    pinned = {normal(name): version for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", locked, re.M)}
    asked = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?(.*)$", re.sub(r"(?m)#.*$", "", text), re.M)
    return [f"{name}{rest} is not what the .txt has: tests/supply/lock" for name, rest in asked if f"=={pinned.get(normal(name))}" != rest.strip()]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pip_calls(text):
    """Every `pip install` of a script takes hashes, or nothing from an index."""
    calls = re.findall(r"(?m)^[^#\n]*\bpip[0-9.]*[\"']? install\b[^\n]*", text)
    return [f"without hashes: {call.strip()}" for call in calls if not re.search("--require-hashes|--no-index", call)]


def pyproject(text, locked):
    """The tool that builds the package is pinned, as the tests have it, and keeps to the lock file."""
    project = tomllib.loads(text)
    (maturin,) = re.findall(r"^(maturin==\S+)", locked, re.M)
    faults = [] if project["build-system"]["requires"] == [maturin] else [f"build-system.requires is not [{maturin}]"]
    return faults + ([] if project["tool"]["maturin"].get("locked") is True else ["tool.maturin.locked is not true"])


def pom(text, *parents):
    """Every plugin and dependency has one version, also the plugins that Maven adds. What a parent manages holds for its modules."""
    project, *above = [tree.fromstring(re.sub(r' xmlns="[^"]*"', "", each, count=1)) for each in (text, *parents)]
    properties = {}
    for each in [*reversed(above), project]:
        properties |= {f"${{{element.tag}}}": element.text for element in each.find("properties") or []}
        properties["${project.version}"] = each.findtext("version") or properties.get("${project.version}")
    faults = []
    for kind in ["plugin", "dependency"]:
        found = versions_of(project, kind, properties)
        managed = {name for each in above for name, versions in versions_of(each, kind, properties).items() if any(versions)}
        # Managed once, a plugin may stand without its version elsewhere.
        for name, versions in found.items():
            if not any(versions) and name not in managed:
                faults.append(f"{name} has no version")
            faults += [f"{name} has the version {version}" for version in versions if version and not EXACT.fullmatch(version)]
        if kind == "plugin":
            faults += [f"{name} is Maven's choice" for name in LIFE_CYCLE - found.keys() - managed]
    return faults


def versions_of(project, kind, properties):
    found = {}
    for element in project.iter(kind):
        version = element.findtext("version") or ""
        found.setdefault(element.findtext("artifactId"), []).append(properties.get(version, version))
    return found


def parents(name, text):
    """The texts of the parents that stand in the repository, the nearest first."""
    path = tree.fromstring(re.sub(r' xmlns="[^"]*"', "", text(name), count=1)).findtext("parent/relativePath")
    if path is None:
        return []
    above = os.path.normpath(os.path.join(os.path.dirname(name), path))
    return [text(above), *parents(above, text)]


def control(check, name, text, planted, *others):
    """The fault is found, and nothing else was."""
    if text == planted or check(text, *others) or not check(planted, *others):
        sys.exit(f"pins: the control {name} was not found: the check is blind")


def main():
    listed = subprocess.run(["git", "ls-files"], cwd=root, check=True, capture_output=True, text=True).stdout.split("\n")
    files = {name: root / name for name in listed if name and (root / name).is_file()}
    text = lambda name: files[name].read_text()
    faults, checked = [], 0

    def look(name, found):
        nonlocal checked
        checked += 1
        faults.extend(f"{name}: {fault}" for fault in found)

    for name in files:
        base = name.rpartition("/")[2]
        if re.fullmatch(r"requirements.*\.txt", base):
            look(name, requirements(text(name)))
            look(name, sources(text(name.removesuffix(".txt") + ".in"), text(name)))
        elif base == "pyproject.toml":
            look(name, pyproject(text(name), text("bindings/python/tests/requirements.txt")))
        elif base == "pom.xml":
            look(name, pom(text(name), *parents(name, text)))
        elif files[name].read_bytes().startswith(b"#!") and not name.endswith(".md"):
            look(name, pip_calls(text(name)))
    if faults:
        sys.exit("pins: " + "\n      ".join(faults))

    python, tools = "bindings/python/tests/requirements", text("tests/requirements.txt")
    control(requirements, "hash", tools, re.sub(r" \\\n +--hash=[^\n]*(?:\n +--hash=[^\n]*)*", "", tools, count=1))
    control(requirements, "version", tools, tools.replace("==", ">=", 1))
    control(requirements, "empty", tools, "# nothing\n")
    control(sources, "moved", text(python + ".in"), text(python + ".in").replace("==", "==9", 1), text(python + ".txt"))
    control(pip_calls, "pip", text("tests/supply/venv"), text("tests/supply/venv").replace("--require-hashes ", ""))
    project, locked = text("bindings/python/pyproject.toml"), text(python + ".txt")
    control(pyproject, "maturin", project, project.replace("maturin==", "maturin>="), locked)
    control(pyproject, "lock file", project, project.replace("locked = true\n", ""), locked)
    java = text("bindings/java/pom.xml")
    control(pom, "plugin of Maven's", java, java.replace("maven-clean-plugin", "another-plugin"))
    for name in ["maven-clean-plugin", "exec-maven-plugin", "junit-jupiter"]:
        pinned = re.search(rf"<artifactId>{name}</artifactId>\s*(<version>.*</version>)", java)
        for instead in ["", "<version>[1,)</version>", "<version>LATEST</version>", "<version>${unknown}</version>"]:
            control(pom, name, java, java.replace(pinned[0], pinned[0].replace(pinned[1], instead)))
    module = "bindings/java/spring/pom.xml"
    (parent,) = parents(module, text)
    control(pom, "managed", text(module), text(module).replace("7.0.6", "[7,)"), parent)
    if "postgresql has no version" not in pom(text(module), parent.replace("<artifactId>postgresql<", "<artifactId>another<")):
        sys.exit("pins: the control of what a parent manages was not found: the check is blind")
    print(f"pins: {checked} files looked at; controls found")


main()
