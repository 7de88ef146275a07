"""Views: the documented tables that reports and programs of other makers read.

A view is a file of data: its columns, each with a kind and a sentence, and a statement over the read models. In the
schema `report` of the database every view stands under its name for tools that read SQL; reports name it in the same
way, `FROM report.charges AS charge`. For a report the name is replaced by the statement, so a report is answered by the
live read models and by those of a moment alike, and an operator of a dealer reads nothing but that dealer's customers:

    report.charges AS charge                     (SELECT ... FROM charges ...) AS charge
    the same, asked for dealer `east`            (SELECT * FROM (SELECT ...) AS every WHERE dealer = 'east') AS charge
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from billing_core.kernel.errors import BillingError

SCHEMA = "report"
NAMED = re.compile(rf"\b{SCHEMA}\.([a-z_]+)")
DEALER = "dealer"

ColumnKind = Literal[
    "text", "count", "quantity", "money", "share", "day", "month", "instant", "flag",
    "customer", "account", "document", "payment", "service", "tariff", "ticket", "operator",
]  # fmt: skip
# `dealer`: rows of customers, with the dealer in a column of this name. `shared`: of all dealers alike. `house`: of the
# house alone.
Reach = Literal["dealer", "shared", "house"]


class ViewColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of a view, and what it holds."""

    name: str
    kind: ColumnKind
    about: str


class View(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view: what a row is, whose rows it has, its columns and its statement.

    A view that grows with the years names in `archived_by` the day of a row: the rows of a month that has ended can be
    kept in a file of their own. A row without a day is never archived.
    """

    name: str
    title: str
    about: str
    reach: Reach
    columns: tuple[ViewColumn, ...]
    archived_by: str = ""
    sql: str

    def column(self, name: str) -> ViewColumn | None:
        return next((each for each in self.columns if each.name == name), None)


Views = Mapping[str, View]


class NotForDealers(BillingError):
    """An operator of a dealer asks for what is of the house alone."""

    code = "not-permitted"


def views_in(sql: str) -> list[str]:
    """The names of the views that a statement reads, each once."""
    return list(dict.fromkeys(NAMED.findall(sql)))


def expanded(sql: str, views: Views, dealer: str = "") -> str:
    """The statement with its views written out; for a dealer its parameter `:dealer_asking` is that dealer."""
    return NAMED.sub(lambda found: f"({_rows(views[found.group(1)], views, dealer)})", sql)


def _rows(view: View, views: Views, dealer: str) -> str:
    rows = expanded(view.sql.strip(), views)
    if not dealer or view.reach == "shared":
        return rows
    if view.reach == "house":
        raise NotForDealers("is of the house alone", field="view", value=view.name)
    return f"SELECT * FROM ({rows}) AS every WHERE {DEALER} = :dealer_asking"


def in_order(views: Views) -> Iterator[View]:
    """The views, each after those that it reads."""
    done: dict[str, View] = {}

    def visit(view: View) -> None:
        for name in views_in(view.sql):
            visit(views[name])
        done.setdefault(view.name, view)

    for name in sorted(views):
        visit(views[name])
    yield from done.values()
