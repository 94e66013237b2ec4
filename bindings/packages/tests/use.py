"""Types the lines of the package's README, in a folder that has nothing else, with the package that is installed."""

import builtins
import pathlib
import re
import time

import poterne

README = pathlib.Path(__file__).resolve().parents[2] / "python" / "README.md"
blocks = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
space = {"__name__": "readme"}
clock = [time.time()]


def typed(_):
    """The code of now, then the next one, which a phone may be ahead by."""
    secret = poterne.OtpauthUri.parse(space["uri"].as_str()).secret
    clock.append(clock[-1] + 30)
    return poterne.totp(secret, clock[-2])


builtins.input = typed
for block in blocks:
    exec(compile(block, str(README), "exec"), space)
# The README logs one user in; the same code again is refused.
if space["session"] != {"user": "a.martin"}:
    raise SystemExit("nobody was logged in")
try:
    space["verifier"].login("a.martin", poterne.totp(poterne.OtpauthUri.parse(space["uri"].as_str()).secret, clock[-2]), store=space["store"])
except poterne.Refused as refused:
    print(f"python: {len(blocks)} examples of the README with {poterne.__file__}; the same code again: {refused.code}")
else:
    raise SystemExit("a code was accepted twice")
