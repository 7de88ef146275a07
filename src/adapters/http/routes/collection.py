"""Old debts: agencies, late interest, limitation, write-offs, calls."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.collection.agencies import (
    ListCollectionAgencies,
    ListCollectionBatches,
    ListCollectionItems,
    ShowCollectionBatch,
    WriteCollectionFile,
)
from adapters.views.collection.calls import ListCallResults, ListCalls
from adapters.views.collection.interest import (
    ListInsolvencyClaims,
    ListInterestTables,
    ShowLateInterest,
    WriteInsolvencyClaims,
)
from adapters.views.collection.losses import ListLapsing, ListWriteOffs, WriteWriteOffs
from commands.collection.agencies import (
    DrawUpCollectionBatch,
    HandItemsToCollection,
    SetCollectionAgency,
    TakeBackFromCollection,
)
from commands.collection.agency_payments import BookAgencyPayment
from commands.collection.calls import CloseCall, NoteCall, PutOnCallList, SetCallResults, TakeOffCallList
from commands.collection.interest import ChargeLateInterest, PublishInterestTable
from commands.collection.limitation import RenewLimitation, SetLimitationTerm
from commands.collection.steps import FollowStep

ROUTES = (
    Route("GET", "/collection/agencies", ListCollectionAgencies),
    Route("PUT", "/collection/agencies/{code}", SetCollectionAgency),
    Route("GET", "/collection/items", ListCollectionItems),
    Route("GET", "/collection/agencies/{agency}/files", ListCollectionBatches),
    Route("POST", "/collection/agencies/{agency}/files", DrawUpCollectionBatch, 201),
    Route("GET", "/collection/agencies/{agency}/files/{batch}", ShowCollectionBatch),
    Route("GET", "/collection/agencies/{agency}/files/{batch}/csv", WriteCollectionFile),
    Route("POST", "/collection/agencies/{agency}/payments", BookAgencyPayment, 201),
    Route("POST", "/accounts/{account}/collection", HandItemsToCollection),
    Route("POST", "/accounts/{account}/collection/take-back", TakeBackFromCollection),
    Route("GET", "/interest-tables", ListInterestTables),
    Route("PUT", "/interest-tables/{code}", PublishInterestTable),
    Route("GET", "/accounts/{account}/late-interest", ShowLateInterest),
    Route("POST", "/accounts/{account}/late-interest", ChargeLateInterest),
    Route("GET", "/accounts/{account}/insolvency-claims", ListInsolvencyClaims),
    Route("GET", "/accounts/{account}/insolvency-claims/csv", WriteInsolvencyClaims),
    Route("GET", "/write-offs", ListWriteOffs),
    Route("GET", "/write-offs/csv", WriteWriteOffs),
    Route("GET", "/lapsing", ListLapsing),
    Route("POST", "/accounts/{account}/invoices/{invoice}/limitation", RenewLimitation),
    Route("PUT", "/sellers/{seller}/limitation-term", SetLimitationTerm),
    Route("GET", "/calls", ListCalls),
    Route("GET", "/call-results", ListCallResults),
    Route("PUT", "/call-results", SetCallResults),
    Route("POST", "/accounts/{account}/call", PutOnCallList),
    Route("POST", "/accounts/{account}/call/note", NoteCall),
    Route("POST", "/accounts/{account}/call/take-off", TakeOffCallList),
    Route("POST", "/accounts/{account}/call/close", CloseCall),
    Route("POST", "/accounts/{account}/dunning/follow-step", FollowStep),
)
