"""Every operation of the service as a call: where it goes, what it takes, what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from beizeng_client import models
from beizeng_client.calls import Call, Page, bytes_of, reading, receipted
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
from beizeng_client.reading import parse, read
from beizeng_client.retrying import Repeat
from beizeng_client.writing import to_json, to_text


def decide(facts: GivenFacts, options: DecisionOptions) -> Call[models.DecisionAnswer]:
    body = {"facts": facts, **options}
    return Call("POST", "/v1/eligibility", receipted(models.DecisionAnswer), body=body)


def calculate(facts: GivenFacts, options: DecisionOptions) -> Call[models.CalculationAnswer]:
    body = {"facts": facts, **options}
    return Call("POST", "/v1/subsidies/calculations", receipted(models.CalculationAnswer), body=body)


def assess(facts: GivenFacts, options: AssessmentOptions) -> Call[models.AssessmentAnswer]:
    body = {"facts": facts, **options}
    return Call("POST", "/v1/assessments", receipted(models.AssessmentAnswer), body=body)


def receipts(options: ReceiptFilter, page_size: int) -> Call[Page[models.Receipt]]:
    return _pages("/v1/decisions", models.Receipt, page_size, options)


def receipt(receipt_id: str) -> Call[models.ReceiptDetail]:
    return Call("GET", f"/v1/decisions/{_part(receipt_id)}", reading(models.ReceiptDetail))


def replay(receipt_id: str) -> Call[models.Replay]:
    return Call("POST", f"/v1/decisions/{_part(receipt_id)}/replay", reading(models.Replay), body={})


def targets() -> Call[models.TargetList]:
    return Call("GET", "/v1/approval-targets", reading(models.TargetList))


def target(target_id: str) -> Call[models.Target]:
    return Call("GET", f"/v1/approval-targets/{_part(target_id)}", reading(models.Target))


def match_targets(facts: GivenFacts, options: MatchOptions) -> Call[models.TargetMatch]:
    body = {"facts": facts, **options}
    return Call("POST", "/v1/approval-targets/match", receipted(models.TargetMatch), body=body)


def deadline(target_id: str, started_at: datetime, options: ClockOptions) -> Call[models.Deadline]:
    pauses = [{"from": pause.start, "to": pause.end, "reason": pause.reason} for pause in options.get("pauses") or ()]
    body = {**options, "started_at": started_at, "pauses": pauses}
    return Call("POST", f"/v1/approval-targets/{_part(target_id)}/deadline", receipted(models.Deadline), body=body)


def measures(options: MeasureFilter) -> Call[models.MeasureList]:
    return Call("GET", "/v1/measures", reading(models.MeasureList), query=_query(options))


def measure(clause: str) -> Call[models.Measure]:
    return Call("GET", f"/v1/measures/{_part(clause)}", reading(models.Measure))


def rule(rule_id: str) -> Call[models.Rule]:
    return Call("GET", f"/v1/rules/{_part(rule_id)}", reading(models.Rule))


def rule_vocabulary() -> Call[models.RuleVocabulary]:
    return Call("GET", "/v1/rules/vocabulary", reading(models.RuleVocabulary))


def facts() -> Call[models.FactList]:
    return Call("GET", "/v1/facts", reading(models.FactList))


def indicators() -> Call[models.IndicatorList]:
    return Call("GET", "/v1/indicators", reading(models.IndicatorList))


def sources() -> Call[models.SourceList]:
    return Call("GET", "/v1/sources", reading(models.SourceList))


def submit_screening(
    content: bytes, name: str, mapping: str | None, options: ScreeningOptions
) -> Call[models.Screening]:
    form: dict[str, tuple[str | None, bytes]] = {"file": (name, content), "options": (None, to_json(options))}
    if mapping is not None:
        form["mapping"] = (None, mapping.encode())
    return Call("POST", "/v1/screenings", reading(models.Screening), form=form)


def screen_source(source: str, options: ScreeningOptions) -> Call[models.Screening]:
    return Call("POST", "/v1/screenings", reading(models.Screening), body={"source": source, **options})


def screenings(page_size: int) -> Call[Page[models.Screening]]:
    return _pages("/v1/screenings", models.Screening, page_size, {})


def screening(screening_id: str) -> Call[models.Screening]:
    return Call("GET", _screening(screening_id), reading(models.Screening))


def cancel_screening(screening_id: str) -> Call[models.Screening]:
    return Call("POST", _screening(screening_id, "cancel"), reading(models.Screening))


def delete_screening(screening_id: str) -> Call[models.Screening]:
    return Call("DELETE", _screening(screening_id), reading(models.Screening), repeat=Repeat.ONCE)


def screening_summary(screening_id: str) -> Call[models.ScreeningSummary]:
    return Call("GET", _screening(screening_id, "summary"), reading(models.ScreeningSummary))


def screening_results(
    screening_id: str, rule_id: str | None, status: Status | None, page_size: int
) -> Call[Page[Mapping[str, Any]]]:
    options = {"rule": rule_id, "status": status}
    return _pages(_screening(screening_id, "results"), Mapping[str, Any], page_size, options)


def explain_screening_result(screening_id: str, entity: str) -> Call[models.DecisionAnswer]:
    return Call("GET", _screening(screening_id, "results", entity), reading(models.DecisionAnswer))


def screening_candidates(screening_id: str, measure: int) -> Call[models.CandidateList]:
    query = {"measure": str(measure)}
    return Call("GET", _screening(screening_id, "candidates"), reading(models.CandidateList), query=query)


def screening_report(screening_id: str) -> Call[bytes]:
    return Call("GET", _screening(screening_id, "report"), bytes_of)


def screening_file(screening_id: str, name: str) -> Call[bytes]:
    return Call("GET", _screening(screening_id, "files", name), bytes_of)


def health() -> Call[models.Alive]:
    return Call("GET", "/healthz", reading(models.Alive))


def readiness() -> Call[models.Ready]:
    return Call("GET", "/readyz", reading(models.Ready))


def _screening(screening_id: str, *parts: str) -> str:
    return "/".join(["/v1/screenings", *map(_part, (screening_id, *parts))])


def _part(value: str) -> str:
    """One part of a path, whatever is in it."""
    return quote(value, safe="")


def _query(options: Mapping[str, Any]) -> dict[str, str]:
    return {name.removesuffix("_"): to_text(value) for name, value in options.items() if value is not None}


def _pages(path: str, kind: Any, page_size: int, options: Mapping[str, Any]) -> Call[Page[Any]]:
    def page(response: httpx.Response) -> Page[Any]:
        told = parse(response.content)
        return Page(tuple(read(kind, item) for item in told["items"]), told["next_cursor"])

    return Call("GET", path, page, query={**_query(options), "limit": str(page_size)})
