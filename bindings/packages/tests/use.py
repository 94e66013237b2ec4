"""Types the lines of the package's README and manual, in a folder that has nothing else, with the package that is installed."""

import builtins
import pathlib
import re
import time

import poterne

PAGES = [pathlib.Path(__file__).resolve().parents[2] / "python" / name for name in ("README.md", "MANUAL.md")]
blocks = [block for page in PAGES for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]
space = {"__name__": "readme"}
clock = [time.time()]


def typed(_):
    """The code of now, then the next one, which a phone may be ahead by."""
    secret = poterne.OtpauthUri.parse(space["uri"].as_str()).secret
    clock.append(clock[-1] + 30)
    return poterne.totp(secret, clock[-2])


builtins.input = typed
for block in blocks:
    exec(compile(block, "readme", "exec"), space)
# They log one user in; the same code again is refused.
if space["session"] != {"user": "a.martin"}:
    raise SystemExit("nobody was logged in")
try:
    space["verifier"].login("a.martin", poterne.totp(poterne.OtpauthUri.parse(space["uri"].as_str()).secret, clock[-2]), store=space["store"])
except poterne.Refused as refused:
    print(f"python: {len(blocks)} examples of the README and the manual with {poterne.__file__}; the same code again: {refused.code}")
else:
    raise SystemExit("a code was accepted twice")
