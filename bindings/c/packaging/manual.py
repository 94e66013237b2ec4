"""Writes the manual pages of section 3, of the comments of include/poterne.h.

    python3 bindings/c/packaging/manual.py FOLDER        writes FOLDER/poterne.3, and one page for each function, callback and structure
"""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[3]
header = root / "include" / "poterne.h"


class Item:
    """What the header declares: a comment, and the declaration behind it."""

    def __init__(self, comment, declaration):
        self.comment, self.declaration = comment, declaration
        for pattern in (r"^#define (\w+)", r"\(\*(\w+)\)\(", r"^typedef struct (\w+)", r"\b(poterne_\w+)\("):
            if found := re.search(pattern, declaration, re.M):
                self.name = found[1]
                break
        else:
            sys.exit(f"manual: this declaration has no name: {declaration}")

    @property
    def is_constant(self):
        return self.declaration.startswith("#define")


class Section:
    def __init__(self, title, comment):
        self.title, self.comment, self.items = title, comment, []


def bare(comment):
    """The lines of a comment, without what makes it one."""
    first, *others = re.sub(r"^/\*+ ?|\s*\*/$", "", comment).split("\n")
    return "\n".join([first, *(re.sub(r"^\s*\* ?", "", line).rstrip() for line in others)]).strip("\n")


def read(text):
    """The comment of the file, and its sections."""
    comment = r"/\*(?:[^*]|\*(?!/))*\*/"
    first = re.match(comment, text)[0]
    sections = [Section("BASICS", "")]
    # A declaration ends with its semicolon, that of a structure behind its brace; a constant with its line, which may go on.
    declaration = r"#define (?:[^\n]*\\\n)*[^\n]*|typedef struct \w+ \{\n.*?^\} \w+;|\w[^;]*;"
    for found in re.finditer(rf"({comment})(?:\n({declaration}))?", text[len(first) :], re.M | re.S):
        said = bare(found[1])
        if rule := re.match(r"-{20,}|(.+)\n-{20,}\n", said.lstrip()):
            title, _, rest = said.lstrip(" -\n").partition("\n")
            sections.append(Section(title, rest.lstrip("-").strip("\n")))
        elif found[1].startswith("/**") and found[2]:
            sections[-1].items.append(Item(said, re.sub(r"^(POTERNE_MUST_USE )?POTERNE_API\n", "", found[2])))
    return bare(first), sections


def escaped(text):
    """No character of a text is a request of roff."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text)
    return f"\\&{text}" if text[:1] in (".", "'") else text


def literal(lines):
    return [".PP", ".nf", ".RS 4", *(escaped(line) for line in lines), ".RE", ".fi"]


def paragraphs(text):
    """Paragraphs, lists, and what stays as it is: four blanks before it, or between @code and @endcode."""
    lines = []
    text = re.sub(r"(?ms)^@code\n(.*?)^@endcode$", lambda code: re.sub(r"(?m)^", "    ", code[1].replace("\n\n", "\n \n")).rstrip(), text)
    for block in re.split(r"\n\n+", text):
        rows = block.split("\n")
        if all(row.startswith("    ") or not row.strip() for row in rows):
            lines += literal(row[4:] for row in rows)
        elif rows[0].startswith("- "):
            for entry in re.split(r"\n(?=- )", block):
                lines += [".IP \\(bu 2", escaped(" ".join(row.strip() for row in entry[2:].split("\n")))]
        else:
            lines += [".PP", escaped(" ".join(row.strip() for row in rows))]
    return lines


def parts(comment):
    """What is told, the parameters, and what is returned."""
    told, *tags = re.split(r"(?m)^@(?=param|return|since)", comment)
    params, returned = [], ""
    for tag in tags:
        kind, _, rest = tag.partition(" ")
        rest = " ".join(rest.split())
        if kind == "param":
            names, _, what = rest.partition(" ")
            params.append((names.replace(",", ", "), what))
        elif kind == "return":
            returned = rest
    return told.strip("\n"), params, returned


def summary(comment):
    """The first sentence, for the line that apropos reads."""
    first = re.split(r"(?<=[a-z`)0-9])[.:](?:\s|$)", " ".join(parts(comment)[0].split()), maxsplit=1)[0].replace("`", "")
    return first[:1].lower() + first[1:] if not re.match(r"[A-Z]{2}", first) else first


def top(name, version):
    return f'.TH {name.upper()} 3 "" "poterne {version}" "poterne for C"'


def page(item, section, version):
    told, params, returned = parts(item.comment)
    declaration = re.sub(r"(?ms)^\s*/\*\*.*?\*/\n", "", item.declaration)
    lines = [top(item.name, version), ".SH NAME", f"{item.name} \\- {escaped(summary(item.comment))}", ".SH SYNOPSIS"]
    lines += [".nf", ".B #include <poterne.h>", ".PP", *(f"\\fB{escaped(line)}\\fR" if line else "" for line in declaration.split("\n")), ".fi"]
    lines += [".SH DESCRIPTION", *paragraphs(told)]
    if params:
        lines += [".SH PARAMETERS"]
        for names, what in params:
            lines += [".TP", f".I {escaped(names)}", escaped(what)]
    fields = re.findall(r"(?ms)^    /\*\*(.*?)\*/\n    ([^;]+);", item.declaration)
    if fields:
        lines += [".SH FIELDS"]
        for comment, field in fields:
            lines += [".TP", f".B {escaped(field)}", escaped(" ".join(re.sub(r"(?m)^\s*\* ?", "", comment).split()))]
    if returned:
        lines += [".SH RETURN VALUE", escaped(returned)]
    others = [each.name for each in section.items if not each.is_constant and each is not item]
    lines += [".SH SEE ALSO", ",\n".join(f".BR {name} (3)" for name in ["poterne", *others]).replace(" (3),", " (3),")]
    return "\n".join(lines) + "\n"


def overview(comment, sections, version):
    # What is told to those who read the file.
    comment = re.sub(r"\A@file.*\n\n|^Generated from .*\n\n", "", comment, flags=re.M)
    lines = [top("poterne", version), ".SH NAME", "poterne \\- one\\-time codes, each accepted once, for applications that already exist"]
    lines += [".SH SYNOPSIS", ".nf", ".B #include <poterne.h>", ".PP", ".B cc app.c $(pkg\\-config \\-\\-cflags \\-\\-libs poterne)", ".fi"]
    lines += [".SH DESCRIPTION", *paragraphs(comment)]
    for section in sections:
        lines += [f".SH {escaped(section.title)}", *(paragraphs(section.comment) if section.comment else [])]
        for item in section.items:
            if item.is_constant and not item.name.endswith("_INIT"):
                value = re.sub(r"^#define \w+ ?", "", item.declaration)
                if item.name not in ("POTERNE_API", "POTERNE_MUST_USE", "POTERNE_NOEXCEPT"):
                    lines += [".TP", f"\\fB{item.name}\\fR {escaped(value)}", escaped(" ".join(item.comment.split()))]
            elif not item.is_constant:
                lines += [".TP", f".BR {item.name} (3)", f"{escaped(summary(item.comment))}."]
    lines += [".SH SEE ALSO", ".BR poterne (1)"]
    return "\n".join(lines) + "\n"


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    version = re.search(r'(?m)^\[workspace\.package\]\nversion = "(.*)"$', (root / "Cargo.toml").read_text())[1]
    comment, sections = read(header.read_text())
    (folder / "poterne.3").write_text(overview(comment, sections, version))
    for section in sections:
        for item in section.items:
            if not item.is_constant:
                (folder / f"{item.name}.3").write_text(page(item, section, version))
    # Each function of the list, or the header has a form that was not read.
    missing = [name for name in (root / "bindings/c/symbols.txt").read_text().split() if not (folder / f"{name}.3").is_file()]
    if missing:
        sys.exit(f"manual: no page was made for {', '.join(missing)}")


main()
