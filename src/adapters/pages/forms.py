"""What a form is: the command that it gives, its fields, and what it says.

A form is declared, not programmed. Its page, what is wrong with a field, the effect before it is done, the repetition
of a form that was sent twice, and what somebody else has changed meanwhile are the same for all (`form_pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol
from urllib.parse import quote

from adapters.areas import exported

if TYPE_CHECKING:
    from adapters.door.door import Done
    from adapters.pages.visit import Visit
    from commands.platform.bus import Seen

Kind = Literal[
    "text",
    "lines",
    "list",
    "days",
    "amounts",
    "day",
    "amount",
    "whole",
    "choice",
    "choices",
    "check",
    "secret",
    "email",
    "tel",
    "hidden",
    "file",
    "files",
    "pairs",
    "from",
    "yaml",
    "rows",
]


class Choice(NamedTuple):
    """One of the values of a field, as it is shown."""

    value: str
    label: str


Fixed = Mapping[str, Any] | Callable[["Visit"], Mapping[str, Any]]
Choices = Sequence[Choice] | Callable[["Visit"], Sequence[Choice]]


class Field(NamedTuple):
    """A field for a word of the command; its words are those of the API; `name` is dotted for a word deeper
    down: `address.city`.

    An empty field leaves its word out, or with `clears` sends it empty, which clears what is known. `list`, `days` and
    `amounts` have one on each line, `choices` several of them, `pairs` a `name = value` on each line. `from` asks from
    when a change holds: today, the next period, or another day, which are the words `on` and `from_next_period`.
    `rows` are several things of one kind, each a row with `columns`; a row whose first column is empty is left out.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    choices: Choices = ()
    is_required: bool = False
    clears: bool = False
    width: int = 12
    complete: str = "off"
    columns: tuple[Field, ...] = ()


class FilledIn(Protocol):
    """What has fields that are filled in: the form of a command or of a job."""

    @property
    def path(self) -> str: ...

    @property
    def fields(self) -> tuple[Field, ...]: ...

    @property
    def fixed(self) -> Fixed: ...

    @property
    def struct(self) -> type: ...


class Amounted(NamedTuple):
    """A line of an effect: what, how it is worked out, and the amount as it is shown."""

    what: str
    how: str
    amount: str
    is_sum: bool = False


class Effect(NamedTuple):
    """What a form would do, before it is done: a headline, amounts, and a hint."""

    headline: str
    lines: Sequence[Amounted] = ()
    hint: str = ""
    button: str = ""


class Once(NamedTuple):
    """A secret that is shown this once: what it is, and how it is used."""

    headline: str
    secret: str
    hint: str


class Try(NamedTuple):
    """A form of a job to which what was typed goes first: the words of the button, its address, and the job."""

    label: str
    path: str
    job: type


Fields = Mapping[str, Any]


def _nothing(visit: Visit) -> Mapping[str, str]:
    return {}


class Form(NamedTuple):
    """A form at an address, whose words in braces are words of the command.

    `begins` gives the values at first, `then` the address that is shown after it, `done` what is said there, and
    `undo` the address of the form that takes it back. `effect` is shown before it is done, and has to be confirmed.
    `seen` is the object in the version that was read: if somebody has changed it meanwhile, both values are shown.
    `asks` gives further fields, if they depend on what the form is about. With `checks`, the warnings that the command
    would answer are shown while it is filled in. With `asks_number`, the value of that word of the path has to be
    typed, because it cannot be undone.
    `fails` says what is wrong with which field, if the command was carried out all the same, as a wrong code.
    `tries` is the form of a job at which what was typed can be tried first, for who may start that job. `adds` makes
    words of the command from what was typed, as the hash of a secret that nobody types; `once` is shown before the next
    page.
    """

    path: str
    command: type
    title: str
    button: str
    fields: tuple[Field, ...]
    then: Callable[[Visit, Done], str]
    back: Callable[[Visit], str]
    done: Callable[[Visit, Done], str]
    begins: Callable[[Visit], Mapping[str, Any]] = _nothing
    fixed: Fixed = _nothing
    effect: Callable[[Visit, Fields], Effect] | None = None
    seen: Callable[[Visit], Seen] | None = None
    undo: Callable[[Visit, Done], str] | None = None
    asks_number: str = ""
    asks: Callable[[Visit], tuple[Field, ...]] | None = None
    checks: bool = False
    about: Callable[[Visit], str] | str = ""
    adds: Callable[[Visit, dict[str, Any]], dict[str, Any]] | None = None
    once: Callable[[Visit, Done], Once] | None = None
    tries: Try | None = None
    fails: Callable[[Visit, Done], Mapping[str, str]] | None = None

    @property
    def struct(self) -> type:
        """What its fields are words of."""
        return self.command


def to(path: str) -> Callable[..., str]:
    """An address after a form; its words in braces are those of the form's own."""

    def address(visit: Visit, done: Done | None = None) -> str:
        return path.format(**{name: quote(value, safe="") for name, value in visit.path.items()})

    return address


def says(text: str) -> Callable[[Visit, Done], str]:
    """What is said after a form, in the reader's language."""
    return lambda visit, done: visit.translated(text)


@cache
def forms() -> tuple[Form, ...]:
    """The forms of all areas."""
    return tuple(each for table in exported("adapters.pages", "FORMS") for each in table)
