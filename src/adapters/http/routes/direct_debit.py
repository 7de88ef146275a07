"""Direct debit: terms, mandates, batches and their answers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.direct_debit import (
    ListAccountDebits,
    ListDebitBatches,
    ListMandates,
    ListRefusedDebits,
    ShowDebitBatch,
    ShowDebitTerms,
    ShowMandate,
    WriteDebitCover,
    WriteDebitFile,
)
from commands.direct_debit.announcing import AnnounceDebits
from commands.direct_debit.answers import CollectDebits, FollowDebitReturn, RecordDebitAnswers
from commands.direct_debit.batches import (
    CancelDebitBatch,
    CloseDebitBatch,
    DrawUpDebitBatch,
    FreezeDebitBatch,
    NoteDebitBatchSent,
    ReleaseDebit,
)
from commands.direct_debit.mandates import (
    AmendMandate,
    EndMandate,
    LapseMandate,
    ResumeMandate,
    SignMandate,
    SuspendMandate,
)
from commands.direct_debit.terms import SetDebitTerms

ROUTES = (
    Route("GET", "/sellers/{seller}/debit-terms", ShowDebitTerms),
    Route("PUT", "/sellers/{seller}/debit-terms", SetDebitTerms),
    Route("GET", "/mandates", ListMandates),
    Route("GET", "/mandates/{mandate}", ShowMandate),
    Route("POST", "/accounts/{account}/mandates", SignMandate, 201),
    Route("POST", "/mandates/{mandate}/amend", AmendMandate),
    Route("POST", "/mandates/{mandate}/suspend", SuspendMandate),
    Route("POST", "/mandates/{mandate}/resume", ResumeMandate),
    Route("POST", "/mandates/{mandate}/end", EndMandate),
    Route("POST", "/mandates/{mandate}/lapse", LapseMandate),
    Route("GET", "/debit-batches", ListDebitBatches),
    Route("POST", "/debit-batches", DrawUpDebitBatch, 201),
    Route("GET", "/debit-batches/{batch}", ShowDebitBatch),
    Route("GET", "/debit-batches/{batch}/file", WriteDebitFile),
    Route("GET", "/debit-batches/{batch}/cover", WriteDebitCover),
    Route("POST", "/debit-batches/{batch}/freeze", FreezeDebitBatch),
    Route("POST", "/debit-batches/{batch}/announce", AnnounceDebits),
    Route("POST", "/debit-batches/{batch}/sent", NoteDebitBatchSent),
    Route("POST", "/debit-batches/{batch}/answers", RecordDebitAnswers),
    Route("POST", "/debit-batches/{batch}/collect", CollectDebits),
    Route("POST", "/debit-batches/{batch}/close", CloseDebitBatch),
    Route("POST", "/debit-batches/{batch}/cancel", CancelDebitBatch),
    Route("GET", "/accounts/{account}/debits", ListAccountDebits),
    Route("POST", "/accounts/{account}/debit-return", FollowDebitReturn),
    Route("GET", "/refused-debits", ListRefusedDebits),
    Route("POST", "/debits/{debit}/release", ReleaseDebit),
)
