"""What the form of a job is: the long work that it starts, its fields, and the file that comes with it.

A form of a job is declared, as the form of a command is. What can be rehearsed is rehearsed first; the page of the job
then shows what would come of it, and starts it for good (`jobs`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from adapters.areas import exported
from adapters.bootstrap.jobs import Kind, kinds
from adapters.pages.forms import Field

if TYPE_CHECKING:
    from adapters.pages.visit import Visit

FILE = "file"


def _nothing(visit: Visit) -> Mapping[str, str]:
    return {}


def _to_jobs(visit: Visit) -> str:
    return "/jobs"


class JobForm(NamedTuple):
    """A form at an address that starts a job of a kind; its fields have the words of the job.

    `file` labels the file of a kind that takes one; `written` is the field whose text is that file, if it is typed
    instead. `result` is a template of what came of it, which has `job`; without one its values are shown as they are.
    `after` leads on from a job that is done. `adds` makes words of the job from what was typed. `page` is the page of
    such a job, if the area has one of its own.
    """

    path: str
    job: type
    title: str
    button: str
    fields: tuple[Field, ...] = ()
    back: Callable[[Visit], str] = _to_jobs
    begins: Callable[[Visit], Mapping[str, Any]] = _nothing
    fixed: Mapping[str, Any] = {}
    about: Callable[[Visit], str] | str = ""
    file: str = ""
    file_hint: str = ""
    result: str = ""
    after: str = ""
    adds: Callable[[Visit, dict[str, Any]], dict[str, Any]] | None = None
    written: Field | None = None
    page: str = "/jobs/{job}"

    @property
    def struct(self) -> type:
        """What its fields are words of."""
        return self.job

    @property
    def kind(self) -> Kind:
        """Whether it takes a file, and whether it can be rehearsed."""
        return kinds()[self.job]


@cache
def job_forms() -> tuple[JobForm, ...]:
    """The forms of jobs of all areas."""
    return tuple(each for table in exported("adapters.pages", "JOB_FORMS") for each in table)
