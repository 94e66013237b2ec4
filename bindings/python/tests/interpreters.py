"""Two Python interpreters in one process, as mod_wsgi and uWSGI make them: the first that imports the package has it, every
other one gets an ImportError that names the setting.

The classes of the native half live once in a process. In a second interpreter they would be those of the first:
`except poterne.Refused` would catch nothing there, and let a refused login pass for one that failed.
"""

from __future__ import annotations

import os
import sys
import textwrap
from typing import Any, Tuple

# A login that is accepted, a replay that is caught as what it is, and enumerations that are those of this interpreter.
LOGIN = textwrap.dedent(
    f"""
    import sys
    sys.path[:0] = {[os.path.dirname(os.path.abspath(__file__))] + sys.path!r}
    import agent, poterne
    one = agent.verifier()
    store = agent.Table({{agent.ACCOUNT: agent.record(one)}})
    if one.login(agent.ACCOUNT, agent.code(), store=store, now=agent.NOW).method is not poterne.Method.OTP:
        raise SystemExit("the method is another enumeration's")
    try:
        one.login(agent.ACCOUNT, agent.code(), store=store, now=agent.NOW)
        raise SystemExit("a replay was accepted")
    except poterne.Refused as refused:
        if refused.refusal is not poterne.Refusal.REPLAYED:
            raise SystemExit("the refusal is another enumeration's")
    try:
        poterne.Policy(max_failures=101)
        raise SystemExit("no error")
    except poterne.Error:
        pass
    """
)

# The import is refused, before anything of the first interpreter's is touched, and so is the next try.
REFUSAL = textwrap.dedent(
    f"""
    import sys
    sys.path[:0] = {sys.path!r}
    for _ in range(2):
        try:
            import poterne
        except ImportError as error:
            for word in ("interpreter", "WSGIApplicationGroup %{{GLOBAL}}", "single-interpreter = true"):
                if word not in str(error):
                    raise SystemExit(f"the text does not say {{word}}: {{error}}")
            if "poterne" in sys.modules:
                raise SystemExit("half of the package is there")
        else:
            raise SystemExit("the second interpreter has imported the package")
    """
)


def subinterpreters() -> Tuple[Any, Any]:
    """What makes an interpreter as `Py_NewInterpreter` does, which mod_wsgi and uWSGI call; and one that has a lock of its own,
    from 3.12 on.
    """
    try:
        import _interpreters as module  # 3.13
    except ImportError:
        import _xxsubinterpreters as module
    if sys.version_info >= (3, 13):
        return module, lambda is_isolated: module.create("isolated" if is_isolated else "legacy")
    return module, lambda is_isolated: module.create(isolated=is_isolated)


module, create = subinterpreters()


def run(interpreter: Any, script: str) -> None:
    """Runs a script in an interpreter, and raises what it raised."""
    if sys.version_info >= (3, 13):
        failed = module.exec(interpreter, script)
        if failed is not None:
            raise SystemExit(f"{sys.version}: {failed.formatted}")
    else:
        module.run_string(interpreter, script)


case = sys.argv[1]
if case == "main first":
    exec(LOGIN, {})
    second = create(False)
    run(second, REFUSAL)
    module.destroy(second)
    run(create(False), REFUSAL)
    exec(LOGIN, {})
elif case == "second first":
    # Whoever imports it first has it: with one application in the process nothing needs to be set.
    first = create(False)
    run(first, LOGIN)
    exec(REFUSAL, {})
    run(create(False), REFUSAL)
    run(first, LOGIN)
elif case == "ended":
    # What is left of an interpreter that has ended is not used again.
    first = create(False)
    run(first, LOGIN)
    module.destroy(first)
    run(create(False), REFUSAL)
    exec(REFUSAL, {})
elif case == "removed":
    # The same interpreter, after the package was thrown out: the exceptions would be declared a second time.
    exec(LOGIN, {})
    for name in [name for name in sys.modules if name.split(".")[0] == "poterne"]:
        del sys.modules[name]
    exec(REFUSAL, {})
elif case == "own lock" and sys.version_info >= (3, 12):
    # From 3.12 on the interpreter itself keeps such modules out.
    try:
        run(create(True), "import sys; sys.path[:] = " + repr(sys.path) + "; import poterne")
    except BaseException as error:
        if "does not support loading in subinterpreters" not in str(error):
            raise
    else:
        raise SystemExit("an interpreter with a lock of its own has imported the package")
    exec(LOGIN, {})
else:
    raise SystemExit(f"there is no case {case} on this Python")
