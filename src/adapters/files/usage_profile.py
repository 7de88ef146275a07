"""Usage profiles: how the records of a source become rows of usage, whatever form the source writes.

A profile is a YAML file. It says in which form the records come, which of them count, and how each field of a row is
made of the columns:

    name: north-exchange
    about: Calls of the exchange in the north
    form: csv                                 # csv, fixed, json, json-lines or xml
    separator: ";"                            # "," if left out
    encoding: cp1250                          # utf-8 if left out
    header: false                             # true if left out: a line names the columns
    columns: [id, caller, called, day, time, length, state, trunk]
    take:                                     # other records are passed over, and counted
      state: [ANSWERED, FORWARDED]            # column: what it is, or {none_of: [..]}, {filled: true}, {matches: ".."}
    fields:                                   # field: column, "text of {columns}", {value: fixed}, or more
      key: id
      kind: {value: call}
      subscriber: {column: caller, number: {country: CZ}}
      number: {column: called, number: {country: CZ}}
      started_at: {text: "{day} {time}", form: "%d.%m.%Y %H:%M:%S", zone: Europe/Prague}
      seconds: {column: length, form: "hh:mm:ss"}
      direction: {value: out}
      component:
        rules: [{when: {trunk: intl}, value: calls-abroad}]     # the first that fits
        value: calls                                            # if none fits
      network: {column: trunk, pattern: "^([^-]+)-"}            # the part that counts

A column of a fixed form is named with its first and last character: `places: {caller: 1-15, called: 16-30}`. A column
of JSON or XML is named by the way to it: `variables.start_uepoch`. Every profile may also use `#line`, the number of
the record in its file, and `#batch`, the name of the batch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator

from adapters.edge.values import Kept
from adapters.files.csv_profile import Encoding
from adapters.files.usage_fields import (
    AmountField,
    Conditions,
    DurationField,
    Pattern,
    TextField,
    TimeField,
    as_source,
)
from adapters.files.yaml_documents import FilePart
from billing_core.kernel.repetitions import first_repeated

LINE, BATCH = "#line", "#batch"
PLACES = re.compile(r"([1-9][0-9]{0,5})-([1-9][0-9]{0,5})")


def _require_separator(separator: str) -> None:
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n':
        raise ValueError("must be one character of ASCII, and none of quotes and ends of lines")


def _require_quote(quote: str) -> None:
    if len(quote) > 1 or not quote.isascii() or quote in ("\r", "\n"):
        raise ValueError('must be one character of ASCII; write "" if nothing is quoted')


def _require_places(places: str) -> None:
    found = PLACES.fullmatch(places)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError("must be the first and the last character, counted from 1, as in 16-30")


TextMade = Annotated[TextField, BeforeValidator(as_source)]
TimeMade = Annotated[TimeField, BeforeValidator(as_source)]
DurationMade = Annotated[DurationField, BeforeValidator(as_source)]
AmountMade = Annotated[AmountField, BeforeValidator(as_source)]


class UsageFields(FilePart, frozen=True, kw_only=True):
    """How each field of a row is made. A count that is left out is 0, a text that is left out is empty."""

    key: TextMade
    kind: TextMade
    subscriber: TextMade
    component: TextMade
    started_at: TimeMade
    seconds: DurationMade | None = None
    quantity: AmountMade | None = None
    bytes_in: AmountMade | None = None
    bytes_out: AmountMade | None = None
    number: TextMade | None = None
    network: TextMade | None = None
    session: TextMade | None = None
    direction: TextMade | None = None

    def columns(self) -> Iterator[str]:
        """The columns that the fields need."""
        for name in self.__struct_fields__:
            field = getattr(self, name)
            if field is not None:
                yield from field.columns()


class UsageProfile(FilePart, frozen=True, kw_only=True, dict=True):
    """How the records of one source are read; the module's note has the vocabulary.

    `ignore_lines` finds lines that are no records, as the first and last one of a file. `url_encoded` says that texts
    are written as in an address: `%2B420` is `+420`. Unless `unended` is `taken`, a last line without its end is
    refused: it may be half of one. `file_number` finds the number of a file in its name, by which missing files are
    known: `cdr-([0-9]+)`.
    """

    name: str
    about: str
    form: Literal["csv", "fixed", "json", "json-lines", "xml"]
    encoding: Encoding = "utf-8"
    separator: Annotated[str, Kept(_require_separator)] = ","
    quote: Annotated[str, Kept(_require_quote)] = '"'
    header: bool = True
    columns: tuple[str, ...] = ()
    places: Mapping[str, Annotated[str, Kept(_require_places)]] = {}
    ignore_lines: Pattern = ""
    unended: Literal["refused", "taken"] = "refused"
    url_encoded: bool = False
    file_number: Pattern = ""
    take: Conditions = {}  # noqa: RUF012  The struct is frozen, and copies nothing that is empty.
    fields: UsageFields

    def __post_init__(self) -> None:
        if bool(self.places) != (self.form == "fixed"):
            raise ValueError("places: the columns of a fixed form have places, others have none")
        if bool(self.columns) != (self.form == "csv" and not self.header):
            raise ValueError("columns: list them for csv without a header, and only there")
        if twice := first_repeated(self.columns):
            raise ValueError(f"columns: {twice[1]} stands twice")
        known = self.columns or tuple(self.places)
        for column in self.used_columns:
            if known and column not in known:
                raise ValueError(f"the column {column} is used, but not among {', '.join(known)}")

    @cached_property
    def used_columns(self) -> Collection[str]:
        """The columns that a record must have, each once."""
        every = dict.fromkeys([*self.take, *self.fields.columns()])
        return [column for column in every if column not in (LINE, BATCH)]

    @cached_property
    def spans(self) -> Mapping[str, tuple[int, int]]:
        """Start and end of each column of a fixed form, counted from 0, the end exclusive."""
        found = {name: places.split("-") for name, places in self.places.items()}
        return {name: (int(first) - 1, int(last)) for name, (first, last) in found.items()}
