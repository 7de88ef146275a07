"""The command line: everything the program does, at a terminal or from a script.

`program` has the tree of commands, one module each area's commands. Results go to standard output, progress and
messages to standard error; `failures` turns errors into one clear line and an exit code. Heavy parts are imported by
the commands that need them, so that help appears at once.
"""

from adapters.cli.program import main

__all__ = ["main"]
