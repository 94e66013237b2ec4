"""Judges what the programs of the proofs give: python3 judge.py CHECK PROGRAM ...

The checks are the functions below `main`. Exits with 0 only if the check passed and its control was found.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Set, Tuple

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parents[1] / "src"
TWINS = HERE / "src" / "leaky.rs"


class Failure(Exception):
    """The check failed, and how."""


def expect(condition: object, message: str) -> None:
    if not condition:
        raise Failure(message)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command[:1])} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def known(part: str) -> Set[str]:
    """What does not hold yet, by known.txt."""
    lines = (HERE / "known.txt").read_text().splitlines()
    entries = [re.fullmatch(r"(\w+) (\w+): .+", line) for line in lines if line and not line.startswith("#")]
    expect(all(entries), "known.txt: a line is not PART NAME: REASON")
    return {entry[2] for entry in entries if entry and entry[1] == part}


def settle(part: str, failed: Dict[str, str]) -> str:
    """Nothing else fails than what is known to, and all of that."""
    expected = known(part)
    for name in sorted(failed.keys() - expected):
        raise Failure(f"{part}: {failed[name]}")
    expect(failed.keys() >= expected, f"{part}: {sorted(expected - failed.keys())} holds now: take it out of known.txt")
    return f"; known not to hold: {', '.join(sorted(expected))}" if expected else ""


# ------------------------------------------------------------------------------------------------------- work.txt


def ratchet(prefix: str, measured: Dict[str, int], tolerance: float) -> None:
    """Compares with the committed numbers; only the environment variable BLESS=1 replaces them."""
    path = HERE / "work.txt"
    text = path.read_text()
    for name, value in measured.items():
        key = f"{prefix}.{name}"
        line = re.search(rf"^{re.escape(key)} = (\d+)$", text, re.MULTILINE)
        if os.environ.get("BLESS") == "1":
            new = f"{key} = {value}"
            text = text.replace(line[0], new) if line else f"{text}{new}\n"
            continue
        expect(line, f"work.txt has no {key}: run with BLESS=1 and commit it")
        committed = int(line[1])
        expect(
            value <= committed * (1 + tolerance),
            f"{key} is {value}, was {committed}: if that is right, run with BLESS=1 and commit work.txt",
        )
        if value < committed * (1 - tolerance):
            print(f"{prefix}: {key} is {value}, was {committed}: BLESS=1 keeps the gain")
    path.write_text(text)


# ----------------------------------------------------------------------------------------------------------- work


def work(program: str) -> None:
    """Within a group all calls take the same number of instructions, a tolerance apart; in a control they do not."""
    groups: Dict[str, Dict[str, int]] = defaultdict(dict)
    tolerances: Dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        run("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder}/counts", program)
        for path in Path(folder).iterdir():
            text = path.read_text()
            name = re.search(r"^desc: Trigger: Client Request: (.*)\|(\d+)\|(.*)$", text, re.MULTILINE)
            total = re.search(r"^totals: (\d+)$", text, re.MULTILINE)
            if name and total:
                groups[name[1]][name[3]] = int(total[1])
                tolerances[name[1]] = int(name[2])
    calls, controls = 0, []
    for group, counts in sorted(groups.items()):
        spread, tolerance = max(counts.values()) - min(counts.values()), tolerances[group]
        expect(len(counts) > 1, f"{group} has one case only")
        if group.startswith("control: "):
            expect(spread > tolerance, f"{group}: {counts} was not noticed: the check is blind")
            controls.append(f"{group.removeprefix('control: ')} {spread}")
        else:
            expect(spread <= tolerance, f"{group}: the counts differ by more than {tolerance}: {counts}")
            calls += len(counts)
    expect(calls > 50 and len(controls) > 1, "there is next to nothing to judge")
    ratchet("instructions", {"W": groups["search SHA1 6"]["wrong"]}, 0.02)
    same = sum(tolerance == 0 for tolerance in tolerances.values())
    print(
        f"work: {calls} calls in {len(groups) - len(controls)} groups, equal to the instruction in {same} of them;"
        f" W is {groups['search SHA1 6']['wrong']} instructions (SHA-NI is hidden from callgrind, so without it);"
        f" controls found ({', '.join(controls)})"
    )


# ---------------------------------------------------------------------------------------------------- allocations


def allocations(program: str) -> None:
    measured = {key: int(value) for key, value in re.findall(r"^(\w+) = (\d+)$", run(program), re.MULTILINE)}
    control = measured.pop("control")
    expect(control > 0, "the twin that allocates was not noticed: the check is blind")
    expect(measured.pop("match_otp") == 0, "match_otp allocates")
    expect(len(measured) >= 8, "there is next to nothing to judge")
    expect(max(measured.values()) == 0, f"verify, outcome or a step allocates: {measured}")
    ratchet("allocations", measured, 0)
    print(
        "allocations: match_otp 0, verify, outcome and the steps around them 0"
        f" in {len(measured)} cases; control found ({control})"
    )


# ---------------------------------------------------------------------------------------------------- verdicts.txt


class Place(NamedTuple):
    """A line of the library, and the line of a dependency that it calls, if it was there that it happened."""

    line: str
    callee: str


class Frame(NamedTuple):
    function: str
    path: Path
    number: int


class Verdicts:
    """The places where a branch, an address or a division may depend on what is marked, each with its reason."""

    def __init__(self) -> None:
        self.allowed: Dict[Tuple[str, Place], str] = {}
        self.used: Set[Tuple[str, Place]] = set()
        reason: List[str] = []
        entry: Dict[str, str] = {}
        for line in (HERE / "verdicts.txt").read_text().splitlines() + [""]:
            if line.startswith("#"):
                reason.append(line.removeprefix("# "))
            elif line:
                key, _, value = line.partition(": ")
                expect(key in ("cases", "at", "in") and key not in entry, f"verdicts.txt: {line}")
                entry[key] = value
            elif entry:
                expect(reason, f"verdicts.txt gives no reason for {entry['at']}")
                for case in entry["cases"].split():
                    self.allowed[case, Place(entry["at"], entry.get("in", ""))] = " ".join(reason)
                reason, entry = [], {}
            else:
                reason = []

    def allow(self, case: str, place: Place) -> bool:
        if (case, place) in self.allowed:
            self.used.add((case, place))
            return True
        return False

    def stale(self, cases: Iterable[str]) -> List[Tuple[str, Place]]:
        return sorted(key for key in self.allowed if key[0] in set(cases) and key not in self.used)


def place(stack: List[Frame]) -> Place:
    """Where in the library it happened: the innermost of its lines, and below it what it called.

    The standard library is part of the line that calls it: the same line reaches other functions of it when the compiler
    inlines otherwise. So are instructions that have a file, but no line. Dependencies are named with crate and source line.
    """
    callee, without_line = "", ""
    for frame in stack:
        if frame.path.is_relative_to(LIBRARY):
            if frame.number != 0:
                return Place(f"{frame.path.relative_to(LIBRARY)} | {source(frame)}", callee)
            without_line = without_line or f"{frame.path.relative_to(LIBRARY)} | fn {name(frame.function)}"
        crate = re.search(r"/registry/src/[^/]+/([^/]+)-\d[^/]*/", str(frame.path))
        if crate and not callee:
            callee = f"{crate[1]} | {source(frame)}"
    return Place(without_line or "outside the library", callee)


def source(frame: Frame) -> str:
    lines = frame.path.read_text().splitlines()
    return lines[frame.number - 1].strip() if 0 < frame.number <= len(lines) else ""


def name(function: str) -> str:
    """The last part of a function's path, without generics."""
    return re.sub(r"<.*>|\(.*\)", "", function).rstrip(":").rsplit("::", 1)[-1]


class Faults:
    """Places that are not allowed, each told once."""

    def __init__(self) -> None:
        self.cases: Dict[Place, Set[str]] = defaultdict(set)
        self.stacks: Dict[Place, List[Frame]] = {}

    def add(self, case: str, at: Place, stack: List[Frame]) -> None:
        self.cases[at].add(case)
        self.stacks.setdefault(at, stack)

    def expect_none(self, check: str) -> None:
        told = []
        for at, cases in self.cases.items():
            # As verdicts.txt has it, should there be a reason.
            told += ["", f"cases: {' '.join(sorted(cases))}", f"at: {at.line}"] + [f"in: {at.callee}"] * bool(at.callee)
            calls = [frame for frame in self.stacks[at] if frame.number and not frame.path.is_relative_to("/rustc")]
            told += [f"    {frame.path}:{frame.number} {frame.function}" for frame in calls[:6]]
        expect(not told, f"{check}: {len(self.cases)} places that verdicts.txt does not allow" + "\n".join(told))


# --------------------------------------------------------------------------------------------------- constant_time


def memcheck(program: str, case: str) -> Tuple[int, List[List[Frame]]]:
    """How many calls a case made, and each different error with its stack, innermost first."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        options = ("-q", "--num-callers=60", "--expensive-definedness-checks=yes", "--xml=yes", f"--xml-file={log}")
        out = run("valgrind", *options, program, case)
        errors = []
        for error in ElementTree.parse(log).getroot().iter("error"):
            kind = error.findtext("kind") or ""
            expect(kind in ("UninitCondition", "UninitValue"), f"{case}: memcheck reports {kind}")
            frames = error.find("stack")
            assert frames is not None
            errors.append([frame(element) for element in frames.iter("frame")])
    return int(out.split()[-1]), errors


def frame(element: ElementTree.Element) -> Frame:
    path = Path(element.findtext("dir") or "", element.findtext("file") or "")
    return Frame(element.findtext("fn") or "", path, int(element.findtext("line") or 0))


def constant_time(*programs: str) -> None:
    """No error but at the places of verdicts.txt; each leaky twin is reported."""
    verdicts = Verdicts()
    listed = [line.split() for line in run(programs[0]).splitlines()]
    cases = [case for kind, case in listed if kind == "case"]
    controls = [case for kind, case in listed if kind == "control"]
    calls, faults, places = 0, Faults(), set()
    for program in programs:
        for case in cases:
            made, errors = memcheck(program, case)
            calls += made
            for stack in errors:
                at = place(stack)
                places.add(at)
                if not verdicts.allow(case, at):
                    faults.add(case, at, stack)
    faults.expect_none("constant_time")
    stale = verdicts.stale(cases)
    expect(not stale, f"verdicts.txt allows what does not happen any more: {stale}")
    for control in controls:
        _, errors = memcheck(programs[0], control)
        found = any(f.path == TWINS and control in f.function for stack in errors for f in stack)
        expect(found, f"the leaky twin {control} was not reported: the check is blind")
    expect(len(cases) > 10 and len(controls) == 8, "there is next to nothing to judge")
    backends = subprocess.run(
        ["valgrind", "-q", programs[0], "backends"], capture_output=True, text=True, check=True
    ).stdout
    print(
        f"constant_time: {len(cases)} cases, {calls} calls in {len(programs)} builds, no report but at the {len(places)}"
        f" places of verdicts.txt; {len(controls)} leaky twins found; under valgrind:"
        f" {', '.join(backends.splitlines())}; the second build without any of them, the third for size"
    )


# ------------------------------------------------------------------------------------------------------- division

CRATES = ("poterne", "hmac", "sha1", "sha2", "subtle", "base32ct")


def division(*programs: str) -> None:
    """No division in the library and the crates that see secrets, but at the places of verdicts.txt."""
    verdicts = Verdicts()
    functions: Counter[str] = Counter()
    instructions, found, control = 0, 0, 0
    faults = Faults()
    for program in programs:
        divisions: List[Tuple[str, str]] = []
        function = ""
        for line in run("objdump", "-d", "-C", "--no-show-raw-insn", program).splitlines():
            head = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
            if head:
                function = head[1]
                for crate in CRATES:
                    functions[crate] += bool(re.search(rf"\b{crate}::", function))
                continue
            instruction = re.match(r"^ +([0-9a-f]+):\t(\w+)", line)
            if instruction:
                instructions += 1
                if re.fullmatch(r"i?div[bwlq]?|v?div[sp][sd]", instruction[2]):
                    divisions.append((function, instruction[1]))
        for (function, address), stack in zip(divisions, lines(program, [address for _, address in divisions])):
            if any(f.path == TWINS and "remainder" in f.function for f in stack):
                control += 1
                continue
            of_crates = re.search(rf"\b({'|'.join(CRATES)})::", function)
            at = place(stack)
            if not of_crates and at.line == "outside the library" and not any(
                re.search(rf"/({'|'.join(CRATES)})-\d", str(f.path)) for f in stack
            ):
                continue
            found += 1
            if not verdicts.allow("division", at):
                faults.add("division", at, stack or [Frame(function, Path(program), int(address, 16))])
    faults.expect_none("division")
    expect(control >= len(programs), "the twin that divides was not found: the check is blind")
    expect(functions["poterne"] > 20 and functions["sha1"] and functions["sha2"], f"too little to judge: {functions}")
    stale = verdicts.stale(["division"])
    expect(not stale, f"verdicts.txt allows what does not happen any more: {stale}")
    print(
        f"division: {instructions} instructions, {functions['poterne']} functions of poterne in {len(programs)} builds, none"
        f" divides but for {found} divisions of public times; control found ({control})"
    )


def lines(program: str, addresses: List[str]) -> List[List[Frame]]:
    """The source lines of each address, inlined calls included, innermost first."""
    if not addresses:
        return []
    out = run("addr2line", "-a", "-i", "-f", "-C", "-e", program, *(f"0x{address}" for address in addresses))
    stacks: List[List[Frame]] = []
    function = None
    for line in out.splitlines():
        if line.startswith("0x"):
            stacks.append([])
        elif function is None:
            function = line
        else:
            path, _, number = line.partition(" ")[0].rpartition(":")
            stacks[-1].append(Frame(function, Path(path), int(number) if number.isdigit() else 0))
            function = None
    expect(len(stacks) == len(addresses), "addr2line lost an address")
    return stacks


# ------------------------------------------------------------------------------------------------------- no_panic


def no_panic(bitcode: str, linker: str) -> None:
    """The guards are gone from every call but the control.

    The compiler decides once which functions can unwind, before it has dropped the last checks that cannot fail. So the linker
    decides again, from the callees to the callers, with the same pass.
    """
    passes = "cgscc(function(simplifycfg),function-attrs),function(simplifycfg)"
    with tempfile.TemporaryDirectory() as folder:
        run(linker, "-flavor", "gnu", "-r", f"--lto-newpm-passes={passes}", bitcode, "-o", f"{folder}/object")
        symbols = run("nm", f"{folder}/object")
    calls = set(re.findall(r" T poterne_proof_(\w+)$", symbols, re.MULTILINE))
    guarded = set(re.findall(r"^ERROR\[no-panic\]: detected panic in function `(\w+)`", symbols, re.MULTILINE))
    expect("control" in calls & guarded, "the call that panics was not noticed: the check is blind")
    calls.remove("control")
    expect(len(calls) >= 20 and guarded <= calls | {"control"}, f"unexpected symbols: {calls} and {guarded}")
    failed = {call: f"{call} can panic" for call in calls & guarded}
    note = settle("no_panic", failed)
    print(f"no_panic: {len(calls) - len(failed)} of {len(calls)} calls proved, {', '.join(sorted(calls - guarded))}; control found{note}")


# --------------------------------------------------------------------------------------------------------- memory


def memory(*programs: str) -> None:
    """Nothing is left in the memory of a process that has finished with its secrets; in the controls there is."""
    failed: Dict[str, str] = {}
    processes, windows, size, controls = 0, 0, 0, {"kept": 0, "hmac": 0}
    for program in programs:
        out = run(program)
        for role, algorithm, found in re.findall(r"^(\w+) (SHA\d+) (\d+)$", out, re.MULTILINE):
            processes += 1
            if role in controls:
                expect(int(found) > 0, f"{role}: nothing was found: the search is blind")
                controls[role] = max(controls[role], int(found))
            elif int(found):
                traces = re.findall(rf"^trace {role} {algorithm}: (.*)$", out, re.MULTILINE)
                failed[role] = f"{program}: {role} with {algorithm} leaves {found} windows:\n" + "\n".join(traces)
        counts = dict(re.findall(r"^(windows|bytes) (\d+)$", out, re.MULTILINE))
        windows, size = int(counts["windows"]), size + int(counts["bytes"])
    expect(processes == 51 * len(programs) and windows > 500 and size > 1 << 20, "there is next to nothing to search")
    note = settle("memory", failed)
    print(
        f"memory: {processes} processes in {len(programs)} builds, {size >> 20} MiB searched for {windows} windows of secrets;"
        f" controls found (a kept copy {controls['kept']}, HMAC without a wipe {controls['hmac']}){note}"
    )


# ---------------------------------------------------------------------------------------------------------- locks


def locks(*paths: str) -> None:
    """The proofs are about the versions that the library is tested with."""

    def versions(path: Path) -> Dict[str, Set[str]]:
        found: Dict[str, Set[str]] = defaultdict(set)
        for package, version in re.findall(r'^name = "(.*)"\nversion = "(.*)"$', path.read_text(), re.MULTILINE):
            found[package].add(version)
        return found

    library = versions(HERE.parents[1] / "Cargo.lock")
    for path in paths:
        for package, own in versions(HERE / path).items():
            expect(
                package not in library or own <= library[package],
                f"{path} has {package} {sorted(own)}, the library's Cargo.lock {sorted(library[package])}: cargo update -p",
            )


def main() -> int:
    checks = {
        check.__name__: check for check in (work, allocations, constant_time, division, no_panic, memory, locks)
    }
    try:
        checks[sys.argv[1]](*sys.argv[2:])
    except Failure as failure:
        print(f"tests/proofs: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
