"""Money that leads to one account at most is matched without climbing the ladder, to the same account."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.money import Money
from billing_core.payments.matching import Candidate, MoneySigns, OpenItem, decide, sought
from billing_core.payments.matching_rules import USUAL_RUNGS, MatchingRules, TextPattern
from commands.bank_statements.booking import account_of

NUMBERS = st.sampled_from(["", "1", "01", "2", "a3"])
OPEN_ITEMS = st.lists(st.sampled_from([OpenItem("1", Decimal(1)), OpenItem("2", Decimal(2))]), max_size=2)


def candidates(account: str) -> st.SearchStrategy[Candidate]:
    """What an account is, by whichever key it is found."""
    return st.builds(
        Candidate, st.just(account), st.sampled_from(["north", "east"]), st.sampled_from(["EUR", "CZK"]),
        OPEN_ITEMS.map(tuple),
    )  # fmt: skip


RULES = st.sampled_from(
    [
        MatchingRules(),
        MatchingRules(rungs=(*reversed(USUAL_RUNGS), "open-amount"), doubts=("payer-account",)),
        MatchingRules(rungs=(*USUAL_RUNGS, "text"), patterns=(TextPattern(pattern="[0-9]+", finds="customer"),)),
    ]
)


@given(st.data(), RULES, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_the_short_way_and_the_ladder_say_the_same(
    data: st.DataObject, rules: MatchingRules, reference: str, end_to_end: str, payer: str, message: str
):
    money = MoneySigns(
        amount=Money(Decimal(1), "EUR"), seller=data.draw(st.sampled_from(["", "north"])),
        payment_reference=reference, end_to_end=end_to_end, payer_account=payer, message=message,
    )  # fmt: skip
    keys = sought(money, rules)
    known = [data.draw(candidates("A1")), data.draw(candidates("A2"))]
    found = {key: data.draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) for key in sorted(keys)}
    assert account_of(money, rules, found, keys) == decide(money, rules, found).account
