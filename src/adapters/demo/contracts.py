"""The demo's contract: drafted, printed, signed, and written as a PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.bootstrap.origins import origin_of_process
from adapters.documents.contract_assembly import assemble_contract
from adapters.documents.contract_paper import render_contract
from adapters.files.contract_templates import ready_template
from billing_core.contracts.kinds import ContractKind
from billing_core.contracts.services import LinkedService
from billing_core.contracts.terms import Term
from billing_core.parties.number_series import NumberSeries
from commands.contracts.drafting import DraftContract, IssueContract
from commands.contracts.kinds import DefineContractKind
from commands.contracts.signing import DraftAnnex, SignAnnex, SignContract
from commands.notes import AddNote, TagCustomer
from commands.onboarding import NewSubscriber
from commands.parties import OpenNumberSeries

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

KIND, LANGUAGE = "internet", "en"
TERM = Term(fixed_months=24, goes_on=True, minimum_months=12)


class DemoContract:
    """A contract of a subscriber on one service."""

    def __init__(self, app: Application, on: date, subscriber: NewSubscriber, service: str) -> None:
        self._app = app
        self._on = on
        self._subscriber = subscriber
        self._service = LinkedService(account=subscriber.account.number, subscription=service)

    def sign(self) -> str:
        """Prepare the house for contracts, and have one signed with its first annex; its number."""
        seller, customer = self._subscriber.account.seller, self._subscriber.customer
        self._give(OpenNumberSeries(seller=seller, kind="contract", series=NumberSeries(prefix="7", width=9)))
        self._give(DefineContractKind(kind=ContractKind(code=KIND, name="Services at home", term=TERM)))
        self._give(ready_template(f"{KIND}.{LANGUAGE}"))
        self._give(TagCustomer(customer=customer.number, add=("television",)))
        self._give(AddNote(customer=customer.number, text="Wants the set-top box in white.", is_pinned=True))
        drafted = DraftContract(
            customer=customer.number, seller=seller, kind=KIND, language=LANGUAGE, begins_on=self._on,
            services=(self._service,), agreed="The set-top box is lent for as long as the contract lasts.",
        )  # fmt: skip
        number = str(self._give(drafted)["contract"])
        self._give(IssueContract(contract=number))
        self._give(SignContract(contract=number, signed_by=customer.name, signed_for_seller="the shop"))
        self._give(DraftAnnex(contract=number, begins_on=self._on, text="A second set-top box is lent as well."))
        self._give(SignAnnex(contract=number, annex=1, signed_by=customer.name, signed_for_seller="the shop"))
        self._app.runner.catch_up()
        return number

    def write(self, number: str, folder: Path) -> list[tuple[Path, str]]:
        """Write the contract and its annex as PDF files."""
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob("contract-*.pdf"):
            earlier.unlink()
        written = []
        for annex in (0, 1):
            path = folder / f"contract-{number}{f'-annex-{annex}' if annex else ''}.pdf"
            paper = assemble_contract(number, annex, self._app.queries, self._app.store, self._on)
            path.write_bytes(render_contract(paper))
            written.append((path, f"{self._subscriber.customer.name}: {paper.title}"))
        return written

    def _give(self, command: Command) -> dict[str, object]:
        return self._app.bus.execute(command, origin_of_process("demo", self._on)).result
