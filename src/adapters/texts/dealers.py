"""Dealers, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.dealers import Dealer, DealerChanged, DealerRegistered


def dealer_text(dealer: Dealer) -> str:
    """Name, address, legal ids, whether it pays VAT, bank account and contacts."""
    ids = (f"{label} {value}" for label, value in dealer.legal_ids.items())
    vat = "pays VAT" if dealer.is_vat_payer else "pays no VAT"
    others = (value for value in (dealer.iban, dealer.bic, dealer.email, dealer.phone) if value)
    return ", ".join([dealer.name, *dealer.address.lines(), *ids, vat, *others])


SENTENCES: Sentences = {
    DealerRegistered: lambda fact: dealer_text(fact.dealer),
    DealerChanged: lambda fact: dealer_text(fact.dealer),
}
