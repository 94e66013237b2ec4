"""`help` and `inspect.signature` tell what the stub tells, and each public name with its signature is written down in api.txt: a change
of the interface shows in review.

    python test_docs.py > api.txt
"""

from __future__ import annotations

import ast
import enum
import inspect
import pathlib
import re
from typing import Any, Dict, Iterator, List, Tuple

import poterne
import poterne.apps
import poterne.sql
from poterne import _poterne

PACKAGE = pathlib.Path(poterne.__file__).parent
NORM = pathlib.Path(__file__).resolve().parents[3] / "src" / "guide" / "semantics.md"
LISTING = pathlib.Path(__file__).with_name("api.txt")
STUB = "_poterne.pyi"


def declared(source: str) -> Iterator[Tuple[str, ast.AST]]:
    """Classes, their methods, and functions, by their names."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


def is_public(name: str) -> bool:
    return "._" not in name and name.split(".")[0] in poterne.__all__


def at_run_time(name: str) -> Any:
    found: Any = _poterne
    for part in name.split("."):
        found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
    return found.__func__ if isinstance(found, staticmethod) else found


def documented() -> Dict[str, ast.AST]:
    return {name: node for name, node in declared((PACKAGE / STUB).read_text("utf-8")) if is_public(name)}


def differences(source: str) -> List[str]:
    """Names whose docstring or parameters are others at run time."""
    found = []
    for name, node in declared(source):
        if not is_public(name):
            continue
        here = at_run_time(name)
        told = ast.get_docstring(node)  # type: ignore[arg-type]
        if told is None or told != inspect.getdoc(here):
            found.append(name)
        if isinstance(node, ast.FunctionDef) and not inspect.isdatadescriptor(here):
            parameters = list(inspect.signature(here).parameters.values())
            arguments = node.args
            names = [each.arg for each in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
            names += [each.arg for each in [arguments.kwarg] if each]
            if names != [each.name for each in parameters]:
                found.append(f"{name}()")
    return found


def test_help_tells_what_the_stub_tells() -> None:
    source = (PACKAGE / STUB).read_text("utf-8")
    assert len(documented()) > 130
    assert differences(source) == []
    # The controls: another text, and another parameter.
    assert differences(source.replace("The ids of all keys.", "The ids.")) == ["Keyring.key_ids"]
    assert differences(source.replace("def add(self, key_id", "def add(self, id")) == ["Keyring.add()"]


def test_every_public_name_has_a_text() -> None:
    names = [(module, name) for module in (poterne, poterne.apps, poterne.sql) for name in module.__all__]
    silent = [name for module, name in names if name not in ("APPS", "__version__") and not inspect.getdoc(getattr(module, name))]
    assert len(names) > 40 and silent == []


def test_the_cited_rules_stand_in_the_norm() -> None:
    norm = NORM.read_text("utf-8")
    anchors = set(re.findall(r'<a id="([^"]+)">', norm)) | set(re.findall(r"^## (\d+)\.", norm, re.MULTILINE))
    cited: List[str] = []
    for file in sorted([*PACKAGE.glob("*.py"), PACKAGE / STUB]):
        for _, node in declared(file.read_text("utf-8")):
            text = " ".join((ast.get_docstring(node) or "").split())  # type: ignore[arg-type]
            for rules in re.findall(r"[Ss]emantics ((?:\d[\d.]*\d|\d)(?:, (?:\d[\d.]*\d|\d))*)", text):
                cited += rules.split(", ")
    assert len(cited) > 80 and set(cited) <= anchors
    # The control.
    assert "7.99" not in anchors


def signature(node: ast.FunctionDef) -> str:
    returns = "" if node.returns is None else f" -> {ast.unparse(node.returns)}"
    return f"({ast.unparse(node.args)}){returns}"


def listed(module: Any, files: List[str]) -> Iterator[str]:
    """One line for each public name of a module: signatures as they are declared, members of enumerations with their values."""
    nodes = {name: node for file in files for name, node in declared((PACKAGE / file).read_text("utf-8"))}
    for name in module.__all__:
        thing, node, path = getattr(module, name), nodes.get(name), f"{module.__name__}.{name}"
        if isinstance(node, ast.FunctionDef):
            yield f"{path}{signature(node)}"
        elif isinstance(node, ast.ClassDef):
            yield f"class {path}({', '.join(ast.unparse(base) for base in node.bases)})"
            if issubclass(thing, enum.Enum):
                yield from (f"{path}.{member.name} = {member.value!r}" for member in thing)
            for member in node.body:
                yield from (f"{path}.{line}" for line in listed_member(member))
        else:
            yield path
    # What `**parameters` stands for.
    for node in [nodes["_Parameters"]] if "_Parameters" in nodes else []:
        assert isinstance(node, ast.ClassDef)
        yield from (f"{module.__name__} **parameters {line}" for member in node.body for line in listed_member(member))


def listed_member(member: ast.stmt) -> Iterator[str]:
    if isinstance(member, ast.AnnAssign):
        yield f"{ast.unparse(member.target)}: {ast.unparse(member.annotation)}"
    if not isinstance(member, ast.FunctionDef) or (member.name.startswith("_") and member.name not in ("__new__", "__init__")):
        return
    kinds = [each for each in map(ast.unparse, member.decorator_list) if each in ("property", "staticmethod", "classmethod")]
    if kinds == ["property"]:
        yield f"{member.name} -> {ast.unparse(member.returns) if member.returns else ''}"
    else:
        yield f"{member.name}{signature(member)}{''.join(f'  # {kind}' for kind in kinds)}"


def listing() -> str:
    lines = [
        *listed(poterne, ["_enums.py", "_errors.py", "_store.py", STUB]),
        *listed(poterne.apps, ["apps.py"]),
        *listed(poterne.sql, ["sql.py"]),
    ]
    return "\n".join(sorted(lines)) + "\n"


def test_the_interface_is_the_one_that_is_written_down(monkeypatch: Any) -> None:
    written = LISTING.read_text("utf-8")
    assert len(written.splitlines()) > 250
    assert listing() == written, "the interface has changed: python test_docs.py > api.txt, and the review shows it"
    # The control: a name that goes.
    monkeypatch.setattr(poterne, "__all__", [name for name in poterne.__all__ if name != "totp"])
    assert listing() != written


if __name__ == "__main__":
    print(listing(), end="")
