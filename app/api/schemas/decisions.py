"""Decisions and calculations."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.api.schemas.common import AnyValue, Count, Day, KnownAt, Model, Money, Names, enum_schema, words
from app.api.schemas.sources import AsksSources, TellsSources
from app.rules.text import Text

__all__ = ["CalculationAnswer", "DecisionAnswer", "DecisionRequest"]

_STATUSES: Final = {
    "eligible": Text("符合条款所列条件", "meets the conditions as stated"),
    "ineligible": Text("不符合条款所列条件", "does not meet the conditions as stated"),
    "undetermined": Text("缺少事实，尚不能确定", "facts are missing that can still change it"),
    "not_in_force": Text("所问日期无生效版本", "no version is in force on the date"),
}
_AMOUNT_STATUSES: Final = {
    "computed": Text("已算出", "computed"),
    "not_published": Text("金额参数尚未公布", "its parameter is not published yet"),
    "undetermined": Text("缺少计算所需的事实", "facts that it needs are missing"),
    "not_applicable": Text("没有金额或不适用", "there is none, or it does not apply"),
}
_NATURES: Final = {
    "grant": Text("补助、奖励", "grant or award"),
    "tax_saved": Text("减免的税款", "tax saved"),
    "deduction": Text("应纳税所得额的抵扣", "deduction from taxable income"),
    "ceiling": Text("年度扣减限额", "yearly limit of a set-off"),
}
_CERTAINTIES: Final = {
    "stated": Text("条文写明", "stated in the text"),
    "interpretation": Text("依解释得出", "by interpretation"),
}
_BASES: Final = {
    "stated": Text("方案写明的截止日", "the plan's own end date"),
    "national": Text("国家规定的期限", "a dated national version"),
    "open_ended": Text("未写明截止日", "no end is stated"),
}
_TRUTHS: Final = {"true": Text("满足", "met"), "false": Text("不满足", "not met"), "unknown": Text("未知", "unknown")}
_EXPLAIN: Final = {
    "none": Text("不说明", "nothing"),
    "summary": Text("只列决定结果的条件", "the conditions that carry the result"),
    "full": Text("列出全部条件", "every condition"),
}
_FACT_TYPES: Final = {
    "bool": Text("是或否", "yes or no"),
    "int": Text("整数", "whole number"),
    "money": Text("金额（元）", "yuan"),
    "rate": Text("比率（小数）", "rate as a fraction"),
    "number": Text("数", "number"),
    "date": Text("日期", "date"),
    "text": Text("文本", "text"),
    "enum": Text("单选", "one of a list"),
    "set": Text("多选", "any of a list"),
    "code": Text("代码", "code"),
}
KINDS: Final = {
    "benefit": Text("资金或等值好处", "money or money's worth"),
    "financing": Text("融资渠道", "a credit channel"),
    "procedure": Text("审批从简或保护性规定", "a lighter step, or a rule that protects the asker"),
    "service": Text("县里提供的服务", "something the county does for the asker"),
    "target": Text("时限", "a time standard"),
    "indicator": Text("须达到的指标", "a figure to reach"),
    "duty": Text("部门任务", "a task of a department"),
}

FactType = Annotated[str, WithJsonSchema(enum_schema(_FACT_TYPES))]
Kind = Annotated[str, WithJsonSchema(enum_schema(KINDS))]
Basis = Annotated[str, WithJsonSchema(enum_schema(_BASES))]
Nature = Annotated[str, WithJsonSchema(enum_schema(_NATURES))]
Certainty = Annotated[str, WithJsonSchema(enum_schema(_CERTAINTIES))]


class Facts(BaseModel):
    """Every fact of the vocabulary; its properties are written from the vocabulary."""


class DecisionRequest(AsksSources):
    """The question. Fields left out or null do not narrow."""

    model_config = ConfigDict(extra="forbid")

    facts: Facts
    on: Day | None = Field(
        default=None,
        description=words(
            "所问日期，1949-10-01 至 2100-12-31，默认今天", "the date asked, 1949-10-01 to 2100-12-31; today"
        ),
    )
    known_at: KnownAt = None
    rules: Annotated[list[str], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description=words("只问这些规则", "only these rules")
    )
    measures: (
        Annotated[
            list[Annotated[int, WithJsonSchema({"type": "integer", "format": "int64", "minimum": 1, "maximum": 56})]],
            Field(min_length=1, max_length=200),
        ]
        | None
    ) = Field(default=None, description=words("只问这些措施（条款编号）", "only these measures, by clause number"))
    subjects: Annotated[list[str], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description=words("只问涉及这些对象的规则", "only rules about these subjects")
    )
    skip: Annotated[list[str], Field(max_length=500)] | None = Field(
        default=None, description=words("不再追问的事实", "facts that are not to be asked for")
    )
    explain: Annotated[str, WithJsonSchema(enum_schema(_EXPLAIN))] | None = Field(
        default=None, description=words("说明的多少，默认 summary", "how much is explained; summary")
    )
    policy: str | None = Field(
        default=None, description=words("政策编号", "id of the policy"), examples=["zuoquan-2022"]
    )


class PolicyIdentity(Model):
    """Which version answered."""

    id: str
    version: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Counts(Model):
    """How many results have each status."""

    eligible: Count
    ineligible: Count
    undetermined: Count
    not_in_force: Count


class DerivedFact(Model):
    """A fact that follows from others."""

    fact: str
    value: AnyValue
    inputs: dict[str, Any] = Field(alias="from", description=words("所依据的事实", "the facts it came from"))


class FactWarning(Model):
    """Something odd in the facts; it changes no result."""

    code: str
    facts: Names
    message: str


class Reason(Model):
    """One condition of the rule and how it came out."""

    fact: str
    operator: str
    expected: AnyValue
    actual: AnyValue
    truth: Annotated[str, WithJsonSchema(enum_schema(_TRUTHS))]
    text: str


class Change(Model):
    """One known fact that would have to be different."""

    fact: str
    actual: AnyValue
    operator: str
    expected: AnyValue


class NearMiss(Model):
    """A smallest set of changes with which the rule is eligible."""

    changes: list[Change]
    amount: Money | None


class Step(Model):
    """One line of the arithmetic."""

    label: str
    expression: str
    value: str


class Amount(Model):
    """What the rule is worth."""

    status: Annotated[str, WithJsonSchema(enum_schema(_AMOUNT_STATUSES))]
    value: Money | None
    currency: str = Field(examples=["CNY"])
    nature: Nature | None
    certainty: Certainty | None
    steps: list[Step]
    parameter: str | None
    missing_facts: Names


class Validity(Model):
    """The version that answers; ``to`` is its last day."""

    start: Day = Field(alias="from")
    to: Day | None
    basis: Basis


class Caveat(Model):
    """What hangs over a result without changing it."""

    code: str
    text: str


class Citation(Model):
    """Where the law says so."""

    document: str
    title: str
    clause: str | None
    article: str | None
    quote: str | None
    mark: str | None
    valid_from: Day | None


class Result(Model):
    """One rule for this asker on this date."""

    rule_id: str
    clause: str
    kind: Kind
    title: str
    subjects: Names
    status: Annotated[str, WithJsonSchema(enum_schema(_STATUSES))]
    missing_facts: Names
    reasons: list[Reason]
    near_miss: list[NearMiss]
    amount: Amount
    outcome: str | None = Field(
        description=words("得到什么；explain 为 none 时为空", "what it gives; null with explain none")
    )
    validity: Validity
    caveats: list[Caveat]
    units: Names
    citations: list[Citation]
    interpretations: Names


class Option(Model):
    """One possible answer."""

    value: AnyValue
    label: str


class NextQuestion(Model):
    """What to ask next: the fact that can settle most."""

    fact: str
    question: str
    type: FactType
    options: list[Option] | None
    settles: Count


class DecisionAnswer(TellsSources):
    """Every selected rule, in the order of the plan."""

    on: Day
    policy: PolicyIdentity
    counts: Counts
    derived: list[DerivedFact]
    warnings: list[FactWarning]
    results: list[Result]
    next_question: NextQuestion | None


class Total(Model):
    """Money in hand, and what is not in it."""

    value: Money
    currency: str = Field(examples=["CNY"])
    complete: bool
    excludes: Names
    separate: Names


class CalculationAnswer(DecisionAnswer):
    """Every selected rule with an amount, and their total."""

    total: Total
