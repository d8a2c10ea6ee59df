"""The ways to decide one rule, each from the exact facts to the same outcome.

``reference`` is the meaning; ``compiled`` is what requests run; ``rendered`` is what callers read; ``library`` is
business-rules itself and decides where no fact of the rule is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from business_rules import run_all

from app.rules import business_rules_bridge as bridge
from app.rules.amount_value import calculate
from app.rules.conditions import leaves
from app.rules.derived import settle
from app.rules.evaluate import status_of, unknown_facts
from app.rules.money import fraction_to_yuan
from app.services.decide import DecisionRequest, Explain, decide
from tests.rules.plan import TODAY, active, strict_json

STATUSES = {0: "ineligible", 1: "undetermined", 3: "eligible", 4: "not_in_force"}


@dataclass(frozen=True)
class Outcome:
    """What a rule says: facts in the order of the vocabulary, the amount as its text."""

    status: str
    missing: tuple[str, ...] = ()
    amount_status: str = "not_applicable"
    amount: str | None = None
    amount_missing: tuple[str, ...] = ()
    parameter: str | None = None


def reference(rule_id, given, on, asked=None):
    """By the reference evaluator and the exact calculation alone; of the plan unless another active policy is asked."""
    policy = (asked or active()).policy
    rule = policy.rule(rule_id)
    version = rule.in_force(on)
    if version is None:
        return Outcome("not_in_force")
    settled = settle(policy.vocabulary, policy.division, given)
    status = status_of(version.condition, settled.known)
    missing = _asked(policy, settled, unknown_facts(version.condition, settled.known))
    if rule.terms is None or version.amount is None or status == "ineligible":
        return Outcome(status.value, missing)
    parameters = {name: parameter.on(on) for name, parameter in policy.parameters.items()}
    found = calculate(version.amount, settled.known, parameters)
    if status == "eligible" and found.value is not None:
        return Outcome(status.value, missing, "computed", f"{fraction_to_yuan(found.value):.2f}", (), found.parameter)
    if status == "eligible" and found.unset is not None:
        return Outcome(status.value, missing, "not_published", None, (), found.unset)
    wanting = _asked(policy, settled, found.missing)
    return Outcome(status.value, missing, "undetermined", None, wanting, found.parameter)


def _asked(policy, settled, facts):
    """The facts to ask for, derived ones replaced by their inputs, in the order of the vocabulary."""
    return policy.vocabulary.ordered(name for fact in facts for name in settled.needs.get(fact, (fact,)))


def compiled(rule_id, given, on, asked=None):
    """By the compiled edition: masks and figures, before any word is made."""
    edition = (asked or active()).edition(on)

    def facts(mask):
        return tuple(fact.id for fact in edition.vocabulary.facts if mask >> fact.index & 1)

    selection = edition.select(lambda rule: rule.id == rule_id)
    (place,) = selection.places
    evaluation = edition.evaluate(given, selection)
    amount = evaluation.amounts.get(place)
    status, missing = STATUSES[evaluation.statuses[place]], facts(evaluation.missing.get(place, 0))
    if amount is None:
        return Outcome(status, missing)
    value = None if amount.value is None else f"{amount.value:.2f}"
    return Outcome(status, missing, amount.status, value, facts(amount.missing), amount.parameter)


def rendered(rule_id, given, on, asked=None):
    """By the body of the answer."""
    request = DecisionRequest(given, on, rules=frozenset({rule_id}), explain=Explain.NONE)
    (result,) = strict_json(decide(asked or active(), request, TODAY, calculation=False))["results"]
    amount = result["amount"]
    return Outcome(
        result["status"],
        tuple(result["missing_facts"]),
        amount["status"],
        amount["value"],
        tuple(amount["missing_facts"]),
        amount["parameter"],
    )


def oracle(rule_id, given, on, asked=None):
    """The status by ``business_rules.run_all``; None where a fact of the rule is unknown, or it is out of force."""
    policy = (asked or active()).policy
    version = policy.rule(rule_id).in_force(on)
    known = settle(policy.vocabulary, policy.division, given).known
    if version is None or any(fact not in known for leaf in leaves(version.condition) for fact in leaf.facts):
        return None
    return "eligible" if rule_id in _library_eligible(policy, on, known, rule_id) else "ineligible"


_VARIABLES = {}


def _library_eligible(policy, on, known, rule_id):
    """The library on one rule; the variables of a vocabulary are built once."""
    key = tuple(fact.id for fact in policy.vocabulary.facts)
    variables = _VARIABLES.setdefault(key, None) or bridge._variables_class(policy.vocabulary, "en")
    _VARIABLES[key] = variables
    actions = bridge.DecisionActions()
    rules = [r for r in bridge.rule_list(policy, on) if r["actions"][0]["params"]["rule_id"] == rule_id]
    run_all(rules, variables(known), actions)
    return actions.eligible
