"""Requests that work, shown in the documentation and sent by a test."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["ASSESSMENT", "CALCULATION", "CLOCK", "ELIGIBILITY", "MATCH"]

CALCULATION: Final[dict[str, Any]] = {
    "facts": {
        "entity_type": "enterprise",
        "registration_division": "140722",
        "hnte_application_accepted": True,
        "hnte_application_grant_received": False,
        "hnte_certified_this_year": True,
        "hnte_times_certified": 1,
        "hnte_consecutive_certifications": 1,
    },
    "on": "2023-06-01",
    "measures": [38],
    "explain": "full",
}
ELIGIBILITY: Final[dict[str, Any]] = {
    "facts": {"registration_division": "140722", "has_bank_loan_history": False},
    "on": "2023-06-01",
    "rules": ["m03-first-loan-list", "m38-hnte-application-grant"],
    "subjects": ["enterprise"],
}
ASSESSMENT: Final[dict[str, Any]] = {
    "facts": {**CALCULATION["facts"], "request_kind": "power", "power_voltage": "high"},
    "on": "2023-06-01",
    "subjects": ["enterprise"],
    "started_at": "2026-09-30T16:00:00+08:00",
    "now": "2026-10-09T09:00:00+08:00",
}
MATCH: Final[dict[str, Any]] = {"facts": {"request_kind": "power", "power_voltage": "high"}}
CLOCK: Final[dict[str, Any]] = {
    "started_at": "2026-09-30T16:00:00+08:00",
    "pauses": [],
    "finished_at": None,
    "now": "2026-10-09T09:00:00+08:00",
}
