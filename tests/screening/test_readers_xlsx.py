import resource
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from app.screening.limits import MIB, Limits
from tests.screening.files import FIRM, OTHER, raw_book, read, refused, text_cell, written

THIRD, FOURTH = f"{FIRM[:-1]}8", f"{FIRM[:-1]}9"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "名录.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    yield workbook, workbook.add_worksheet("企业"), path
    assert workbook.fileclosed


class TestFigures:
    def test_yuan_and_ten_thousands_are_exact(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["统一社会信用代码", "营业收入(万元)"])
        for row, figure in enumerate((2000, 8.29, 19.99), start=1):
            sheet.write_row(row, 0, [f"{FIRM[:-1]}{row}", figure])
        workbook.close()
        rows, rejects, _ = read(path)
        assert rejects == []
        assert [row["annual_revenue"] for row in rows] == [2_000_000_000, 8_290_000, 19_990_000]

    def test_noise_beyond_what_excel_shows_is_dropped_and_said(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "annual_revenue"])
        sheet.write_row(1, 0, [FIRM, 0.1 + 0.2])
        workbook.close()
        raw_book(
            path,
            f'<row r="1">{text_cell("A1", "uscc")}{text_cell("B1", "annual_revenue")}</row>'
            f'<row r="2">{text_cell("A2", FIRM)}<c r="B2"><v>0.30000000000000004</v></c></row>',
        )
        rows, _, notes = read(path)
        assert rows[0]["annual_revenue"] == 30
        assert notes["excel_precision"].params["count"] == 1

    def test_a_percentage_is_read_as_it_is_shown(self, book):
        workbook, sheet, path = book
        percent = workbook.add_format({"num_format": "0.00%"})
        sheet.write_row(0, 0, ["uscc", "担保费率(%)"])
        sheet.write(1, 0, FIRM)
        sheet.write(1, 1, 0.018, percent)
        sheet.write_row(2, 0, [OTHER, 1.8])
        sheet.write_row(3, 0, [THIRD, "1.8%"])
        workbook.close()
        rows, rejects, _ = read(path)
        assert rejects == []
        assert [row["guarantee_fee_rate"] for row in rows] == [180_000_000] * 3

    def test_figures_typed_as_text_and_flags(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "营业收入", "从业人员", "是否电商企业"])
        sheet.write_row(1, 0, [FIRM, "１．５亿元", "３０", "是"])
        sheet.write_row(2, 0, [OTHER, "1,234.5", 30, False])
        workbook.close()
        rows, rejects, notes = read(path)
        assert rejects == []
        assert [row["annual_revenue"] for row in rows] == [15_000_000_000, 123_450]
        assert [row["employees"] for row in rows] == [30, 30]
        assert [row["is_ecommerce"] for row in rows] == [True, False]
        assert notes["rewritten"].params["count"] >= 1


class TestCodes:
    def test_code_typed_as_number_rejects_its_row_and_shows_no_changed_digit(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["统一社会信用代码", "从业人员"])
        sheet.write_row(1, 0, [911407225812000189, 5])
        sheet.write_row(2, 0, [FIRM, 6])
        workbook.close()
        rows, (reject,), _ = read(path)
        assert [row["entity"] for row in rows] == [FIRM]
        assert (reject.sheet, reject.row, reject.column) == ("企业", 2, "统一社会信用代码")
        assert (reject.code, reject.value) == ("code_as_number", "9.11407E+17")
        assert reject.cell == "A2"
        assert "A2" in reject.message.zh
        assert "A2" in reject.message.en
        assert "文本" in reject.cure.zh
        assert "Text" in reject.cure.en
        assert "9114072258120" not in str(reject)

    def test_division_typed_as_number_loses_nothing(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "行政区划代码"])
        sheet.write_row(1, 0, [FIRM, 140722])
        sheet.write_row(2, 0, [OTHER, 14072])
        workbook.close()
        rows, (reject,), _ = read(path)
        assert rows[0]["registration_division"] == 140722
        assert reject.code == "code_as_number"


class TestDates:
    def test_dates_as_excel_keeps_them_and_as_people_write_them(self, book):
        workbook, sheet, path = book
        day = workbook.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, ["uscc", "成立日期"])
        sheet.write(1, 0, FIRM)
        sheet.write_datetime(1, 1, datetime(2022, 4, 18), day)
        for row, text in enumerate(("2022/4/18", "2022年4月18日", "2022.04.18", "20220418"), start=2):
            sheet.write_row(row, 0, [f"{FIRM[:-1]}{row}", text])
        workbook.close()
        rows, rejects, _ = read(path)
        assert rejects == []
        assert [row["established_on"] for row in rows] == [date(2022, 4, 18)] * 5

    def test_serial_number_and_moment_are_no_dates(self, book):
        workbook, sheet, path = book
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["uscc", "成立日期"])
        sheet.write_row(1, 0, [FIRM, 44669])
        sheet.write(2, 0, OTHER)
        sheet.write_datetime(2, 1, datetime(2022, 4, 18, 9, 30), moment)
        sheet.write_row(3, 0, [THIRD, "2022-02-30"])
        workbook.close()
        _, rejects, _ = read(path)
        assert [reject.code for reject in rejects] == ["date_format", "date_format", "date_invalid"]


class TestTraps:
    def test_cells_merged_over_rows_are_filled_and_said(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "行业代码", "从业人员"])
        for row, code in enumerate((FIRM, OTHER, THIRD), start=1):
            sheet.write(row, 0, code)
            sheet.write(row, 2, row)
        sheet.merge_range("B2:B4", "C3311")
        workbook.close()
        rows, rejects, notes = read(path)
        assert rejects == []
        assert len({row["industry_code"] for row in rows}) == 1
        assert rows[2]["industry_code"] is not None
        assert "B2:B4" in notes["merged_filled"].message("zh")

    def test_cells_merged_over_columns_are_rejected(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "从业人员", "年营业收入"])
        sheet.write(1, 0, FIRM)
        sheet.merge_range("B2:C2", 5)
        workbook.close()
        rows, (reject,), _ = read(path)
        assert rows == []
        assert (reject.code, reject.column) == ("merged_cells", "年营业收入")

    def test_formula_without_value_and_error_reject_their_rows(self, tmp_path):
        path = tmp_path / "a.xlsx"
        workbook = openpyxl.Workbook()
        workbook.active.append(["uscc", "从业人员", "年营业收入"])
        workbook.active.append([FIRM, "=1+1", 5])
        workbook.active.append([OTHER, 5, "#N/A"])
        workbook.active.append([THIRD, 5, 6])
        workbook.save(path)
        rows, rejects, _ = read(path)
        assert [row["entity"] for row in rows] == [THIRD]
        assert [(r.row, r.column, r.code) for r in rejects] == [
            (2, "从业人员", "formula_without_value"),
            (3, "年营业收入", "formula_without_value"),
        ]

    def test_formula_with_a_value_is_read_and_an_empty_text_is_unknown(self, tmp_path):
        header = "".join(map(text_cell, ("A1", "B1", "C1"), ("uscc", "employees", "name")))
        formulas = '<c r="B2"><f>2+3</f><v>5</v></c><c r="C2" t="str"><f>""</f><v></v></c>'
        path = raw_book(
            tmp_path / "a.xlsx", f'<row r="1">{header}</row><row r="2">{text_cell("A2", FIRM)}{formulas}</row>'
        )
        (row,), rejects, _ = read(path)
        assert (row["employees"], row["name"], rejects) == (5, None, [])

    def test_text_that_looks_like_a_formula_stays_text(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc", "name"])
        sheet.write(1, 0, FIRM)
        sheet.write_string(1, 1, "=cmd|' /C calc'!A0")
        workbook.close()
        assert read(path)[0][0]["name"] == "=cmd|' /C calc'!A0"

    def test_title_header_and_other_sheets(self, book):
        workbook, sheet, path = book
        sheet.merge_range("B1:C1", "左权县企业名录")
        sheet.write_row(2, 1, ["统一社会信用代码", "从业人员"])
        sheet.write_row(3, 1, [FIRM, 5])
        sheet.write_blank(60_000, 2, None, workbook.add_format({"bold": True}))
        again = workbook.add_worksheet("桐峪镇")
        again.write_row(0, 0, ["统一社会信用代码", "从业人员"])
        again.write_row(1, 0, [OTHER, 6])
        workbook.add_worksheet("填表说明").write(0, 0, "请如实填写")
        codes = workbook.add_worksheet("codes")
        codes.write_row(0, 0, ["uscc"])
        codes.hide()
        workbook.close()
        rows, rejects, notes = read(path)
        assert rejects == []
        assert [(row["entity"], row["employees"]) for row in rows] == [(FIRM, 5), (OTHER, 6)]
        assert notes["header_row"].params["row"] == 3
        assert notes["sheets_joined"].params["names"] == ["企业", "桐峪镇"]
        assert notes["sheet_passed"].params["sheet"] == "填表说明"
        assert notes["sheet_hidden"].params["sheet"] == "codes"

    def test_cells_without_references_follow_each_other(self, tmp_path):
        rows = (
            "<row><c t='inlineStr'><is><t>uscc</t></is></c><c t='inlineStr'><is><t>employees</t></is></c></row>"
            f"<row><c t='inlineStr'><is><t>{FIRM}</t></is></c><c><v>5</v></c></row>"
        )
        assert read(raw_book(tmp_path / "a.xlsx", rows))[0][0]["employees"] == 5


class TestHostile:
    def test_a_sheet_that_unpacks_to_a_gigabyte(self, tmp_path):
        path = raw_book(tmp_path / "a.xlsx", (" " * MIB for _ in range(1000)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        (fault,) = refused(path)
        assert fault.code == "file_expands_too_much"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024

    def test_too_many_members(self, tmp_path):
        path = raw_book(tmp_path / "a.xlsx", "")
        with zipfile.ZipFile(path, "a") as archive:
            for member in range(1001):
                archive.writestr(f"x/{member}", "")
        assert refused(path)[0].code == "file_expands_too_much"

    def test_a_way_of_packing_that_nobody_knows_is_refused(self, tmp_path):
        """Method 99 in the first member's two headers."""
        content = bytearray(raw_book(tmp_path / "a.xlsx", "").read_bytes())
        for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            content[content.index(mark) + place] = 99
        (fault,) = refused(written(tmp_path / "b.xlsx", bytes(content)))
        assert fault.code == "file_invalid"
        assert "damaged" in fault.message("en")

    def test_first_and_last_cell_only(self, tmp_path):
        rows = f'<row r="1">{text_cell("A1", "uscc")}</row><row r="1048576">{text_cell("XFD1048576", "x")}</row>'
        (fault,) = refused(raw_book(tmp_path / "a.xlsx", rows))
        assert fault.code == "sheet_too_large"
        assert "XFD1048576" in fault.message("zh")

    def test_styled_but_empty_cells_far_away_do_no_harm(self, tmp_path):
        rows = (
            f'<row r="1">{text_cell("A1", "uscc")}</row><row r="2">{text_cell("A2", FIRM)}</row>'
            '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
        )
        assert len(read(raw_book(tmp_path / "a.xlsx", rows))[0]) == 1

    @pytest.mark.parametrize(
        "prologue",
        [
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
            '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/secret">]>',
            '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        ],
    )
    def test_document_types_and_entities(self, tmp_path, prologue):
        path = raw_book(tmp_path / "a.xlsx", f'<row r="1">{text_cell("A1", "&a;")}</row>', prologue)
        assert refused(path)[0].code == "file_invalid"

    def test_a_member_that_lies_about_its_size(self, tmp_path):
        path = raw_book(tmp_path / "a.xlsx", (" " * MIB for _ in range(8)))
        content = bytearray(path.read_bytes())
        place = content.rindex(b"PK\x01\x02")
        while b"sheet1" not in content[place : place + 80]:
            place = content.rindex(b"PK\x01\x02", 0, place)
        content[place + 24 : place + 28] = (100).to_bytes(4, "little")
        assert refused(written(path, bytes(content)))[0].code in ("file_invalid", "file_expands_too_much")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"<html><table></table></html>", "file_type_mismatch"),
            (b"uscc,employees\n", "file_type_mismatch"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "file_type_mismatch"),
            (b"PK\x03\x04" + b"x" * 600, "file_invalid"),
        ],
    )
    def test_other_things_named_xlsx(self, tmp_path, content, code):
        assert refused(written(tmp_path / "a.xlsx", content))[0].code == code

    def test_another_archive(self, tmp_path):
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "x")
        assert refused(path)[0].code == "file_type_mismatch"

    def test_a_parser_out_of_time_is_ended(self, book):
        workbook, sheet, path = book
        sheet.write_row(0, 0, ["uscc"])
        workbook.close()
        assert refused(path, limits=Limits(seconds=0.01))[0].code == "file_invalid"

    def test_a_parser_out_of_memory_is_ended(self, tmp_path):
        text = "x" * 1000
        rows = (f'<row r="{row}">{text_cell(f"A{row}", text)}</row>' for row in range(1, 20_000))
        path = raw_book(tmp_path / "a.xlsx", rows)
        assert refused(path, limits=Limits(memory_bytes=8 * MIB))[0].code == "file_expands_too_much"
