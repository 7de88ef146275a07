"""Jobs: long work that is asked for over HTTP and done by a worker.

Each area declares its kinds of job in `adapters.jobs.AREA` as `JOBS`: a struct with the fields of what is asked for,
and the function that does it. The command line does the same work by the same function. All of it can be cut off at
any moment and done again: what was done before is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from adapters.areas import exported
from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import operations
from commands.platform.bus import Answer, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress
from projections.platform.projection import Cursor

# Opens a step by its name, its unit and how many there are, if that is known; gives the progress of it.
Watch = Callable[[str, str, int | None], AbstractContextManager[Progress]]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Long work that is asked for. Its fields are values of the core, as those of a command are."""


class Work(NamedTuple):
    """One doing of a job: in whose name and for which business date, and to whom its steps are shown.

    `file` is what was sent with it, `begun_at` when it was first begun: earlier than `origin.recorded_at` if it was
    cut off, and then it is done `again`. With `is_dry_run` nothing is written.
    """

    app: Application
    origin: Origin
    watch: Watch
    begun_at: datetime
    file: Path | None = None
    is_dry_run: bool = False
    again: bool = False

    def give(self, command: Command) -> Answer:
        """Give a command under an id of its own; in a dry run only say what it would do."""
        give = self.app.bus.rehearse if self.is_dry_run else self.app.execute
        return give(command, self.origin._replace(command_id=new_id()))

    def pages(self, read_after: Callable[[Cursor, str], list[str]]) -> Iterator[list[str]]:
        """Numbers in their order, a page at a time: each is read after what the one before asked for is done."""
        after = ""
        while page := self._page(read_after, after):
            yield page
            after = page[-1]

    def _page(self, read_after: Callable[[Cursor, str], list[str]], after: str) -> list[str]:
        with self.app.queries.cursor() as cursor:
            return read_after(cursor, after)


class Kind(NamedTuple):
    """`do` does a job and returns what came of it. `takes` is the media type of the file that comes with it.

    `rehearses` if it can say what would come of it.
    """

    do: Callable[[Any, Work], Any]
    takes: str = ""
    rehearses: bool = False


Jobs = Mapping[type[Job], Kind]


@cache
def kinds() -> Jobs:
    """The kinds of job of all areas, by the struct of their fields."""
    found: dict[type[Job], Kind] = {}
    for of_area in exported("adapters.jobs", "JOBS"):
        found |= of_area
    return found


@cache
def kinds_by_name() -> Mapping[str, type[Job]]:
    """The same by name: `RunBilling` is `run-billing`."""
    return {operations()[struct].name: struct for struct in kinds()}
