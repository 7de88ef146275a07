"""Sellers (`sellers`) and customers (`customers`), with contacts, consents and families."""

from __future__ import annotations

from commands.parties import consents, contacts, customers, families, sellers
from commands.parties.consents import GiveConsent, PutConsentPurpose, WithdrawConsent
from commands.parties.contacts import PutContact, RemoveContact
from commands.parties.customers import (
    AssignCustomer,
    ChangeCustomer,
    RegisterCustomer,
    customer_stream,
    kept_number,
    load_customer,
    load_customer_to_serve,
    require_customer_known,
    with_custom_fields,
    with_merged,
)
from commands.parties.families import AssignParent
from commands.parties.sellers import (
    ChangeSeller,
    OpenNumberSeries,
    RegisterSeller,
    handle_register_seller,
    load_seller,
    seller_stream,
)
from commands.platform.area import Area
from commands.platform.concerns import HOUSE

__all__ = [
    "AREA",
    "AssignCustomer",
    "AssignParent",
    "ChangeCustomer",
    "ChangeSeller",
    "GiveConsent",
    "OpenNumberSeries",
    "PutConsentPurpose",
    "PutContact",
    "RegisterCustomer",
    "RegisterSeller",
    "RemoveContact",
    "WithdrawConsent",
    "customer_stream",
    "handle_register_seller",
    "kept_number",
    "load_customer",
    "load_customer_to_serve",
    "load_seller",
    "require_customer_known",
    "seller_stream",
    "with_custom_fields",
    "with_merged",
]

AREA = Area(
    handlers={
        **sellers.HANDLERS,
        **customers.HANDLERS,
        **contacts.HANDLERS,
        **consents.HANDLERS,
        **families.HANDLERS,
    },
    concerns={
        **dict.fromkeys(sellers.HANDLERS, HOUSE),
        **customers.CONCERNS,
        **consents.CONCERNS,
        **families.CONCERNS,
    },
)
