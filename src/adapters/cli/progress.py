"""Progress of a long job: a bar with rate and remaining time on standard error, and one line at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.cli.show import console, say
from adapters.texts.amounts import counted
from commands.platform.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


@contextmanager
def progress(what: str, unit: str, total: int | None = None, closing_line: bool = True) -> Iterator[Progress]:
    """Count finished units; the bar appears only at a terminal, the closing line if it is wanted."""
    started_at = time.monotonic()
    done = 0
    with _bar(unit) as bar:
        task = bar.add_task(what, total=total or None)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            bar.update(task, advance=count)

        yield advance
    seconds = time.monotonic() - started_at
    if done and closing_line:
        say(
            f"{what}: {counted(done, unit.removesuffix('s'))} in {seconds:,.1f} s ({done / max(seconds, 0.001):,.0f}/s)"
        )


def _bar(unit: str) -> Bar:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.0f} {unit}/s")

    output = console(stderr=True)
    return Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(),
        console=output, transient=True, disable=not output.is_terminal,
    )  # fmt: skip
