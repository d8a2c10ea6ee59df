"""Example firms for the sandbox. They are made up; none of them is a real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from app.rules.text import Text

__all__ = ["FIRMS", "Firm"]


@dataclass(frozen=True, slots=True)
class Firm:
    """One asker: its words, its request, and which operation shows most about it."""

    id: str
    name: Text
    path: str
    request: dict[str, Any]


_HERE: Final = {"registration_division": "140722"}
_AMOUNTS: Final = "/v1/subsidies/calculations"
_DECISIONS: Final = "/v1/eligibility"

FIRMS: Final = (
    Firm(
        "high-tech",
        Text("首次通过认定的高新技术企业", "A firm certified as high-tech for the first time"),
        _AMOUNTS,
        {
            "facts": {
                "entity_type": "enterprise",
                **_HERE,
                "hnte_application_accepted": True,
                "hnte_application_grant_received": False,
                "hnte_certified_this_year": True,
                "hnte_times_certified": 1,
                "hnte_consecutive_certifications": 1,
            },
            "on": "2023-06-01",
            "measures": [38],
        },
    ),
    Firm(
        "near-miss",
        Text("连续两次通过认定，再过一次有奖励", "Certified twice in a row: once more, and there is an award"),
        _DECISIONS,
        {
            "facts": {
                "entity_type": "enterprise",
                **_HERE,
                "hnte_certified_this_year": True,
                "hnte_times_certified": 2,
                "hnte_consecutive_certifications": 2,
            },
            "on": "2023-06-01",
            "rules": ["m38-hnte-certification-award"],
        },
    ),
    Firm(
        "shop",
        Text("从没贷过款的个体小店", "A small shop that never had a loan"),
        _DECISIONS,
        {
            "facts": {
                "entity_type": "individual_business",
                **_HERE,
                "industry_code": "F5212",
                "employees": 3,
                "annual_revenue": "480000.00",
                "has_bank_loan_history": False,
            },
            "on": "2023-06-01",
            "subjects": ["individual_business"],
            "explain": "summary",
        },
    ),
    Firm(
        "small-profit",
        Text(
            "小型微利企业，按季申报的小规模纳税人",
            "A small low-profit enterprise, a small-scale taxpayer that files each quarter",
        ),
        _AMOUNTS,
        {
            "facts": {
                "entity_type": "enterprise",
                **_HERE,
                "is_restricted_industry": False,
                "annual_taxable_income": "800000",
                "employees_avg": 40,
                "total_assets_avg": "6000000",
                "vat_taxpayer_type": "small_scale",
                "vat_filing_period": "quarter",
                "vat_period_sales": "280000",
                "vat_period_real_estate_sales": "0",
                "vat_statutory_levy": "three_percent",
            },
            "on": "2023-06-01",
            "measures": [9],
        },
    ),
    Firm(
        "guarantor",
        Text("政府性融资担保机构", "A policy guarantee company"),
        _AMOUNTS,
        {
            "facts": {
                "entity_type": "enterprise",
                **_HERE,
                "guarantor_is_policy_based": True,
                "guarantee_client_kind": "small_micro",
                "guarantee_fee_rate": "0.018",
                "guaranteed_amount": "2000000",
                "guarantee_months": 12,
            },
            "on": "2023-06-01",
            "explain": "full",
        },
    ),
    Firm(
        "nothing-known",
        Text("什么都还不知道：先问什么？", "Nothing is known yet: what to ask first?"),
        _DECISIONS,
        {"facts": {}, "on": "2023-06-01", "subjects": ["enterprise"], "explain": "none"},
    ),
)
