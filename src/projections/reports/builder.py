"""A report that somebody built: its tree checked against a view and made into a report like any other.

Every name in the statement comes from the view's file, every value is a parameter: text of a person stands in no
statement. So pages, files, the scope of dealers and the bounds are those of all reports.

    view income, groups booked_on by month, currency, figures sum of amount, condition kind = received

    SELECT CAST(date_trunc('month', "booked_on") AS date) AS "booked_on_month", "currency" AS "currency",
        coalesce(sum("amount"), 0) AS "amount_sum"
    FROM report.income AS entry WHERE ("kind" = :fixed_a) GROUP BY 1, 2 ORDER BY 1, 2, 3 LIMIT 1000

What is fixed by the tree cannot be asked for otherwise: a report about payments in cash answers nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.reports.trees import FIXED, Condition, Figure, Group, ReportSubject, ReportTree, require_tree
from projections.reports.definition import Column, Parameter, ParameterKind, Report
from projections.reports.views import SCHEMA, ColumnKind, View, ViewColumn, Views

NUMBERS: tuple[ColumnKind, ...] = ("money", "count", "quantity", "share")
DAYS: tuple[ColumnKind, ...] = ("day", "month")
SUMMED: tuple[ColumnKind, ...] = ("money", "count", "quantity")
CURRENCY = "currency"
# To how many places an average is rounded, half away from zero.
PLACES: Mapping[ColumnKind, int] = {"money": 2, "count": 2, "quantity": 3, "share": 4}
PARAMETERS: Mapping[ColumnKind, ParameterKind] = {
    "day": "day", "month": "day", "money": "amount", "quantity": "amount", "share": "amount", "count": "count",
    "flag": "choice",
}  # fmt: skip
YES_OR_NO = ("yes", "no")
OPERATORS: Mapping[str, str] = {
    "=": "{column} = {value}", "not": "{column} IS DISTINCT FROM {value}", "<": "{column} < {value}",
    "<=": "{column} <= {value}", ">": "{column} > {value}", ">=": "{column} >= {value}",
    "begins with": "starts_with({column}, {value})",
}  # fmt: skip


class Naming(NamedTuple):
    """How a built report is called, and under which subject it is listed."""

    name: str
    title: str
    subject: ReportSubject
    question: str
    permission: str = ""


class Answered(NamedTuple):
    """A column of the answer and what the statement has for it."""

    column: Column
    sql: str
    is_group: bool = True


def built(tree: ReportTree, naming: Naming, views: Views) -> Report:
    """The report that a tree asks for; a tree that the view cannot answer is refused with the reason."""
    require_tree(tree)
    view = view_of(tree, views)
    answered = [*_columns(tree, view), *_groups(tree, view), *_figures(tree, view)]
    _require_currency(tree, view)
    names = [each.column.name for each in answered]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise InvalidValue("two columns of the answer would have this name", field="column", value=min(repeated))
    wheres, parameters = _conditions(tree, view)
    return Report(
        name=naming.name, title=naming.title, subject=naming.subject, question=naming.question,
        about=explained(tree, view), permission=naming.permission, parameters=tuple(parameters),
        columns=tuple(each.column for each in answered), sql=_statement(tree, answered, wheres),
    )  # fmt: skip


def view_of(tree: ReportTree, views: Views) -> View:
    """The view of a tree."""
    view = views.get(tree.view)
    if view is None:
        raise NotFound("no such view", field="view", value=tree.view)
    return view


# --- columns of the answer


def _columns(tree: ReportTree, view: View) -> Iterator[Answered]:
    for name in tree.columns:
        known = _column(view, name)
        total = known.kind in SUMMED
        yield Answered(Column(name=name, title=_titled(name), kind=known.kind, total=total), _quoted(name))


def _groups(tree: ReportTree, view: View) -> Iterator[Answered]:
    for group in tree.groups:
        known = _column(view, group.column)
        if not group.by:
            yield Answered(
                Column(name=group.column, title=_titled(group.column), kind=known.kind), _quoted(group.column)
            )
            continue
        if known.kind not in DAYS:
            raise InvalidValue(f"has no days that could be put together by {group.by}", field="group",
                               value=group.column)  # fmt: skip
        kind: ColumnKind = "month" if group.by == "month" else "day"
        name = f"{group.column}_{group.by}"
        sql = f"CAST(date_trunc('{group.by}', {_quoted(group.column)}) AS date)"
        yield Answered(Column(name=name, title=_titled(name), kind=kind), sql)


def _figures(tree: ReportTree, view: View) -> Iterator[Answered]:
    for figure in tree.figures:
        if not figure.column:
            if figure.kind != "count":
                raise InvalidValue(f"needs a column for {figure.kind}", field="figure", value=figure.kind)
            yield Answered(Column(name="rows", title="Rows", kind="count", total=True), "count(*)", is_group=False)
            continue
        known = _column(view, figure.column)
        name = f"{figure.column}_{figure.kind}"
        kind: ColumnKind = "count" if figure.kind == "count" else known.kind
        total = figure.kind == "sum"
        yield Answered(Column(name=name, title=_titled(name), kind=kind, total=total), _figure(figure, known), False)


def _figure(figure: Figure, known: ViewColumn) -> str:
    """The figure in the statement; what a column of this kind has not is refused."""
    column = _quoted(known.name)
    match figure.kind:
        case "count":
            return f"count(DISTINCT nullif({column}, ''))" if _is_text(known) else f"count(DISTINCT {column})"
        case "sum" if known.kind in SUMMED:
            return f"coalesce(sum({column}), 0)"
        case "average" if known.kind in NUMBERS:
            return f"round(CAST(avg({column}) AS numeric), {PLACES[known.kind]})"
        case "smallest" if known.kind in (*NUMBERS, *DAYS, "instant"):
            return f"min({column})"
        case "largest" if known.kind in (*NUMBERS, *DAYS, "instant"):
            return f"max({column})"
    raise InvalidValue(f"a column of kind {known.kind} has no {figure.kind}", field="figure", value=figure.column)


def _require_currency(tree: ReportTree, view: View) -> None:
    """Amounts need their currency in the row, and are put together by currency: two are never added."""
    amounts = [*tree.columns, *(each.column for each in tree.groups),
               *(each.column for each in tree.figures if each.kind != "count")]  # fmt: skip
    amount = next((name for name in amounts if name and _column(view, name).kind == "money"), "")
    has_currency = CURRENCY in (*tree.columns, *(group.column for group in tree.groups))
    if amount and not has_currency:
        where = "columns" if tree.columns else "groups"
        raise InvalidValue(f"is an amount, so `{CURRENCY}` must be among the {where}", field="column", value=amount)


def _column(view: View, name: str) -> ViewColumn:
    known = view.column(name)
    if known is None:
        names = ", ".join(column.name for column in view.columns)
        raise NotFound(f"view {view.name} has the columns {names}", field="column", value=name)
    return known


def _is_text(known: ViewColumn) -> bool:
    return known.kind not in (*NUMBERS, *DAYS, "instant", "flag")


def _quoted(name: str) -> str:
    """A name of a view's file: `from` may be one."""
    return f'"{name}"'


def _titled(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


# --- conditions


def _conditions(tree: ReportTree, view: View) -> tuple[list[str], list[Parameter]]:
    """The conditions in the statement, and the parameters that have their values."""
    wheres: list[str] = []
    parameters: list[Parameter] = []
    numbers = count()
    for condition in tree.conditions:
        known = _column(view, condition.column)
        if condition.comparison == "empty":
            or_empty = f" OR {_quoted(known.name)} = ''" if _is_text(known) else ""
            wheres.append(f"({_quoted(known.name)} IS NULL{or_empty})")
            continue
        _require_comparison(condition, known)
        names = [condition.asked] if condition.asked else [_lettered(next(numbers)) for _ in condition.values]
        one_of = [_compared(condition, known, name) for name in names]
        if condition.asked:
            wheres.append(f"(:{condition.asked} IS NULL OR {one_of[0]})")
        else:
            wheres.append(f"({' OR '.join(one_of)})")
        parameters += [_parameter(condition, known, place, name) for place, name in enumerate(names)]
    return wheres, parameters


def _require_comparison(condition: Condition, known: ViewColumn) -> None:
    if known.kind == "instant":
        raise InvalidValue("is an instant, which is compared with nothing; use a column with a day", field="condition",
                           value=known.name)  # fmt: skip
    is_fitting = True
    match condition.comparison:
        case "begins with":
            is_fitting = _is_text(known)
        case "<" | "<=" | ">" | ">=":
            is_fitting = known.kind in (*NUMBERS, *DAYS)
    if not is_fitting:
        raise InvalidValue(f"a column of kind {known.kind} is not compared by {condition.comparison!r}",
                           field="condition", value=known.name)  # fmt: skip


def _compared(condition: Condition, known: ViewColumn, name: str) -> str:
    operator = OPERATORS["=" if condition.comparison == "one of" else condition.comparison]
    value = f"(:{name} = 'yes')" if known.kind == "flag" else f":{name}"
    return operator.format(column=_quoted(known.name), value=value)


def _parameter(condition: Condition, known: ViewColumn, place: int, name: str) -> Parameter:
    kind = PARAMETERS.get(known.kind, "text")
    return Parameter(
        name=name, title=f"{_titled(known.name)} {condition.comparison}", kind=kind,
        choices=YES_OR_NO if kind == "choice" else (), fixed="" if condition.asked else condition.values[place],
    )  # fmt: skip


def _lettered(number: int) -> str:
    """`fixed_a` ... `fixed_z`, `fixed_ba` ...: names of parameters have letters alone."""
    letters = ""
    while True:
        number, place = divmod(number, 26)
        letters = chr(ord("a") + place) + letters
        if not number:
            return f"{FIXED}{letters}"


# --- the statement


def _statement(tree: ReportTree, answered: list[Answered], wheres: list[str]) -> str:
    selected = ", ".join(f"{each.sql} AS {_quoted(each.column.name)}" for each in answered)
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    groups = [str(place) for place, each in enumerate(answered, 1) if each.is_group]
    grouped = f" GROUP BY {', '.join(groups)}" if tree.figures and groups else ""
    order = _order(tree, [each.column.name for each in answered])
    return f"SELECT {selected} FROM {SCHEMA}.{tree.view} AS entry{where}{grouped} ORDER BY {order} LIMIT {tree.most:d}"


def _order(tree: ReportTree, names: list[str]) -> str:
    """By what the tree names, ties by the other columns from the left."""
    wanted: dict[str, str] = {}
    for text in tree.order:
        name = text.removeprefix("-")
        if name not in names:
            raise InvalidValue(f"the answer has the columns {', '.join(names)}", field="order", value=text)
        if name in wanted:
            raise InvalidValue("is named twice", field="order", value=name)
        wanted[name] = "DESC" if text.startswith("-") else "ASC"
    by = {**wanted, **{name: "ASC" for name in names if name not in wanted}}
    return ", ".join(f"{names.index(name) + 1} {direction} NULLS LAST" for name, direction in by.items())


# --- in words


def explained(tree: ReportTree, view: View) -> str:
    """`Sum of amount and number of rows by method and month of booked_on, where kind is received.`"""
    what = _listed([_figure_in_words(figure) for figure in tree.figures] or list(tree.columns))
    by = f" by {_listed([_group_in_words(group) for group in tree.groups])}" if tree.groups else ""
    of = f" of {view.title}" if tree.columns else f" in {view.title}"
    where = ", where " + " and ".join(map(_condition_in_words, tree.conditions)) if tree.conditions else ""
    return f"{what[:1].upper()}{what[1:]}{by}{of}{where}; at most {tree.most:,} rows."


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _figure_in_words(figure: Figure) -> str:
    if figure.kind == "count":
        return f"number of different values of {figure.column}" if figure.column else "number of rows"
    return (
        f"{figure.kind} of {figure.column}" if figure.kind in ("sum", "average") else f"{figure.kind} {figure.column}"
    )


def _group_in_words(group: Group) -> str:
    return f"{group.by} of {group.column}" if group.by else group.column


def _condition_in_words(condition: Condition) -> str:
    said = {"=": "is", "not": "is not", "<": "is less than", "<=": "is at most", ">": "is more than",
            ">=": "is at least", "one of": "is one of", "begins with": "begins with", "empty": "is empty"}  # fmt: skip
    verb = said[condition.comparison]
    value = f"what is asked for as {condition.asked}" if condition.asked else ", ".join(condition.values)
    return f"{condition.column} {verb} {value}".strip()
