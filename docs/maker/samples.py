"""Code for the pages, from files that the tests run. A block of the kind `sample` names its file, and what to take of it:

    ```sample
    bindings/c/examples/login_callbacks.c
    from: static int login
    to: ^}
    ```

`block: TEXT` takes the fenced block of a Markdown file in which TEXT stands; `from` and `to` are regular expressions of lines, the first
and the last one taken; without either it is the whole file. `strip: ///` takes that from the begin of each line. docs/samples.toml says which part of tests/run runs a file.
"""

from __future__ import annotations

import fnmatch
import pathlib
import re
import textwrap
import tomllib
from typing import Dict, List, Tuple

from commonmark import parts

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = {
    "c": "c", "cc": "cpp", "cob": "cobolfree", "conf": "ini", "cs": "csharp", "h": "c", "hpp": "cpp", "java": "java", "pas": "delphi",
    "php": "php", "pl": "perl", "pm": "perl", "py": "python", "rs": "rust", "sh": "sh", "sql": "sql", "toml": "toml", "xml": "xml",
}
# Names that forges and rustdoc know, and the highlighter has otherwise.
SAID = {"cobol": "cobolfree", "pascal": "delphi", "compile_fail": "rust"}


def tested() -> List[Dict[str, str]]:
    return tomllib.loads((ROOT / "docs/samples.toml").read_text("utf-8"))["sample"]


def run_by(path: str) -> str:
    """The part of tests/run that runs the code of a file."""
    for sample in tested():
        if fnmatch.fnmatch(path, sample["files"]):
            return sample["part"]
    raise LookupError(f"{path} is not in docs/samples.toml: no test is known that runs it")


def shown(language: str, code: str) -> str:
    """Rust without the lines that rustdoc hides."""
    if language == "rust":
        lines = [line for line in code.splitlines() if not re.fullmatch(r"\s*#( .*)?", line)]
        code = re.sub(r"(?m)^(\s*)##", r"\1#", "\n".join(lines)).strip("\n")
        code = re.sub(r"\n{3,}", "\n\n", code)
    return code


def language_of(info: str) -> str:
    """Of the line that opens a block: rust, compile_fail,E0382, text."""
    word = re.split(r"[,\s{]", info.strip())[0]
    return SAID.get(word, word)


def taken(request: str) -> Tuple[str, str, str]:
    """The file, the language and the code of a block `sample`."""
    path, *rest = [line for line in request.strip().splitlines() if line.strip()]
    options = dict(line.split(": ", 1) for line in rest)
    text = (ROOT / path).read_text("utf-8")
    if "block" in options:
        blocks = [piece.split("\n", 1) for is_code, piece in parts(text) if is_code and options["block"] in piece]
        if len(blocks) != 1:
            raise LookupError(f"{path}: {len(blocks)} blocks have the text {options['block']!r}")
        language = language_of(blocks[0][0].strip("`~ "))
        return path, language, shown(language, textwrap.dedent(blocks[0][1].rstrip("`\n ")))
    lines = text.splitlines()
    first, last = 0, len(lines) - 1
    if "from" in options:
        first = line_of(path, lines, options["from"], 0)
    if "to" in options:
        last = line_of(path, lines, options["to"], first)
    suffix = path.rpartition(".")[2]
    if suffix not in LANGUAGES:
        suffix = "py" if "python" in lines[0] else "sh"
    taken = lines[first : last + 1]
    if "strip" in options:
        taken = [re.sub(rf"^\s*{re.escape(options['strip'])} ?", "", line) for line in taken]
    return path, LANGUAGES[suffix], shown(LANGUAGES[suffix], textwrap.dedent("\n".join(taken)).strip("\n"))


def line_of(path: str, lines: List[str], pattern: str, begin: int) -> int:
    for number in range(begin, len(lines)):
        if re.search(pattern, lines[number]):
            return number
    raise LookupError(f"{path} has no line {pattern!r} from line {begin + 1} on")
