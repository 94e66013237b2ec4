"""What a library for Windows says of itself: it needs only what every Windows 10 has, tells no time of the build, may lie anywhere in
memory, runs no data as code, and has the version of poterne.

    python3 bindings/packages/pe.py [--exports LIST] FILE ...
    python3 bindings/packages/pe.py --exports LIST --control FILE    the library of the tests in which everything is wrong

--exports: exactly the functions of a list, such as bindings/c/symbols.txt.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Of Windows 10 and Server 2016 themselves. No runtime of a compiler is among them: msvcrt.dll is the system's own.
SYSTEM = {"api-ms-win-core-synch-l1-2-0.dll", "bcryptprimitives.dll", "kernel32.dll", "msvcrt.dll", "ntdll.dll", "userenv.dll", "ws2_32.dll"}
PROTECTIONS = {"DYNAMIC_BASE", "NX_COMPAT"}


def faults(path, version, exports):
    """Pairs of a kind and a line."""
    told = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", path], check=True, capture_output=True, text=True).stdout
    needed = {name.lower() for name in re.findall(r"DLL Name: (\S+)", told)}
    if not needed:
        sys.exit(f"pe: {path} needs no library: is this the right file?")
    if strangers := sorted(needed - SYSTEM):
        yield "needs", f"needs {', '.join(strangers)}"
    if exports is not None:
        _, _, names = told.partition("[Ordinal/Name Pointer] Table")
        found = set(re.findall(r"^\s+(?:\[ *\d+\]|\+base\[ *\d+\]).*?([A-Za-z_]\w*)$", names.partition("\n\n")[0], re.M))
        if found != exports:
            yield "exports", f"exports are not those of the list: {', '.join(sorted(found ^ exports))}"
    wanted = PROTECTIONS | ({"HIGH_ENTROPY_VA"} if "pei-x86-64" in told else set())
    if missing := wanted - set(re.findall(r"^\s+([A-Z_]{4,})$", told, re.M)):
        yield "protections", f"lacks {', '.join(sorted(missing))}"
    times = re.findall(r"^Time/Date(?: stamp)?\s+(.*)$", told, re.M)
    if not times or any(not re.search(r"\b1970$|^0+$", time) for time in times):
        yield "time", f"tells when it was built: {'; '.join(times)}"
    # As pairs of texts in UTF-16.
    data = pathlib.Path(path).read_bytes()
    resource = data.decode("utf-16-le", "replace") + data[1:].decode("utf-16-le", "replace")
    for name in ("FileVersion", "ProductVersion"):
        said = re.search(rf"{name}\0+([^\0]+)\0", resource)
        if said is None or said[1] != version:
            yield "version", f"{name} is {said and said[1]}, not {version}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--exports", type=pathlib.Path)
    parser.add_argument("--control", action="store_true")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    exports = set(options.exports.read_text().split()) if options.exports else None
    for path in options.files:
        found = list(faults(path, version, exports))
        name = pathlib.Path(path).name
        if options.control:
            if missed := {"needs", "exports", "protections", "time", "version"} - {kind for kind, _ in found}:
                sys.exit(f"pe: the control was not found, the check is blind: {', '.join(sorted(missed))}")
            print(f"pe: {len(found)} faults of the control found")
        elif found:
            sys.exit(f"pe: {name} " + f"\npe: {name} ".join(line for _, line in found))
        else:
            print(f"pe: {name}: Windows 10 has all that it needs, version {version}")


main()
