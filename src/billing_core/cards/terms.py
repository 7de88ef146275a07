"""The terms on which a seller charges stored cards: from which day, how often again, and which refusals are final.

Decides on which day a charge that failed is tried again; not what is charged (`billing_core.cards.on_account`).

Worked example, `retry_days` 1, 3, 7; the first try failed on 30 January:

    failed on 30 January          next on 31 January
    failed on 31 January          next on 2 February, three days after the first try
    failed on 2 February          next on 6 February
    failed on 6 February          never by itself: the calendar is used up
    nobody tried until 5 February and it failed then    next on 6 February; what was missed is not made up for
    failed with a final code      never by itself, on whichever day
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event

MOST_RETRIES, MOST_DAYS, MOST_CODES = 12, 60, 100
# Refusals after which the same card is refused again: of ISO 8583 and of gateways that have words for them.
FINAL_CODES = (
    "card_not_supported", "expired_card", "fraudulent", "incorrect_number", "invalid_account", "lost_card",
    "pickup_card", "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization",
    "stolen_card", "stop_payment_order", "transaction_not_allowed",
)  # fmt: skip


class CardTerms(msgspec.Struct, frozen=True, kw_only=True):
    """How stored cards of a seller's customers are charged.

    Items are charged `days_after_due` after their due date. A charge that failed is tried again `retry_days` after the
    first try, unless the refusal is one of `final_codes`. A charge that the customer has to confirm, and does not
    within `confirm_days`, has failed.
    """

    days_after_due: int = 0
    retry_days: tuple[int, ...] = (1, 3, 7)
    final_codes: tuple[str, ...] = FINAL_CODES
    confirm_days: int = 3


USUAL_TERMS = CardTerms()

# --- events


@event("card-terms-set")
class CardTermsSet(Event, frozen=True, kw_only=True):
    """From now on stored cards of a seller's customers are charged on these terms."""

    seller: str
    terms: CardTerms


# --- state


def apply_card_terms(terms: CardTerms | None, fact: Event) -> CardTerms | None:
    """The terms of a seller after an event of their stream."""
    return fact.terms if isinstance(fact, CardTermsSet) else terms


# --- decisions


def set_card_terms(known: CardTerms | None, fact: CardTermsSet) -> list[Event]:
    """Terms that make sense; nothing changes if they hold already."""
    terms = fact.terms
    if not 0 <= terms.days_after_due <= MOST_DAYS:
        raise InvalidValue(f"must be 0 to {MOST_DAYS}", field="days after due", value=terms.days_after_due)
    if not 1 <= terms.confirm_days <= MOST_DAYS:
        raise InvalidValue(f"must be 1 to {MOST_DAYS}", field="confirm days", value=terms.confirm_days)
    if len(terms.retry_days) > MOST_RETRIES:
        raise InvalidValue(f"are more than {MOST_RETRIES}", field="retry days", value=len(terms.retry_days))
    if list(terms.retry_days) != sorted(set(terms.retry_days)) or not all(
        1 <= days <= MOST_DAYS for days in terms.retry_days
    ):
        raise InvalidValue(f"must be 1 to {MOST_DAYS}, each more than the one before", field="retry days",
                           value=", ".join(map(str, terms.retry_days)))  # fmt: skip
    if len(terms.final_codes) > MOST_CODES:
        raise InvalidValue(f"are more than {MOST_CODES}", field="final codes", value=len(terms.final_codes))
    return [] if known == terms else [fact]


def is_final(terms: CardTerms, code: str) -> bool:
    """Whether the card is refused again however often it is tried."""
    return code in terms.final_codes


def next_try_on(terms: CardTerms, first_failed_on: date, today: date) -> date | None:
    """The first day of the calendar after today; None if it is used up."""
    days = (first_failed_on + timedelta(days=each) for each in terms.retry_days)
    return next((day for day in days if day > today), None)
