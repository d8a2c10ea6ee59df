"""Time limits and their clocks."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.api.schemas.common import Count, Day, Figure, KnownAt, Model, Moment, Names, enum_schema, words
from app.api.schemas.decisions import Caveat, Facts
from app.api.schemas.sources import AsksSources, TellsSources
from app.rules.text import Text

__all__ = ["Deadline", "DeadlineRequest", "Target", "TargetList", "TargetMatch", "TargetMatchRequest"]

_UNITS: Final = {
    "working_day": Text("工作日", "working day"),
    "hour": Text("小时", "hour"),
    "calendar_day": Text("自然日", "calendar day"),
    "on_the_spot": Text("当场", "on the spot"),
}
_MATCHES: Final = {
    "matched": Text("已确定适用的时限", "one applies"),
    "undetermined": Text("缺少事实，尚有多种可能", "facts are missing; more than one can still apply"),
    "none": Text("没有适用的时限", "none applies"),
}
_STATES: Final = {
    "running": Text("进行中", "running"),
    "paused": Text("中止中", "paused"),
    "overdue": Text("已超期", "overdue"),
    "met": Text("按期办结", "done in time"),
    "met_late": Text("超期办结", "done late"),
}
_WARNINGS: Final = {
    "green": Text("正常", "in time"),
    "yellow": Text("已用五分之四以上", "four fifths are used"),
    "red": Text("当日到期或已过期", "due today or past"),
}
_CALENDARS: Final = {
    "official": Text("依据已发布的放假安排", "by published holiday notices"),
    "provisional": Text("放假安排未发布，暂按法定节日推算", "no notice yet: statutory days only"),
}
_REASONS: Final = {
    "applicant_correction": Text("申请人补正", "the applicant corrects the papers"),
    "expert_review": Text("专家评审", "expert review"),
    "hearing": Text("听证", "hearing"),
    "inspection": Text("检验、检疫", "inspection"),
    "testing": Text("检测、鉴定", "testing"),
    "public_notice": Text("公示、公告", "public notice"),
    "force_majeure": Text("不可抗力", "force majeure"),
}
_WHY: Final = {
    "start_day": Text("起算当日，不计", "day of the start"),
    "working_day": Text("工作日", "working day"),
    "made_up_working_day": Text("调休上班日", "made-up working day"),
    "calendar_day": Text("自然日", "calendar day"),
    "weekend": Text("周末", "weekend"),
    "holiday": Text("节假日", "holiday"),
    "paused": Text("中止", "paused"),
    "outside_hours": Text("办公时间之外", "outside office hours"),
}
Unit = Annotated[str, WithJsonSchema(enum_schema(_UNITS))]
MatchStatus = Annotated[str, WithJsonSchema(enum_schema(_MATCHES))]


class Target(Model):
    """One time limit."""

    id: str
    clause: str
    what: str
    limit: Figure
    unit: Unit
    runs_from: str
    ends_with: str
    units: Names


class TargetList(Model):
    """Every time limit, in the order of the table."""

    items: list[Target]
    total: Count


class TargetMatchRequest(AsksSources):
    """The facts of a request for a service."""

    model_config = ConfigDict(extra="forbid")

    facts: Facts
    known_at: KnownAt = None


class Range(Model):
    """Smallest and largest limit still possible in one unit."""

    unit: Unit
    min: Figure
    max: Figure


class TargetMatch(TellsSources):
    """Which time limit applies."""

    status: MatchStatus
    targets: Names
    missing_facts: Names
    ranges: list[Range]


class Pause(BaseModel):
    """A stretch in which the clock stands, from ``from`` up to, not including, ``to``."""

    model_config = ConfigDict(extra="forbid")

    start: Moment = Field(alias="from")
    to: Moment | None = Field(default=None, description=words("空：尚未结束", "null: not ended yet"))
    reason: Annotated[str, WithJsonSchema(enum_schema(_REASONS))]


class DeadlineRequest(BaseModel):
    """The moments of one clock; each needs an offset."""

    model_config = ConfigDict(extra="forbid")

    started_at: Moment
    pauses: Annotated[list[Pause], Field(max_length=200)] | None = None
    finished_at: Moment | None = None
    now: Moment | None = Field(default=None, description=words("空：当前时间", "null: the present"))
    known_at: KnownAt = None


class CountedDay(Model):
    """One day of the working."""

    date: Day
    counts: bool
    why: Annotated[str, WithJsonSchema(enum_schema(_WHY))]


class Deadline(Model):
    """When the clock runs out and where it stands. ``used`` and ``remaining`` are in ``unit``."""

    target: str
    due_at: Moment | None = Field(description=words("空：因中止尚不能确定", "null: open because of a pause"))
    state: Annotated[str, WithJsonSchema(enum_schema(_STATES))]
    warning: Annotated[str, WithJsonSchema(enum_schema(_WARNINGS))]
    calendar: Annotated[str, WithJsonSchema(enum_schema(_CALENDARS))] | None
    used: Figure
    remaining: Figure
    limit: Figure
    unit: Unit
    caveats: list[Caveat]
    days: list[CountedDay]
