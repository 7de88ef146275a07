"""What becomes of money that nobody recognised, in words."""

from __future__ import annotations

from collections.abc import Callable

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.payments.guesses import Sign
from billing_core.payments.matching_rules import MatchingRulesSet
from billing_core.payments.payer_accounts import PayerAccountLearnt, PayerAccountUnlearnt
from billing_core.payments.remittances import (
    RemittanceActUndone,
    RemittanceAssigned,
    RemittanceGivenBack,
    RemittanceKept,
    RemittanceSplit,
)

LEARNT = ", and the payer's bank account is known from now on"


def _assigned(fact: RemittanceAssigned) -> str:
    return f"{money(fact.amount)} to account {fact.account}{LEARNT if fact.has_learned else ''}"


def _split(fact: RemittanceSplit) -> str:
    parts = ", ".join(f"{money(part.amount)} to account {part.account}" for part in fact.parts)
    return f"{parts}{LEARNT if fact.has_learned else ''}"


def _given_back(fact: RemittanceGivenBack) -> str:
    order = f" by order {fact.order}" if fact.order else ""
    return f"{money(fact.amount)}{order}, because: {fact.reason}"


def _rules(fact: MatchingRulesSet) -> str:
    if fact.rules is None:
        return f"the usual ones for seller {fact.seller}"
    patterns = f" with {len(fact.rules.patterns)} patterns" if fact.rules.patterns else ""
    return f"of seller {fact.seller}: {', '.join(fact.rules.rungs)}{patterns}"


REFERENCE_WORDS: dict[str, str] = {
    "exact": "is", "mixed-up": "is, with digits mixed up,", "in-text": "with the text holds", "ends-in": "ends in",
}  # fmt: skip


def sign_in_words(sign: Sign) -> str:
    """A sign for or against an account: `exactly this amount is open on invoice 26005219`."""
    return SIGN_WORDS[sign.code](sign)


def _payer(sign: Sign) -> str:
    if sign.times:
        return f"the payer's bank account paid for it {counted(sign.times, 'time')}"
    return f"the payer's bank account is {'' if sign.agrees else 'not '}known to pay for it"


def _name(sign: Sign) -> str:
    if not sign.agrees:
        return "the name is another one"
    return "the name is the same" if sign.likeness == "same" else "the name is nearly the same"


SIGN_WORDS: dict[str, Callable[[Sign], str]] = {
    "amount": lambda sign: f"exactly this amount is open on {f'invoice {sign.value}' if sign.agrees else 'no invoice'}",
    "payer-account": _payer,
    "name": _name,
    "day": lambda sign: f"money for it comes around day {sign.value} of a month",
    "reference": lambda sign: (
        f"the reference {REFERENCE_WORDS[sign.likeness]} {sign.value}" if sign.agrees
        else "the reference is none of its numbers"
    ),
}  # fmt: skip


SENTENCES: Sentences = {
    RemittanceAssigned: _assigned,
    RemittanceSplit: _split,
    RemittanceGivenBack: _given_back,
    RemittanceKept: lambda fact: f"{money(fact.amount)} as {fact.kind}, because: {fact.reason}",
    RemittanceActUndone: lambda fact: f"{fact.act}, {money(fact.amount)} wait again, because: {fact.reason}",
    PayerAccountLearnt: lambda fact: f"{fact.payer_account or 'a bank account'} pays for account {fact.account}",
    PayerAccountUnlearnt: lambda fact: f"{fact.payer_account or 'a bank account'} for account {fact.account}",
    MatchingRulesSet: _rules,
}
