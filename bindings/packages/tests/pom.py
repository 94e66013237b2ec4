"""The pom has what Maven Central asks for: https://central.sonatype.org/publish/requirements

    python3 bindings/packages/tests/pom.py POM
"""

import re
import sys
import xml.etree.ElementTree as tree

WANTED = [
    "groupId", "artifactId", "version", "name", "description", "url", "licenses/license/name", "licenses/license/url",
    "developers/developer/name", "developers/developer/url", "scm/connection", "scm/developerConnection", "scm/url",
]


def faults(text):
    project = tree.fromstring(re.sub(r' xmlns="[^"]*"', "", text, count=1))
    said = {path: (project.findtext(path) or "").strip() for path in WANTED}
    lines = [f"{path} is missing" for path, value in said.items() if not value]
    lines += [f"a license has no {name}" for name in ("name", "url") if any(not each.findtext(name) for each in project.findall("licenses/license"))]
    # As it is uploaded: nobody fills in properties there.
    lines += [f"{path} is {value}" for path, value in said.items() if "${" in value]
    lines += [f"{said['version']} is no release"] if said["version"].endswith("-SNAPSHOT") else []
    lines += [f"{path} is not {said['url']}" for path in ("scm/url", "developers/developer/url") if said[path] != said["url"]]
    lines += [f"{path} does not end in the address" for path in ("scm/connection", "scm/developerConnection") if f":{said['url']}.git" not in said[path]]
    # Nothing comes along with the jar: what the tests need stays with them.
    lines += [f"{each.findtext('artifactId')} would come along" for each in project.findall("dependencies/dependency") if each.findtext("scope") != "test"]
    return lines


def main():
    text = open(sys.argv[1]).read()
    if found := faults(text):
        sys.exit(f"pom: {sys.argv[1]}: " + "; ".join(found))
    for path in WANTED:
        name = path.rpartition("/")[2]
        parent = path.rpartition("/")[0].rpartition("/")[2]
        # The control, in the element that is meant: `name` and `url` stand in several.
        begin = text.index(f"<{parent}>") if parent else text.index("<modelVersion>")
        planted = text[:begin] + re.sub(rf"<{name}>[^<]*</{name}>", "", text[begin:], count=1)
        if not faults(planted):
            sys.exit(f"pom: the control {path} was not found: the check is blind")
    print(f"pom: all that Maven Central asks for; {len(WANTED)} controls found")


main()
