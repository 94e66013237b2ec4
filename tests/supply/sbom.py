"""Bills of materials in CycloneDX: the crates that are linked into each package, from Cargo.lock.

    python3 tests/supply/sbom.py FOLDER        writes FOLDER/PACKAGE.cdx.json for each of the five packages

No time, no serial number and no path: the same lock file gives the same bill.
"""

import json
import pathlib
import sys

from linked import TARGET, linked, locked, manifests

PACKAGES = ["poterne", "poterne-c", "poterne-java", "poterne-pam", "poterne-python"]


def purl(crate):
    return "pkg:cargo/{}@{}".format(*crate)


def component(crate):
    said = manifests()[crate]
    entry = {
        "type": "library",
        "bom-ref": purl(crate),
        "name": crate[0],
        "version": crate[1],
        "purl": purl(crate),
        # An old way to write the same expression.
        "licenses": [{"expression": said["license"].replace("/", " OR ")}],
    }
    if checksum := locked()[crate].get("checksum"):
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return entry


def depends_on(crate, present):
    """What a crate needs of those that are there; the lock file leaves a version out where there is one only."""
    by_name = {}
    for name, version in present:
        by_name.setdefault(name, []).append((name, version))
    refs = set()
    for needed in locked()[crate].get("dependencies", []):
        name, *version = needed.split()[:2]
        refs |= {purl(other) for other in by_name.get(name, []) if not version or other[1] == version[0]}
    return sorted(refs)


def bill(package):
    crates, ours = linked(package)
    (this,) = [crate for crate in ours if crate[0] == package]
    others = sorted(crates + [crate for crate in ours if crate != this])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": component(this),
            "properties": [{"name": "poterne:target", "value": TARGET}],
        },
        "components": [component(crate) for crate in others],
        "dependencies": [{"ref": purl(crate), "dependsOn": depends_on(crate, others)} for crate in [this, *others]],
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        made = bill(package)
        crates = [entry for entry in made["components"] if not entry["name"].startswith("poterne")]
        assert len(crates) > 20 and all("hashes" in entry for entry in crates), package
        # Each is needed by another one of the bill: an edge that is missing would leave it apart.
        needed = {ref for entry in made["dependencies"] for ref in entry["dependsOn"]}
        assert needed == {entry["bom-ref"] for entry in made["components"]}, package
        (folder / f"{package}.cdx.json").write_text(json.dumps(made, indent=1) + "\n")
        print(f"sbom: {package}: {len(crates)} crates")


main()
