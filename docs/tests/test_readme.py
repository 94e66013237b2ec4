"""The README as PyPI shows it: no link that is relative, in what is given out; and links that lead somewhere, once there is an address."""

from __future__ import annotations

import base64
import hashlib
import io
import pathlib
import re
import runpy
import tarfile
import zipfile
from typing import Any, Dict

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README: Dict[str, Any] = runpy.run_path(str(ROOT / "bindings/packages/readme.py"))
TEXT = (ROOT / "bindings/python/README.md").read_text("utf-8")


def read(file: pathlib.Path) -> Dict[str, bytes]:
    with zipfile.ZipFile(file) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def test_links_lead_to_the_tag() -> None:
    made = README["published"](TEXT, "bindings/python", "https://forge.example/poterne", "0.1.0")
    found = re.findall(r"\]\((https://forge\.example/poterne/blob/v0\.1\.0/([^)#]+))", made)
    assert len(found) == len(README["relative"](TEXT)) > 10 and all((ROOT / path).is_file() for _, path in found)
    # What is code stays as it is.
    assert re.findall(r"(?ms)^```.*?^```$", made) == re.findall(r"(?ms)^```.*?^```$", TEXT)
    with pytest.raises(SystemExit, match="nothing is at"):
        README["published"]("[a](GONE.md)", "bindings/python", None, "0.1.0")


def test_no_link_of_a_wheel_is_relative(tmp_path: pathlib.Path) -> None:
    (built,) = (ROOT / "target/artifacts/wheels").glob("poterne-*-cp39-abi3-*.whl")
    wheel = tmp_path / built.name
    wheel.write_bytes(built.read_bytes())
    README["main"]([str(wheel)])
    before, after = read(built), read(wheel)
    (name,) = [name for name in after if name.endswith(".dist-info/METADATA")]
    (record,) = [name for name in after if name.endswith(".dist-info/RECORD")]
    assert README["relative"](after[name].decode()) == [] and "`bindings/python/MANUAL.md`" in after[name].decode()
    # The control: as maturin wrote it.
    assert README["relative"](before[name].decode())
    assert {each for each in after if after[each] != before[each]} == {name, record}
    digest = base64.urlsafe_b64encode(hashlib.sha256(after[name]).digest()).rstrip(b"=").decode()
    assert f"{name},sha256={digest},{len(after[name])}\n" in after[record].decode()


def test_no_link_of_a_source_distribution_is_relative() -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w:gz") as archive:
        for name, text in (("poterne-0.1.0/PKG-INFO", f"Name: poterne\n\n{TEXT}"), ("poterne-0.1.0/README.md", TEXT)):
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    made = README["sources"](plain.getvalue(), None, "0.1.0")
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        texts = {member.name: archive.extractfile(member).read().decode() for member in archive}  # type: ignore[union-attr]
    assert README["relative"](texts["poterne-0.1.0/PKG-INFO"]) == [] and texts["poterne-0.1.0/README.md"] == TEXT
