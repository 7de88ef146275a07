"""How money is paid, in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.pages.lists import State
from adapters.pages.page import N_

METHODS: Mapping[str, State] = {
    "transfer": State(N_("Bank transfer"), "calm"), "cash": State(N_("Cash"), "calm"),
    "card": State(N_("Card"), "calm"), "direct-debit": State(N_("Direct debit"), "calm"),
    "sipo": State(N_("SIPO"), "calm"), "kiosk": State(N_("Kiosk"), "calm"), "wallet": State(N_("Wallet"), "calm"),
    "voucher": State(N_("Voucher"), "calm"), "other": State(N_("Another way"), "calm"),
}  # fmt: skip
