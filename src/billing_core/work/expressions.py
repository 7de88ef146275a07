"""Expressions of flows: conditions and values over the facts of a ticket, without any program code.

A flow is data that an operator of the house writes, so its expressions can read facts and compare, and nothing else:
no loops, no attributes of Python, no calls but `ceil`. They are written as in Python, whose own parser reads them; what
is not in the list below is refused when the flow is checked, with the place of it.

    tariff                        the fact of this name
    account.currency              the fact `account.currency`: a point is part of a name
    power >= -27 and power <= -8  comparisons, also chained: -27 <= power <= -8
    district in ("north", "east") one of several
    not paid or amount * 2 > 100  and, or, not; + - * / on numbers
    "A" if vip else "B"           one of two values
    ceil(minutes / 15)            the next whole number that is not less: quarters of an hour that were begun

Numbers are decimals. A fact that is not known is None: equal to nothing but None, and an order asked of it, or a sum
with it, is an error that names it, never a guess.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal, DecimalException
from typing import Any, NamedTuple

from billing_core.kernel.errors import InvalidValue

Value = str | Decimal | bool | date | None | tuple[Any, ...]
Facts = Mapping[str, Value]
MOST_LETTERS = 1_000
MOST_DEPTH = 40

COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda left, right: left in right, ast.NotIn: lambda left, right: left not in right,
    ast.Is: operator.eq, ast.IsNot: operator.ne,
}  # fmt: skip
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
SUMS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
WORDS = {"true": True, "false": False, "null": None, "none": None}


class Expression(NamedTuple):
    """An expression that was checked: its text, and what the parser made of it."""

    text: str
    tree: ast.expr


# --- reading


def parse(text: str) -> Expression:
    """The expression, or an `InvalidValue` that names what cannot stand in one."""
    if len(text) > MOST_LETTERS:
        raise InvalidValue(f"is longer than {MOST_LETTERS:,} letters", field="expression", value=text[:40])
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is too deep"
        raise InvalidValue(f"is no expression: {reason}", field="expression", value=text) from None
    _require_allowed(tree, text)
    return Expression(text, _Numbers(text.strip()).visit(tree))


class _Numbers(ast.NodeTransformer):
    """Puts the decimals that are written in the place of the parser's floats, which would lose digits."""

    def __init__(self, text: str) -> None:
        self._text = text

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if type(node.value) not in (int, float):
            return node
        written = Decimal(node.value if isinstance(node.value, int) else ast.get_source_segment(self._text, node) or "")
        return ast.copy_location(ast.Constant(written), node)  # type: ignore[arg-type]


def names_in(expression: Expression) -> set[str]:
    """The facts that it asks for."""
    return set(_names(expression.tree))


def constant_text(expression: Expression) -> str | None:
    """The text that it is; None if it is anything else."""
    tree = expression.tree
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else None


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        name = _name(node)
        if name not in WORDS:
            yield name
        return
    for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from _names(child)


def _name(node: ast.expr) -> str:
    """`account.currency`, as the name of one fact."""
    return f"{_name(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _require_allowed(node: ast.expr, text: str, depth: int = 0) -> None:
    match node:
        case ast.Constant(value=str() | bool() | int() | float() | None) | ast.Name():
            parts: list[ast.expr] = []
        case ast.Attribute(value=ast.Name() | ast.Attribute()):
            parts = [node.value]
        case ast.BoolOp():
            parts = node.values
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            parts = [node.operand]
        case ast.BinOp() if type(node.op) in SUMS:
            parts = [node.left, node.right]
        case ast.Compare() if all(type(each) in COMPARISONS for each in node.ops):
            parts = [node.left, *node.comparators]
        case ast.IfExp():
            parts = [node.test, node.body, node.orelse]
        case ast.Tuple() | ast.List():
            parts = node.elts
        case ast.Call(func=ast.Name(id="ceil"), args=[part], keywords=[]):
            parts = [part]
        case _:
            refused = ast.get_source_segment(text.strip(), node) or type(node).__name__
            raise InvalidValue(f"cannot use {refused!r}", field="expression", value=text)
    if depth == MOST_DEPTH:
        raise InvalidValue("is too deep", field="expression", value=text)
    for part in parts:
        _require_allowed(part, text, depth + 1)


# --- evaluating


def evaluate(expression: Expression, facts: Facts) -> Value:
    """The value of the expression with these facts.

    >>> evaluate(parse("-27 <= power <= -8"), {"power": Decimal("-19.5")})
    True
    >>> evaluate(parse("hours * rate"), {"hours": Decimal(3), "rate": Decimal("8.5")})
    Decimal('25.5')
    >>> evaluate(parse("ceil(minutes / 15)"), {"minutes": Decimal(50)})
    Decimal('4')
    """
    try:
        value: Value = _value(expression.tree, facts)
    except (TypeError, DecimalException) as error:
        reason = "division by zero" if isinstance(error, DecimalException) else str(error)
        raise InvalidValue(f"cannot be worked out: {reason}", field="expression", value=expression.text) from None
    return value


def is_true(expression: Expression, facts: Facts) -> bool:
    """Whether a condition holds; a condition with another value than yes or no is an error."""
    value = evaluate(expression, facts)
    if not isinstance(value, bool):
        raise InvalidValue(f"must be true or false, is {value!r}", field="condition", value=expression.text)
    return value


def _value(node: ast.expr, facts: Facts) -> Any:
    return VALUES[type(node)](node, facts)


def _fact(node: ast.expr, facts: Facts) -> Any:
    name = _name(node)
    return WORDS[name] if name in WORDS else facts.get(name)


def _all_or_any(node: ast.BoolOp, facts: Facts) -> bool:
    """And, or: the second part is not asked if the first decides."""
    wanted = isinstance(node.op, ast.Or)
    return wanted if any(_yes_or_no(_value(each, facts)) is wanted for each in node.values) else not wanted


def _unary(node: ast.UnaryOp, facts: Facts) -> Any:
    operand = _value(node.operand, facts)
    return not _yes_or_no(operand) if isinstance(node.op, ast.Not) else -_number(operand)


def _sum(node: ast.BinOp, facts: Facts) -> Decimal:
    result: Decimal = SUMS[type(node.op)](_number(_value(node.left, facts)), _number(_value(node.right, facts)))
    return result


def _ceil(node: ast.Call, facts: Facts) -> Decimal:
    return _number(_value(node.args[0], facts)).to_integral_value(ROUND_CEILING)


def _one_of_two(node: ast.IfExp, facts: Facts) -> Any:
    return _value(node.body if _yes_or_no(_value(node.test, facts)) else node.orelse, facts)


def _list(node: ast.Tuple | ast.List, facts: Facts) -> tuple[Any, ...]:
    return tuple(_value(each, facts) for each in node.elts)


def _compared(node: ast.Compare, facts: Facts) -> bool:
    left = _value(node.left, facts)
    for each, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, facts)
        if isinstance(each, ORDERED) and type(left) is not type(right):
            raise TypeError(f"{left!r} and {right!r} have no order")
        if isinstance(each, ast.In | ast.NotIn) and not isinstance(right, tuple):
            raise TypeError(f"{right!r} is no list of values")
        if not COMPARISONS[type(each)](left, right):
            return False
        left = right
    return True


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is not true or false")
    return value


def _number(value: Any) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no number")
    return value


VALUES: Mapping[type[ast.expr], Callable[[Any, Facts], Any]] = {
    ast.Constant: lambda node, _: node.value, ast.Name: _fact, ast.Attribute: _fact, ast.BoolOp: _all_or_any,
    ast.UnaryOp: _unary, ast.BinOp: _sum, ast.Compare: _compared, ast.IfExp: _one_of_two, ast.Tuple: _list,
    ast.List: _list, ast.Call: _ceil,
}  # fmt: skip
