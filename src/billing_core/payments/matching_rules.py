"""By which signs a seller's payments find their account, and in which order: the rules of the matching ladder as data.

Decides which rules make sense. What the ladder makes of them stands in `matching`.

    rungs: [invoice-number, account-number, payer-account, text]
    patterns: [{pattern: "smlouva (\\d{6})", finds: customer}]
    doubts: [payer-account]                                       a known payer who names somebody else waits
"""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event

Rung = Literal[
    "invoice-number", "account-number", "customer-number", "creditor-reference", "end-to-end-id", "payer-account",
    "text", "open-amount",
]  # fmt: skip
NumberKind = Literal["invoice", "account", "customer"]
RUNGS: tuple[Rung, ...] = get_args(Rung)
# The rungs that read a reference; what they name is exact.
EXACT: frozenset[Rung] = frozenset(
    {"invoice-number", "account-number", "customer-number", "creditor-reference", "end-to-end-id"}
)
USUAL_RUNGS: tuple[Rung, ...] = (
    "invoice-number", "account-number", "customer-number", "creditor-reference", "end-to-end-id", "payer-account",
)  # fmt: skip
MAY_DOUBT: frozenset[Rung] = frozenset({"payer-account", "text"})
MOST_PATTERNS = 50
MOST_PATTERN = 200
# A repeated group that repeats inside, as in (a+)+, may take for ever on a short text.
REPEATS_WITHIN = re.compile(r"[+*}][^()]*\)(?:[+*]|\{)")


class TextPattern(msgspec.Struct, frozen=True, kw_only=True):
    """A regular expression for the payer's text, and what it finds there: its first group, or all that it matches.

    Large and small letters are the same to it.
    """

    pattern: str
    finds: NumberKind


class MatchingRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rungs of a seller in their order, the patterns of the rung `text`, and which rungs may cast doubt.

    A reference that names one account is followed even if the payer's account or text points to another one, unless
    `doubts` names that rung: then the money waits.
    """

    rungs: tuple[Rung, ...] = USUAL_RUNGS
    patterns: tuple[TextPattern, ...] = ()
    doubts: tuple[Rung, ...] = ()


@event("matching-rules-set")
class MatchingRulesSet(Event, frozen=True, kw_only=True):
    """From now on the payments of a seller find their account by these rules; None for the usual ones."""

    seller: str
    rules: MatchingRules | None


def matching_rules_stream(seller: str) -> str:
    return f"matching-rules/{seller}"


def apply_matching_rules(known: MatchingRules | None, fact: Event) -> MatchingRules | None:
    """Fold one event of the stream of a seller's rules."""
    return fact.rules if isinstance(fact, MatchingRulesSet) else known


def set_matching_rules(known: MatchingRules | None, fact: MatchingRulesSet) -> list[Event]:
    """Rules that make sense, or none for the usual ones; those that hold already change nothing."""
    if fact.rules is not None:
        require_matching_rules(fact.rules)
    return [] if fact.rules == known else [fact]


def require_matching_rules(rules: MatchingRules) -> None:
    """Rules that make sense, or `InvalidValue` that names the rung or pattern."""
    if not rules.rungs:
        raise InvalidValue(f"name at least one of: {', '.join(RUNGS)}", field="rungs", value="")
    for rung in rules.rungs:
        if rules.rungs.count(rung) > 1:
            raise InvalidValue("stands there twice; a rung has one place", field="rungs", value=rung)
    if rules.rungs[0] == "open-amount":
        raise InvalidValue("decides between accounts that other rungs found, so it cannot be the first", field="rungs",
                           value=rules.rungs[0])  # fmt: skip
    if ("text" in rules.rungs) != bool(rules.patterns):
        raise InvalidValue("are needed by the rung text, and by it alone", field="patterns", value=len(rules.patterns))
    if len(rules.patterns) > MOST_PATTERNS:
        raise InvalidValue(f"must be {MOST_PATTERNS} at most", field="patterns", value=len(rules.patterns))
    for pattern in rules.patterns:
        _require_pattern(pattern.pattern)
    for rung in rules.doubts:
        if rung not in MAY_DOUBT or rung not in rules.rungs:
            raise InvalidValue("must be payer-account or text, and one of the rungs", field="doubts", value=rung)


def _require_pattern(pattern: str) -> None:
    if not 0 < len(pattern) <= MOST_PATTERN:
        raise InvalidValue(f"must have 1 to {MOST_PATTERN} letters", field="pattern", value=pattern[:40])
    if REPEATS_WITHIN.search(pattern):
        raise InvalidValue("repeats a group that repeats inside, which may take for ever; write it without one of the "
                           "two", field="pattern", value=pattern)  # fmt: skip
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise InvalidValue(f"is no regular expression: {error}", field="pattern", value=pattern) from None
    if found.fullmatch(""):
        raise InvalidValue("matches an empty text, and so everything", field="pattern", value=pattern)
