"""How the stored samples of custom fields are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.custom_fields import CustomFieldsPublished, FieldDefinition
from billing_core.kernel.events import Event
from billing_core.services.service_fields import ServiceFieldsSet

ON = date(2026, 6, 2)
SAMPLES: dict[str, Event] = {
    "custom-fields-published/1": CustomFieldsPublished(
        effective_on=ON,
        subject="customer",
        fields=(
            FieldDefinition(
                code="floor", kind="number", least=Decimal(-2), most=Decimal(40), labels={"en": "Floor", "cs": "Patro"},
                applies_to=("person",), group="Home", default="0", is_required=True, is_searchable=True,
                is_shown_to_customer=True,
            ),
            FieldDefinition(code="door", pattern=r"\d{4}", labels={"en": "Door code"}),
            FieldDefinition(code="segment", kind="choice", choices=("home", "office"), labels={"en": "Segment"},
                            is_retired=True),
        ),
    ),
    "service-fields-set/1": ServiceFieldsSet(
        effective_on=ON, customer="C0000001", account="00000001", subscription="net-2", values={"socket": "left wall"}
    ),
}  # fmt: skip
