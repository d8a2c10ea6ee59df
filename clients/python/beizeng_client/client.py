"""The client for programs that wait for each answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar, Unpack

import httpx

from beizeng_client import models, operations
from beizeng_client.calls import Call, Page, answer_of, connection_lost
from beizeng_client.errors import BeizengError
from beizeng_client.facts import GivenFacts
from beizeng_client.models.words import Status
from beizeng_client.options import (
    AssessmentOptions,
    ClockOptions,
    DecisionOptions,
    MatchOptions,
    MeasureFilter,
    ReceiptFilter,
    ScreeningOptions,
)
from beizeng_client.retrying import Attempts, Retry
from beizeng_client.settings import LARGEST_PAGE, TIMEOUT, Language, headers

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """Calls one service. Keep one for the whole program, and close it at the end.

    Every method raises `ProblemError` where the service refuses, `ConnectionLostError` where it is not reached, and
    `UnexpectedAnswerError` where something else answers; `TypeError` or `ValueError` where an argument cannot be sent
    exactly.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        language: Language = "zh-CN",
        retry: Retry = Retry(),  # noqa: B008 - frozen
        timeout: float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`auth`: `Signature` or `ApiKey`; `timeout`: seconds for each attempt."""
        self._retry = retry
        self._http = httpx.Client(
            base_url=base_url, auth=auth, headers=headers(language), timeout=timeout, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    # ---- decisions

    def decide(self, facts: GivenFacts, **options: Unpack[DecisionOptions]) -> models.DecisionAnswer:
        """Decide every selected rule."""
        return self._send(operations.decide(facts, options))

    def calculate(self, facts: GivenFacts, **options: Unpack[DecisionOptions]) -> models.CalculationAnswer:
        """Decide the selected rules that have an amount, and add the amounts up."""
        return self._send(operations.calculate(facts, options))

    def assess(self, facts: GivenFacts, **options: Unpack[AssessmentOptions]) -> models.AssessmentAnswer:
        """Everything that a home screen shows: every rule, the total, the next question, the time limits."""
        return self._send(operations.assess(facts, options))

    def receipts(self, *, page_size: int = LARGEST_PAGE, **options: Unpack[ReceiptFilter]) -> Iterator[models.Receipt]:
        """Every receipt, the newest first, page by page."""
        return self._items(operations.receipts(options, page_size))

    def receipt(self, receipt_id: str) -> models.ReceiptDetail:
        """One receipt with its request."""
        return self._send(operations.receipt(receipt_id))

    def replay(self, receipt_id: str) -> models.Replay:
        """Decide again from what was known then, and from what is known now."""
        return self._send(operations.replay(receipt_id))

    # ---- time limits

    def targets(self) -> models.TargetList:
        """Every time limit."""
        return self._send(operations.targets())

    def target(self, target_id: str) -> models.Target:
        """One time limit."""
        return self._send(operations.target(target_id))

    def match_targets(self, facts: GivenFacts, **options: Unpack[MatchOptions]) -> models.TargetMatch:
        """Which time limit applies."""
        return self._send(operations.match_targets(facts, options))

    def deadline(self, target_id: str, started_at: datetime, **options: Unpack[ClockOptions]) -> models.Deadline:
        """When a clock that was started then runs out. Every time needs an offset."""
        return self._send(operations.deadline(target_id, started_at, options))

    # ---- catalogue

    def measures(self, **options: Unpack[MeasureFilter]) -> models.MeasureList:
        """The measures of the plan."""
        return self._send(operations.measures(options))

    def measure(self, clause: str) -> models.Measure:
        """One measure."""
        return self._send(operations.measure(clause))

    def rule(self, rule_id: str) -> models.Rule:
        """One rule with all its versions."""
        return self._send(operations.rule(rule_id))

    def rule_vocabulary(self) -> models.RuleVocabulary:
        """The export of business-rules, for rule editors."""
        return self._send(operations.rule_vocabulary())

    def facts(self) -> models.FactList:
        """Every fact, in the order in which facts stand in answers."""
        return self._send(operations.facts())

    def indicators(self) -> models.IndicatorList:
        """The figures to reach."""
        return self._send(operations.indicators())

    def sources(self) -> models.SourceList:
        """The other offices that may be asked for facts."""
        return self._send(operations.sources())

    # ---- screenings

    def submit_screening(
        self,
        content: bytes,
        name: str,
        *,
        mapping: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[ScreeningOptions],
    ) -> models.Screening:
        """Submit a registry (csv, xlsx, parquet) to be screened; `mapping`: the mapping file's YAML.

        A key of your own makes it one job also where the program itself is started again.
        """
        return self._send(operations.submit_screening(content, name, mapping, options).keyed(idempotency_key))

    def screen_source(
        self, source: str, *, idempotency_key: str | None = None, **options: Unpack[ScreeningOptions]
    ) -> models.Screening:
        """Screen a file of the service's own folder of sources."""
        return self._send(operations.screen_source(source, options).keyed(idempotency_key))

    def screenings(self, *, page_size: int = LARGEST_PAGE) -> Iterator[models.Screening]:
        """Every job of this application, page by page."""
        return self._items(operations.screenings(page_size))

    def screening(self, screening_id: str) -> models.Screening:
        """One job as it stands."""
        return self._send(operations.screening(screening_id))

    def finished_screening(self, screening_id: str, *, every: float = 1.0, within: float = 3600.0) -> models.Screening:
        """The job once it has ended, asked for every so many seconds.

        Raises:
            TimeoutError: it has not ended within that many seconds.
        """
        until = time.monotonic() + within
        while not (job := self.screening(screening_id)).ended:
            if time.monotonic() > until:
                raise TimeoutError(screening_id)
            time.sleep(every)
        return job

    def cancel_screening(self, screening_id: str, *, idempotency_key: str | None = None) -> models.Screening:
        """Cancel a job that has not ended."""
        return self._send(operations.cancel_screening(screening_id).keyed(idempotency_key))

    def delete_screening(self, screening_id: str) -> models.Screening:
        """Cancel a job, or remove one that has ended. Not made again where the answer is lost."""
        return self._send(operations.delete_screening(screening_id))

    def screening_summary(self, screening_id: str) -> models.ScreeningSummary:
        """What a screening came to, and what to collect."""
        return self._send(operations.screening_summary(screening_id))

    def screening_results(
        self,
        screening_id: str,
        *,
        rule: str | None = None,
        status: Status | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> Iterator[Mapping[str, Any]]:
        """Every row of the registry with its statuses and amounts, page by page."""
        return self._items(operations.screening_results(screening_id, rule, status, page_size))

    def explain_screening_result(self, screening_id: str, entity: str) -> models.DecisionAnswer:
        """One row, explained as a decision."""
        return self._send(operations.explain_screening_result(screening_id, entity))

    def screening_candidates(self, screening_id: str, measure: int) -> models.CandidateList:
        """Whom a measure reaches, and who falls short of it by little."""
        return self._send(operations.screening_candidates(screening_id, measure))

    def screening_report(self, screening_id: str) -> bytes:
        """The report for people, as HTML."""
        return self._send(operations.screening_report(screening_id))

    def screening_file(self, screening_id: str, name: str) -> bytes:
        """One of the files of a screening."""
        return self._send(operations.screening_file(screening_id, name))

    # ---- the service itself

    def health(self) -> models.Alive:
        """The process answers."""
        return self._send(operations.health())

    def readiness(self) -> models.Ready:
        """Every part of the service is there."""
        return self._send(operations.readiness())

    # ---- how a call is made

    def _items(self, call: Call[Page[T]]) -> Iterator[T]:
        while True:
            page = self._send(call)
            yield from page.items
            if page.next_cursor is None:
                return
            call = call.at(page.next_cursor)

    def _send(self, call: Call[T]) -> T:
        attempts = Attempts(self._retry, call.repeat)
        while True:
            try:
                return answer_of(call, self._exchange(call))
            except BeizengError as error:
                wait = attempts.wait_after(error)
            time.sleep(wait)

    def _exchange(self, call: Call[T]) -> httpx.Response:
        request = call.request(self._http)
        try:
            return self._http.send(request)
        except httpx.TransportError as error:
            raise connection_lost(error) from error
