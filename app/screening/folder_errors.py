"""Why a folder of results cannot be written, gone on with or read, in words."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.text import Language

__all__ = ["FOLDER_ERRORS", "FolderError", "ScreeningStopped"]

FOLDER_ERRORS: Final[Mapping[str, Text]] = {
    "folder_finished": Text(
        "{folder} 中已有完成的筛查结果；要覆盖请加 --force。",
        "{folder} holds a finished screening; --force overwrites it.",
    ),
    "folder_interrupted": Text(
        "{folder} 中有一次没有完成的筛查；接着做请加 --resume，重新开始请加 --force。",
        "{folder} holds an interrupted screening; --resume goes on with it, --force starts anew.",
    ),
    "folder_in_use": Text(
        "{folder} 中有其他文件；请另选一个空文件夹。", "{folder} holds other files; choose an empty folder."
    ),
    "resume_differs": Text(
        "{folder} 中没有完成的筛查与这次的要求不同（{names}）；请用原来的要求接着做，或加 --force 重新开始。",
        "The interrupted screening in {folder} was asked otherwise ({names}); ask the same, or start anew with "
        "--force.",
    ),
    "not_a_screening": Text("{folder} 中没有完成的筛查结果。", "{folder} holds no finished screening."),
    "registry_missing": Text(
        "名册 {file} 已不在原处，无法重新说明；以后可在筛查时加 --truths。",
        "The registry {file} is no longer there, so nothing can be explained; screen with --truths to need it no more.",
    ),
    "registry_changed": Text(
        "名册 {file} 在筛查之后有改动，无法据以说明当时的结果；请恢复原文件，或重新筛查。",
        "The registry {file} has changed since it was screened; bring the file back, or screen it again.",
    ),
    "policy_changed": Text(
        "筛查所用的政策 {policy} {version} 已被替换或公布了新的金额，无法重现当时的说明；请重新筛查。",
        "The policy {policy} {version} that decided has been replaced, or figures were published since; screen again.",
    ),
    "unknown_entity": Text(
        "筛查结果中没有编号“{entity}”（也可能该行有误，见 rejects.csv）。",
        "There is no entity “{entity}” in the result (its row may be among those in rejects.csv).",
    ),
    "parts_missing": Text("{folder} 中缺少 {count} 个部分的结果。", "{folder} lacks the results of {count} parts."),
    "sheet_too_long": Text(
        "{rows} 行放不进一个 Excel 工作表（最多 {limit} 行）；请改用 csv 或 parquet。",
        "{rows} rows do not fit on an Excel sheet (at most {limit}); take csv or parquet.",
    ),
}


class FolderError(Exception):
    """A stable code and the fields to say it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params

    def message(self, language: Language) -> str:
        """What is wrong and the way out."""
        return FOLDER_ERRORS[self.code].in_(language).format_map(defaultdict(str, self.params))


class ScreeningStopped(Exception):  # noqa: N818 - nothing is wrong: somebody asked to stop
    """A run that was asked to stop; what is done stays, and the run can go on."""
