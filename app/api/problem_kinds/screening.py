"""What is wrong with a registry that was sent to be screened, or with what is asked of a screening."""

from __future__ import annotations

from typing import Final

from app.api.problem_kinds.kind import ProblemType
from app.rules.text import Text

__all__ = ["KINDS"]

KINDS: Final = (
    ProblemType(
        "wrong_state",
        409,
        Text("当前状态不允许这样做", "Its state does not allow this"),
        Text("它现在是 {state}；请先查询状态。", "It is {state} now; ask for its state first."),
    ),
    ProblemType(
        "file_expands_too_much",
        413,
        Text("文件解压后过大", "The file unpacks to too much"),
        Text("请拆分后再提交。", "Split it and send the parts."),
    ),
    ProblemType(
        "too_many_rows",
        413,
        Text("行数过多", "There are too many rows"),
        Text("一次最多 {limit} 行，请拆分后再提交。", "At most {limit} rows at once; split it and send the parts."),
    ),
    ProblemType(
        "file_type_mismatch",
        415,
        Text("文件类型不对", "The file is of another type"),
        Text(
            "须是 .xlsx、.csv 或 .parquet，且与后缀相符；请在 Excel 中另存为 .xlsx 或“CSV UTF-8”。",
            "It must be .xlsx, .csv or .parquet, as its ending says; save it from Excel as .xlsx or CSV UTF-8.",
        ),
    ),
)
