"""Mapping profiles: how the columns of one operator's CSV file become subscribers.

A profile is a YAML file. All that is written in it is taken as written (01 stays 01, Yes stays Yes, 79.90 is
exact), and anything it does not know is an error. Fields are those of `commands.onboarding.NewSubscriber`, dotted,
in the words of `adapters.edge.words`.

    name: north-cable
    delimiter: ";"                            # "," where not given
    encoding: cp1257                          # utf-8 where not given
    setup:                                    # made before the import, so that it works on an empty database
      seller: {code: north, name: North Cable, address: {city: Riverside, country: LV}}
      custom_fields: [{code: building, labels: {en: Building}}]
      tariffs:
        - code: tv
          name: Cable TV
          currency: EUR
          components:
            - code: monthly
              name: Cable TV
              kind: recurring
              vat: 21
              prices: [{price: 9.90, from: 2020-01-01}]
    columns:                                  # column: field, or fields, or {to: field or fields, values: map}
      Nr: [customer.number, account.number, subscription.code]
      Email: customer.email
      Fee: subscription.prices.monthly
      Kind: {to: customer.kind, values: {P: person, C: company}}
    texts:                                    # field: a text with columns in braces
      customer.name: "{First name} {Last name}"
    constants:                                # field: the same value for every row
      account.seller: north
      account.currency: EUR
      subscription.tariff: tv
    dates:                                    # field: a date that is computed
      subscription.activated_on: {months_before: 2026-11-01, column: Months}
      subscription.terminated_on: {on: 2026-11-01, when: {Left: Yes}, otherwise: {Left: No}}
    ignore: [Notes]                           # columns that are known and not used

Every column of the file is named, and every named column is in the file. An empty cell leaves its field out, so
that the field's default holds; only a price must be there. A cell that is not in `values` is rejected, and so is a
row that fits neither `when` nor `otherwise`; without `otherwise` such a row has no date. The first of several
columns in a text or date is the one that messages name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, ValidationError

from adapters.edge.faults import reason
from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.csv_profile import (
    COLUMN_IN_TEXT,
    Delimiter,
    Encoding,
    TextOfColumns,
    as_column,
    as_list,
    require_filled_once,
)
from adapters.files.subscriber_fields import FieldKind, kind_of, require_field, require_value, required_fields
from adapters.files.yaml_documents import FilePart
from billing_core.catalogue.tariffs import Tariff
from billing_core.custom_fields import FieldDefinition
from billing_core.parties.sellers import Seller
from commands.catalogue import PublishTariff
from commands.custom_fields import PublishCustomFields
from commands.parties import RegisterSeller
from commands.platform.bus import Command


def _require_constants(constants: Mapping[str, str]) -> None:
    for field, text in constants.items():
        try:
            require_value(field, text)
        except ValidationError as error:
            raise ValueError(f"{field} {text!r}: {reason(error.errors()[0])}") from None


FieldName = Annotated[str, Kept(require_field)]


class Setup(FilePart, frozen=True, kw_only=True):
    """The seller, tariffs and custom fields of customers that the subscribers need."""

    seller: Seller | None = None
    custom_fields: tuple[FieldDefinition, ...] = ()
    tariffs: tuple[Tariff, ...] = ()


class Column(FilePart, frozen=True, kw_only=True):
    """The fields that a column fills, and the fixed values for its codes."""

    to: Annotated[tuple[FieldName, ...], BeforeValidator(as_list), AT_LEAST_ONE]
    values: Mapping[str, str] | None = None


class ComputedDate(FilePart, frozen=True, kw_only=True):
    """Either n months before a date, n from a column; or a fixed date for the rows whose cells are as in `when`."""

    months_before: date | None = None
    column: str | None = None
    on: date | None = None
    when: Mapping[str, str] = {}
    otherwise: Mapping[str, str] = {}

    def __post_init__(self) -> None:
        counts = self.months_before is not None and self.column is not None
        is_fixed = self.on is not None and bool(self.when)
        has_rest = self.on or self.when or self.otherwise if counts else self.months_before or self.column
        if counts == is_fixed or has_rest:
            raise ValueError("is either {months_before: DATE, column: NAME} or {on: DATE, when: {NAME: VALUE}}")

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column else (*self.when, *self.otherwise)


class Profile(FilePart, frozen=True, kw_only=True, dict=True):
    """How one kind of CSV file is read; the module's note has the vocabulary."""

    name: str
    delimiter: Delimiter = ","
    encoding: Encoding = "utf-8"
    setup: Setup = Setup()
    columns: Mapping[str, Annotated[Column, BeforeValidator(as_column)]]
    texts: Mapping[FieldName, TextOfColumns] = {}
    constants: Annotated[Mapping[FieldName, str], Kept(_require_constants)] = {}
    dates: Mapping[FieldName, ComputedDate] = {}
    ignore: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        filled = [field for column in self.columns.values() for field in column.to]
        filled += [*self.texts, *self.constants, *self.dates]
        require_filled_once(filled, required_fields())
        for field in self.dates:
            if kind_of(field) != "date":
                raise ValueError(f"dates.{field}: the field is not a date")
        for column in self.ignore:
            if column in self.used_columns:
                raise ValueError(f"ignore: the column {column} is used; take it out of one of the two places")

    @property
    def setup_commands(self) -> tuple[Command, ...]:
        """The commands before the import, in order; repeated, they change nothing."""
        seller = (RegisterSeller(seller=self.setup.seller),) if self.setup.seller else ()
        fields = self.setup.custom_fields
        published = (PublishCustomFields(subject="customer", fields=fields),) if fields else ()
        return (*seller, *published, *(PublishTariff(tariff=tariff) for tariff in self.setup.tariffs))

    @cached_property
    def used_columns(self) -> Collection[str]:
        """Columns that fill a field, each once, in the order of the profile."""
        return dict.fromkeys([*self.columns, *self._text_columns, *self._date_columns]).keys()

    @cached_property
    def known_columns(self) -> Collection[str]:
        return dict.fromkeys([*self.used_columns, *self.ignore]).keys()

    @cached_property
    def column_by_field(self) -> Mapping[str, str]:
        """The column that messages name for a field; none for constants."""
        named = {field: name for name, column in self.columns.items() for field in column.to}
        named |= {field: COLUMN_IN_TEXT.findall(text)[0] for field, text in self.texts.items()}
        return named | {field: computed.columns[0] for field, computed in self.dates.items()}

    @cached_property
    def kind_by_field(self) -> Mapping[str, FieldKind]:
        return {field: kind_of(field) for field in (*self.column_by_field, *self.constants)}

    @property
    def _text_columns(self) -> list[str]:
        return [column for text in self.texts.values() for column in COLUMN_IN_TEXT.findall(text)]

    @property
    def _date_columns(self) -> list[str]:
        return [column for computed in self.dates.values() for column in computed.columns]
