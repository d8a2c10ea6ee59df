"""What a fault says to the person who must mend it, in Chinese and English, from its code and fields.

A message names the value, what was expected and the nearest valid choice; the place is the fault's path. At most
sixty characters of the input are repeated, never a control character.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol

from app.rules.errors import excerpt
from app.rules.money import number_text
from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.text import Language

__all__ = ["MESSAGES", "Reported", "fault_message"]


class Reported(Protocol):
    """A fault of any part of the core: a stable code, its place and its named fields."""

    @property
    def code(self) -> str:
        """The stable code."""

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where it is, from the root of what was read."""

    @property
    def params(self) -> dict[str, Any]:
        """The words to say it."""


_JOIN: Final = Text("、", ", ")
_SHOWN_CHOICES: Final = 30
_MORE: Final = Text("等", "…")
_SUGGEST: Final = Text("您要写的是不是 {names}？", " Did you mean {names}?")

_TYPES: Final = {
    "array": Text("数组", "an array"),
    "boolean": Text("布尔值 true 或 false", "a boolean, true or false"),
    "clause": Text(
        "条款编号（1 至 56 的整数，或 t1 至 t3、w1 至 w5）", "a clause number (1 to 56, t1 to t3, w1 to w5)"
    ),
    "date": Text("日期文本，如 2024-06-30", "a date as text, such as 2024-06-30"),
    "integer": Text("整数", "an integer"),
    "null": Text("空值 null", "null"),
    "number": Text("数字", "a number"),
    "object": Text("对象", "an object"),
    "string": Text("文本", "text"),
    "timestamp": Text(
        "带时区的时间文本，如 2024-06-30T09:00:00+08:00", "a timestamp as text, such as 2024-06-30T09:00:00+08:00"
    ),
    "year": Text("四位年份", "a year of four digits"),
}

_CODE_FORMS: Final = {
    "uscc": Text(
        "统一社会信用代码为18位，只用数字和大写字母（不用 I、O、S、V、Z）。",
        "A unified social credit code has 18 characters: digits and letters without I, O, S, V, Z.",
    ),
    "division": Text("行政区划代码为六位数字，如 140722。", "A division code has six digits, such as 140722."),
    "industry": Text(
        "行业代码为一个字母 A 至 T 加零至四位数字，如 C3311。",
        "An industry code is a letter A to T and up to four digits, such as C3311.",
    ),
}

#: Fault code → its words. Fields in braces are those of the fault, put into words first.
MESSAGES: Final[Mapping[str, Text]] = {
    "wrong_type": Text(
        "此处应为{expected}，收到的是{actual}。{cure}", "This must be {expected}; it is {actual}.{cure}"
    ),
    "number_format": Text(
        "“{value}”不是可接受的数字，请写成 {form}：半角数字，不带千分位、单位、百分号或指数。",
        "“{value}” is not a number in the accepted form. Write {form}: plain digits without thousands mark, unit, "
        "percent sign or exponent.",
    ),
    "out_of_range": Text("{value} 超出范围{bounds}。{cure}", "{value} is out of range{bounds}.{cure}"),
    "too_many_decimals": Text(
        "“{value}”的小数位过多，最多 {decimals} 位。", "“{value}” has more than {decimals} decimals."
    ),
    "date_format": Text("“{value}”不是日期，请写成 2024-06-30。", "“{value}” is no date; write it as 2024-06-30."),
    "date_invalid": Text("{value} 这一天不存在。", "There is no such day as {value}."),
    "timestamp_format": Text(
        "“{value}”不是可接受的时间，请写成 2024-06-30T09:00:00+08:00。",
        "“{value}” is no timestamp; write it as 2024-06-30T09:00:00+08:00.",
    ),
    "timestamp_naive": Text(
        "“{value}”没有写明时区，请在末尾加上 +08:00。", "“{value}” lacks an offset; add +08:00 for China Standard Time."
    ),
    "time_order": Text("这个时间早于“{not_before}”，应不早于它。", "This lies before “{not_before}”; it may not."),
    "before_calendar": Text(
        "早于工作日历的第一天 {first_day}，无法计算。", "This lies before the first day of the calendar, {first_day}."
    ),
    "after_calendar": Text(
        "时限将超出工作日历的最后一天 {last_day}，无法计算。",
        "The time limit runs past the last day of the calendar, {last_day}.",
    ),
    "pauses_not_allowed": Text(
        "该事项的时限不因任何情形中止，请去掉 pauses。", "This time limit cannot be paused; leave out the pauses."
    ),
    "code_format": Text(
        "“{value}”不符合代码格式。{form}{cure}", "“{value}” does not have the form of the code. {form}{cure}"
    ),
    "text_empty": Text("文本不能为空。", "The text may not be empty."),
    "text_too_long": Text(
        "文本最多 {limit} 个字符，收到 {length} 个。", "At most {limit} characters; there are {length}."
    ),
    "text_invalid": Text(
        "文本含有不可见或不成对的字符 {character}，请删去。",
        "The text holds a hidden or unpaired character, {character}; remove it.",
    ),
    "not_in_enum": Text(
        "“{value}”不在可选值之内，可选：{allowed}。", "“{value}” is not one of the allowed values: {allowed}."
    ),
    "empty_list": Text(
        "列表不能为空；不需要限定时请整项省去。", "The list may not be empty; leave it out where nothing is narrowed."
    ),
    "too_many_items": Text("最多 {limit} 项。", "There may be at most {limit} items."),
    "missing_field": Text("缺少必填项“{value}”。", "The field “{value}” is required."),
    "unknown_field": Text("没有“{value}”这一项。{suggest}", "There is no field “{value}”.{suggest}"),
    "unknown_fact": Text("没有“{value}”这一事实。{suggest}", "There is no fact “{value}”.{suggest}"),
    "unknown_rule": Text("没有“{value}”这条规则。{suggest}", "There is no rule “{value}”.{suggest}"),
    "rule_not_decidable": Text(
        "“{value}”是时限、任务或县级指标，没有可判断的条件，请从 rules 中去掉。",
        "“{value}” is a time target, a duty or an indicator of the county; there is nothing to decide; leave it out.",
    ),
    "callback_forbidden": Text(
        "不支持回调地址；请按任务的网址查询进度。",
        "No host is listed for callbacks; ask at the address of the job for its state.",
    ),
    "unknown_measure": Text(
        "没有第 {value} 条措施，措施编号为 1 至 56。", "There is no measure {value}; measures are numbered 1 to 56."
    ),
    "unknown_subject": Text(
        "没有“{value}”这类对象，可选：{allowed}。{suggest}",
        "There is no subject “{value}”; there are {allowed}.{suggest}",
    ),
    "unknown_policy": Text(
        "没有“{value}”这份政策，可选：{allowed}。{suggest}",
        "There is no policy “{value}”; there are {allowed}.{suggest}",
    ),
    "unknown_source": Text(
        "没有可询问的来源“{value}”，可选：{allowed}。{suggest}",
        "There is no source “{value}” that may be asked; there are {allowed}.{suggest}",
    ),
    "unknown_parameter": Text("没有查询参数“{value}”。{suggest}", "There is no query parameter “{value}”.{suggest}"),
    "duplicate_parameter": Text(
        "查询参数“{value}”出现了不止一次。", "The query parameter “{value}” is given more than once."
    ),
    # policy packs and holiday notices
    "unknown_operator": Text("没有“{value}”这个运算符。{suggest}", "There is no operator “{value}”.{suggest}"),
    "operator_not_allowed": Text(
        "运算符“{value}”不能用在这里。{suggest}", "The operator “{value}” may not be used here.{suggest}"
    ),
    "empty_condition": Text("all 或 any 下没有条件。", "There is no condition under all or any."),
    "ambiguous_condition": Text(
        "同一节点只能有 all、any 之一，这里有：{keys}。",
        "A node has either all or any and nothing else; here are {keys}.",
    ),
    "too_deep": Text("嵌套超过 {limit} 层。", "It is nested more than {limit} levels deep."),
    "unit_mismatch": Text("“{left}”与“{right}”的类型或单位不同。", "“{left}” and “{right}” differ in type or unit."),
    "formula_invalid": Text("算式中的“{value}”无法识别。", "“{value}” has no meaning in a formula."),
    "day_off_and_worked": Text(
        "{value} 既列为休息日又列为工作日。", "{value} is listed both as a day off and as a working day."
    ),
    "unknown_figure": Text(
        "本政策没有名为“{value}”的待公布数额。{suggest}",
        "The policy leaves no figure “{value}” to the county.{suggest}",
    ),
    "duplicate_fact": Text("事实“{value}”列了不止一次。", "The fact “{value}” is listed more than once."),
    "unknown_scheme": Text("没有“{value}”这份国家规定。", "There is no national scheme “{value}”."),
    "pack_field": Text("“{value}”不可接受：{message}", "“{value}” is not acceptable: {message}"),
    "file_missing": Text("缺少文件“{file}”。", "The file “{file}” is missing."),
    "yaml_invalid": Text("YAML 无法读取：{message}", "YAML cannot read it: {message}"),
}
_UNKNOWN_CODE: Final = Text("此处有误（{code}）。", "There is a fault here ({code}).")


def fault_message(fault: Reported, language: Language, suggestions: tuple[str, ...] = ()) -> str:
    """The fault in words; ``suggestions`` are the nearest known names."""
    template = MESSAGES.get(fault.code, _UNKNOWN_CODE).in_(language)
    fields: dict[str, str] = defaultdict(str, code=fault.code)
    fields.update({name: _in_words(value, language) for name, value in fault.params.items()})
    fields.update(_composed(fault, language))
    names = _JOIN.in_(language).join(suggestions)
    fields["suggest"] = _SUGGEST.in_(language).format(names=names) if suggestions else ""
    return template.format_map(fields)


def _in_words(value: Any, language: Language) -> str:
    if isinstance(value, (list, tuple, frozenset)):
        shown = [excerpt(item) for item in list(value)[:_SHOWN_CHOICES]]
        more = _MORE.in_(language) if len(value) > _SHOWN_CHOICES else ""
        return _JOIN.in_(language).join(shown) + more
    if isinstance(value, Decimal):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else excerpt(value)


def _composed(fault: Reported, language: Language) -> dict[str, str]:
    """The fields that need more than their own value."""
    params = fault.params
    match fault.code:
        case "wrong_type":
            return _type_fields(params, language)
        case "number_format":
            return {"form": "1234" if params.get("type") == "int" else "1234.56"}
        case "out_of_range":
            return {"bounds": _bounds(params, language), "cure": _fraction(params, language)}
        case "code_format":
            return _code_fields(params, language)
        case "time_order":
            return {"not_before": ".".join(map(str, params.get("not_before", ())))}
        case _ if "value" not in params and fault.path:
            return {"value": excerpt(fault.path[-1])}
        case _:
            return {}


def _type_fields(params: Mapping[str, Any], language: Language) -> dict[str, str]:
    words = {name: _type_in_words(params.get(name), language) for name in ("expected", "actual")}
    as_text = Text(
        "代码请加引号按文本发送，以免丢失数字。", " Send the code as text, in quotes, so that no digit is lost."
    )
    words["cure"] = as_text.in_(language) if params.get("as_text") else ""
    return words


def _type_in_words(name: object, language: Language) -> str:
    words = _TYPES.get(str(name))
    return words.in_(language) if words else excerpt(name)


def _bounds(params: Mapping[str, Any], language: Language) -> str:
    low, high = params.get("minimum"), params.get("maximum")
    if low is None or high is None:
        return ""
    words = Text("，应在 {low} 与 {high} 之间", "; it must lie between {low} and {high}").in_(language)
    return words.format(low=_in_words(low, language), high=_in_words(high, language))


def _fraction(params: Mapping[str, Any], language: Language) -> str:
    fraction = params.get("fraction")
    if not isinstance(fraction, Decimal):
        return ""
    words = Text("比率请写成小数：{value}% 写作 {fraction}。", " Write a rate as a fraction: {value} % is {fraction}.")
    return words.in_(language).format(value=excerpt(params.get("value", "")), fraction=number_text(fraction))


def _shown(character: str) -> str:
    """A character as people can find it: what cannot be seen or is easily taken for another has its code point."""
    if character.isascii() and character.isprintable():
        return character
    code_point = f"U+{ord(character):04X}"
    return f"{character} ({code_point})" if character.isprintable() else code_point


def _code_fields(params: Mapping[str, Any], language: Language) -> dict[str, str]:
    form = _CODE_FORMS.get(str(params.get("kind")))
    character = params.get("character")
    words = Text("“{character}”不可能出现在其中。", " “{character}” cannot stand in it.")
    return {
        "form": form.in_(language) if form else "",
        "cure": words.in_(language).format(character=_shown(str(character))) if character else "",
    }
