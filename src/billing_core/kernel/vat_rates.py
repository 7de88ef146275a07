"""VAT rates: which percentages are one. Decides no rate: the catalogue and the terms of sellers set them."""

from __future__ import annotations

from decimal import Decimal

from billing_core.kernel.errors import InvalidValue


def require_vat_rate(rate: Decimal, field: str) -> None:
    """A VAT rate is a percentage from 0 to below 100."""
    if not rate.is_finite() or not 0 <= rate < 100:
        raise InvalidValue("must be a percentage from 0 to below 100", field=field, value=rate)
