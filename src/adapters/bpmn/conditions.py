"""Conditions as modellers write them, as expressions of flows.

    ${approved}                  approved
    =amount > 100                amount > 100
    bpmn:getDataObject('paid')   paid                        as BPMN 2.0 asks for data in XPath
    approved = true              approved == true            FEEL compares by one sign
    ${!paid && kind == 'fault'}  not paid and kind == 'fault'
    Service Level = "Premium"    service_level == "Premium"  a name of several words is one fact

What means something else in FEEL than in an expression (`some x in y satisfies ...`) is refused, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import Expression, parse

WRAPPERS = (re.compile(r"^[$#]\{(?P<inside>[^{}]*)\}$", re.DOTALL), re.compile(r"^=(?!=)(?P<inside>.*)$", re.DOTALL))
TOKEN = re.compile(r"""\s+|"[^"\\]*"|'[^'\\]*'|\d+(?:\.\d+)?|[^\W\d][\w.]*|&&|\|\||==|!=|<>|<=|>=|.""", re.DOTALL)
DATA_OBJECT = re.compile(r"""\b\w+:getDataObject\(\s*(["'])(?P<name>[^"']+)\1\s*\)""")
SIGNS = {"=": "==", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
LITERALS = ("true", "false", "null", "none", "True", "False", "None")
WORDS = frozenset(["and", "or", "not", "in", "is", "if", "else", *LITERALS])
FEEL_ONLY = frozenset(["some", "every", "satisfies", "for", "return", "between", "then", "instance", "of", "function"])


def plain(text: str) -> str:
    """The text as an expression is written.

    >>> plain("${!paid && amount > 100}")
    'not paid and amount > 100'
    >>> plain('= Vacation Approval = "Approved"')
    'vacation_approval == "Approved"'
    """
    inside = DATA_OBJECT.sub(r"\g<name>", _unwrapped(text.strip()))
    tokens = [token for token in TOKEN.findall(inside) if not token.isspace()]
    unknown = FEEL_ONLY.intersection(tokens)
    if unknown:
        raise InvalidValue(f"cannot use {min(unknown)!r}", field="expression", value=text)
    written: list[str] = []
    for token in tokens:
        if _is_name(token) and written and _is_name(written[-1]):
            written[-1] = f"{written[-1]}_{token}".lower()
        else:
            written.append(SIGNS.get(token, token))
    return " ".join(written).replace("( ", "(").replace(" )", ")").replace(" ,", ",")


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Expression:
    """The expression of a condition, or an `InvalidValue` that names what it cannot use."""
    return parse(plain(text))


def _unwrapped(text: str) -> str:
    for wrapper in WRAPPERS:
        match = wrapper.match(text)
        if match:
            return match.group("inside").strip()
    return text


def _is_name(token: str) -> bool:
    return token not in WORDS and (token[0].isalpha() or token[0] == "_")
