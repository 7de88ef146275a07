"""Connections of kiosks in the set-up, and the days of one."""

from __future__ import annotations

from datetime import UTC, datetime

from commands.kiosks.registers import CompareKioskRegister
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator, eur
from tests.projections.kiosk_books import pay


def test_a_kiosk_is_connected_changed_and_looked_at(signed_in: SignedIn, operator: Operator):
    operator.subscribers(1)
    boss = signed_in("hana", "administrator")
    typed = {"kiosk": "hall", "terms.protocol": "osmp", "terms.seller": "north", "terms.user": "terminal",
             "terms.currencies.0.from": "2026-01-01", "terms.currencies.0.currency": "EUR"}  # fmt: skip

    made = boss.post("/set-up/kiosks/new", data=form_fields(boss.get("/set-up/kiosks/new").text) | typed,
                     headers=FROM_HERE)  # fmt: skip

    assert made.headers["location"] == "/set-up/kiosks/hall/secret", made.text
    shown = boss.post("/set-up/kiosks/hall/secret", headers=FROM_HERE,
                      data=form_fields(boss.get("/set-up/kiosks/hall/secret").text))  # fmt: skip
    assert "signs each message" in shown.text
    page = boss.get("/set-up/kiosks/hall/change").text
    assert 'value="EUR"' in page and 'value="terminal"' in page
    change = form_fields(page) | typed | {"terms.most": "500"}
    del change["kiosk"]
    changed = boss.post("/set-up/kiosks/hall/change", data=change, headers=FROM_HERE)
    assert changed.headers["location"].startswith("/set-up/kiosks"), changed.text

    operator.tell(pay("17", "A0001", eur("12.50")))
    operator.tell(pay("18", "NOBODY", eur("5.00")))
    register = CompareKioskRegister(kiosk="hall", register_on=datetime.now(UTC).date(), file="ab", theirs=("19=1.00",))
    operator.tell(register)
    operator.application.runner.catch_up()
    pages = {path: boss.get(f"/kiosks/hall{path}").text
             for path in ("", "/transactions", "/refusals", "/registers", "/differences")}  # fmt: skip
    assert "Taken" in pages[""] and "12.50" in pages[""]
    assert "/accounts/A0001" in pages["/transactions"] and "nobody is known by it" in pages["/transactions"]
    assert "unknown-payer" in pages["/refusals"]
    assert "Differ" in pages["/registers"] and "Theirs alone" in pages["/differences"]
    assert "hall" in boss.get("/set-up/kiosks").text
