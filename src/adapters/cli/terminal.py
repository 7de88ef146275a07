"""The terminal, or the program that reads the output."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn
from unicodedata import category

READER_GONE = 128 + signal.SIGPIPE


def printable(text: str) -> str:
    """The text without control characters: names and references come from outside."""
    return "".join(
        letter if letter == "\n" or category(letter)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def leave_broken_pipe() -> NoReturn:
    """The reader of the output has closed it: end silently, and let the interpreter flush into nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(READER_GONE)
