"""Judges what was run: python3 judge.py NAME LINES BRANCHES SOURCES ... EXPORT

LINES and BRANCHES are the bars in percent, SOURCES the folders that are judged. EXPORT.N.lcov and EXPORT.N.json are what llvm-cov
says of the Nth program; a line or a branch counts as run if it was in any of them. Modules of tests do not count.
`judge.py control EXPORT` judges control.rs.

Exits with 0 only if both figures reach the bar, and what is not run is in exceptions.txt, and all of that.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Set, Tuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

Line = Tuple[Path, int]


class Failure(Exception):
    """The measurement is below the bar, or cannot be trusted."""


class Branch(NamedTuple):
    path: Path
    span: Tuple[int, int, int, int]
    way: bool

    def __str__(self) -> str:
        way = "true" if self.way else "false"
        return f"{self.path.relative_to(ROOT)}:{self.span[0]}:{self.span[1]} is never {way}: {source(self.path, self.span[0])}"


def expect(condition: object, message: str) -> None:
    if not condition:
        raise Failure(message)


def source(path: Path, line: int) -> str:
    return path.read_text().splitlines()[line - 1].strip()


def lines_run(export: str) -> Dict[Line, int]:
    """How often each line was run that has something to run."""
    lines: Dict[Line, int] = defaultdict(int)
    path = Path()
    for file in exports(export, "lcov"):
        for record in file.read_text().splitlines():
            key, _, value = record.partition(":")
            if key == "SF":
                path = Path(value)
            elif key == "DA":
                line, count = value.split(",")
                lines[path, int(line)] += int(count)
    return lines


def branches_run(export: str) -> Dict[Branch, int]:
    """How often each condition went each way, over all copies of its function that the compiler has made."""
    branches: Dict[Branch, int] = defaultdict(int)
    for exported in exports(export, "json"):
        for function in json.loads(exported.read_text())["data"][0]["functions"]:
            for *span, true, false, file, _, _ in function["branches"]:
                path = Path(function["filenames"][file])
                branches[Branch(path, tuple(span), True)] += true
                branches[Branch(path, tuple(span), False)] += false
    return branches


def exports(export: str, suffix: str) -> List[Path]:
    found = sorted(Path(export).parent.glob(f"{Path(export).name}.*.{suffix}"))
    expect(found, f"there is no {export}.*.{suffix}")
    return found


def judged(folders: List[Path]) -> Dict[Path, Set[int]]:
    """The files of the folders, and in each the lines that belong to no test."""
    files = {path: path.read_text().splitlines() for folder in folders for path in sorted(folder.rglob("*.rs"))}
    kept = {path: set(range(1, len(lines) + 1)) for path, lines in files.items()}
    for path, lines in files.items():
        for number, line in enumerate(lines, 1):
            if not re.match(r"#\[cfg\((test|all\(test\b.*)\)\]$", line):
                continue
            # Attributes may stand between the condition and its module.
            module = next(n for n in range(number + 1, len(lines) + 1) if not lines[n - 1].startswith("#"))
            name = re.match(r"mod (\w+)( \{|;)$", lines[module - 1])
            expect(name, f"{path}:{number}: a test that is no module: {lines[module - 1]}")
            if any(lines[n - 1].startswith("#[path = ") for n in range(number, module)):
                # It stands in another folder, which nobody measures.
                continue
            if name[2] == ";":
                inner = path.parent if path.stem == "lib" else path.with_suffix("")
                kept.pop(inner / f"{name[1]}.rs")
            else:
                end = next(n for n in range(module + 1, len(lines) + 1) if lines[n - 1] == "}")
                kept[path] -= set(range(number, end + 1))
    return kept


def exceptions(folders: List[Path]) -> Tuple[Counter[Tuple[Path, str]], Counter[Tuple[Path, str]]]:
    """The lines that no test runs, each with its reason, and those of them that are run by chance."""
    listed: Counter[Tuple[Path, str]] = Counter()
    by_chance: Counter[Tuple[Path, str]] = Counter()
    has_reason = False
    for line in (HERE / "exceptions.txt").read_text().splitlines():
        if not line or line.startswith("# "):
            has_reason = line != ""
            continue
        entry = re.fullmatch(r"(\S+) ([|?]) (.+)", line)
        expect(entry and has_reason, f"exceptions.txt: not a file and a line under a reason: {line}")
        path = ROOT / entry[1]
        expect(path.is_file(), f"exceptions.txt: there is no {path}")
        if any(path.is_relative_to(folder) for folder in folders):
            listed[path, entry[3]] += 1
            by_chance[path, entry[3]] += entry[2] == "?"
    return listed, by_chance


def percent(missed: Iterable[object], of: Iterable[object]) -> float:
    total = len(list(of))
    return 100 * (total - len(list(missed))) / total


def judge(name: str, line_bar: float, branch_bar: float, folders: List[Path], export: str) -> None:
    kept = judged(folders)
    lines = {at: count for at, count in lines_run(export).items() if at[1] in kept.get(at[0], ())}
    branches = {at: count for at, count in branches_run(export).items() if at.span[0] in kept.get(at.path, ())}
    # A file that is missing would be a file without a gap.
    measured = {path for path, _ in lines}
    with_code = {path for path, numbers in kept.items() if any(is_code(source(path, n)) for n in numbers)}
    expect(with_code <= measured, f"{name}: not measured: {sorted(map(str, with_code - measured))}")
    expect(len(lines) > 500 and len(branches) > 50, f"{name}: next to nothing was measured")

    missed = sorted(at for at, count in lines.items() if count == 0)
    one_way = sorted(at for at, count in branches.items() if count == 0)
    for branch in one_way:
        print(f"{name}: {branch}")
    listed, by_chance = exceptions(folders)
    gaps = Counter((path, source(path, number)) for path, number in missed)
    unlisted = [f"{path.relative_to(ROOT)}:{n}: {source(path, n)}" for path, n in missed if (path, source(path, n)) not in listed]
    line_share = percent([at for at in missed if (at[0], source(*at)) not in listed], lines)
    branch_share = percent(one_way, branches)
    print(
        f"{name}: lines {line_share:.2f} % ({len(lines)}, {sum(listed.values())} exceptions),"
        f" branches {branch_share:.2f} % ({len(branches)}, {len(one_way)} not taken)"
    )
    expect(line_share >= line_bar, f"{name}: lines that no test runs:\n" + "\n".join(unlisted))
    expect(branch_share >= branch_bar, f"{name}: the branches are below {branch_bar} %")
    stale = listed - by_chance - gaps
    expect(not stale, f"{name}: is run after all, take it out of exceptions.txt: {[text for _, text in stale]}")
    more = [text for path, text in listed if gaps[path, text] > listed[path, text]]
    expect(not more, f"{name}: more of these lines than exceptions.txt has: {more}")


def is_code(line: str) -> bool:
    return bool(re.match(r"(pub(\(\w+\))? )?(const )?(unsafe )?(extern \"C\" )?fn \w", line))


def control(export: str) -> None:
    """What is never run in control.rs is found, and nothing else."""
    path = HERE / "control.rs"
    planted = {n for n, line in enumerate(path.read_text().splitlines(), 1) if "PLANTED" in line and "//!" not in line}
    found = {number for (_, number), count in lines_run(export).items() if count == 0}
    one_way = [branch for branch, count in branches_run(export).items() if count == 0]
    expect(len(planted) >= 7 and found == planted, f"control: {sorted(planted)} are never run, {sorted(found)} were found")
    expect(len(one_way) == 1 and one_way[0].way, f"control: the branch was not found: {one_way}")
    print(f"control: {len(planted)} lines and a branch that are never run, all found")


def main(arguments: List[str]) -> int:
    try:
        if arguments[0] == "control":
            control(arguments[1])
        else:
            name, line_bar, branch_bar, *folders, export = arguments
            judge(name, float(line_bar), float(branch_bar), [ROOT / folder for folder in folders], export)
    except Failure as failure:
        print(f"tests/coverage: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
