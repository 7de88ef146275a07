"""What a report divides, as DuckDB divides it: in whole numbers, and rounded once.

DuckDB divides in binary fractions, so an amount of 0.125 could be rounded to 0.12 as well as to 0.13. A quotient that a
report rounds is therefore asked for in another way: `round(a / b, 2)` becomes `exact_quotient(a, b, 2)`, and
`round(avg(a), 2)` becomes `exact_quotient(sum(a), count(a), 2)`. A half is rounded away from zero, as PostgreSQL does:

    round(sum(net) / count(*), 2)   10.00 for 3 accounts -> 3.33;   0.25 for 2 accounts -> 0.13;   -0.25 -> -0.13

Places are from 0 to 6; the parts have up to twelve places. A statement is changed in the tree that DuckDB makes of it.
"""

from __future__ import annotations

from typing import Any

import msgspec

PLACES = 6
MACROS = (
    # How many millionths of millionths a number is, also if it has more digits before the point than places leave.
    """CREATE MACRO parts_of(a) AS
        CAST(trunc(CAST(a AS DECIMAL(38, 12))) AS HUGEINT) * 1000000000000
        + CAST((CAST(a AS DECIMAL(38, 12)) - trunc(CAST(a AS DECIMAL(38, 12)))) * 1000000000000 AS HUGEINT)""",
    "CREATE MACRO power_of_ten(n) AS ([1, 10, 100, 1000, 10000, 100000, 1000000]::HUGEINT[])[n + 1]",
    f"""CREATE MACRO exact_quotient(a, b, n) AS
        CAST(sign(parts_of(a)) * sign(parts_of(b)) * power_of_ten({PLACES} - n)
            * ((2 * abs(parts_of(a)) * power_of_ten(n) + abs(parts_of(b))) // (2 * abs(parts_of(b)))) AS DECIMAL(38, 0))
        * 0.000001::DECIMAL(7, 6)""",
)
# The names of division in the tree, with and without the setting that divides whole numbers without a rest.
DIVISIONS = ("/", "//")


def with_exact_quotients(connection: Any, statement: str) -> str:
    """The statement with each quotient that it rounds made exact."""
    ((tree,),) = connection.execute("SELECT json_serialize_sql($1)", [statement]).fetchall()
    read = msgspec.json.decode(tree)
    if read["error"]:
        return statement  # DuckDB says what is wrong with it when it is asked.
    exact = msgspec.json.encode(_exact(read)).decode()
    ((changed,),) = connection.execute("SELECT json_deserialize_sql($1::JSON)", [exact]).fetchall()
    return str(changed)


def _exact(node: Any) -> Any:
    if isinstance(node, list):
        return [_exact(each) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {name: _exact(value) for name, value in node.items()}
    parts = _rounded_quotient(changed)
    return changed if parts is None else {**_named(changed, "exact_quotient"), "arguments": parts}


def _rounded_quotient(node: dict[str, Any]) -> list[Any] | None:
    """Dividend, divisor and places, if the node rounds a quotient or a mean."""
    if node.get("function_name") != "round" or len(node["arguments"]) != 2:
        return None
    rounded, places = node["arguments"]
    inner = rounded["expression"]
    while inner["class"] == "CAST":  # To `numeric`, which has any places in PostgreSQL and three in DuckDB.
        inner = inner["child"]
    if inner.get("function_name") in DIVISIONS:
        return [*inner["arguments"], places]
    if inner.get("function_name") == "avg":
        return [*({**rounded, "expression": _named(inner, name)} for name in ("sum", "count")), places]
    return None


def _named(node: dict[str, Any], function: str) -> dict[str, Any]:
    """The node as a call of another function."""
    return {**node, "function_name": function, "qualified_name": {"path": [function]}, "is_operator": False}
