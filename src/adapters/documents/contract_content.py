"""What stands on a contract: the template filled in, with dates, prices and numbers as its language writes them.

Decides words, not places on paper. Everything comes from the contract's own events and the versions that they name, so
the same contract is always the same paper, whatever changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit

from adapters.documents.assemble import printed_party
from adapters.documents.blocks import in_fours
from adapters.documents.contract_paper import (
    ITEM,
    ContractPaper,
    PaperFee,
    PaperParty,
    PaperSection,
    PaperService,
    Signing,
)
from billing_core.contracts.contract import Annex, Contract
from billing_core.contracts.kinds import ContractKind, Section, Template, Words, applies_to, filled
from billing_core.contracts.services import Fee, SoldService
from billing_core.contracts.terms import Term, ends_by_itself
from billing_core.invoicing.documents import DocumentParty
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.customers import Customer
from billing_core.parties.sellers import Seller

HYPHEN, MINUS, NO_BREAK = "-", "\u2212", "\u00a0"
# English as the world writes it, day before month; a language without rules of its own is written like this too.
ENGLISH = "en_001"
ONE_LETTER = re.compile(r"(?<!\S)(\w) (?=\S)")


class Parties(NamedTuple):
    """Seller and customer as they stand on the paper, and the kind of the contract."""

    kind: ContractKind
    seller: Seller
    customer: Customer


class Written:
    """How a language writes dates and numbers."""

    def __init__(self, language: str) -> None:
        try:
            self._locale = Locale.parse(ENGLISH if language == "en" else language)
        except UnknownLocaleError:
            self._locale = Locale.parse(ENGLISH)

    def date(self, day: date | None) -> str:
        """A day with its month in words: 1. června 2026; nothing for none."""
        return "" if day is None else str(format_date(day, "long", locale=self._locale)).replace(" ", NO_BREAK)

    def price(self, price: Decimal, currency: str) -> str:
        """A price with at least the decimals of its currency."""
        digits = minor_digits(currency)
        pattern = f"#,##0.{'0' * digits}{'#' * (6 - digits)}"
        number = str(format_decimal(price, pattern, locale=self._locale)).replace(HYPHEN, MINUS)
        return f"{number}{NO_BREAK}{currency}"

    def length(self, months: int, days: int) -> str:
        """A length of time: 24 měsíců, 30 dní."""
        count, unit = (days, "duration-day") if days else (months, "duration-month")
        return str(format_unit(count, unit, length="long", locale=self._locale)).replace(" ", NO_BREAK)

    def number(self, number: Decimal) -> str:
        return str(format_decimal(number, "#,##0.######", locale=self._locale))


def paper_of_contract(
    contract: Contract,
    template: Template,
    parties: Parties,
    issued_on: date,
    services: Sequence[SoldService],
    *,
    is_draft: bool,
) -> ContractPaper:
    """The contract as it is printed for signature, or its draft."""
    values = _values(contract, contract.term, parties, issued_on, Written(contract.language))
    sections = [
        section for section in template.sections
        if applies_to(section, contract.term) and (section.shows != "agreed" or section.text or contract.agreed)
    ]  # fmt: skip
    return _paper(
        contract,
        template.words,
        parties,
        filled(template.title, values),
        filled(template.lead, values),
        template.words.draft if is_draft else "",
        [_section(each, values, services, contract.agreed, template.words, contract.language) for each in sections],
    )


def paper_of_annex(contract: Contract, annex: Annex, template: Template, parties: Parties) -> ContractPaper:
    """An annex as it is printed for signature."""
    term = annex.term or contract.term
    written = Written(contract.language)
    values = _values(contract, term, parties, annex.on, written)
    values |= {"annex.number": str(annex.number), "annex.begins_on": written.date(annex.begins_on)}
    sections = [
        _section(each, values, annex.services or (), annex.text, template.words, contract.language)
        for each in template.annex_sections
        if applies_to(each, term) and (each.shows != "services" or annex.services is not None)
        and (each.shows != "agreed" or annex.text)
    ]  # fmt: skip
    title = filled(template.annex_title or template.title, values)
    return _paper(contract, template.words, parties, title, "", "", sections)


def _paper(
    contract: Contract, words: Words, parties: Parties, title: str, lead: str, mark: str, sections: list[PaperSection]
) -> ContractPaper:
    seller, customer = parties.seller, parties.customer
    return ContractPaper(
        language=contract.language,
        house=seller.name,
        title=title,
        lead=lead,
        mark=mark,
        parties=(
            PaperParty(words.seller, seller.name, _lines(printed_party(seller, abroad=customer))),
            PaperParty(
                words.customer,
                customer.name,
                [*_lines(printed_party(customer, abroad=seller)), f"{words.customer_number} {customer.number}"],
            ),
        ),
        sections=sections,
        signings=(
            Signing(words.place_and_date, words.signed_for_seller, seller.name),
            Signing(words.place_and_date, words.signed_for_customer, customer.name),
        ),
    )


def _lines(party: DocumentParty) -> list[str]:
    """Address, legal ids, and how a party is reached."""
    reached = " \u00b7 ".join(each for each in (party.email, party.phone) if each)
    return [line for line in (*party.address_lines, _ids(party.legal_ids), reached) if line]


def _ids(legal_ids: Mapping[str, str]) -> str:
    return ", ".join(f"{label} {value}" for label, value in legal_ids.items())


def _values(contract: Contract, term: Term, parties: Parties, issued_on: date, written: Written) -> dict[str, str]:
    """What each placeholder stands for."""
    ends_on = ends_by_itself(contract.begins_on, term)
    values = {
        "contract.number": contract.number,
        "contract.kind": parties.kind.name,
        "contract.begins_on": written.date(contract.begins_on),
        "contract.issued_on": written.date(issued_on),
        "contract.last_day": written.date(ends_on - ONE_DAY if ends_on else None),
        "term.length": written.length(term.fixed_months, 0),
        "term.minimum": written.length(term.minimum_months, 0),
        "notice.length": written.length(term.notice.months, term.notice.days),
        "seller.iban": in_fours(parties.seller.iban or "").replace(" ", NO_BREAK),
        "customer.number": parties.customer.number,
        "annex.number": "",
        "annex.begins_on": "",
    }
    for role, party in (("seller", parties.seller), ("customer", parties.customer)):
        values |= {
            f"{role}.name": party.name,
            f"{role}.address": ", ".join(party.address.lines()),
            f"{role}.ids": _ids(party.legal_ids),
            f"{role}.email": party.email or "",
            f"{role}.phone": party.phone or "",
        }
    return values


def _section(
    section: Section, values: dict[str, str], services: Sequence[SoldService], agreed: str, words: Words, language: str
) -> PaperSection:
    """A section filled in; what was agreed in addition is text of people, in which nothing is a placeholder."""
    paragraphs = list(_paragraphs(filled(section.text, values)))
    if section.shows == "agreed":
        paragraphs += _paragraphs(agreed)
    shown = [_service(each, words, Written(language)) for each in services] if section.shows == "services" else []
    return PaperSection(filled(section.heading, values), paragraphs, shown)


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text, and each line of a list by itself; a word of one letter stays with the next word."""
    words: list[str] = []
    for line in (*text.splitlines(), ""):
        if words and (not line.strip() or line.startswith(ITEM)):
            yield ONE_LETTER.sub(rf"\1{NO_BREAK}", " ".join(words))
            words = []
        if line.strip():
            words.append(line.strip() if not line.startswith(ITEM) else line.rstrip())


def _service(service: SoldService, words: Words, written: Written) -> PaperService:
    several = f"{written.number(service.quantity)} \u00d7 " if service.quantity != 1 else ""
    facts = [f"{words.service} {service.subscription}", f"{words.since} {written.date(service.since)}"]
    if service.place:
        facts.append(f"{words.place} {service.place}")
    return PaperService(
        f"{several}{service.name}",
        " \u00b7 ".join(facts),
        [PaperFee(fee.name, _price(fee, service, words, written)) for fee in service.fees],
    )


def _price(fee: Fee, service: SoldService, words: Words, written: Written) -> str:
    """`20.00 EUR monthly, without VAT`, `60.00 EUR / 3 months, without VAT`."""
    every = words.monthly if fee.months == 1 else f"/ {written.length(fee.months, fee.days)}"
    vat = words.with_vat if service.prices_include_vat else words.without_vat
    return f"{written.price(fee.price, service.currency)} {every}, {vat}"
