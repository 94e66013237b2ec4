"""The list of employees: encodings, delimiters, and what Excel does to it."""

from __future__ import annotations

from typing import List, Tuple

import pytest

from poterne.admin.employees import Employees, UnreadableList, in_letter_order, read
from poterne.admin.language import Say

HEADER = "account;name;service;language\n"


def of(text: str, encoding: str = "utf-8", language: str = "en", **titles: str) -> Employees:
    return read(text.encode(encoding), Say(language), default_language="fr", titles=titles)


def problems(text: str) -> List[Tuple[int, str, bool]]:
    return [(each.line, each.text, each.is_doubt) for each in of(HEADER + text).problems]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_are_found_and_said(encoding: str, name: str, delimiter: str) -> None:
    found = of("account;name;service;language\r\n004512;Zoé Lefèvre;Collèges;fr\r\n".replace(";", delimiter), encoding)
    assert (found.encoding, found.delimiter, found.problems) == (name, delimiter, [])
    (employee,) = found.employees
    assert (employee.line, employee.account, employee.name, employee.service) == (2, "004512", "Zoé Lefèvre", "Collèges")


def test_columns_are_known_by_their_titles_in_any_order() -> None:
    found = of("Courriel;Langue;NOM et Prénom;Matricule\nx@y;anglais;Anne Petit;7\n\nz@y;;Paul Roux;8\n;;;\n")
    assert [(each.account, each.name, each.service, each.language, each.line) for each in found.employees] == [
        ("7", "Anne Petit", "", "en", 2),
        ("8", "Paul Roux", "", "fr", 4),
    ]
    assert found.ignored_columns == ["Courriel"] and not found.problems
    assert of("N° agent;Libellé\n7;Anne\n", account="n° Agent", name="Libellé").employees[0].name == "Anne"
    assert of("sep=,\naccount,name\n7,Anne\n").employees[0].line == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"7;Anne\n8;Paul\n", "first line must name"),
        (b"account;service\n7;x\n", "no name"),
        (b"account;matricule;name\n7;8;x\n", "Two columns"),
        (b"PK\x03\x04\0\0account;name\n", "not a text file"),
        (b"account;name\n7;Zo\xe9\n8;\x81\n", "Line 3 is neither"),
        (b"\xef\xbb\xbfaccount;name\n7;Zo\xe9\n", "line 2 is not"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableList, match=says):
        read(content, Say("en"), default_language="fr")


@pytest.mark.parametrize(
    ("line", "says", "is_doubt"),
    [
        ("1,23E+05;Anne;;fr", "scientific notation", False),
        ("1.2e+11;Anne;;fr", "scientific notation", False),
        ("#N/A;Anne;;fr", "error", False),
        ("01-mars;Anne;;fr", "date", False),
        ("4512,0;Anne;;fr", "decimals", True),
        (";Anne;;fr", "no account", False),
        ("x" * 254 + ";Anne;;fr", "253 bytes", False),
        ("a\u200bb;Anne;;fr", "nobody sees", False),
        ("a7;;;fr", "no name", False),
        ("a7;4512;;fr", "is a number", True),
        ("a7;Anne;;de", "neither fr nor en", False),
        ("a7;Anne;;fr;x", "5 cells", False),
        ('a7;"Anne;;fr', "quotation mark", False),
        ("a7;" + "x" * 161 + ";;fr", "160 characters", False),
        ("a7;ZoÃ©;;fr", "encoded twice", True),
        ("a7;Zo\N{REPLACEMENT CHARACTER};;fr", "damaged", False),
        ("a7;#REF!;;fr", "error of Excel", False),
        ("a7;\u202eennA;;fr", "nobody sees", False),
    ],
)
def test_a_malformed_line_is_told_with_its_number(line: str, says: str, is_doubt: bool) -> None:
    found = problems(f"a1;Paul;;fr\n{line}\na3;Rose;;fr\n")
    assert [(number, doubt) for number, _, doubt in found] == [(3, is_doubt)] and says in found[0][1]
    kept = of(HEADER + f"a1;Paul;;fr\n{line}\na3;Rose;;fr\n")
    assert [each.account for each in kept.without_problems(keep_doubtful=False)] == ["a1", "a3"]
    assert len(kept.without_problems(keep_doubtful=True)) == (3 if is_doubt else 2)


def test_a_file_of_dos_read_as_windows_is_noticed() -> None:
    found = of(HEADER + "a7;Zoé;;fr\n", "cp850")
    assert found.encoding == "Windows-1252" and "DOS" in found.problems[0].text


def test_names_that_look_odd_are_left_alone() -> None:
    names = ["Zoé d’Almeida", "Åsa Öberg", "Nguyễn Văn An", "O'Brien", "Jean-Noël “Jano” Picot", "Łukasz Żak", "Ž. Šimić", 'Anne "Nana" Petit']
    assert not problems("".join(f"a{n};{name};;fr\n" for n, name in enumerate(names)))


def test_a_stray_quotation_mark_costs_its_own_line_only() -> None:
    text = '1;"Jean;DRH;fr\n2;"Paul; aîné";DRH;fr\n3;Rose;"Bureau\ndes\nrecettes";fr\n4;Luc;DRH;fr\n'
    found = of(HEADER + text)
    assert [(each.account, each.line) for each in found.employees] == [("2", 3), ("3", 4), ("4", 7)]
    assert [(each.line, each.text[:18]) for each in found.problems] == [(2, "a quotation mark i"), (4, "the service has a ")]


def test_a_cell_of_some_lines_in_another_column_is_no_problem() -> None:
    found = of('account;address;name\n1;"1 rue Haute\n42000 Saint-Étienne";Anne\n2;;Paul\n')
    assert [(each.account, each.name, each.line) for each in found.employees] == [("1", "Anne", 2), ("2", "Paul", 4)]
    assert not found.problems


def test_lost_zeros_are_doubts_and_the_formula_against_them_is_read() -> None:
    padded = problems("004512;Anne;;fr\n4513;Paul;;fr\n004514;Luc;;fr\n")
    assert [(line, doubt) for line, _, doubt in padded] == [(3, True)] and "leading zeros" in padded[0][1]
    # All zeros are lost already: nearly all have one length.
    assert [line for line, _, _ in problems("".join(f"{100000 + n};A;;fr\n" for n in range(9)) + "4512;B;;fr\n")] == [11]
    # Numbers that never had one length.
    assert not problems("".join(f"{n};A;;fr\n" for n in range(8, 12)))
    assert of(HEADER + '"=""00123""";Anne;;fr\n="00124";Paul;;fr\n').employees[1].account == "00124"


def test_duplicates_are_named_by_the_line_of_the_first() -> None:
    found = problems("a7;Anne;;fr\nb7;Paul;;fr\na7;Anne;;fr\nB7;Luc;;fr\n")
    assert [(line, doubt) for line, _, doubt in found] == [(4, False), (5, False)]
    assert "in line 2 already" in found[0][1] and "capitals" in found[1][1]


def test_problems_are_told_in_french() -> None:
    (problem,) = of(HEADER + "1E+5;Anne;;fr\n", language="fr").problems
    assert problem.text.startswith("le matricule est en notation scientifique")


def test_the_print_room_gets_services_together_and_accents_do_not_separate() -> None:
    found = of(HEADER + "1;Zoé;Voirie;fr\n2;Émile;Études;fr\n3;Eric;etudes;fr\n4;Anne;Voirie;fr\n")
    assert [each.account for each in in_letter_order(found.employees)] == ["2", "3", "4", "1"]


def test_a_great_list_is_read_at_once() -> None:
    found = of(HEADER + "".join(f"{n:06};Anne {n};Service {n % 40};fr\n" for n in range(10_000)))
    assert len(found.employees) == 10_000 and not found.problems
