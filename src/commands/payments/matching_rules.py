"""Set by which signs a seller's payments find their account."""

from __future__ import annotations

from billing_core.payments.matching_rules import (
    MatchingRules,
    MatchingRulesSet,
    apply_matching_rules,
    matching_rules_stream,
    set_matching_rules,
)
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction


class SetMatchingRules(Command, frozen=True, kw_only=True):
    """By which signs, in which order, the payments of a seller find their account; without rules, by the usual ones.

    What was matched before stays as it is.
    """

    seller: str
    rules: MatchingRules | None = None


def handle_set_matching_rules(command: SetMatchingRules, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = matching_rules_stream(command.seller)
    known, version = transaction.load(stream, apply_matching_rules)
    fact = MatchingRulesSet(effective_on=origin.today, seller=command.seller, rules=command.rules)
    return Decision((Append(stream, version, set_matching_rules(known, fact)),))


def load_matching_rules(transaction: Transaction, seller: str) -> MatchingRules:
    """The rules of a seller, the usual ones if none were set."""
    rules, _ = transaction.load(matching_rules_stream(seller), apply_matching_rules)
    return MatchingRules() if rules is None else rules


HANDLERS: Handlers = {SetMatchingRules: handle_set_matching_rules}
