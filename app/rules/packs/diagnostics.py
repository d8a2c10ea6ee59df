"""What each diagnostic of a pack says to its author: what is wrong and what to do about it, in both languages.

Fields in braces are those of the fault, ``{suggest}`` the nearest known names. Codes that requests share with packs
have their words in ``messages.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DIAGNOSTICS"]

_SHAPE: Final[Mapping[str, Text]] = {
    "pattern": Text(
        "“{value}”的写法不对，应符合 {pattern}。", "“{value}” is not written as it must be; it has to match {pattern}."
    ),
    "duplicate_id": Text(
        "“{value}”用了不止一次，后一个会盖掉前一个；请改名或删去一个。",
        "“{value}” is used more than once and one would hide the other; rename or remove one.",
    ),
    "fact_missing": Text(
        "词汇表里没有类型为 {type} 的事实“{value}”，推导要用到它；请补上。",
        "The vocabulary has no fact “{value}” of type {type}, which derivation needs; add it.",
    ),
    "file_name": Text(
        "“{value}”不能作文件名；方案和条款的名称只用小写字母、数字和连字符。",
        "“{value}” cannot name a file; schemes and clauses are named with lower-case letters, digits and hyphens.",
    ),
    "name_taken": Text(
        "“{value}”已是事实、参数或函数的名称；请换一个名称。",
        "“{value}” already names a fact, a parameter or a function; choose another name.",
    ),
    "schedule_order": Text(
        "税率级距须从低到高排列，除最后一级外都要写 up_to，最后一级不写。",
        "Brackets go from low to high; each but the last has an up_to, and the last has none.",
    ),
}

_VERSIONS: Final[Mapping[str, Text]] = {
    "version_order": Text(
        "最后一天 {value} 早于第一天 {not_before}；请核对日期。",
        "The last day {value} lies before the first, {not_before}; check the dates.",
    ),
    "no_version": Text(
        "规则“{value}”在方案期内没有任何版本；请写 versions，或用 national 指向国家规定。",
        "The rule “{value}” has no version in the time of the plan; write versions, or point national at a scheme.",
    ),
    "versions_twice": Text(
        "规则既写了 versions 又用 national 指向“{value}”，前者不会生效；请只留一个。",
        "The rule has versions of its own and national “{value}”; the former would be ignored. Keep one.",
    ),
    "version_overlap": Text(
        "从 {value} 起与前一版本（至 {until}）重叠，同一天会有两个版本；请改日期。",
        "From {value} it overlaps the version before (until {until}); no day may have two. Change the dates.",
    ),
    "version_gap": Text(
        "{value} 至 {until} 没有版本；如果规则当时确实失效，请写进 gaps 并说明原因，否则改日期。",
        "No version covers {value} to {until}. If the rule really lapsed, list these days under gaps with the reason; "
        "else change the dates.",
    ),
    "gap_not_there": Text(
        "gaps 里的 {value} 至 {until} 并不是两个版本之间的空档；请改成实际的起止日期或删去。",
        "{value} to {until} under gaps is not what lies between two versions; give the true days or remove it.",
    ),
    "basis_dates": Text(
        "依据“{value}”与结束日期 {until} 不符：open_ended 没有 valid_to，stated 必须有。",
        "The basis “{value}” does not go with the end date {until}: open_ended has no valid_to, stated has one.",
    ),
}

_CONDITIONS: Final[Mapping[str, Text]] = {
    "condition_root": Text(
        "条件的最外层必须是 all 或 any，这里直接是对“{value}”的比较；请套一层 all。",
        "A condition begins with all or any; here it is a bare comparison of “{value}”. Put it into an all.",
    ),
    "condition_never_holds": Text(
        "没有任何取值能满足这组条件；请检查互相矛盾的枚举值、区间或是非。",
        "No values can meet this condition; look for contradicting members, intervals or yes and no.",
    ),
    "part_idle": Text(
        "这一部分不起作用：要么永远成立，要么永远不成立，要么同级的条件已经说明；请删去或改正。",
        "This part does nothing: it always holds, never holds, or a neighbour already says it. Remove or mend it.",
    ),
    "too_many_alternatives": Text(
        "条件的组合方式超过 {limit} 种，无法逐一查找“差一点就符合”的途径；请拆成几条规则。",
        "The condition can be met in more than {limit} ways, too many to look for near misses; split the rule.",
    ),
    "conditions_missing": Text(
        "规则“{value}”要对申请人作判断，每个版本都须写 conditions。",
        "The rule “{value}” decides about an asker; every version of it needs conditions.",
    ),
    "conditions_not_allowed": Text(
        "规则“{value}”是时限、任务或县级指标，不作判断；请去掉 conditions 或改类别。",
        "“{value}” is a time limit, a duty or an indicator of the county and decides nothing; remove the conditions or "
        "change its kind.",
    ),
}

_AMOUNTS: Final[Mapping[str, Text]] = {
    "amount_without_terms": Text(
        "规则“{value}”有金额算式，却没有在规则一级写 amount: {{nature, certainty}}；请补上。",
        "“{value}” has a formula but no amount: {{nature, certainty}} on the rule; add it.",
    ),
    "terms_without_amount": Text(
        "规则“{value}”写了金额的性质，这个版本却没有算式；每个版本都要有，或者都没有。",
        "“{value}” says what its amount is, but this version has no formula; either all versions have one or none.",
    ),
    "possible_division_by_zero": Text(
        "除数的取值范围包含 0；请用 if 先排除 0，或用 max(除数, 最小值) 托底。",
        "The divisor can be 0; exclude 0 with an if, or hold it up with max(divisor, smallest value).",
    ),
    "possible_overflow": Text(
        "算式的结果可能达到约 {value}，超过上限 {limit}；请用 min 封顶，或检查是否误把两个金额相乘。",
        "The formula could come to about {value}, beyond {limit}; cap it with min, or see whether two amounts of money "
        "are multiplied by mistake.",
    ),
    "parameter_unused": Text(
        "参数“{value}”没有算式用到；请删去或用上。", "No formula uses the parameter “{value}”; remove it or use it."
    ),
}

_NAMES: Final[Mapping[str, Text]] = {
    "unknown_kind": Text(
        "manifest 的 kinds 里没有“{value}”，可选：{allowed}。{suggest}",
        "The kinds of the manifest do not hold “{value}”; there are {allowed}.{suggest}",
    ),
    "kinds_differ": Text(
        "条款的 kinds 是 {value}，而它的规则用到 {expected}；两者须一致。",
        "The clause lists the kinds {value}, its rules have {expected}; they must be the same.",
    ),
    "unknown_document": Text(
        "manifest 的 documents 里没有“{value}”，引用就没有标题；请补上。{suggest}",
        "The documents of the manifest do not hold “{value}”, so the citation has no title; add it.{suggest}",
    ),
    "citation_not_found": Text(
        "“{value}”不在“{document}”的正式文本中；请逐字照抄，不超过60字。",
        "“{value}” does not stand in the official text of “{document}”; copy it word for word, at most 60 characters.",
    ),
    "caveat_condition": Text(
        "只有 {expected} 可以带 when 和 unless（unless 须与 when 同用），“{value}”不可以。",
        "Only {expected} may have when, and unless beside it; “{value}” may not.",
    ),
    "rule_not_ordered": Text(
        "规则“{value}”不在 manifest 的 rule_order 里，答复中不会出现；请补上。",
        "“{value}” is not in the rule_order of the manifest and no answer would hold it; add it.",
    ),
    "rule_elsewhere": Text(
        "“{value}”列在这一条下面，编号却不以“{expected}”开头；请移到所属条款或改名。",
        "“{value}” is listed here, but its id does not begin with “{expected}”; move it to its clause or rename it.",
    ),
    "indicator_missing": Text(
        "县级指标“{value}”没有写 indicator（数值、比较方式、单位）。",
        "The county indicator “{value}” lacks its indicator: value, comparison, unit.",
    ),
    "indicator_not_allowed": Text(
        "规则“{value}”不是指标，不能写 indicator；请去掉或改类别。",
        "“{value}” is no indicator and may not have one; remove it or change the kind.",
    ),
    "target_missing": Text(
        "规则“{value}”的类别含 target，targets.yaml 里却没有同名的时限。",
        "“{value}” is of kind target, but targets.yaml has no time limit of that id.",
    ),
    "target_limit": Text(
        "时限 {value} 不能按 {unit} 计算：当场办结写 0，工作日可以是半天的倍数，其余为正整数。",
        "The limit {value} cannot be counted in {unit}: on_the_spot is 0, working days go by halves, the rest is whole "
        "and above 0.",
    ),
    "targets_overlap": Text(
        "同一申请可能同时适用“{value}”和“{other}”两个时限；请让条件互斥。",
        "One request could fall under both “{value}” and “{other}”; make their conditions exclude each other.",
    ),
    "cadence_entry": Text(
        "每条定期要求须写 rule 或 clause 之一，且只写一个。",
        "Each cadence names a rule or a clause, exactly one of them.",
    ),
}

_CASES: Final[Mapping[str, Text]] = {
    "cases_missing": Text(
        "规则“{value}”缺少结果为 {missing} 的案例；请补写。", "“{value}” has no case that is {missing}; write one."
    ),
    "version_without_case": Text(
        "规则“{value}”的这个版本没有任何日期落在其中的案例；请补写。",
        "No case of “{value}” is dated within this version; write one.",
    ),
    "case_status": Text(
        "案例“{case}”应为 {expected}，{engine}得出 {actual}。",
        "Case “{case}” expects {expected}; the {engine} answers {actual}.",
    ),
    "case_missing_facts": Text(
        "案例“{case}”的 missing_facts 应为 [{expected}]，{engine}得出 [{actual}]。",
        "Case “{case}” expects missing_facts [{expected}]; the {engine} answers [{actual}].",
    ),
    "case_amount_status": Text(
        "案例“{case}”的金额状态应为 {expected}，{engine}得出 {actual}。",
        "Case “{case}” expects the amount to be {expected}; the {engine} answers {actual}.",
    ),
    "case_amount": Text(
        "案例“{case}”的金额应为 {expected}，{engine}得出 {actual}。",
        "Case “{case}” expects the amount {expected}; the {engine} answers {actual}.",
    ),
    "case_amount_missing": Text(
        "案例“{case}”的 amount_missing 应为 [{expected}]，{engine}得出 [{actual}]。",
        "Case “{case}” expects amount_missing [{expected}]; the {engine} answers [{actual}].",
    ),
    "case_parameter": Text(
        "案例“{case}”的参数应为 {expected}，{engine}得出 {actual}。",
        "Case “{case}” expects the parameter {expected}; the {engine} answers {actual}.",
    ),
    "case_caveats": Text(
        "案例“{case}”的 caveats 应为 [{expected}]，{engine}得出 [{actual}]。",
        "Case “{case}” expects caveats [{expected}]; the {engine} answers [{actual}].",
    ),
    "case_targets": Text(
        "案例“{case}”的 {key} 应为 {expected}，得出 {actual}。",
        "Case “{case}” expects {key} {expected}; it is {actual}.",
    ),
}

#: Fault code → its words.
DIAGNOSTICS: Final[Mapping[str, Text]] = {
    **_SHAPE,
    **_VERSIONS,
    **_CONDITIONS,
    **_AMOUNTS,
    **_NAMES,
    **_CASES,
}
