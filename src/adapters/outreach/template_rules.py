"""What a template of a message may hold: its variables, conditions, and one loop over items. Nothing else is possible.

Everything that Jinja knows besides is refused when the template is saved, so a template has no way to the program, no
loop without end and no text that grows: the longest one is its own length times 100 items.

    {{ number }}   {{ customer_name | upper }}   {% if iban %} ... {% else %} ... {% endif %}          may stand there
    {% for item in items %} {{ item.document }} {{ item.open }} {{ item.due_on }} {% endfor %}         may stand there
    {{ nunber }}                                              refused: the kind has no such variable
    {% for a in items %}{% for b in items %}                  refused: a loop in a loop
    {{ number.__class__ }}, {{ range(9) }}, {{ 9 ** 9 }}      refused: not in a template of a message
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from billing_core.kernel.errors import InvalidValue
from billing_core.outreach.kinds import VariableKind

FILTERS = frozenset({"upper", "lower", "capitalize", "title", "trim", "default", "escape", "e"})
ITEM_FIELDS = frozenset({"document", "open", "due_on"})
LOOP_FIELDS = frozenset({"first", "last", "index"})
LOOP = "loop"
PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Keyword,
)  # fmt: skip


def require_rules(words: str, field: str, variables: Mapping[str, VariableKind]) -> None:
    """Refuse words that are no template of a message, with the line."""
    try:
        tree = SandboxedEnvironment().parse(words)
        _require(tree, _Scope(field, words, variables, frozenset()))
    except RecursionError:
        raise InvalidValue("has too many brackets in brackets", field=field, value=words[:80]) from None
    except TemplateSyntaxError as error:
        raise InvalidValue(
            f"line {error.lineno}: {error.message}", field=field, value=_line(words, error.lineno)
        ) from None


class _Scope:
    """In which part of a template a node stands: the names of items that are known there."""

    def __init__(self, field: str, words: str, variables: Mapping[str, VariableKind], items: Collection[str]) -> None:
        self.field, self.words, self.variables, self.items = field, words, variables, frozenset(items)

    def within(self, item: str) -> _Scope:
        return _Scope(self.field, self.words, self.variables, {item})

    def refuse(self, node: nodes.Node, reason: str) -> InvalidValue:
        return InvalidValue(f"line {node.lineno}: {reason}", field=self.field, value=_line(self.words, node.lineno))


def _require(node: nodes.Node, scope: _Scope) -> None:
    match node:
        case nodes.For():
            _require_loop(node, scope)
        case nodes.Name():
            _require_name(node, scope)
        case nodes.Getattr():
            _require_field(node, scope)
        case nodes.Filter():
            if node.name not in FILTERS:
                raise scope.refuse(node, f"no filter {node.name!r}; known are {', '.join(sorted(FILTERS))}")
            _require_parts(node, scope)
        case _ if isinstance(node, PLAIN_NODES):
            _require_parts(node, scope)
        case _:
            raise scope.refuse(node, f"{type(node).__name__.lower()} is not possible in a template of a message")


def _require_parts(node: nodes.Node, scope: _Scope) -> None:
    for part in node.iter_child_nodes():
        _require(part, scope)


def _require_loop(node: nodes.For, scope: _Scope) -> None:
    over, target = node.iter, node.target
    is_items = isinstance(over, nodes.Name) and scope.variables.get(over.name) == "items"
    if scope.items or not is_items or node.recursive or not isinstance(target, nodes.Name):
        raise scope.refuse(node, "a loop goes over items, and stands in no other loop: {% for item in items %}")
    if target.name in scope.variables or target.name == LOOP:
        raise scope.refuse(node, f"{target.name!r} is taken; name the item otherwise")
    inner = scope.within(target.name)
    for part in (*node.body, *node.else_, *filter(None, [node.test])):
        _require(part, inner)


def _require_name(node: nodes.Name, scope: _Scope) -> None:
    if node.name in scope.items or node.name == LOOP:
        raise scope.refuse(node, f"{node.name!r} has fields: {node.name}.{min(_fields(node.name))}")
    kind = scope.variables.get(node.name)
    if kind is None:
        raise scope.refuse(node, f"no variable {node.name!r}; known are {', '.join(scope.variables)}")


def _require_field(node: nodes.Getattr, scope: _Scope) -> None:
    of = node.node
    is_known = isinstance(of, nodes.Name) and bool(scope.items) and of.name in {*scope.items, LOOP}
    if not is_known or not isinstance(of, nodes.Name) or node.attr not in _fields(of.name):
        raise scope.refuse(node, f"no field {node.attr!r}; an item has {', '.join(sorted(ITEM_FIELDS))}")


def _fields(name: str) -> frozenset[str]:
    return LOOP_FIELDS if name == LOOP else ITEM_FIELDS


def _line(words: str, number: int) -> str:
    lines = words.splitlines()
    return lines[number - 1].strip()[:80] if 0 < number <= len(lines) else ""
