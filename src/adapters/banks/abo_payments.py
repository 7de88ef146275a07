"""Pay-backs in crowns as a Czech payment order: ABO kind 1501, from a Czech account to Czech accounts."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.banks.abo_orders import AboItem, AboOrder, order_bytes, variable_symbol
from adapters.banks.collection_files import minor_units
from adapters.banks.pain001 import CreditTransfer, Payer
from billing_core.kernel.errors import InvalidValue
from billing_core.parties.czech_accounts import domestic_of_iban
from billing_core.pay_backs.batches import PayBackBatch


def payment_order(batch: PayBackBatch, payer: Payer, transfers: Sequence[CreditTransfer], client_number: str) -> bytes:
    """The order of a frozen batch; the same batch is the same file. `client_number` is the seller's at its bank."""
    assert batch.pay_on is not None
    assert batch.frozen_on is not None
    order = AboOrder("1501", batch.number, payer.name, _domestic(payer.iban), batch.frozen_on, batch.pay_on,
                     client_number)  # fmt: skip
    items = [
        AboItem(
            account=_domestic(transfer.iban), hellers=minor_units(transfer.amount), text=transfer.text,
            variable_symbol=variable_symbol(batch.number, place),
        ) for place, transfer in enumerate(transfers, 1)
    ]  # fmt: skip
    return order_bytes(order, items)


def _domestic(iban: str) -> str:
    """`CZ6508000000192000145399` is 19-2000145399/0800."""
    account = domestic_of_iban(iban)
    if account is None:
        raise InvalidValue("is no Czech account, and an order in crowns has no other ones", field="bank account",
                           value=iban)  # fmt: skip
    return account.short
