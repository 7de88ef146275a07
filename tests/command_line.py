"""The command line within this process: its commands are made once, for that takes longer than most of them run."""

from __future__ import annotations

from functools import cache

from typer import testing
from typer.main import get_command
from typer.testing import CliRunner

__all__ = ["CliRunner"]

testing._get_command = cache(get_command)  # type: ignore[attr-defined]
