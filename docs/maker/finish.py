"""What the generator's templates leave out: the name of the dialog that searches.

    python3 docs/maker/finish.py FOLDER NAME
"""

import pathlib
import sys

BEFORE = 'data-md-component="search" role="dialog"'

folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
pages = [page for page in folder.rglob("*.html") if BEFORE in (text := page.read_text("utf-8")) and page.write_text(text.replace(BEFORE, f'{BEFORE} aria-label="{name}"'), "utf-8")]
if not pages:
    sys.exit(f"finish: no page in {folder} has a search: the template has changed")
