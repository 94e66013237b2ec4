"""Puts the pages of both languages together, in target/docs/en and target/docs/fr, for the generator.

    python3 docs/maker/assemble.py MERMAID_PROGRAM

Links lead from file to file of the repository. Where the file has a page, the link goes there; where it has none, to a page with the
file's text. So the site needs no forge.
"""

from __future__ import annotations

import functools
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Callable, Dict, List, Optional, Tuple

import yaml

import command
import diagrams
import header
import manual
import questions
import rustdoc
import samples
from commonmark import indented, parts
from links import Links, relative

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TARGET = ROOT / "target/docs"
RUSTDOC = ROOT / "target/doc"
LANGUAGES = ("en", "fr")
# Pages of wide tables: these have the place of the table of contents.
WIDE = {"decide/comparison.md", "decide/conformity.md", "guide/careless.md"}
RUN_BY = {"en": "run by", "fr": "exécuté par"}


class Site:
    def __init__(self) -> None:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
        self.files = sorted(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())
        self.folders = {folder for name in self.files for folder in map(str, pathlib.PurePosixPath(name).parents) if folder != "."}
        included = tomllib.loads((DOCS / "included.toml").read_text("utf-8"))
        # For each language, its pages: the text's file.
        self.pages: Dict[str, Dict[str, str]] = {}
        for language in LANGUAGES:
            own = {name[len(f"docs/{language}/") :]: name for name in self.files if re.match(f"docs/{language}/.*[.]md$", name)}
            self.pages[language] = {**included[language], **own}
        self.made: Dict[Tuple[str, str], Callable[[], str]] = {
            ("en", "reference/c.md"): header.page,
            ("en", "reference/manual.md"): manual.page,
            ("en", "reference/command.md"): lambda: command.page("en"),
            ("fr", "reference/command.md"): lambda: command.page("fr"),
            **{(language, "tasks/questions.md"): functools.partial(questions.page, language) for language in LANGUAGES},
        }
        # Where the text of a file is read.
        self.places: Dict[str, Dict[str, str]] = {
            language: {source: page_of(language, name) for name, source in pages.items()} for language, pages in self.pages.items()
        }
        self.places["en"]["include/poterne.h"] = "en/reference/c.html"
        for language in LANGUAGES:
            sheets = [name for name in self.files if re.match(f"docs/{language}/.*[.](?:html|svg|pdf)$", name)]
            self.places[language] |= {name: printed(name) for name in sheets}
        self.shown: List[str] = []
        self.diagrams: List[str] = []
        norm = (ROOT / "src/guide/semantics.md").read_text("utf-8")
        self.rules = set(re.findall(r'<a id="([^"]+)">', norm))

    def place(self, language: str, path: str) -> Optional[str]:
        """The address of a file from the root of the site; None if there is no such file."""
        for each in (language, *LANGUAGES):
            if path in self.places[each]:
                return self.places[each][path]
        if path not in self.files and path not in self.folders:
            return None
        if path not in self.shown:
            self.shown.append(path)
        if path.endswith(".svg"):
            return f"en/source/{path}"
        return f"en/source/{path}/index.html" if path in self.folders else f"en/source/{path}.html"

    def text(self, language: str, name: str, source: str) -> str:
        """A page for the generator. Its address and its source give its links their meaning."""
        address = page_of(language, name)
        text = (ROOT / source).read_text("utf-8")
        guide = re.fullmatch(r"src/guide/(\w+)[.]md", source)
        resolved = rustdoc.links(RUSTDOC, guide[1]) if guide else {}
        near = lambda target: relative(target, address)

        def place(path: str) -> Optional[str]:
            found = self.place(language, path)
            return None if found is None else near(found)

        def rust(target: str) -> str:
            found = re.fullmatch(r"poterne/guide/(\w+)/index[.]html(#.*)?", target)
            if found:
                return f"{place(f'src/guide/{found[1]}.md')}{found[2] or ''}"
            return near(f"rust/{target}")

        def rule(number: str) -> Optional[str]:
            return near(f"en/reference/norm.html#{number}") if number in self.rules else None

        links = Links(source, place, resolved, rust)
        text = "".join(self._block(language, piece) if is_code else piece for is_code, piece in parts(text))
        text = links.rewritten(text, rule)
        text = re.sub(r"\]\(site:([^)]*)\)", lambda found: f"]({near(found[1])})", text)
        if source == "src/guide/semantics.md":
            text = re.sub(r'<a id="([^"]+)"></a>\*\*\1\*\*', r'<a id="\1" href="#\1" class="rule">\1</a>', text)
        return ("---\nhide:\n  - toc\n---\n\n" if name in WIDE else "") + indented(text)

    def _block(self, language: str, piece: str) -> str:
        first, body = piece.split("\n", 1)
        margin = first[: len(first) - len(first.lstrip())]
        info = first.strip().lstrip("`~").strip()
        close = body.rstrip("\n").rpartition("\n")[2]
        code = body.rstrip("\n")[: -len(close)].rstrip("\n") if close.strip().startswith(("```", "~~~")) else body
        if info == "sample":
            path, word, code = samples.taken("\n".join(line[len(margin) :] for line in code.splitlines()))
            part = samples.run_by(path)
            lines = [f"``` {word}", *code.splitlines(), "```", "", f"[{path}](/{path}), {RUN_BY[language]} `tests/run {part}`", "{ .from }"]
            return "".join(f"{margin}{line}".rstrip() + "\n" for line in lines)
        if info == "mermaid":
            source = code + "\n"
            self.diagrams.append(source)
            return f"{margin}{diagrams.placed(f'```mermaid{chr(10)}{source}```', 'site:diagrams')}\n"
        word = samples.language_of(info)
        code = samples.shown(word, code)
        return f"{margin}``` {word or 'text'}\n{code}\n{margin}```\n"

    def write(self) -> None:
        for language in LANGUAGES:
            shutil.rmtree(TARGET / language, ignore_errors=True)
        for language in LANGUAGES:
            for name, source in self.pages[language].items():
                self._put(language, name, self.text(language, name, source))
            for (of, name), make in self.made.items():
                if of == language:
                    self._put(language, name, self._made_links(language, name, make()))
            self._settings(language)
        # What the pages link to, and what that links to.
        done = 0
        while done < len(self.shown):
            path = self.shown[done]
            done += 1
            self._source(path)

    def _made_links(self, language: str, name: str, text: str) -> str:
        return re.sub(r"\]\(site:([^)]*)\)", lambda found: f"]({relative(found[1], page_of(language, name))})", text)

    def _source(self, path: str) -> None:
        hidden = "---\nsearch:\n  exclude: true\n---\n\n"
        if path in self.folders:
            inside = sorted({name[len(path) + 1 :].split("/")[0] for name in self.files if name.startswith(f"{path}/")})
            self._put("en", f"source/{path}/index.md", f"{hidden}# {path}\n\n" + "".join(f"- `{name}`\n" for name in inside))
        elif path.endswith(".svg"):
            self._copy(path, TARGET / "en/pages/source" / path)
        elif path.endswith(".md"):
            self._put("en", f"source/{path}.md", hidden + self.text("en", f"source/{path}.md", path))
        else:
            text = (ROOT / path).read_text("utf-8")
            suffix = path.rpartition(".")[2]
            word = samples.LANGUAGES.get(suffix, "text")
            self._put("en", f"source/{path}.md", f"{hidden}# {path}\n\n~~~~~~ {word}\n{text}\n~~~~~~\n")

    def _copy(self, path: str, to: pathlib.Path) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, to)

    def _put(self, language: str, name: str, text: str) -> None:
        file = TARGET / language / "pages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def _settings(self, language: str) -> None:
        settings = yaml.safe_load((DOCS / f"{language}.yml").read_text("utf-8"))
        settings |= {"INHERIT": str(DOCS / "mkdocs.yml"), "docs_dir": "pages", "site_dir": str(TARGET / "site" / language)}
        settings["extra"] = {"alternate": [
            {"name": "English", "lang": "en", "link": "../en/"}, {"name": "Français", "lang": "fr", "link": "../fr/"},
        ]}
        (TARGET / language / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
        for file in ("site.css", "site.js"):
            shutil.copy(DOCS / file, TARGET / language / "pages" / file)
        # Sheets to print, and their pictures.
        for name in self.files:
            if re.match(f"docs/{language}/.*[.](?:html|svg|pdf)$", name):
                self._copy(name, TARGET / language / "pages" / printed(name)[3:])


def printed(name: str) -> str:
    """Beside the page that speaks of it, which has the same name."""
    folder, _, file = name[len("docs/") :].rpartition("/")
    return f"{folder}/print/{file}"


def page_of(language: str, name: str) -> str:
    return posixpath.join(language or "/", re.sub(r"[.]md$", ".html", name))


def main(program: str) -> None:
    site = Site()
    site.write()
    diagrams.draw(site.diagrams, pathlib.Path(program), TARGET / "diagrams")


if __name__ == "__main__":
    main(sys.argv[1])
