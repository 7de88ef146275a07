"""A customer, an account and a payment with slashes in their names are reached by every link, as all others."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from commands.payments.account import ReceivePayment
from tests.adapters.pages.conftest import SignedIn
from tests.operators import Operator, eur

NAME = "2026/15"
LINK = re.compile(r'href="(/(?:customers|accounts)/[^"?#]+)')


def test_every_link_of_the_card_leads_somewhere(operator: Operator, signed_in: SignedIn):
    operator.subscriber(NAME)
    operator.bill(date(2026, 2, 1))
    operator.tell(ReceivePayment(account=NAME, source="desk", reference="17/A", amount=eur("5.00"),
                                 received_on=date(2026, 1, 2), method="cash"))  # fmt: skip
    operator.application.runner.catch_up()
    boss = signed_in("boss", "administrator")

    card = boss.get(f"/customers/{NAME}", params={"account": NAME})
    links = sorted({unescape(link) for link in LINK.findall(card.text) if "15" in link})

    assert card.status_code == 200
    assert len(links) > 20 and any("17/A" in link or "17%2FA" in link for link in links)
    assert [link for link in links if boss.get(link).status_code != 200] == []
