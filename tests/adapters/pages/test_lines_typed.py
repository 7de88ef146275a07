"""Days and amounts that are typed one on each line are understood as single ones are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from billing_core.promises.events import PromiseOpened
from billing_core.promises.terms import PromiseTerms
from commands.promises import SetPromiseTerms
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator


def test_the_parts_of_a_debt_are_typed_as_people_write_days_and_amounts(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.subscriber()
    operator.bill(date(2026, 2, 1))
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=60, most_instalments=3)))
    operator.application.runner.catch_up()
    eva, path = signed_in("eva", "clerk"), "/accounts/A0001/instalment-plan"
    fields, last = form_fields(eva.get(path).text), datetime.now(UTC).date() + timedelta(20)
    ((balance,),) = operator.select("SELECT balance FROM live.accounts")
    parts = {"dates": f"+10\n{last.day}.{last.month}.{last.year}", "amounts": f"1,00\n{-balance - 1:.2f}"}
    wrong = eva.post(path, data=fields | parts | {"dates": "31.2.2027\n+10", "do": "preview"}, headers=FROM_HERE)
    assert wrong.status_code == 422 and wrong.text.count("is not a date") == 1
    shown = eva.post(path, data=fields | parts | {"do": "preview"}, headers=FROM_HERE)
    assert shown.status_code == 200, shown.text
    confirmed = form_fields(shown.text) | parts | {"do": "confirm"}
    assert eva.post(path, data=confirmed, headers=FROM_HERE).status_code == 303
    opened = operator.facts("account/A0001")[-1]
    assert isinstance(opened, PromiseOpened)
    assert [(each.until_on, str(each.amount.amount)) for each in opened.parts] == [
        (last - timedelta(10), "1.00"), (last, f"{-balance - 1:.2f}"),
    ]  # fmt: skip
