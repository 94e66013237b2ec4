"""The terminal: languages, what steers it, secrets, questions, exit codes."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from typing import List

import pytest

from admin.installation import COMMAND, Home, on_terminal
from poterne.admin import files
from poterne.admin.cli import build, run
from poterne.admin.console import Console, Stop, plain
from poterne.admin.language import Say, choose


def test_the_language_is_the_option_then_the_locale() -> None:
    assert choose(["--lang", "fr"], {"LANG": "en_US.UTF-8"}) == "fr"
    assert choose(["doctor", "--lang=fr"], {}) == "fr"
    assert choose([], {"LANG": "fr_FR.UTF-8"}) == "fr"
    assert choose([], {"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}) == "en"
    assert choose(["--lang"], {}) == choose(["--lang", "de"], {}) == "en"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_command_and_option_is_explained(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    import click

    def commands(group: click.Group) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for name, command in group.commands.items():
            found.append((name,))
            if isinstance(command, click.Group):
                found += [(name, *rest) for rest in commands(command)]
        return found

    texts = {}
    all_ = commands(build(language))
    assert len(all_) > 10
    for path in all_:
        assert run([*path, "--help", "--lang", language]) == 0
        texts[path] = capsys.readouterr().out
        if language == "fr":
            for english in ("Usage", "Show this", "Default:", "Instead of"):
                assert english not in texts[path], path
    group = build(language)
    for name, command in group.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    assert plain("a\x1b[2Jb\u202ec\u200bd\x07é\n") == "a\ufffd[2Jb\ufffdc\ufffdd\ufffdé\n"


def test_a_secret_is_read_from_a_file_descriptor_or_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(Say("en"))
    reading, writing = os.pipe()
    os.write(writing, "s3cret é\nmore".encode())
    os.close(writing)
    assert console.secret("", reading) == "s3cret é"
    os.close(reading)
    with pytest.raises(Stop, match="descriptor 987"):
        console.secret("", 987)


def test_a_typed_secret_is_not_shown_and_a_shown_one_is_wiped() -> None:
    script = (
        "from poterne.admin.console import Console; from poterne.admin.language import Say\n"
        "c = Console(Say('en')); typed = c.secret('Code: '); c.show_once(['ABCDE-FGHJ-KMNP']); print(len(typed))"
    )
    done = on_terminal([sys.executable, "-c", script], ["hunter2", ""])
    assert "hunter2" not in done.out and done.code == 0 and done.out.rstrip().endswith("7")
    # On the alternate screen, which is left afterwards.
    before, _, after = done.out.partition("\x1b[?1049h")
    assert "ABCDE" not in before
    shown, _, rest = after.partition("\x1b[?1049l")
    assert "ABCDE-FGHJ-KMNP" in shown and "ABCDE" not in rest and rest


def test_a_shown_secret_is_erased_where_there_is_no_second_screen() -> None:
    script = (
        "from poterne.admin.console import Console; from poterne.admin.language import Say\n"
        "Console(Say('en')).show_once(['Code:', 'ABCDE-FGHJ-KMNP']); print('after')"
    )
    done = on_terminal([sys.executable, "-c", script], [""], rows=10)
    # What a terminal shows that ignores the order for the second screen.
    assert on_screen(re.sub(r"\x1b\[\?1049[hl]", "", done.out), 10) == ["after"]
    # Never the order that moves the screen to the lines above.
    assert "\x1b[2J" not in done.out and "\x1b[J" not in done.out
    # The control: without erasing, it stays.
    assert "ABCDE-FGHJ-KMNP" in on_screen(re.sub(r"\x1b\[\?1049[hl]|\x1b\[2K", "", done.out), 10)
    done = on_terminal([sys.executable, "-c", script], [""], kind="dumb")
    assert "\x1b" not in done.out and "Clear it now" in done.out and "will be cleared" not in done.out


def on_screen(out: str, rows: int) -> List[str]:
    """What stands on a terminal in the end, lines that are not empty."""
    lines, row = [""] * rows, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\n|[^\x1b\n]+", out):
        if part.endswith("H") and part.startswith("\x1b"):
            row = int(part[2:-1].split(";")[0] or 1) - 1
        elif part == "\x1b[2K":
            lines[row] = ""
        elif part == "\n":
            row = min(row + 1, rows - 1)
        elif not part.startswith("\x1b") and part.strip():
            lines[row] = part.strip()
    return [line for line in lines if line]


def test_without_a_terminal_nothing_is_taken_for_a_yes(lite: Home) -> None:
    lite.enroll("a.martin", watermark=2_000_000_000)
    done = lite.process("repair-clock", "--more-than-half", given="y\n")
    assert done.code == 1 and "--yes" in done.err


def test_exit_codes_and_messages_without_a_traceback(lite: Home) -> None:
    for arguments, code, expected in (
        (("nonsense",), 2, "--help"),
        (("report", "--nonsense"), 2, "There is no option --nonsense"),
        (("temporary-codes",), 2, "--help"),
        (("report", "--config", "/none"), 1, "/none: the file does not exist"),
        (("doctor", "--config", "/none"), 3, "/none: the file does not exist"),
        (("--version",), 0, ""),
        ((), 0, ""),
    ):
        done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == code and expected in done.stderr and "Traceback" not in done.stderr, done


# click's own words for what is wrong, and the system's: no text of ours has them.
CLICKS = re.compile(
    "Invalid value|Did you mean|Got unexpected|No such|Missing|requires an arg|does not take|is not one of|not a valid|not in the range|Permission|Is a directory"
)

# What is typed, and what the answer names: the right word, or what to do.
WRONG = [
    (("repotr",), r"repotr\b.*\breport \?\n.*poterne --help"),
    (("report", "--jsno"), r"--jsno\b.*--json \?\n.*poterne report --help"),
    (("report", "--json=yes"), "--json ne prend pas"),
    (("report", "--table"), "Il manque une valeur.*--table NOM"),
    (("report", "more", "words"), "more words.*guillemets"),
    (("lost",), "Il manque COMPTE.*poterne lost --help"),
    (("tokens", "add", "1234"), "Il manque --encoding"),
    (("enroll-all", "/none/agents.csv", "--no-letters"), "AGENTS : /none/agents.csv : .*n’existe pas.*vérifier"),
    (("enroll-all", "/", "--no-letters"), "AGENTS : / : c’est un dossier"),
    (("enroll-all", os.devnull), "Indiquer --letters DOSSIER"),
    (("enroll-all", os.devnull, "--no-letters", "--valid-until", "2000-01-01"), "--valid-until.*à venir"),
    (("manual", "/none"), "DOSSIER : .*mkdir"),
    (("letters", "nonsense"), "poterne letters --help"),
    (("letters", "template", f"{os.devnull}/ours"), "/ours : .*est un fichier.*Arrêt"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG, ids=lambda given: " ".join(given) if isinstance(given, tuple) else "")
def test_wrong_arguments_are_told_in_the_users_words(arguments: "tuple[str, ...]", told: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["--lang", "fr", *arguments])
    said = capsys.readouterr()
    assert code in (1, 2) and re.search(told, said.err, re.DOTALL), said
    assert not CLICKS.search(said.err) and not said.out, said


def test_a_group_alone_gives_its_help_with_whole_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "fr", "letters"]) in (0, 2)
    said = "".join(capsys.readouterr())
    assert said.count("--help") == 1 and "COMMANDE [ARGUMENTS]" in said and "..." not in said.replace("[ARGUMENTS]...", ""), said


def test_no_option_refuses_a_value_in_words_of_programmers(capsys: pytest.CaptureFixture[str]) -> None:
    import click

    def options(group: click.Group, path: "tuple[str, ...]") -> "list[tuple[tuple[str, ...], click.Option]]":
        found: "list[tuple[tuple[str, ...], click.Option]]" = []
        for name, command in group.commands.items():
            found += [((*path, name), each) for each in command.params if isinstance(each, click.Option)]
            if isinstance(command, click.Group):
                found += options(command, (*path, name))
        return found

    tried = 0
    for path, option in options(build("fr"), ()):
        if isinstance(option.type, (click.Choice, click.IntRange, click.DateTime)):
            tried += 1
            assert run(["--lang", "fr", *path, option.opts[0], "nonsense"]) == 2
            told = capsys.readouterr().err
            assert told.startswith(f"{option.opts[0]} ") and "nonsense" not in told and not CLICKS.search(told), told
    assert tried > 20
    # The control: click's own text.
    with pytest.raises(click.UsageError) as caught:
        build("fr").main(["report", "--lang", "nonsense"], standalone_mode=False)
    assert CLICKS.search(caught.value.format_message())


def test_a_fault_of_the_command_tells_no_value(lite: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from poterne.admin import people

    def broken(*_: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr(people, "census", broken)
    done = lite.run("report")
    assert done.code == 1 and "ValueError, test_console.py" in done.err and "hunter2" not in done.err


@pytest.mark.parametrize(("character_set", "shown"), [("iso8859-15", "d'une personne à une autre"), ("ascii", "d'une personne a une autre"), ("utf-8", "d’une personne à une autre")])
def test_a_terminal_of_another_character_set(lite: Home, character_set: str, shown: str) -> None:
    """The work is done, and the command says so: what the set does not have is written with what it has."""
    file = lite.folder / "uris.txt"
    file.write_text("otpauth://totp/Extranet:d’une personne à une autre 東?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    command = ["import-secrets", "otpauth", str(file), "--yes", "--lang", "fr", "--config", str(lite.config)]
    environment = {**os.environ, "PYTHONIOENCODING": character_set}
    told = subprocess.run([COMMAND, *command, "--each"], capture_output=True, check=False, env=environment)
    assert told.returncode == 0 and shown in told.stdout.decode(character_set), told
    found = json.loads(subprocess.run([COMMAND, *command, "--json"], capture_output=True, check=False, env=environment).stdout.decode(character_set))
    assert found["lines"][0]["account"] == "d’une personne à une autre 東"


def test_a_reader_that_goes_away_is_no_fault(lite: Home) -> None:
    done = subprocess.run(
        f"{COMMAND} report --config {lite.config} | head -n 0", shell=True, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_without_its_packages_it_says_how_to_install_them(tmp_path: pathlib.Path) -> None:
    import poterne

    # The package alone, on a path of its own, without the environment's.
    source = pathlib.Path(poterne.__file__).parent
    (tmp_path / "poterne").symlink_to(source)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "poterne.admin", "doctor"],
        env={"PYTHONPATH": str(tmp_path), "LANG": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "pip install './bindings/python[admin]'" in done.stderr and "'poterne[" not in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    done = subprocess.run([COMMAND, "completion", shell], capture_output=True, text=True, check=True)
    assert "_POTERNE_COMPLETE" in done.stdout
    if shell == "bash":
        typed = subprocess.run(
            ["bash", "-c", f'source /dev/stdin; COMP_WORDS=(poterne repo) COMP_CWORD=1; _poterne_completion poterne; echo "${{COMPREPLY[@]}}"'],
            input=done.stdout,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": f"{COMMAND.parent}:{os.environ['PATH']}"},
        )
        assert typed.stdout.split() == ["report"], typed


def test_files_are_new_or_old_and_never_half(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "keys"
    files.create(path, "old")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        files.create(path, "new")
    assert path.read_text() == "old"
    files.replace(path, "new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o600
    with files.only_one(path), pytest.raises(BlockingIOError), files.only_one(path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]
