"""Bases of bulk messages in pages: what the house knows is chosen, not typed."""

from __future__ import annotations

from commands.notes import TagCustomer
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.filling import filled
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator

NEW = "/bulk-messages/bases/new"


def test_tariffs_tags_and_languages_of_a_base_are_chosen_by_their_names(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.publish("fast", "50.00")
    operator.subscriber()
    operator.tell(TagCustomer(customer="A0001", add=("fibre",)))
    operator.application.runner.catch_up()
    boss = signed_in("boss", "administrator")
    page = boss.get(NEW).text
    for value in ("fast", "fibre", "cs"):
        assert f'value="{value}">' in page
    assert "čeština" in page

    typed = form_fields(page) | {
        "base": "fibre", "name": "Fibre", "seller": "north", "choice.tariffs": "fast", "choice.tags": "fibre",
        "choice.languages": "cs", "do": "confirm",
    }  # fmt: skip
    assert boss.post(NEW, data=typed, headers=FROM_HERE).status_code == 303
    operator.application.runner.catch_up()
    change = filled(boss.get("/bulk-messages/bases/fibre/change").text)
    assert change["choice.tariffs"] == ["fast"] and change["choice.languages"] == ["cs"]
    assert change["choice.tags"] == ["fibre"]
