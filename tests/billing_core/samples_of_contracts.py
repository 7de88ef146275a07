"""How the stored samples of contracts are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.contracts.events import (
    AnnexDrafted,
    AnnexSignatureTakenBack,
    AnnexSigned,
    AnnexVoided,
    ContractDraftChanged,
    ContractDrafted,
    ContractEnded,
    ContractIssued,
    ContractNoticeGiven,
    ContractNoticeTakenBack,
    ContractRecalled,
    ContractResumed,
    ContractSignatureTakenBack,
    ContractSigned,
    ContractVoided,
    Paper,
)
from billing_core.contracts.kinds import (
    ContractKind,
    ContractKindDefined,
    ContractTemplatePublished,
    Section,
    Template,
    Words,
)
from billing_core.contracts.services import Fee, LinkedService, SoldService
from billing_core.contracts.terms import NoticePeriod, Term
from billing_core.kernel.attachments import Attachment
from billing_core.kernel.events import Event
from billing_core.parties.versions import PartyVersion

ON = date(2026, 5, 15)
OF: Any = {"effective_on": ON, "contract": "7000000001", "customer": "C0000001"}
TERM = Term(fixed_months=24, goes_on=True, minimum_months=12, notice=NoticePeriod(days=30, counted_from="day"))
SERVICE = SoldService(
    account="1001", subscription="net", tariff="fast", name="Fast 500", since=date(2026, 6, 1), quantity=Decimal(2),
    place="11-5", currency="EUR", prices_include_vat=True,
    fees=(Fee(name="Monthly fee", price=Decimal("20.00"), months=3, vat_rate=Decimal(21)),),
)  # fmt: skip
PAPER = Paper(template=2, seller=1, customer=PartyVersion("C0000001", 3))
SIGNED = Attachment(content_hash="ab" * 32, media_type="application/pdf", size_bytes=41_200)
TEMPLATE = Template(
    title="Contract {{ contract.number }}",
    lead="Concluded on {{ contract.issued_on }}.",
    sections=(
        Section(heading="Subject", text="{{ seller.name }} connects {{ customer.name }}.", shows="services"),
        Section(heading="Term", text="{{ term.length }}.", applies="fixed"),
    ),
    annex_title="Annex {{ annex.number }}",
    annex_sections=(Section(heading="Changes", shows="agreed"),),
    words=Words(seller="Operator"),
)
SAMPLES: dict[str, Event] = {
    "contract-kind-defined/1": ContractKindDefined(
        effective_on=ON, kind=ContractKind(code="internet", name="Contract on internet", term=TERM)
    ),
    "contract-template-published/1": ContractTemplatePublished(
        effective_on=ON, kind="internet", language="en", version=2, template=TEMPLATE
    ),
    "contract-drafted/1": ContractDrafted(
        **OF, seller="north", kind="internet", language="en", begins_on=date(2026, 6, 1), term=TERM,
        services=(LinkedService(account="1001", subscription="net"),), agreed="A free router",
    ),
    "contract-draft-changed/1": ContractDraftChanged(
        **OF, language="cs", begins_on=date(2026, 6, 2), term=Term(),
        services=(LinkedService(account="1001", subscription="net"),), agreed="Two free routers",
    ),
    "contract-issued/1": ContractIssued(**OF, paper=PAPER, services=(SERVICE,)),
    "contract-recalled/1": ContractRecalled(**OF, reason="wrong tariff"),
    "contract-voided/1": ContractVoided(**OF, reason="withdrew"),
    "contract-signed/1": ContractSigned(
        **OF, signed_by="Ona", signed_for_seller="clerk", attachment=SIGNED, ends_on=date(2028, 6, 1)
    ),
    "contract-signature-taken-back/1": ContractSignatureTakenBack(**OF, reason="another contract"),
    "annex-drafted/1": AnnexDrafted(
        **OF, annex=1, begins_on=date(2026, 9, 1), text="The router is returned", services=(SERVICE,), term=TERM,
        paper=PAPER,
    ),
    "annex-voided/1": AnnexVoided(**OF, annex=1, reason="withdrew"),
    "annex-signed/1": AnnexSigned(
        **OF, annex=1, signed_by="Ona", signed_for_seller="clerk", attachment=SIGNED, ends_on=date(2028, 6, 1)
    ),
    "annex-signature-taken-back/1": AnnexSignatureTakenBack(
        **OF, annex=1, reason="another annex", ends_on=date(2028, 6, 1)
    ),
    "contract-notice-given/1": ContractNoticeGiven(
        **OF, by="customer", ends_on=date(2026, 7, 1), reason="moves away"
    ),
    "contract-notice-taken-back/1": ContractNoticeTakenBack(**OF, reason="stays", ends_on=date(2028, 6, 1)),
    "contract-ended/1": ContractEnded(**OF),
    "contract-resumed/1": ContractResumed(**OF, reason="stays", ends_on=date(2028, 6, 1)),
}  # fmt: skip
