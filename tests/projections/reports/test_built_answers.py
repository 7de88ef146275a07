"""A tree that somebody built is refused with a reason, or answered with the rows that pandas finds in the view's rows.

Texts are drawn among those that would break a statement if they ever stood in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, get_args

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError
from billing_core.reports.trees import Comparison, Condition, Figure, FigureKind, Group, ReportTree, Span
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, rows_of, totals_of
from projections.reports.builder import Naming, built
from projections.reports.parameters import values_of
from projections.reports.views import View, ViewColumn
from tests.operators import Operator

TODAY = date(2026, 6, 11)
NAMING = Naming("own-report", "Report", "money", "")
HOSTILE = (
    "cash", "card", "ca", "o'hara", "'; DROP TABLE played_rows; --", 'say "x"', "100%", "%(today)s", "%s", ":today",
    ":fixed_a", "report.played AS x", "{column}", "\\", "é", "null", "$1", "/* */", "-- x",
)  # fmt: skip
KINDS = {
    "played_on": "day", "kind": "text", "customer": "customer", "amount": "money", "currency": "text",
    "pieces": "count", "weight": "quantity", "ratio": "share", "done": "flag", "begun": "instant", "dealer": "text",
}  # fmt: skip
TYPES = {
    "day": "date", "money": "numeric", "count": "bigint", "quantity": "numeric", "share": "double precision",
    "flag": "boolean", "instant": "timestamptz",
}  # fmt: skip
NUMBERS = {"money", "count", "quantity", "share"}
PLAYED = View(
    name="played", title="Plays", about="Rows of a test.", reach="dealer", sql="SELECT * FROM played_rows",
    columns=tuple(ViewColumn(name, kind, name) for name, kind in KINDS.items()),  # type: ignore[arg-type]
)  # fmt: skip
VIEWS = {"played": PLAYED}
NAMES = [*KINDS, "nonsuch"]

# --- what is played

# Few values of each kind, so that conditions are met and groups have several rows.
texts = st.sampled_from(HOSTILE[:6]) | st.sampled_from(HOSTILE)
days = st.sampled_from([date(2025, 11, 30), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 31)])
cents = st.integers(-3, 3).map(lambda number: Decimal(number) * Decimal("0.37"))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "day": days, "money": cents, "count": st.integers(0, 5), "quantity": cents,
    "share": st.sampled_from([0.0, 0.25, 0.5, 1.0]), "flag": st.booleans(),
    "instant": st.just(datetime(2026, 1, 2, tzinfo=UTC)),
}  # fmt: skip


def _cell(name: str, kind: str) -> st.SearchStrategy[Any]:
    if name == "dealer":
        return st.sampled_from(["", "east", "west"])
    if name == "currency":
        return st.sampled_from(["EUR", "CZK"])
    return st.none() | (VALUES[kind] if kind in VALUES else texts | st.just(""))


row = st.tuples(*(_cell(name, kind) for name, kind in KINDS.items()))
rows = st.lists(row, max_size=12) | st.lists(row, min_size=5, max_size=12)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Mostly one that fits the kind of its column."""
    is_wild = draw(st.integers(0, 15)) == 0
    name = draw(st.sampled_from(NAMES if is_wild else [name for name in KINDS if name != "begun"]))
    kind = KINDS.get(name, "text")
    fitting = ["=", "not", "not", "one of", "empty", *(("<", "<=", ">", ">=") if kind in NUMBERS | {"day"} else ())]
    fitting += ["begins with"] if kind not in TYPES else []
    comparison = draw(st.sampled_from([*get_args(Comparison)] if is_wild else fitting))
    if comparison == "empty":
        return Condition(column=name, comparison=comparison)
    if comparison != "one of" and kind not in TYPES and draw(st.integers(0, 3)) == 0:
        return Condition(column=name, comparison=comparison, asked=draw(st.sampled_from(["x", "y", "z"])))
    value = VALUES[kind].map(_written) if kind in VALUES else texts
    most = 3 if comparison == "one of" else 1
    values = tuple(draw(st.lists(value, min_size=1, max_size=most)))
    return Condition(column=name, comparison=comparison, values=values)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Mostly one that fits the kind of its column."""
    if draw(st.integers(0, 15)) == 0:
        return Figure(kind=draw(st.sampled_from(get_args(FigureKind))), column=draw(st.sampled_from(NAMES)))
    name = draw(st.sampled_from(["", *KINDS, "amount", "pieces", "weight"]))
    kind = KINDS.get(name, "")
    of_numbers = ("sum", "average") if kind in NUMBERS - {"share"} else ("average",) if kind == "share" else ()
    ends = ("smallest", "largest") if kind in NUMBERS | {"day"} else ()
    return Figure(kind=draw(st.sampled_from(("count", *of_numbers, *ends))), column=name)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Mostly one that fits the kind of its column."""
    if draw(st.integers(0, 15)) == 0:
        return Group(column=draw(st.sampled_from(NAMES)), by=draw(st.sampled_from(get_args(Span))))
    name = draw(st.sampled_from([name for name in KINDS if name != "currency"]))
    return Group(column=name, by=draw(st.sampled_from(get_args(Span))) if name == "played_on" else "")


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _with_currency(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names, "currency")))


shared: dict[str, Any] = {
    "view": st.just("played"),
    "conditions": (st.lists(conditions(), max_size=1) | st.lists(conditions(), max_size=2)).map(tuple),
    "most": st.sampled_from([1, 3, 1000, 1000]),
    "order": st.sampled_from([(), (), (), (), ("currency",), ("-rows",)]),
}  # fmt: skip
currency = Group(column="currency")
trees = st.builds(
    ReportTree, columns=st.lists(st.sampled_from(list(KINDS)), max_size=5, unique=True).map(_with_currency), **shared
) | st.builds(
    ReportTree,
    groups=st.lists(groups(), max_size=2, unique_by=lambda group: group.column).map(lambda found: (*found, currency)),
    figures=st.lists(figures(), min_size=1, max_size=3, unique=True).map(tuple),
    **shared,
)

# --- the same by pandas


COMPARED: dict[str, Callable[[Any, list[Any]], Any]] = {
    "=": lambda value, wanted: value in wanted,
    "one of": lambda value, wanted: value in wanted,
    "begins with": lambda value, wanted: value.startswith(wanted[0]),
    "<": lambda value, wanted: value < wanted[0],
    "<=": lambda value, wanted: value <= wanted[0],
    ">": lambda value, wanted: value > wanted[0],
    ">=": lambda value, wanted: value >= wanted[0],
}


def _read(kind: str, text: str) -> Any:
    reads: dict[str, Callable[[str], Any]] = {
        "day": date.fromisoformat, "money": Decimal, "quantity": Decimal, "share": float, "count": int,
        "flag": lambda text: text == "yes",
    }  # fmt: skip
    return reads.get(kind, str)(text)


def _fits(condition: Condition, value: Any, asked: dict[str, str]) -> bool:
    kind = KINDS[condition.column]
    missing = value is None or bool(pandas.isna(value))
    if condition.comparison == "empty":
        return missing or (kind not in TYPES and value == "")
    given_values = [asked[condition.asked]] if condition.asked in asked else list(condition.values)
    if not given_values:
        return True
    wanted = [_read(kind, text) for text in given_values]
    if condition.comparison == "not":
        return missing or bool(value != wanted[0])
    return not missing and bool(COMPARED[condition.comparison](value, wanted))


def _begin(day: Any, by: str) -> Any:
    if not by or day is None:
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(by, day.month)
    return day if by == "day" else date(day.year, month, 1)


def _figure(figure: Figure, found: pandas.DataFrame) -> Any:
    if not figure.column:
        return len(found)
    kind = KINDS[figure.column]
    values = found[figure.column].dropna()
    match figure.kind:
        case "count":
            return values[values != ""].nunique() if kind not in TYPES else values.nunique()
        case "sum":
            return sum(values, Decimal(0) if kind != "count" else 0)
        case "average":
            places = {"money": 2, "count": 2, "quantity": 3, "share": 4}[kind]
            exact = sum(map(Decimal, values), Decimal(0)) / len(values) if len(values) else None
            return None if exact is None else exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        case "smallest":
            return values.min() if len(values) else None
    return values.max() if len(values) else None


def by_pandas(tree: ReportTree, played: list[tuple[Any, ...]], asked: dict[str, str]) -> list[tuple[Any, ...]]:
    """All rows of the answer, in no order."""
    kept = [
        row for row in played
        if all(_fits(each, row[list(KINDS).index(each.column)], asked) for each in tree.conditions)
    ]  # fmt: skip
    frame = pandas.DataFrame(kept, columns=list(KINDS), dtype=object)
    if tree.columns:
        return [tuple(row) for row in frame[list(tree.columns)].itertuples(index=False)]
    keys = [
        frame[group.column].map(lambda value, by=group.by: _begin(None if pandas.isna(value) else value, by))
        for group in tree.groups
    ]  # fmt: skip
    labelled = pandas.Series(list(zip(*keys, strict=True)), index=frame.index, dtype=object)
    return [
        (*(None if pandas.isna(each) else each for each in key), *(_figure(figure, found) for figure in tree.figures))
        for key, found in frame.groupby(labelled.map(repr), sort=False)
        for key in [labelled[found.index[0]]]
    ]


def _plain(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Values that compare as they are meant: 1 is 1.00."""
    found = []
    for value in row:
        if value is None or (not isinstance(value, str) and pandas.isna(value)):
            found.append("none")
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            found.append(f"{Decimal(str(value)).normalize():f}")
        else:
            found.append(repr(value) if not isinstance(value, datetime) else value.astimezone(UTC).isoformat())
    return tuple(found)


# --- tests


def answer(
    operator: Operator, tree: ReportTree, played: list[tuple[Any, ...]], asked: dict[str, str], dealer: str = ""
) -> list[tuple[Any, ...]]:
    report = built(tree, NAMING, VIEWS)
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        columns = ", ".join(f"{name} {TYPES.get(kind, 'text')}" for name, kind in KINDS.items())
        cursor.execute(f"CREATE TEMP TABLE played_rows ({columns}) ON COMMIT DROP")
        for row in played:
            cursor.execute(f"INSERT INTO played_rows VALUES ({', '.join(['%s'] * len(row))})", row)
        question = Asked(report, values_of(report, asked, TODAY), dealer)
        found = rows_of(cursor, question, VIEWS)
        if report.summed:
            assert sum(each.rows for each in totals_of(cursor, question, VIEWS)) == len(found)
        return found


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tree=trees, played=rows, value=texts, dealer=st.sampled_from(["", "east"]))
def test_a_tree_is_refused_with_a_reason_or_gives_the_rows_that_pandas_finds(
    operator: Operator, tree: ReportTree, played: list[tuple[Any, ...]], value: str, dealer: str
):
    asked = {
        each.asked: value for each in tree.conditions if each.asked and KINDS.get(each.column) in ("text", "customer")
    }  # fmt: skip
    try:
        found = answer(operator, tree, played, asked, dealer)
    except BillingError as refused:
        assert refused.field and refused.message  # noqa: PT017 - most trees are not refused
        return
    own = [row for row in played if not dealer or row[-1] == dealer]
    expected = Counter(map(_plain, by_pandas(tree, own, asked)))
    assert len(found) == min(tree.most, expected.total())
    assert not Counter(map(_plain, found)) - expected


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_a_value_wherever_it_stands(operator: Operator, text: str):
    row = (date(2026, 1, 1), text, text, Decimal(1), "EUR", 1, Decimal(1), 0.5, True, None, "east")
    other = (*row[:1], "other", *row[2:])
    for comparison in ("=", "one of", "begins with"):
        tree = ReportTree(
            view="played", columns=("kind",),
            conditions=(Condition(column="kind", comparison=comparison, values=(text,)),),
        )  # fmt: skip
        assert answer(operator, tree, [row, other], {}) == [(text,)]
        asked = ReportTree(view="played", columns=("kind",), conditions=(Condition(column="kind", asked="x"),))
        assert answer(operator, asked, [row, other], {"x": text}) == [(text,)]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["columns", "order", "view", "asked", "group", "figure", "condition"])
def test_a_text_is_no_name(text: str, place: str):
    fine: dict[str, Any] = {"view": "played", "columns": ("kind",)}
    trees_with = {
        "columns": {**fine, "columns": (text,)}, "order": {**fine, "order": (text,)}, "view": {**fine, "view": text},
        "asked": {**fine, "conditions": (Condition(column="kind", asked=text + ";"),)},
        "group": {"view": "played", "groups": (Group(column=text),), "figures": (Figure(kind="count"),)},
        "figure": {"view": "played", "figures": (Figure(kind="count", column=text),)},
        "condition": {**fine, "conditions": (Condition(column=text, values=("x",)),)},
    }  # fmt: skip
    with pytest.raises(BillingError):
        built(ReportTree(**trees_with[place]), NAMING, VIEWS)
