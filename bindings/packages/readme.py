"""What PyPI shows of the README: its links lead to the repository. While that has no address, they are names of its files.

    python3 bindings/packages/readme.py FILE ...        wheels and source distributions, changed in place

PyPI resolves no relative link. The address is `repository` in Cargo.toml, and the files are those of the version's tag.
"""

import base64
import gzip
import hashlib
import io
import pathlib
import posixpath
import re
import sys
import tarfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Blocks and spans of code have no links.
LINK = re.compile(r"(?ms)^```.*?^```$|`[^`]*`|\[((?:`[^`]*`|[^\]`])*)\]\((?!\w+:|#)([^)#\s]*)(#[^)\s]*)?\)")


def published(text, folder, address, version):
    """The text of a README of this folder, for a page that is not in the repository."""

    def link(found):
        if found[2] is None:
            return found[0]
        path = posixpath.normpath(posixpath.join(folder, found[2]))
        if not (ROOT / path).exists():
            raise SystemExit(f"readme: {folder}/README.md: nothing is at {found[2]}")
        if address is None:
            return f"{found[1]} (`{path}`)"
        return f"[{found[1]}]({address}/blob/v{version}/{path}{found[3] or ''})"

    return LINK.sub(link, text)


def relative(text):
    """The links that lead nowhere from elsewhere."""
    return [found[2] for found in LINK.finditer(text) if found[2] is not None]


def metadata(data, address, version):
    head, mark, description = data.decode().partition("\n\n")
    made = published(description, "bindings/python", address, version)
    if not mark or relative(made):
        raise SystemExit(f"readme: links are left: {relative(made)}")
    return f"{head}\n\n{made}".encode()


def wheel(data, address, version):
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(copy, "w") as new:
        (record,) = [info for info in old.infolist() if info.filename.endswith(".dist-info/RECORD")]
        (described,) = [info for info in old.infolist() if info.filename.endswith(".dist-info/METADATA")]
        text = metadata(old.read(described), address, version)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        line = f"{described.filename},sha256={digest},{len(text)}"
        lines = re.sub(rf"(?m)^{re.escape(described.filename)},.*$", line, old.read(record).decode())
        for info in old.infolist():
            new.writestr(info, {described.filename: text, record.filename: lines}.get(info.filename, old.read(info)))
    return copy.getvalue()


def sources(data, address, version):
    copy = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=copy, mode="w") as new:
        for member in old:
            content = old.extractfile(member)
            if re.fullmatch(r"[^/]+/PKG-INFO", member.name):
                text = metadata(content.read(), address, version)
                member.size, content = len(text), io.BytesIO(text)
            new.addfile(member, content)
    return gzip.compress(copy.getvalue(), mtime=0)


def main(names):
    package = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]
    for name in names:
        file = pathlib.Path(name)
        change = wheel if file.suffix == ".whl" else sources
        file.write_bytes(change(file.read_bytes(), package.get("repository"), package["version"]))


if __name__ == "__main__":
    main(sys.argv[1:])
