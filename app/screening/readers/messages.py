"""The words for files, rows and cells, in Chinese and English."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from app.rules.errors import excerpt
from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.text import Language

__all__ = ["CELL_FAULTS", "CURES", "FILE_FAULTS", "NOTES", "both", "words"]

_JOIN: Final = Text("、", ", ")
_SHOWN: Final = 12
_MORE: Final = Text("等", "…")
_SUGGEST: Final = Text("您要写的是不是 {names}？", " Did you mean {names}?")

#: A file that is not screened at all.
FILE_FAULTS: Final[Mapping[str, Text]] = {
    "file_empty": Text("文件是空的。", "The file is empty."),
    "empty_batch": Text("文件只有表头，没有数据行。", "The file has a header and no rows."),
    "body_too_large": Text("文件超过 {limit_mib} MiB。", "The file is larger than {limit_mib} MiB."),
    "file_type_mismatch": Text(
        "文件内容是{found}，不是可读的 .xlsx、.csv 或 .parquet，或与文件名的后缀不符。",
        "The content is {found}; it is no .xlsx, .csv or .parquet, or not what the file's ending says.",
    ),
    "file_invalid": Text("文件无法读取：{reason}", "The file cannot be read: {reason}"),
    "file_expands_too_much": Text(
        "文件解压后过大（上限 {limit_mib} MiB、{ratio} 倍、{members} 个部件）。",
        "The file unpacks to too much (limits: {limit_mib} MiB, {ratio} times, {members} members).",
    ),
    "file_encoding": Text(
        "文件的文字编码既不是 UTF-8 也不是 GB18030（GBK）：{reason}",
        "The text is neither UTF-8 nor GB18030 (GBK): {reason}",
    ),
    "sheet_too_large": Text(
        "工作表“{sheet}”占用的区域过大（到 {last}；最多 {columns} 列）。",
        "The sheet “{sheet}” spans too much (to {last}; at most {columns} columns).",
    ),
    "too_many_rows": Text("数据超过 {limit} 行。", "There are more than {limit} rows."),
    "csv_unclosed_quote": Text(
        "第 {line} 行开始的引号没有结束。", "A quotation mark opened in line {line} is never closed."
    ),
    "duplicate_column": Text("有两列同名：{names}。", "Two columns have one name: {names}."),
    "unknown_column": Text("不认识的列“{name}”。{suggest}", "The column “{name}” is not known.{suggest}"),
    "unknown_fact": Text("没有“{name}”这一事实。{suggest}", "There is no fact “{name}”.{suggest}"),
    "missing_column": Text("映射中的列“{name}”不在文件里。{suggest}", "The file has no column “{name}”.{suggest}"),
    "missing_field": Text(
        "没有能识别每一行的列：需要 entity 或统一社会信用代码。",
        "No column identifies the rows: entity or the unified social credit code is needed.",
    ),
    "column_type": Text(
        "列“{name}”的类型 {dtype} 不能用于“{fact}”（应为 {expected}）。",
        "The column “{name}” has the type {dtype}, which cannot hold “{fact}” (expected: {expected}).",
    ),
    "header_not_found": Text("没有找到表头。", "No header row was found."),
    "rows_set_aside": Text(
        "第 {first} 至 {last} 行（除去有误的行后计）三次都没有处理成功，已搁置，结果中没有它们。",
        "Rows {first} to {last} (bad rows not counted) failed three times and were set aside; the results lack them.",
    ),
    "screening_stopped": Text(
        "筛查三次都没有做成（阶段 {stage}），请检查名册后重新提交。",
        "The screening failed three times (stage: {stage}); check the registry and submit it again.",
    ),
    "mapping_invalid": Text("映射文件有误：{reason}", "The mapping file is not acceptable: {reason}"),
    "unknown_unit": Text(
        "列“{name}”的单位“{unit}”不能用于“{fact}”，可用：{allowed}。",
        "The unit “{unit}” of the column “{name}” does not suit “{fact}”; there are {allowed}.",
    ),
    "not_in_enum": Text(
        "列“{name}”的值映射指向“{value}”，可选：{allowed}。",
        "The value map of the column “{name}” leads to “{value}”; allowed are {allowed}.",
    ),
}

#: A cell that rejects its row.
CELL_FAULTS: Final[Mapping[str, Text]] = {
    "code_as_number": Text(
        "代码被录成了数字（{value}），末尾的数字已经丢失或可能丢失。",
        "The code was typed as a number ({value}); its last digits are lost or may be.",
    ),
    "formula_without_value": Text("公式没有可用的计算结果（{value}）。", "The formula has no usable value ({value})."),
    "merged_cells": Text(
        "该单元格被跨列合并遮住，不知道它的值。",
        "The cell is covered by one merged across columns; its value is unknown.",
    ),
    "number_format": Text("“{value}”不是可读的数字。", "“{value}” is no number that can be read."),
    "not_in_enum": Text("“{value}”不在可选值之内。", "“{value}” is not one of the allowed values."),
    "date_format": Text("“{value}”不是可读的日期。", "“{value}” is no date that can be read."),
    "not_finite": Text("“{value}”不是有限的数。", "“{value}” is not a finite number."),
    "missing_field": Text("这一行没有编号，无法识别。", "The row has nothing to identify it."),
    "row_width": Text(
        "这一行有 {found} 个单元格，表头有 {expected} 个。", "The row has {found} cells; the header has {expected}."
    ),
    "ambiguous_unit": Text(
        "“{value}”里的单位与列的单位“{unit}”合起来有歧义。",
        "The unit in “{value}” is ambiguous in a column in {unit}.",
    ),
}

#: The way out, for files and cells.
CURES: Final[Mapping[str, Text]] = {
    "file_type_mismatch": Text(
        "请在 Excel 中另存为 .xlsx 或“CSV UTF-8”。", "Save it from Excel as .xlsx or as CSV UTF-8."
    ),
    "file_invalid": Text("请重新导出该文件。", "Export the file again."),
    "file_expands_too_much": Text("请拆分后再提交。", "Split it and send the parts."),
    "body_too_large": Text("请拆分后再提交。", "Split it and send the parts."),
    "too_many_rows": Text("请拆分后再提交。", "Split it and send the parts."),
    "file_encoding": Text("请另存为“CSV UTF-8”。", "Save it as CSV UTF-8."),
    "sheet_too_large": Text(
        "请删去数据以外的单元格（远处可能有误填的内容），或把数据复制到新工作表。",
        "Delete the cells beyond the data (something may stand far away), or copy the data to a new sheet.",
    ),
    "csv_unclosed_quote": Text(
        "请补上引号；单元格内的引号要写两个。", "Close it; a quotation mark inside a cell is written twice."
    ),
    "duplicate_column": Text("请改名或删去其中一列。", "Rename or delete one of them."),
    "unknown_column": Text(
        "请在映射文件（--mapping）的 columns 中写明它对应的事实，或写 ignore 表示不用。",
        "Name its fact under columns in a mapping file (--mapping), or write ignore to leave it out.",
    ),
    "missing_column": Text("请核对列名。", "Check the name of the column."),
    "missing_field": Text(
        "请填写统一社会信用代码，或加一列 entity。", "Give the unified social credit code, or a column entity."
    ),
    "column_type": Text(
        "请按所需类型重新导出；浮点数列可用 --allow-float 按小数位四舍五入并写入报告。",
        "Export it with that type; --allow-float rounds a float column to the fact's decimals and reports it.",
    ),
    "header_not_found": Text(
        "请让表头至少有一个可识别的列名，或在映射文件中写明 header_row。",
        "Give the header a known name, or say header_row in the mapping file.",
    ),
    "code_as_number": Text(
        "请先把该列设为“文本”格式，再从原始资料重新录入代码（只改格式不能找回末尾数字）。",
        "Set the column to the Text format and enter the code again from its source (the format alone does not "
        "bring lost digits back).",
    ),
    "formula_without_value": Text(
        "请用 Excel 打开并保存一次，或把公式粘贴为值。",
        "Open and save it in Excel once, or paste the formulas as values.",
    ),
    "merged_cells": Text("请取消合并并逐格填写。", "Unmerge the cells and fill each one."),
    "not_finite": Text("请填数字，或留空表示未知。", "Give a number, or leave it empty for unknown."),
    "row_width": Text("请检查这一行的分隔符和引号。", "Check the separators and quotation marks of this row."),
    "ambiguous_unit": Text("请写明完整单位，如 15万元。", "Write the whole unit, such as 15万元."),
    "number_format": Text(
        "请写成 1234.56，或带单位如 15万元、1.8%。", "Write 1234.56, or with its unit: 15万元, 1.8%."
    ),
    "out_of_range": Text("请核对数值和单位。", "Check the figure and its unit."),
    "too_many_decimals": Text("请核对数值和单位。", "Check the figure and its unit."),
    "wrong_type": Text("请核对该单元格的内容和格式。", "Check what the cell holds and its format."),
    "date_format": Text(
        "请写成 2024-06-30，或把单元格设为日期格式。", "Write 2024-06-30, or give the cell a date format."
    ),
    "date_invalid": Text("请核对日期。", "Check the date."),
    "code_format": Text("请对照证照核对代码。", "Check the code against the licence."),
    "text_too_long": Text("请缩短。", "Shorten it."),
    "text_invalid": Text("请删去后重新录入。", "Delete it and type the text again."),
    "not_in_enum": Text(
        "可写：{labels}；或在映射文件的 values 中写明它对应哪一个。",
        "Write one of: {labels}; or say under values in the mapping file which it stands for.",
    ),
}

#: How the file was understood.
NOTES: Final[Mapping[str, Text]] = {
    "encoding_gb18030": Text(
        "文件没有声明编码，按 GB18030（GBK）读取。", "The file is not UTF-8; it was read as GB18030 (GBK)."
    ),
    "delimiter": Text("列由“{value}”分隔。", "Columns are separated by “{value}”."),
    "header_row": Text(
        "工作表“{sheet}”的表头在第 {row} 行，上面的 {count} 行略过。",
        "The header of “{sheet}” is row {row}; {count} rows above it are passed over.",
    ),
    "nameless_columns": Text(
        "工作表“{sheet}”的 {names} 列没有列名，不读取。",
        "The columns {names} of “{sheet}” have no name and are not read.",
    ),
    "label_row": Text("第 {row} 行是第二行表头，不作为数据。", "Row {row} is a second header and not data."),
    "sheet_passed": Text(
        "工作表“{sheet}”没有读取（{rows} 行，表头不同或没有表头）。",
        "The sheet “{sheet}” is not read ({rows} rows; its header differs or is missing).",
    ),
    "sheet_hidden": Text("隐藏的工作表“{sheet}”没有读取。", "The hidden sheet “{sheet}” is not read."),
    "sheets_joined": Text("表头相同的工作表一并读取：{names}。", "Sheets of one header are read together: {names}."),
    "merged_filled": Text(
        "工作表“{sheet}”的合并单元格 {ranges} 按左上角的值填满所含各行（共 {count} 处）。",
        "Merged cells {ranges} of “{sheet}” ({count} in all): each of their rows was given the value of the first.",
    ),
    "excel_precision": Text(
        "工作表“{sheet}”有 {count} 个数字按 Excel 显示的 15 位有效数字读取。",
        "{count} numbers of “{sheet}” were read to the 15 significant digits that Excel shows.",
    ),
    "column_ignored": Text("不使用的列：{names}。", "Columns that are not used: {names}."),
    "unit_assumed": Text(
        "列“{name}”没有写单位，按“{unit}”读取。", "The column “{name}” names no unit; it is read in {unit}."
    ),
    "guess_left_out": Text(
        "列“{name}”也像“{fact}”，但该事实已取自列“{taken}”。",
        "The column “{name}” could be “{fact}” as well, which is taken from “{taken}”.",
    ),
    "rewritten": Text(
        "列“{name}”有 {count} 个单元格换了写法读取，例如“{example}”读作 {value}。",
        "{count} cells of “{name}” were read in another form; “{example}” was read as {value}.",
    ),
    "float_rounded": Text(
        "列“{name}”是浮点数，有 {count} 个值四舍五入到 {decimals} 位小数。",
        "The column “{name}” holds floats; {count} values were rounded to {decimals} decimals.",
    ),
    "float_column": Text(
        "列“{name}”是浮点数，按最短的十进制写法读取。",
        "The column “{name}” holds floats; they were read as their shortest decimals.",
    ),
    "duplicate_entity": Text(
        "有 {count} 行的编号与其他行相同，每行都分别回答，例如 {names}。",
        "{count} rows repeat the code of another; each is answered by itself; for example {names}.",
    ),
}


def words(
    table: Mapping[str, Text],
    code: str,
    params: Mapping[str, Any],
    language: Language,
    suggestions: tuple[str, ...] = (),
) -> str:
    """The entry of ``code`` with its fields filled in; "" when the table has none."""
    template = table.get(code)
    if template is None:
        return ""
    fields: dict[str, str] = defaultdict(str)
    fields.update({name: _in_words(value, language) for name, value in params.items()})
    names = _JOIN.in_(language).join(excerpt(name) for name in suggestions)
    fields["suggest"] = _SUGGEST.in_(language).format(names=names) if suggestions else ""
    return template.in_(language).format_map(fields)


def both(table: Mapping[str, Text], code: str, params: Mapping[str, Any]) -> Text:
    """The entry in both languages."""
    return Text(words(table, code, params, "zh"), words(table, code, params, "en"))


def _in_words(value: Any, language: Language) -> str:
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return str(value[language])
    if isinstance(value, (list, tuple)):
        shown = [_in_words(item, language) for item in list(value)[:_SHOWN]]
        return _JOIN.in_(language).join(shown) + (_MORE.in_(language) if len(value) > _SHOWN else "")
    return excerpt(value)
