"""The letters: read back by a camera and by a reader program, and from a template of an administration's own."""

from __future__ import annotations

import datetime
import pathlib
import re
import subprocess
from typing import List, Optional

import pytest

import poterne
from admin.installation import Home
from poterne.admin.console import Stop
from poterne.admin.employees import Employee
from poterne.admin.language import Say
from poterne.admin.letters import DEFAULT_TEMPLATE, Letter, Sender, Template, apps
from admin.read_letters import read
from poterne.apps import APPS, Support

SENDER = Sender("Département de la Loire", "01 23 45 67 89", None)
LONG = Employee(
    0,
    "marie-charlotte.de-la-rochefoucauld-montmorency-dharcourt-beuvron@departement-de-la-loire.example.org",
    "Marie-Charlotte de La Rochefoucauld-Montmorency d’Harcourt-Beuvron Saint-Exupéry de la Tour du Pin Chambly de la Charce-Gouvernet",
    "Direction générale adjointe chargée de la solidarité, de l’insertion, de l’autonomie et de la protection de l’enfance, service des prestations",
    "fr",
)
SHORT = Employee(0, "004512", "Zoé Lefèvre", "Collèges", "en")


def letters(*employees: Employee, secret: Optional[poterne.Secret] = None) -> List[Letter]:
    made = []
    for number, employee in enumerate(employees, 1):
        uri = poterne.OtpauthUri.build(secret or poterne.Secret.generate(), SENDER.issuer, employee.account)
        made.append(Letter(number, employee, uri, datetime.date(2027, 1, 1)))
    return made


def pdf(
    folder: pathlib.Path, given: List[Letter], template: Optional[pathlib.Path] = None, sender: Sender = SENDER, *, is_sample: bool = False
) -> pathlib.Path:
    made = Template(template, Say("en"))
    path = folder / "letters.pdf"
    path.write_bytes(made.set(made.prepare(given, sender, file_number=7, is_sample=is_sample)))
    return path


@pytest.mark.parametrize("resolution", [100, 150, 300])
def test_what_is_scanned_and_what_is_typed_are_the_secret(tmp_path: pathlib.Path, resolution: int) -> None:
    given = letters(SHORT, LONG)
    found = read(pdf(tmp_path, given), resolution)
    assert [each.uri for each in found] == [each.uri.as_str() for each in given]
    for letter, back in zip(given, found):
        assert back.typed.to_base32() == letter.uri.secret_to_type().replace(" ", "")


def test_the_code_is_printed_35_millimeters_wide_at_least(tmp_path: pathlib.Path) -> None:
    """Measured on the page, between the outer edges of the two bars with which a code begins. The control is a smaller one."""
    assert _code_width(pdf(tmp_path, letters(SHORT))) >= 35
    small = _template(tmp_path, "small", "letter.typ", "width: 40mm", "width: 30mm")
    assert 29 < _code_width(pdf(tmp_path, letters(SHORT), small)) < 31


def _code_width(path: pathlib.Path) -> float:
    """In millimeters. The bars are seven modules long, 4 to 8 mm: nothing else on a letter has two such lines in one row of pixels."""
    dots = 300 / 25.4
    subprocess.run(["pdftoppm", "-r", "300", "-gray", path, path.with_name("page")], check=True)
    (image,) = path.parent.glob("page*.pgm")
    kind, width, height, _, pixels = image.read_bytes().split(None, 4)
    image.unlink()
    assert kind == b"P5"
    widths = []
    for row in range(int(height)):
        line = pixels[row * int(width) : (row + 1) * int(width)]
        bars = [run for run in re.finditer(rb"[\x00-\x7f]+", line) if 4 * dots < run.end() - run.start() < 8 * dots]
        if len(bars) == 2 and abs(len(bars[0][0]) - len(bars[1][0])) < 3:
            widths.append((bars[1].end() - bars[0].start()) / dots)
    assert widths, "there is no code on the page"
    return max(widths)


def test_a_reader_program_finds_language_title_headings_and_texts_for_images(tmp_path: pathlib.Path) -> None:
    # What is shown of the tags has the texts too, in quotes: a secret in base32 may say H2.
    given = letters(LONG, SHORT, secret=poterne.Secret.from_base32("H2" * 16))
    path = pdf(tmp_path, given)
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged: +yes", info) and re.search(r"Title: +\S", info) and "A4" in info
    assert re.search(r"Pages: +2\b", info)
    structure = subprocess.run(["pdfinfo", "-struct-text", path], check=True, capture_output=True).stdout.decode(errors="replace")
    tags = re.findall(r"^ *(H1|H2|Figure)\b", structure, re.MULTILINE)
    assert "H2H2" in structure and (tags.count("H1"), tags.count("H2"), tags.count("Figure")) == (2, 8, 2)
    content = path.read_bytes()
    # The catalog's language, and that of the other letter's parts.
    assert b"/Lang(fr)" in content and b"/Lang(en)" in content
    assert content.count(b"/Alt") == 2 and b"pdfuaid:part" in content


def test_no_secret_is_in_what_is_not_the_page(tmp_path: pathlib.Path) -> None:
    """Metadata, texts for images, and whatever else is not a compressed stream. The control is a title with a secret."""
    given = letters(SHORT)
    path = pdf(tmp_path, given)
    secret = given[0].uri.secret_to_type()
    assert not _leaks(path, secret)
    template = _template(tmp_path, "layout", "letter.typ", 'title: texts', 'title: batch.letters.at(0).key.join(" ") + texts')
    assert _leaks(pdf(tmp_path, given, template), secret)


def _leaks(path: pathlib.Path, secret: str) -> bool:
    seen = path.read_bytes() + subprocess.run(["pdfinfo", "-meta", path], check=True, capture_output=True).stdout
    seen += subprocess.run(["pdfinfo", path], check=True, capture_output=True).stdout
    seen += subprocess.run(["pdfinfo", "-struct", path], check=True, capture_output=True).stdout
    return any(form.encode() in seen for form in (secret, secret.replace(" ", ""), secret.split()[3]))


def test_each_letter_speaks_the_language_of_its_reader(tmp_path: pathlib.Path) -> None:
    english, french = read(pdf(tmp_path, letters(SHORT, LONG)))
    assert "1 January 2027" in english.text and "Call the help desk: 01 23 45 67 89" in english.text
    # Wherever its lines are broken.
    words = " ".join(french.text.split())
    assert "1er janvier 2027" in words and "Appelez le service d’assistance : 01 23 45 67 89" in words
    assert apps(Say("en")) in " ".join(english.text.split()) and apps(Say("fr")) in words
    # A list of employees often has the surname first: no letter begins with "Dear Smith Joanna".
    assert "Dear colleague," in english.text and "recovery codes" in english.text and "codes de secours" in words
    assert "Letter 1, file 007" in english.text and "Lettre 2, fichier 007" in french.text
    addressed = read(pdf(tmp_path, letters(SHORT), sender=Sender("D", None, "https://intranet.example/apps")))[0].text
    assert "https://intranet.example/apps" in "".join(addressed.split()) and "2FAS" not in addressed


def test_two_apps_are_named_that_every_telephone_has_and_that_ignore_nothing() -> None:
    named = apps(Say("fr")).split(" ou ")
    assert len(named) == 2 and named == apps(Say("en")).split(" or ")
    for name in named:
        found = [app for app in APPS if app.name.partition(" (")[0] == name]
        assert {"Android", "iOS"} <= {platform for app in found for platform in app.platforms.split(", ")}
        assert all(app.free_of_charge.support is Support.HONORED and app.facts["sha256"].support is Support.HONORED for app in found)


def test_a_name_is_text_and_never_a_program(tmp_path: pathlib.Path) -> None:
    name = '#panic("x") *Anne* $x$ #{read("/etc/passwd")} "</svg>'
    text = read(pdf(tmp_path, letters(Employee(0, "a7", name, "_Voirie_ @preview/x", "en"))))[0].text
    assert '#panic("x") *Anne* $x$' in text and "_Voirie_" in text and "root:" not in text


def _template(folder: pathlib.Path, name: str, file: str, old: str, new: str) -> pathlib.Path:
    """A copy of the template with one change."""
    copy = folder / name
    copy.mkdir()
    for path in DEFAULT_TEMPLATE.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    return copy


def test_an_administration_edits_texts_logo_and_signature_without_code(lite: Home) -> None:
    copy = lite.folder / "ours"
    done = lite.process("letters", "template", str(copy))
    assert done.code == 2, "the command does not take --config: nothing of a site is needed"
    from poterne.admin.cli import run

    assert run(["letters", "template", str(copy)]) == 0
    assert run(["letters", "template", str(copy)]) == 1, "what is there is kept"
    words = copy / "texts.typ"
    words.write_text(words.read_text().replace("Madame, Monsieur,", "Chère collègue, cher collègue,").replace('signatory = (fr: ""', 'signatory = (fr: "La directrice"'))
    (copy / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#00f"/></svg>')
    (copy / "signature.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><path d="M0 0l9 3" stroke="#000"/></svg>')
    output = lite.folder / "sample.pdf"
    done = lite.run("letters", "sample", str(copy), "--output", str(output))
    assert done.code == 0, done.err
    texts = [each.text for each in read(output)]
    assert len(texts) == 4 and sum("Chère collègue" in text and "La directrice" in text for text in texts) == 2
    # The logo stands in place of the name: at the top and, for reader programs, as its text. The signature says nothing besides.
    assert output.read_bytes().count(b"/Alt") == 4 * 2


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("texts.typ", "Madame, Monsieur,", "#lorem(900)", "does not fit on its page"),
        ("texts.typ", "Madame, Monsieur,", "#pagebreak()", "does not fit on its page"),
        ("letter.typ", "#let batch", '#import "@preview/tiaoma:0.3.0": qr\n#let batch', "without a network"),
        ("letter.typ", "#let batch", '#let x = read("/etc/passwd")\n#let batch', "could not be set"),
        ("letter.typ", "words.scan.text", "none", "could not be set"),
    ],
)
def test_a_template_that_does_not_work_is_refused(tmp_path: pathlib.Path, file: str, old: str, new: str, says: str) -> None:
    given = letters(LONG)
    secret = given[0].uri.secret_to_type()
    with pytest.raises(Stop, match=says) as raised:
        pdf(tmp_path, given, _template(tmp_path, "ours", file, old, new))
    assert secret.split()[0] not in raised.value.message


def test_a_sample_is_in_the_language_of_its_letter(lite: Home) -> None:
    for language in ("fr", "en"):
        output = lite.folder / f"{language}.pdf"
        assert lite.run("letters", "sample", "--output", str(output), "--lang", language).code == 0
        texts = [each.text for each in read(output)]
        assert ["Lettre" in text for text in texts] == [True, True, False, False]
        assert ["Direction" in text for text in texts] == ["Lettre" in text for text in texts]


def test_what_typst_says_is_shown_of_samples_alone(tmp_path: pathlib.Path) -> None:
    """It may quote values: here it does."""
    given = letters(SHORT)
    secret = given[0].uri.secret_to_type().split()[0]
    template = _template(tmp_path, "ours", "letter.typ", "#let logo", "#panic(batch.letters.at(0).key)\n#let logo")
    with pytest.raises(Stop) as raised:
        pdf(tmp_path, given, template)
    assert secret not in raised.value.message
    with pytest.raises(Stop) as raised:
        pdf(tmp_path, given, template, is_sample=True)
    assert secret in raised.value.message


def test_no_file_is_written_but_the_letter(tmp_path: pathlib.Path) -> None:
    """By strace: every file that the typesetting process opens for writing."""
    import os
    import sys

    trace = tmp_path / "trace"
    script = (
        "import sys, datetime; sys.path[:0] = sys.argv[1:]\n"
        "from admin import test_letters as t\n"
        "made = t.Template(None, t.Say('en')); made.set(made.prepare(t.letters(t.SHORT), t.SENDER, file_number=1))\n"
    )
    paths = [str(pathlib.Path(__file__).parents[1])]
    subprocess.run(
        ["strace", "-f", "-o", trace, "-e", "trace=openat,open,creat,memfd_create", sys.executable, "-B", "-c", script, *paths],
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    lines = trace.read_text().splitlines()
    assert any("letter.typ" in line for line in lines), "the trace sees files"
    written = [line for line in lines if re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(|memfd_create", line) and "/dev/null" not in line]
    assert not written, written
