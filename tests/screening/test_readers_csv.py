import pytest

from app.screening.limits import Limits
from app.screening.readers.registry import open_registry
from tests.screening.files import FIRM, OTHER, VOCABULARY, read, refused, written


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_headers_and_figures_are_the_same_in_each(self, tmp_path, encoding):
        text = f"统一社会信用代码,主体类型,行业代码,从业人员,营业收入(万元)\r\n{FIRM},企业,C3311,300,2000\r\n"
        rows, rejects, notes = read(written(tmp_path / "a.csv", text.encode(encoding)))
        assert rejects == []
        assert rows[0]["entity"] == FIRM
        assert rows[0]["annual_revenue"] == 2_000_000_000
        assert rows[0]["employees"] == 300
        assert ("encoding_gb18030" in notes) is (encoding == "gb18030")

    def test_neither_utf8_nor_gb18030(self, tmp_path):
        (fault,) = refused(written(tmp_path / "a.csv", b"uscc,name\n1,\xff\xff\n"))
        assert fault.code == "file_encoding"
        assert "UTF-8" in fault.cure("zh")
        assert "UTF-8" in fault.cure("en")

    def test_damaged_utf8_is_not_taken_for_gbk(self, tmp_path):
        content = f"uscc,name\n{FIRM},左权县某某公".encode() + b"\xe5\x8f\n" + "乙公司,丙公司\n".encode()
        assert refused(written(tmp_path / "a.csv", content))[0].code == "file_encoding"

    def test_utf16(self, tmp_path):
        assert refused(written(tmp_path / "a.csv", "uscc\n1\n".encode("utf-16")))[0].code == "file_encoding"


class TestShape:
    def test_quoted_line_ends_are_part_of_the_cell_and_blank_lines_are_passed_over(self, tmp_path):
        text = f'uscc,employees,"年营业收入\n（元）"\r\n"{FIRM}",,\r\n,,\r\n\r\n{OTHER},"5",\r\n,,\r\n'
        rows, rejects, _ = read(written(tmp_path / "a.csv", text))
        assert rejects == []
        assert [row["entity"] for row in rows] == [FIRM, OTHER]
        assert [row["employees"] for row in rows] == [None, 5]

    def test_unclosed_quote_names_the_line_where_it_opens(self, tmp_path):
        (fault,) = refused(written(tmp_path / "a.csv", f'uscc,name\n{OTHER},乙\n{FIRM},"甲\nx,y\n'))
        assert (fault.code, fault.params["line"]) == ("csv_unclosed_quote", 3)

    def test_quote_in_the_wrong_place(self, tmp_path):
        assert refused(written(tmp_path / "a.csv", f'uscc,name\n{FIRM},"a"b\n'))[0].code == "file_invalid"

    def test_row_with_too_many_or_too_few_cells_is_rejected_alone(self, tmp_path):
        text = f"uscc,employees\n{FIRM},5,9\n{OTHER}\n{FIRM},6,\n"
        rows, rejects, _ = read(written(tmp_path / "a.csv", text))
        assert [row["employees"] for row in rows] == [6]
        assert [(reject.row, reject.code) for reject in rejects] == [(2, "row_width"), (3, "row_width")]

    @pytest.mark.parametrize("separator", ["\t", ";", "|"])
    def test_other_separators_are_found_and_reported(self, tmp_path, separator):
        text = f"uscc,employees\n{FIRM},5\n".replace(",", separator)
        rows, _, notes = read(written(tmp_path / "a.csv", text))
        assert rows[0]["employees"] == 5
        assert "delimiter" in notes

    def test_title_rows_above_the_header(self, tmp_path):
        text = f"左权县企业名录,\n统一社会信用代码,从业人员\n{FIRM},5\n"
        rows, _, notes = read(written(tmp_path / "a.csv", text))
        assert rows[0]["employees"] == 5
        assert notes["header_row"].params["row"] == 2

    def test_second_header_in_other_words_is_no_data(self, tmp_path):
        text = f"uscc,employees\n统一社会信用代码,从业人员\n{FIRM},5\n"
        rows, rejects, notes = read(written(tmp_path / "a.csv", text))
        assert (len(rows), rejects) == (1, [])
        assert "label_row" in notes

    def test_row_numbers_are_those_of_a_sheet(self, tmp_path):
        text = f'uscc,name,employees\n{FIRM},"甲",1\n\n{OTHER},乙,x\n'
        _, rejects, _ = read(written(tmp_path / "名录.csv", text))
        assert [(r.file, r.row, r.column, r.value) for r in rejects] == [("名录.csv", 4, "employees", "x")]


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file_empty"),
            (b"\xef\xbb\xbf\r\n\r\n", "file_empty"),
            (b",,\n,,\n", "file_empty"),
            (b"uscc,employees\n", "empty_batch"),
            (b"uscc,employees,employees\n1,2,3\n", "duplicate_column"),
            (b"%PDF-1.7", "file_type_mismatch"),
            (b"<html><table></table></html>", "file_type_mismatch"),
            (b"uscc\0\0\0", "file_type_mismatch"),
            (b"employees\n5\n", "missing_field"),
        ],
    )
    def test_code(self, tmp_path, content, code):
        assert refused(written(tmp_path / "a.csv", content))[0].code == code

    def test_unknown_column_names_the_nearest_and_the_way_out(self, tmp_path):
        (fault,) = refused(written(tmp_path / "a.csv", f"uscc,emploees\n{FIRM},5\n"))
        assert (fault.code, fault.params["name"]) == ("unknown_column", "emploees")
        assert "employees" in fault.message("en")
        for language in ("zh", "en"):
            assert "--mapping" in fault.cure(language)
            assert "ignore" in fault.cure(language)

    def test_too_many_rows_and_columns(self, tmp_path):
        path = written(tmp_path / "a.csv", "uscc\n" + f"{FIRM}\n" * 40)
        assert refused(path, limits=Limits(rows=39))[0].code == "too_many_rows"
        assert refused(path, limits=Limits(rows=5))[0].code == "too_many_rows"
        assert len(read(path, limits=Limits(rows=40))[0]) == 40
        wide = written(tmp_path / "w.csv", ",".join(f"c{n}" for n in range(301)))
        assert refused(wide)[0].code == "sheet_too_large"

    def test_file_larger_than_the_limit(self, tmp_path):
        path = written(tmp_path / "a.csv", f"uscc\n{FIRM}\n")
        assert refused(path, limits=Limits(file_bytes=10))[0].code == "body_too_large"

    def test_the_name_is_shown_without_its_folders_and_decides_nothing(self, tmp_path):
        path = written(tmp_path / "a.csv", f"uscc,employees\n{FIRM},x\n")
        _, rejects, _ = read(path, name="../../etc/cron.d/x")
        assert rejects[0].file == "x"


class TestRepeats:
    def test_a_code_twice_is_answered_twice_and_reported(self, tmp_path):
        rows, rejects, notes = read(written(tmp_path / "a.csv", f"uscc,employees\n{FIRM},5\n{FIRM.lower()},6\n"))
        assert [row["employees"] for row in rows] == [5, 6]
        assert rejects == []
        assert notes["duplicate_entity"].params == {"count": 2, "names": [FIRM]}

    def test_ten_rows_of_which_three_are_bad(self, tmp_path):
        lines = [f"{FIRM[:-2]}{n:02d},{'x' if n < 3 else n}" for n in range(10)]
        rows, rejects, _ = read(written(tmp_path / "a.csv", "uscc,employees\n" + "\n".join(lines)))
        assert len(rows) == 7
        assert [(r.row, r.column, r.code) for r in rejects] == [(n, "employees", "number_format") for n in (2, 3, 4)]
        assert all(r.message.zh and r.message.en and r.cure.zh and r.cure.en for r in rejects)

    def test_rows_can_be_read_in_parts(self, tmp_path):
        path = written(tmp_path / "a.csv", "uscc,employees\n" + "".join(f"{FIRM},{n}\n" for n in range(10)))
        with open_registry(path, vocabulary=VOCABULARY, limits=Limits()) as registry:
            parts = [registry.batches(first_row=first, rows=4) for first in (0, 4, 8)]
            values = [batch.frame["employees"].to_list() for part in parts for batch in part]
        assert values == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
