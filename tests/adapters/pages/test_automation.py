"""What happens by itself, on pages: what is given up is to be done, however much else waits."""

from __future__ import annotations

from tests.adapters.pages.conftest import SignedIn
from tests.operators import Operator


def test_a_dead_letter_is_to_be_done_behind_any_number_that_wait_or_were_dropped(
    operator: Operator, signed_in: SignedIn
) -> None:
    boss = signed_in("boss", "administrator")
    operator.execute(
        """INSERT INTO billing.deliveries (follower, position, stream, state, attempts, next_try_at, error)
           SELECT 'mail@home', place, 'account/1', CASE WHEN place > 120 THEN 'dead' ELSE 'dropped' END, 8, NULL, 'no'
           FROM generate_series(1, 121) AS place"""
    )

    page = boss.get("/dashboard").text

    assert "1 delivery to another system is given up" in page and "/set-up/deliveries?state=dead" in page
    listed = boss.get("/set-up/deliveries?state=dead").text
    assert "/log/121" in listed and 'href="/log/1"' not in listed
