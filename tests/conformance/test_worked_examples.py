"""The two worked examples of the public contract, key by key."""

from __future__ import annotations

from tests.rules.plan import ask

HNTE = {
    "entity_type": "enterprise",
    "registration_division": "140722",
    "hnte_application_accepted": True,
    "hnte_application_grant_received": False,
}


def as_published(answer):
    """The answer without what the contract leaves to us: at ``explain: none`` one more key, and it is null."""
    for result in answer["results"]:
        assert result.pop("outcome") is None
    answer["policy"].pop("sha256")
    return answer


class TestWorkedExamples:
    """Both examples of the public contract, key by key."""

    def test_a_first_time_high_tech_enterprise(self):
        facts = {
            **HNTE,
            "hnte_certified_this_year": True,
            "hnte_times_certified": 1,
            "hnte_consecutive_certifications": 1,
        }
        answer = ask(facts, on="2023-06-01", measures=["38"], explain="none", calculation=True)
        assert len(answer["policy"]["sha256"]) == 64

        def result(rule_id, title, value):
            return {
                "rule_id": rule_id,
                "clause": "38",
                "kind": "benefit",
                "title": title,
                "subjects": ["enterprise"],
                "status": "eligible",
                "missing_facts": [],
                "reasons": [],
                "near_miss": [],
                "amount": {
                    "status": "computed",
                    "value": value,
                    "currency": "CNY",
                    "nature": "grant",
                    "certainty": "stated",
                    "steps": [],
                    "parameter": None,
                    "missing_facts": [],
                },
                "validity": {"from": "2022-04-18", "to": None, "basis": "open_ended"},
                "caveats": [],
                "units": ["县发改局"],
                "citations": [],
                "interpretations": [],
            }

        assert as_published(answer) == {
            "on": "2023-06-01",
            "policy": {"id": "zuoquan-2022", "version": "1.0.0"},
            "counts": {"eligible": 2, "ineligible": 0, "undetermined": 0, "not_in_force": 0},
            "derived": [
                {"fact": "registered_in_county", "value": True, "from": {"registration_division": "140722"}},
            ],
            "warnings": [],
            "results": [
                result("m38-hnte-application-grant", "高新技术企业申报资助", "60000.00"),
                result("m38-hnte-certification-award", "高新技术企业认定奖励", "150000.00"),
            ],
            "total": {"value": "210000.00", "currency": "CNY", "complete": True, "excludes": [], "separate": []},
            "next_question": None,
        }

    def test_not_enough_facts_yet(self):
        answer = ask(
            {"registration_division": "140722", "has_bank_loan_history": False},
            on="2023-06-01",
            rules=["m03-first-loan-list", "m38-hnte-application-grant"],
            subjects=["enterprise"],
            explain="none",
        )

        def result(rule_id, clause, kind, title, subjects, missing, nature, units):
            return {
                "rule_id": rule_id,
                "clause": clause,
                "kind": kind,
                "title": title,
                "subjects": subjects,
                "status": "undetermined",
                "missing_facts": missing,
                "reasons": [],
                "near_miss": [],
                "amount": {
                    "status": "undetermined" if nature else "not_applicable",
                    "value": None,
                    "currency": "CNY",
                    "nature": nature,
                    "certainty": None,
                    "steps": [],
                    "parameter": None,
                    "missing_facts": [],
                },
                "validity": {"from": "2022-04-18", "to": None, "basis": "open_ended"},
                "caveats": [],
                "units": units,
                "citations": [],
                "interpretations": [],
            }

        assert as_published(answer) == {
            "on": "2023-06-01",
            "policy": {"id": "zuoquan-2022", "version": "1.0.0"},
            "counts": {"eligible": 0, "ineligible": 0, "undetermined": 2, "not_in_force": 0},
            "derived": [
                {"fact": "registered_in_county", "value": True, "from": {"registration_division": "140722"}},
            ],
            "warnings": [],
            "results": [
                result(
                    "m03-first-loan-list",
                    "3",
                    "financing",
                    "无贷户名单推送",
                    ["enterprise", "individual_business"],
                    ["entity_type", "industry_code", "employees", "annual_revenue", "total_assets"],
                    None,
                    ["人行左权县支行", "晋中银保监分局左权监管组", "县行政审批局", "县市场监管局"],
                ),
                result(
                    "m38-hnte-application-grant",
                    "38",
                    "benefit",
                    "高新技术企业申报资助",
                    ["enterprise"],
                    ["entity_type", "hnte_application_accepted", "hnte_application_grant_received"],
                    "grant",
                    ["县发改局"],
                ),
            ],
            "next_question": {
                "fact": "entity_type",
                "question": "请问您是哪一类经营主体?",
                "type": "enum",
                "settles": 2,
                "options": [
                    {"value": "enterprise", "label": "企业"},
                    {"value": "individual_business", "label": "个体工商户"},
                    {"value": "farmer_cooperative", "label": "农民专业合作社"},
                    {"value": "other", "label": "其他"},
                ],
            },
        }
