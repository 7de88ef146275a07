"""What the templates of explained amounts ask about: whether the reader may see the price list, or waive the charge."""

from __future__ import annotations

from types import SimpleNamespace

from adapters.views.catalogue import ShowTariff
from commands.corrections.waiver import WaiveCharge

EXPLAINING = SimpleNamespace(ShowTariff=ShowTariff, WaiveCharge=WaiveCharge)
