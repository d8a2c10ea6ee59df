"""Small policies for tests: a vocabulary of a few facts, and rules written as a pack writes them."""

from __future__ import annotations

from app.rules.packs.parse import parse_policy
from app.rules.packs.shape import read_document
from app.rules.packs.words import parse_vocabulary

COUNTY = "140722"


def text(words):
    return {"zh": f"{words}(中)", "en": words}


def fact(fact_id, kind, *, members=(), **more):
    return {
        "id": fact_id,
        "section": "who",
        "type": kind,
        "label": text(fact_id.replace("_", " ")),
        "question": text(f"{fact_id}?"),
        "owner": text("county"),
        "members": [{"value": member, "label": text(member.upper())} for member in members],
        **more,
    }


#: What derivation needs of every vocabulary, in public order.
DERIVATION = (
    fact("registration_division", "code", code="division"),
    fact("industry_code", "code", code="industry"),
    fact("employees", "int", unit="person"),
    fact("annual_revenue", "money", actionable="true"),
    fact("total_assets", "money"),
    fact("registered_in_county", "bool", derived="true"),
    fact("registered_in_province", "bool", derived="true"),
    fact("industry_section", "enum", members="ABCDEFGHIJKLMNOPQRST", derived="true"),
    fact("enterprise_size", "enum", members=("micro", "small", "medium", "large"), derived="true"),
)

#: One or two facts of each type; the asker can change some of them.
FACTS = (
    fact("kind", "enum", members=("a", "b", "c")),
    fact("level", "enum", members=("low", "mid", "high"), actionable="true"),
    fact("ready", "bool", actionable="true"),
    fact("fixed", "bool"),
    fact("count", "int", unit="person", maximum="1000", actionable="true"),
    fact("months", "int", unit="month", maximum="36"),
    fact("price", "money", actionable="true"),
    fact("ceiling", "money"),
    fact("share", "rate", unit="fraction", maximum="1", actionable="true"),
    fact("growth", "rate", unit="fraction", minimum="-1", maximum="100"),
    fact("weight", "number", unit="tonne_per_year"),
    fact("tags", "set", members=("x", "y", "z"), actionable="true"),
    fact("since", "date", actionable="true"),
    fact("place", "text"),
    fact("partner", "code", code="uscc"),
)

#: A table with a row of two indicators and a row of one.
SIZE_CLASSES = (
    {
        "industry": "Industry",
        "label": text("Industry"),
        "prefixes": ["C"],
        "indicators": [
            {"fact": "employees", "large_min": "1000", "medium_min": "300", "small_min": "20"},
            {"fact": "annual_revenue", "large_min": "400000000", "medium_min": "20000000", "small_min": "3000000"},
        ],
        "source": "table",
        "mark": "V2",
    },
    {
        "industry": "Farming",
        "label": text("Farming"),
        "prefixes": ["A"],
        "indicators": [
            {"fact": "annual_revenue", "large_min": "200000000", "medium_min": "5000000", "small_min": "500000"}
        ],
        "source": "table",
        "mark": "V2",
    },
)


def version(conditions=None, *, since="2022-01-01", until=None, amount=None, **more):
    """One dated version; ``until`` is its last day, ``amount`` a formula or a whole amount."""
    written = {"valid_from": since, "basis": "stated", "sources": [{"document": "plan", "clause": "1"}], **more}
    if until is not None:
        written["valid_to"] = until
    if conditions is not None:
        written["conditions"] = conditions
    if amount is not None:
        written["amount"] = amount if isinstance(amount, dict) else {"formula": amount}
    return written


def rule(rule_id, conditions=None, *, amount=None, nature="grant", versions=None, **more):
    """One rule of clause 1, open-ended unless ``versions`` are given."""
    return {
        "id": rule_id,
        "kinds": ["benefit"],
        "subjects": ["enterprise"],
        "title": text(rule_id),
        "outcome": text("outcome"),
        "versions": versions or [version(conditions, amount=amount)],
        **({"amount": {"nature": nature, "certainty": "stated"}} if amount is not None or versions else {}),
        **more,
    }


def document(rules, *, facts=FACTS, parameters=(), caveats=(), targets=(), national=(), **manifest):
    """The whole document of a pack with one clause."""
    return {
        "manifest": {
            "id": "small-plan",
            "version": "1.0.0",
            "title": text("Small plan"),
            "issuer": text("County"),
            "issued_on": "2022-01-01",
            "horizon": "2025-12-31",
            "division": COUNTY,
            "region": text("County"),
            "office_hours": [["08:00", "12:00"], ["14:30", "18:00"]],
            "subjects": [{"id": "enterprise", "label": text("Enterprise")}, {"id": "person", "label": text("Person")}],
            "kinds": [{"id": "benefit", "label": text("Benefit")}],
            "documents": [{"id": "plan", "title": text("Small plan")}],
            "rule_order": [item["id"] for item in rules],
            "caveats": [{"code": "before_plan", "text": text("before the plan")}, *caveats],
            **manifest,
        },
        "vocabulary": {
            "facts": [*DERIVATION, *facts],
            "size_classes": list(SIZE_CLASSES),
            "industry_sections": [{"code": "A", "label": text("Farming")}],
        },
        "clauses": [
            {
                "clause": "1",
                "group": text("group"),
                "title": text("clause"),
                "summary": text("summary"),
                "units": ["Office"],
                "kinds": ["benefit"],
                "statements": "1",
                "rules": list(rules),
            }
        ],
        "national": list(national),
        "parameters": list(parameters),
        "targets": list(targets),
        "cadences": [],
    }


def parameter(parameter_id, *values):
    """A figure left to the county; values as (first day, last day or None, figure)."""
    return {
        "id": parameter_id,
        "type": "money",
        "label": text(parameter_id),
        "unit_to_ask": ["Office"],
        "clause": "1",
        "values": [
            {"valid_from": start, **({"valid_to": end} if end else {}), "value": figure, "source": "notice"}
            for start, end, figure in values
        ],
    }


def policy(*rules, **more):
    return parse_policy(document(rules, **more))


def vocabulary(facts=FACTS):
    """The vocabulary alone."""
    faults = []
    found = parse_vocabulary(read_document(document([], facts=facts)).vocabulary, faults)
    assert faults == []
    return found


def leaf(name, operator, value=None, **more):
    return {"name": name, "operator": operator, **({} if value is None else {"value": value}), **more}
