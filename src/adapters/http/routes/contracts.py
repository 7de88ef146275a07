"""Contracts, and the kinds of contract with their templates."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.contracts import (
    ListContractKinds,
    ListContracts,
    ListReadyContractTemplates,
    PrintContract,
    ShowContract,
    ShowContractTemplate,
    ShowReadyContractTemplate,
    TakeSignedContract,
)
from commands.contracts.drafting import (
    ChangeContractDraft,
    DraftContract,
    IssueContract,
    RecallContract,
    VoidContract,
)
from commands.contracts.ending import (
    AgreeContractEnd,
    EndContract,
    GiveContractNotice,
    ResumeContract,
    TakeBackContractNotice,
)
from commands.contracts.kinds import DefineContractKind, PublishContractTemplate
from commands.contracts.signing import (
    DraftAnnex,
    SignAnnex,
    SignContract,
    TakeBackAnnexSignature,
    TakeBackContractSignature,
    VoidAnnex,
)

CONTRACT = "/contracts/{contract}"
ANNEX = f"{CONTRACT}/annexes/{{annex}}"
TEMPLATE = "/contract-kinds/{kind}/templates/{language}"

ROUTES = (
    Route("GET", "/contracts", ListContracts),
    Route("POST", "/contracts", DraftContract, 201),
    Route("GET", CONTRACT, ShowContract),
    Route("PATCH", CONTRACT, ChangeContractDraft),
    Route("GET", f"{CONTRACT}/paper", PrintContract),
    Route("GET", f"{CONTRACT}/signed-paper", TakeSignedContract),
    Route("POST", f"{CONTRACT}/issue", IssueContract),
    Route("POST", f"{CONTRACT}/recall", RecallContract),
    Route("POST", f"{CONTRACT}/void", VoidContract),
    Route("POST", f"{CONTRACT}/sign", SignContract),
    Route("POST", f"{CONTRACT}/take-back-signature", TakeBackContractSignature),
    Route("POST", f"{CONTRACT}/annexes", DraftAnnex, 201),
    Route("POST", f"{ANNEX}/void", VoidAnnex),
    Route("POST", f"{ANNEX}/sign", SignAnnex),
    Route("POST", f"{ANNEX}/take-back-signature", TakeBackAnnexSignature),
    Route("POST", f"{CONTRACT}/notice", GiveContractNotice),
    Route("POST", f"{CONTRACT}/agreed-end", AgreeContractEnd),
    Route("POST", f"{CONTRACT}/take-back-notice", TakeBackContractNotice),
    Route("POST", f"{CONTRACT}/end", EndContract),
    Route("POST", f"{CONTRACT}/resume", ResumeContract),
    Route("GET", "/contract-kinds", ListContractKinds),
    Route("POST", "/contract-kinds", DefineContractKind, 201),
    Route("GET", "/ready-contract-templates", ListReadyContractTemplates),
    Route("GET", "/ready-contract-templates/{name}", ShowReadyContractTemplate),
    Route("GET", TEMPLATE, ShowContractTemplate),
    Route("PUT", TEMPLATE, PublishContractTemplate),
)
