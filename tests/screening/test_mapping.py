import pytest

from app.screening.guessing import Guesser, packaged_aliases
from app.screening.mapping import ColumnMapping, Target, load_mapping, parse_mapping
from app.screening.readers.faults import FileRefused
from tests.screening.files import FIRM, VOCABULARY, read, refused, written


class TestGuess:
    @pytest.mark.parametrize(
        ("name", "fact", "unit"),
        [
            ("annual_revenue", "annual_revenue", "元"),
            ("年营业收入", "annual_revenue", "元"),
            ("Annual operating revenue", "annual_revenue", "元"),
            ("营业收入(万元)", "annual_revenue", "万元"),
            ("营业收入（ 万元 ）", "annual_revenue", "万元"),
            ("营业收入/万元", "annual_revenue", "万元"),
            ("营业收入（单位：亿元）", "annual_revenue", "亿元"),
            ("本期销售额(不含税)(万元)", "vat_period_sales", "万元"),
            ("担保费率（％）", "guarantee_fee_rate", "%"),
            ("从业人员(人)", "employees", "人"),
            ("光伏装机容量(MW)", "pv_capacity_kw", "mw"),
            ("科技型企业", "is_technology_enterprise", None),
            ("建筑业总产值(亿元)", "annual_output_value", "亿元"),
            ("增量留抵(元)", "vat_credit_balance", "元"),
            ("本年通过高新技术企业认定", "hnte_certified_this_year", None),
            ("统一 社会\n信用代码", "uscc", None),
            ("户号", "entity", None),
            ("法定代表人", "ignore", None),
        ],
    )
    def test_names(self, name, fact, unit):
        proposal = Guesser(VOCABULARY).propose(name)
        assert (proposal.target.fact, proposal.target.unit) == (fact, unit)

    @pytest.mark.parametrize("name", ["", "神秘列", "employes", "营业利润(万元)", "("])
    def test_names_that_say_nothing(self, name):
        assert Guesser(VOCABULARY).propose(name) is None

    @pytest.mark.parametrize(
        "name",
        [
            "是否高新技术企业",
            "高新技术企业",
            "高企",
            "信用等级",
            "留抵税额(元)",
            "工业总产值(万元)",
            "所在乡镇",
            "乡镇",
        ],
    )
    def test_a_name_that_only_comes_near_a_fact_is_asked_about(self, name):
        assert Guesser(VOCABULARY).guess(["uscc", name]).unknown == (name,)

    def test_every_fact_is_known_by_its_id_and_labels(self):
        guesser = Guesser(VOCABULARY)
        for fact in VOCABULARY.facts:
            for name in (fact.id, fact.label.zh, fact.label.en):
                assert guesser.propose(name).target.fact == fact.id, name

    def test_aliases_name_facts_and_members_that_exist_once(self):
        aliases = packaged_aliases()
        assert set(aliases.columns) <= {fact.id for fact in VOCABULARY.facts}
        names = [name for known in aliases.columns.values() for name in known]
        assert len(names) == len(set(names))
        for fact, values in aliases.values.items():
            assert set(values) <= VOCABULARY[fact].allowed

    def test_of_two_columns_for_one_fact_the_surer_is_kept(self):
        guess = Guesser(VOCABULARY).guess(["uscc", "营业收入(万元)", "年营业收入"])
        assert guess.mapping().columns["年营业收入"].fact == "annual_revenue"
        assert guess.mapping().columns["营业收入(万元)"].fact == "ignore"
        assert "guess_left_out" in {note.code for note in guess.notes}

    def test_the_assumed_unit_is_said_before_the_run(self):
        guess = Guesser(VOCABULARY).guess(["uscc", "营业收入"])
        (note,) = [note for note in guess.notes if note.code == "unit_assumed"]
        assert "元" in note.message("zh")
        assert "元" in note.message("en")


class TestFile:
    TEXT = """
columns:
  代码: uscc
  收入: {fact: annual_revenue, unit: 万元}
  性质: {fact: entity_type, values: {国有独资公司: enterprise}}
  电商: {fact: is_ecommerce, values: {做: "true", 不做: "false"}}
  联系人: ignore
empty: ["-", 不详]
header_row: 2
"""

    def test_a_mapping_file_is_followed(self, tmp_path):
        mapping = written(tmp_path / "m.yaml", self.TEXT)
        text = f"2024年,,,,\n代码,收入,性质,电商,联系人\n{FIRM},2.5,国有独资公司,做,某\n{FIRM},-,不详,不做,\n"
        rows, rejects, _ = read(written(tmp_path / "a.csv", text), mapping=mapping)
        assert rejects == []
        assert [row["annual_revenue"] for row in rows] == [2_500_000, None]
        assert [row["entity_type"] for row in rows] == [0, None]
        assert [row["is_ecommerce"] for row in rows] == [True, False]

    def test_what_is_written_reads_the_same(self):
        mapping = parse_mapping(self.TEXT)
        assert parse_mapping(mapping.to_yaml()) == mapping
        guessed = Guesser(VOCABULARY).guess(["uscc", "营业收入(万元)", "x"]).mapping(ignore_unknown=True)
        assert parse_mapping(guessed.to_yaml()) == guessed

    def test_another_order_of_columns_in_the_file_does_not_matter(self, tmp_path):
        mapping = ColumnMapping({"b": Target("employees"), "a": Target("uscc")})
        rows, _, _ = read(written(tmp_path / "a.csv", f"a,b\n{FIRM},5\n"), mapping=mapping)
        assert rows[0]["employees"] == 5

    @pytest.mark.parametrize(
        ("columns", "code"),
        [
            ({"a": Target("uscc")}, "unknown_column"),
            ({"a": Target("uscc"), "b": Target("ignore"), "c": Target("employees")}, "missing_column"),
            ({"a": Target("uscc"), "b": Target("employes")}, "unknown_fact"),
            ({"a": Target("uscc"), "b": Target("annual_revenue", "人")}, "unknown_unit"),
            ({"a": Target("uscc"), "b": Target("entity_type", None, {"x": "firm"})}, "not_in_enum"),
            ({"a": Target("uscc"), "b": Target("uscc")}, "duplicate_column"),
            ({"a": Target("name"), "b": Target("ignore")}, "missing_field"),
        ],
    )
    def test_a_mapping_that_does_not_fit(self, tmp_path, columns, code):
        path = written(tmp_path / "a.csv", f"a,b\n{FIRM},5\n")
        (fault,) = refused(path, mapping=ColumnMapping(columns))
        assert fault.code == code
        assert fault.message("zh")
        assert fault.message("en")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "columns: [a]",
            "columns: {a: uscc, a: name}",
            "columns: {a: uscc}\nextra: 1",
            "columns: {a: {fact: uscc, units: 元}}",
            "columns: {a: {unit: 元}}",
            "columns: {a: {fact: uscc, values: [x]}}",
            "columns: {a: uscc}\nheader_row: two",
            "columns: {a: uscc}\nempty: no",
            "columns: {a: &x uscc, b: *x}",
            "columns: {a: uscc",
            "[" * 3000,
        ],
    )
    def test_a_mapping_that_cannot_be_read(self, text):
        with pytest.raises(FileRefused) as refusal:
            parse_mapping(text)
        assert refusal.value.code == "mapping_invalid"

    def test_a_mapping_in_another_encoding(self, tmp_path):
        with pytest.raises(FileRefused):
            load_mapping(written(tmp_path / "m.yaml", "columns: {代码: uscc}".encode("gbk")))

    def test_a_header_row_that_is_not_there(self, tmp_path):
        mapping = ColumnMapping({"a": Target("uscc")}, header_row=9)
        assert refused(written(tmp_path / "a.csv", f"a\n{FIRM}\n"), mapping=mapping)[0].code == "header_not_found"
