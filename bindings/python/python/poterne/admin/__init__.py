"""The command `poterne`, for administrators and the help desk: `pip install './bindings/python[admin]'` in a clone.

Nothing here is an interface for programs: an application calls `poterne` and `poterne.sql`. The command's own interface is its
arguments, its exit codes and the output of `--json`.
"""
