"""What the generator's templates leave out: the name of the dialog that searches, that the switch of languages stays on the page, and that a
line does not break behind the dashes of an option, which would read as `-- application`.

    python3 docs/maker/finish.py SITE
"""

import os
import pathlib
import re
import sys

SEARCH = 'data-md-component="search" role="dialog"'
NAMES = {"en": "Search", "fr": "Recherche"}
# Of the switch, where the page is in one language only.
HOMES = {"en": "English home", "fr": "Accueil français"}
HEAD = re.compile(r'<link rel="alternate" href="[^"]*" hreflang="(\w+)">')
SWITCH = re.compile(r'<a href="[^"]*" hreflang="(\w+)" class="md-select__link">\s*([^<]*?)\s*</a>')
CODE = re.compile("(?<=<code>)[^<]+(?=</code>)")
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def finished(text: str, site: pathlib.Path, language: str, name: pathlib.Path) -> str:
    def address(other: str) -> str:
        target = name if (site / other / name).is_file() else "index.html"
        return os.path.relpath(site / other / target, (site / language / name).parent).replace(os.sep, "/")

    def head(found: "re.Match[str]") -> str:
        other = found[1]
        return f'<link rel="alternate" href="{address(other)}" hreflang="{other}">' if (site / other / name).is_file() else ""

    def switch(found: "re.Match[str]") -> str:
        other = found[1]
        said = found[2] if (site / other / name).is_file() else HOMES[other]
        return f'<a href="{address(other)}" hreflang="{other}" lang="{other}" class="md-select__link">{said}</a>'

    text = CODE.sub(lambda code: OPTION.sub(r'<span class="option">\g<0></span>', code[0]), text)
    text = text.replace(SEARCH, f'{SEARCH} aria-label="{NAMES[language]}"')
    return SWITCH.sub(switch, HEAD.sub(head, text))


def main(site: pathlib.Path) -> None:
    for language in NAMES:
        pages = list((site / language).rglob("*.html"))
        changed = 0
        for page in pages:
            text = page.read_text("utf-8")
            if SEARCH in text and len(SWITCH.findall(text)) == len(NAMES):
                page.write_text(finished(text, site, language, page.relative_to(site / language)), "utf-8")
                changed += 1
        if not changed:
            sys.exit(f"finish: no page in {site / language} has a search and a switch: the template has changed")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
