from __future__ import annotations

import operator
import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import product

import polars as pl
import pytest

from app.rules.columns_collection import Collection
from app.rules.columns_layout import expand
from app.rules.columns_packed import pack_columns
from app.rules.columns_schema import industry_range, pack_industry, physical_schema
from app.rules.compile_columns import AMOUNT_STATUSES, STATUSES, compile_columns, pack_bits
from app.rules.derived import industry_row, settle
from app.rules.edition import Edition
from app.rules.errors import PackError
from app.rules.money import EXACT
from app.rules.questions import facts_of_mask
from app.rules.truth import all_of, any_of
from app.services.registry import ActivePolicy
from bench.registries import Registry
from tests.conformance import cases, engines
from tests.rules import columns, plan, small

DAY = date(2023, 1, 1)
LARGEST = Decimal(10**15)
FEN = Decimal("0.01")
#: Days between which every version of the plan's rules and amounts changes.
DAYS = [date(2022, 6, 1), date(2024, 6, 30), date(2026, 6, 1), date(2028, 1, 1)]


@cache
def program(on):
    return columns.program(plan.policy(), on)


def outcome(rule_id, facts, on=DAY):
    (row,) = columns.outcomes(program(on), columns.frame(plan.policy().vocabulary, [facts]))
    return row[rule_id]


def small_outcomes(policy, *entities):
    found = columns.outcomes(columns.program(policy, DAY), columns.frame(policy.vocabulary, entities))
    return [row["r"] for row in found]


def amount_of(formula, *entities, **parts):
    """Fen-exact texts of an amount for each entity; None where it is not computed."""
    policy = small.policy(
        small.rule("r", {"any": [small.leaf("fixed", "is_true")]}, amount={"formula": formula, **parts})
    )
    return [found.amount for found in small_outcomes(policy, *({"fixed": True, **entity} for entity in entities))]


class TestKleene:
    @pytest.mark.parametrize(("symbol", "meaning"), [(operator.and_, all_of), (operator.or_, any_of)])
    def test_polars_joins_truths_as_kleene_does(self, symbol, meaning):
        pairs = list(product([True, False, None], repeat=2))
        table = pl.DataFrame(pairs, schema={"a": pl.Boolean, "b": pl.Boolean}, orient="row")
        found = table.select(symbol(pl.col("a"), pl.col("b"))).to_series().to_list()
        assert found == [meaning(pair) for pair in pairs]

    @pytest.mark.parametrize(("symbol", "meaning"), [(operator.and_, all_of), (operator.or_, any_of)])
    def test_a_figure_beside_a_column_too(self, symbol, meaning):
        truths = [True, False, None]
        for figure in truths:
            table = pl.DataFrame({"a": pl.Series(truths, dtype=pl.Boolean)})
            found = table.select(symbol(pl.col("a"), pl.lit(figure, dtype=pl.Boolean))).to_series().to_list()
            assert found == [meaning((truth, figure)) for truth in truths]

    def test_membership_of_an_unknown_is_unknown(self):
        table = pl.DataFrame({"a": pl.Series([1, 2, None], dtype=pl.UInt8)})
        members = pl.lit(pl.Series([1, 3, 5], dtype=pl.UInt8)).implode()
        assert table.select(pl.col("a").is_in(members)).to_series().to_list() == [True, False, None]

    def test_a_condition_that_is_unknown_takes_the_last_branch(self):
        table = pl.DataFrame({"a": pl.Series([True, False, None], dtype=pl.Boolean)})
        found = table.select(pl.when(pl.col("a")).then(1).otherwise(2)).to_series().to_list()
        assert found == [1, 2, 2]


class TestPhysicalColumns:
    SCHEMA = physical_schema(plan.policy().vocabulary)

    @pytest.mark.parametrize(
        ("fact", "value", "physical"),
        [
            ("employees", 7, 7),
            ("annual_revenue", Decimal("999999999999999.99"), 99_999_999_999_999_999),
            ("guarantee_fee_rate", Decimal("0.0299999999"), 299_999_999),
            ("large_state_bank_growth_rate", Decimal(-1), -(10**10)),
            ("pv_capacity_kw", LARGEST, 10**21),
            ("entity_type", "enterprise", 0),
            ("hardship_causes", frozenset({"flood"}), 2),
            ("hardship_causes", frozenset(), 0),
            ("established_on", date(2023, 1, 1), date(2023, 1, 1)),
            ("registration_division", "012345", 12_345),
            ("industry_code", "C33", pack_industry("C33")),
            ("uscc", "91140722MA0KX7Y867", "91140722MA0KX7Y867"),
            ("is_key_enterprise", False, False),
        ],
    )
    def test_a_value_and_back(self, fact, value, physical):
        column = self.SCHEMA[fact]
        assert column.encode(value) == physical
        assert column.decode(physical) == value
        assert pl.Series([physical], dtype=column.dtype).to_list() == [physical]

    @pytest.mark.parametrize(
        ("kind", "maximum", "dtype"),
        [
            ("money", "1000000000000000", pl.Int64()),
            ("rate", "100", pl.Int64()),
            ("rate", "1000000000", pl.Int128()),
            ("number", "1000000000000000", pl.Int128()),
            ("number", "1000000000000", pl.Int64()),
            ("int", "10000000000000000000000000", pl.Int128()),
        ],
    )
    def test_integers_are_as_wide_as_the_bounds_ask(self, kind, maximum, dtype):
        facts = (*small.FACTS, small.fact("figure", kind, unit="fraction", maximum=maximum))
        assert physical_schema(small.vocabulary(facts))["figure"].dtype == dtype

    def test_bounds_beyond_128_bits_are_refused(self):
        facts = (*small.FACTS, small.fact("figure", "number", unit="fraction", maximum="1" + "0" * 38))
        with pytest.raises(PackError, match="possible_overflow"):
            physical_schema(small.vocabulary(facts))

    def test_a_set_of_more_members_than_a_word_has_bits_is_refused(self):
        members = [f"m{number}" for number in range(64)]
        with pytest.raises(PackError, match="too_many_items"):
            physical_schema(small.vocabulary((*small.FACTS, small.fact("many", "set", members=members))))

    def test_codes_below_a_prefix_are_one_interval(self):
        codes = ["A", "C", "C3", "C30", "C300", "C3009", "C301", "C31", "C4", "D", "G591", "T9999"]
        for prefix in codes:
            low, high = industry_range(prefix)
            assert [code for code in codes if low <= pack_industry(code) <= high] == [
                code for code in codes if code.startswith(prefix)
            ]

    def test_packing_keeps_every_value_and_what_is_unknown(self):
        vocabulary = plan.policy().vocabulary
        table = Registry(vocabulary, seed=5).rows(0, 500)
        packed = table.select(pack_columns(self.SCHEMA, table.columns))
        whole = compile_columns(Edition.of(plan.policy(), DAY), table.columns)
        parts = compile_columns(Edition.of(plan.policy(), DAY), packed.columns)
        assert set(packed.dtypes) >= {pl.UInt8}
        assert packed.null_count().select(pl.selectors.contains("+")).sum_horizontal().item() == 0
        facts = [fact for fact in whole.facts.columns if fact in whole.schema]
        wanted = [whole.facts[fact].alias(f"value.{fact}") for fact in facts]
        found = [parts.facts[fact].alias(f"value.{fact}") for fact in facts]
        assert parts.run(packed, found).equals(whole.run(table, wanted))

    @pytest.mark.parametrize("first", range(0, 120, 17))
    def test_few_facts_are_packed_as_faithfully(self, first):
        """One flag, one enum, or some of both: whatever a small registry has."""
        table = Registry(plan.policy().vocabulary, seed=6).rows(0, 60)
        small_facts = [name for name in table.columns if table.schema[name] in (pl.Boolean(), pl.UInt8())]
        for count in (1, 2, 3, 5):
            given = table.select("entity", *small_facts[first : first + count])
            packed = given.select(pack_columns(self.SCHEMA, given.columns))
            parts = compile_columns(Edition.of(plan.policy(), DAY), packed.columns)
            wanted = [name for name in given.columns if name in self.SCHEMA]
            assert set(wanted) <= parts.facts.columns.keys()
            assert given.select(wanted).equals(parts.run(packed, [parts.facts[name].alias(name) for name in wanted]))

    def test_bits_fill_words_from_the_lowest(self):
        table = pl.DataFrame({f"b{place}": [place in (0, 9, 62), None] for place in range(63)})
        word = table.select(pack_bits([pl.col(f"b{place}") for place in range(63)])).to_series()
        assert word.to_list() == [1 | 1 << 9 | 1 << 62, 0]


class TestDerivedFacts:
    INDUSTRIES = (
        *("A", "A01", "C3311", "E47", "F5", "F51", "G5", "G59", "G591", "G592", "H62", "J66", "K704", "L72", "M73"),
        *("Q84", "Q85", "S91", "T97"),
    )

    def entities(self):
        figures = [None, 0, 4, 5, 19, 20, 300, 1000]
        yuan = [None, 0, 499_999, 500_000, 3_000_000, 400_000_000]
        for code, people, revenue in product([None, *self.INDUSTRIES], figures, yuan):
            assets = None if revenue is None or people is None else revenue * 2
            entity = {"industry_code": code, "employees": people}
            entity |= {"annual_revenue": revenue and Decimal(revenue), "total_assets": assets and Decimal(assets)}
            yield {name: value for name, value in entity.items() if value is not None}

    def test_size_and_section_as_the_definition_derives_them(self):
        policy, entities = plan.policy(), list(self.entities())
        table = columns.frame(policy.vocabulary, entities)
        facts = ("enterprise_size", "industry_section", "registered_in_county", "registered_in_province")
        found = program(DAY).run(table, [program(DAY).facts[fact].alias(fact) for fact in facts])
        for row, entity in zip(found.rows(named=True), entities, strict=True):
            known = settle(policy.vocabulary, policy.division, entity).known
            for fact in facts:
                column = program(DAY).schema[fact]
                value = None if row[fact] is None else column.decode(row[fact])
                assert value == known.get(fact), (fact, entity)

    def test_a_given_value_wins(self):
        facts = {"industry_code": "C33", "employees": 5, "annual_revenue": Decimal(1), "enterprise_size": "large"}
        facts |= {"registration_division": "110105", "registered_in_county": True, "industry_section": "A"}
        row = columns.frame(plan.policy().vocabulary, [facts])
        names = ("enterprise_size", "registered_in_county", "industry_section", "registered_in_province")
        found = program(DAY).run(row, [program(DAY).facts[name].alias(name) for name in names]).row(0, named=True)
        decoded = {name: program(DAY).schema[name].decode(value) for name, value in found.items()}
        assert decoded == {
            "enterprise_size": "large",
            "registered_in_county": True,
            "industry_section": "A",
            "registered_in_province": False,
        }

    def test_every_code_belongs_to_the_row_of_its_longest_prefix(self):
        policy = plan.policy()
        codes = [f"{letter}{digits}" for letter in "GKQ" for digits in ("", *map(str, range(10)), *range(500, 999))]
        entities = [{"industry_code": code, "employees": 0, "annual_revenue": Decimal(0)} for code in map(str, codes)]
        table = columns.frame(policy.vocabulary, entities)
        size = program(DAY).run(table, [program(DAY).facts["enterprise_size"].alias("size")]).to_series()
        listed = [industry_row(policy.vocabulary, str(code)) is not None for code in codes]
        assert size.is_not_null().to_list() == listed


class TestConditions:
    KINDS = ("a", "b", "c")

    def policy(self, condition):
        others = [small.fact("other_kind", "enum", members=("c", "b", "d")), small.fact("until", "date")]
        others += [small.fact("sub_division", "code", code="division"), small.fact("nickname", "text")]
        others += [small.fact("same_kind", "enum", members=self.KINDS), small.fact("deputy", "code", code="uscc")]
        return small.policy(small.rule("r", {"all": [condition]}), facts=(*small.FACTS, *others))

    @pytest.mark.parametrize(
        ("name", "other", "left", "right"),
        [
            ("kind", "other_kind", ["a", "b", "c"], ["c", "b", "d"]),
            ("kind", "same_kind", ["a", "b", "c"], ["a", "b", "c"]),
            ("since", "until", [date(2023, 1, 1), date(2023, 1, 2)], [date(2023, 1, 1), date(2023, 1, 2)]),
            ("registration_division", "sub_division", ["140722", "140723"], ["140722", "140724"]),
            ("registration_division", "industry_code", ["140722"], ["A01"]),
            ("partner", "deputy", ["91140722MA0KX7Y867"], ["91140722MA0KX7Y867", "93140722MA0KX8A19Q"]),
            ("partner", "registration_division", ["91140722MA0KX7Y867"], ["140722"]),
            ("place", "nickname", ["x", "y"], ["y", "z"]),
            ("price", "ceiling", [Decimal(1), LARGEST], [Decimal(1), LARGEST - FEN]),
        ],
    )
    def test_equal_to_another_fact(self, name, other, left, right):
        policy = self.policy(small.leaf(name, "equal_to", {"fact": other}))
        entities = [
            {fact: value for fact, value in ((name, one), (other, two)) if value is not None}
            for one, two in product([*left, None], [*right, None])
        ]
        wanted = [
            ("undetermined" if len(entity) < 2 else "eligible" if entity[name] == entity[other] else "ineligible")
            for entity in entities
        ]
        assert [found.status for found in small_outcomes(policy, *entities)] == wanted

    @pytest.mark.parametrize("figure", ["less_than", "less_than_or_equal_to", "greater_than", "equal_to"])
    def test_another_fact_and_a_constant_at_the_edge_of_the_bounds(self, figure):
        policy = self.policy(small.leaf("price", figure, {"fact": "ceiling", "plus": "1000000000000000"}))
        entity = {"price": LARGEST, "ceiling": Decimal(0)}
        compare = {"less_than": operator.lt, "less_than_or_equal_to": operator.le}
        compare |= {"greater_than": operator.gt, "equal_to": operator.eq}
        (found,) = small_outcomes(policy, entity)
        assert found.status == ("eligible" if compare[figure](LARGEST, LARGEST) else "ineligible")
        (found,) = small_outcomes(policy, {**entity, "ceiling": LARGEST})
        assert found.status == ("eligible" if compare[figure](LARGEST, LARGEST * 2) else "ineligible")


class TestAmounts:
    def test_half_a_fen_is_rounded_up_once_at_the_end(self):
        assert amount_of("price * 0.5", {"price": FEN}) == ["0.01"]
        assert amount_of("price / 3 * 3", {"price": Decimal("0.01")}) == ["0.01"]
        assert amount_of("price / 7", {"price": Decimal("0.03")}, {"price": Decimal("0.04")}) == ["0.00", "0.01"]

    def test_what_is_below_zero_is_zero(self):
        pair = {"price": Decimal(1), "ceiling": Decimal(2)}
        assert amount_of("price - ceiling", pair) == ["0.00"]
        assert amount_of("(price - ceiling) / 3", pair) == ["0.00"]
        assert amount_of("(price - ceiling) * (price - ceiling)", pair) == ["1.00"]

    def test_a_divisor_below_zero_turns_the_sign(self):
        entity = {"price": Decimal(10), "growth": Decimal("-0.25")}
        assert amount_of("0 - price / (growth - 100.5)", entity) == ["0.10"]

    def test_the_smallest_of_an_unknown_is_unknown(self):
        known = {"price": Decimal(1)}
        assert amount_of("min(price, ceiling)", known) == [None]
        assert amount_of("max(price, ceiling, 5)", known) == [None]
        assert amount_of("min(price, ceiling)", {**known, "ceiling": Decimal(2)}) == ["1.00"]

    def test_largest_figures_and_those_a_fen_below(self):
        entities = [{"price": LARGEST, "share": Decimal(1)}, {"price": LARGEST - FEN, "share": Decimal(1)}]
        assert amount_of("price * share", *entities) == ["1000000000000000.00", "999999999999999.99"]
        tiny = {"price": LARGEST, "share": Decimal("0.0000000001")}
        assert amount_of("price * share", tiny, {"price": LARGEST, "share": Decimal(0)}) == ["100000.00", "0.00"]

    def test_beyond_64_bits(self):
        entity = {"price": LARGEST, "share": Decimal(1), "months": 36}
        assert amount_of("price * share * months / 7", entity) == ["5142857142857142.86"]

    def test_a_count_beyond_the_ceiling_of_its_unit_where_128_bits_do_not_do(self):
        facts = (*small.FACTS, small.fact("term", "int", unit="month"))
        made = small.rule("r", {"all": [small.leaf("fixed", "is_true")]}, amount="price * share * share * term / 12")
        policy = small.policy(made, facts=facts)
        entity = {"fixed": True, "price": LARGEST, "share": Decimal(1)}
        terms = [1, 1_200, 1_201, 10**15]
        found = [item.amount for item in small_outcomes(policy, *({**entity, "term": term} for term in terms))]
        assert found == [engines_amount(policy, {**entity, "term": term}) for term in terms]
        assert found[-1] == "83333333333333333333333333333.33"

    def test_a_result_beyond_128_bits_is_refused(self):
        made = small.rule("r", {"all": [small.leaf("fixed", "is_true")]}, amount="price * ceiling * price")
        with pytest.raises(PackError, match="possible_overflow"):
            small_outcomes(small.policy(made), {"fixed": True})

    @pytest.mark.parametrize("on", DAYS)
    def test_the_plan_at_the_edges_of_every_figure(self, on):
        edges = [Decimal(0), FEN, Decimal(1), Decimal("0.03"), LARGEST - FEN, LARGEST]
        entities = []
        for one, two in product(edges, repeat=2):
            entity = {}
            for place, fact in enumerate(plan.policy().vocabulary.facts):
                value = one if place % 2 else two
                if fact.type.value == "money":
                    entity[fact.id] = value
                elif fact.type.value == "int":
                    entity[fact.id] = int(value)
                elif fact.type.value in ("rate", "number"):
                    entity[fact.id] = min(value, fact.maximum)
                elif fact.type.value == "bool":
                    entity[fact.id] = True
                elif fact.type.value == "enum":
                    entity[fact.id] = fact.members[place % len(fact.members)].value
            entities += [entity, {**entity, "entity_type": "individual_business", "key_group_role": "employer"}]
        found = columns.outcomes(program(on), columns.frame(plan.policy().vocabulary, entities))
        for row, entity in zip(found, entities, strict=True):
            for rule_id, said in row.items():
                assert said == replace(engines.reference(rule_id, entity, on), parameter=None), (rule_id, entity)

    def test_totals_add_up_grants_and_tax_saved_alone(self):
        rules = [
            small.rule(
                nature.replace("_", "-"), {"all": [small.leaf("fixed", "is_true")]}, amount=figure, nature=nature
            )
            for nature, figure in (("grant", "10"), ("tax_saved", "price"), ("deduction", "100"), ("ceiling", "1000"))
        ]
        policy = small.policy(*rules)
        entities = [{"fixed": True, "price": Decimal("2.5")}, {"fixed": True}, {"fixed": False}, {}]
        rows = columns.decide(columns.program(policy, DAY), columns.frame(policy.vocabulary, entities))
        assert [row["total_fen"] for row in rows] == [1250, 1000, 0, 0]


def engines_amount(policy, entity):
    return engines.compiled("r", entity, DAY, ActivePolicy(policy)).amount


class TestOutputs:
    def test_a_row_of_nothing_is_undetermined_everywhere(self):
        names = ["entity"]
        found = compile_columns(Edition.of(plan.policy(), DAY), names)
        rows = columns.outcomes(found, pl.DataFrame({"entity": ["x", "y", "z"]}))
        assert len(rows) == 3
        assert rows[0] == {
            rule.id: replace(engines.compiled(rule.id, {}, DAY), parameter=None) for rule in plan.policy().decidable
        }

    def test_a_table_without_rows(self):
        table = columns.frame(plan.policy().vocabulary, [])
        assert columns.decide(program(DAY), table) == []

    def test_public_columns_are_words_and_yuan(self):
        facts = {"entity_type": "enterprise", "registered_in_county": True, "hnte_certified_this_year": True}
        facts |= {"hnte_times_certified": 1}
        found = program(DAY).run(columns.frame(plan.policy().vocabulary, [facts, {}]), program(DAY).decisions())
        rule = "m38-hnte-certification-award"
        assert found[rule].to_list() == ["eligible", "undetermined"]
        assert found[f"{rule}.amount"].to_list() == [Decimal("150000.00"), None]
        assert found["total"].to_list() == [Decimal("150000.00"), Decimal("0.00")]
        assert found.schema[f"{rule}.amount"] == pl.Decimal(38, 2)

    def test_a_rule_out_of_force_says_so_and_has_no_amount(self):
        on = date(2028, 1, 1)
        found = program(on).run(columns.frame(plan.policy().vocabulary, [{}]), program(on).decisions())
        assert found["m09-conversion-deed-tax"].to_list() == ["not_in_force"]
        assert found["m09-conversion-deed-tax.amount"].to_list() == [None]

    def test_only_the_rules_wanted(self):
        chosen = compile_columns(Edition.of(plan.policy(), DAY), ["entity"], lambda rule: rule.clause == "38")
        ids = [rule.id for rule in plan.policy().decidable if rule.clause == "38"]
        assert [output.meta.output_name() for output in chosen.statuses()] == ids
        assert set(chosen.layout.facts) < set(program(DAY).layout.facts)

    def test_a_program_travels_with_its_policy_alone(self):
        again = pickle.loads(pickle.dumps(program(DAY)))  # noqa: S301 - our own bytes
        table = Registry(plan.policy().vocabulary, seed=3).rows(0, 50)
        assert columns.decide(again, table) == columns.decide(program(DAY), table)

    def test_lazy_and_streaming_give_the_same(self):
        table = Registry(plan.policy().vocabulary, seed=3).rows(0, 300)
        found = compile_columns(Edition.of(plan.policy(), DAY), table.columns)
        outputs = [*found.statuses(), *found.amounts(), found.total()]
        wanted = found.run(table, outputs)
        assert found.run(table.lazy(), outputs).collect(engine="streaming").equals(wanted)

    def test_no_group_of_bits_by_another_name(self):
        with pytest.raises(KeyError):
            program(DAY).words("eligible", "known_facts")

    def test_nothing_is_asked_where_everything_is_skipped(self):
        facts = [fact.id for fact in plan.policy().vocabulary.facts]
        table = columns.frame(plan.policy().vocabulary, [{}, {"entity_type": "enterprise"}])
        found = program(DAY).run(table, [program(DAY).next_question(facts)])
        assert found["next_question"].to_list() == [None, None]

    def test_a_rule_out_of_force_has_no_near_miss(self):
        late = program(date(2028, 1, 1))
        names = {output.meta.output_name() for output in late.near_misses()}
        assert "m38-hnte-certification-award.near_miss" in names
        assert "m09-conversion-deed-tax.near_miss" not in names

    def test_only_a_rule_with_an_amount_has_a_formula(self):
        layout = program(DAY).layout
        place = next(place for place in layout.places if place not in layout.amounts)
        with pytest.raises(ValueError, match=str(place)):
            layout._amount(place)

    def test_the_service_starts_without_polars(self):
        load = "from app.cli import app; app.get_command(None, 'serve'); import app.main"
        code = f"import sys; {load}; sys.exit('polars' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class TestCollectionPlan:
    POLICY = small.policy(
        small.rule("r", {"all": [small.leaf("fixed", "is_true"), small.leaf("ready", "is_true")]}, amount="price"),
        small.rule("q", {"all": [small.leaf("ready", "is_true"), small.leaf("kind", "equal_to", "a")]}),
    )

    def plan(self, *entities):
        program = columns.program(self.POLICY, DAY)
        collection = program.collection()
        assert isinstance(collection, Collection)
        return collection, program.run(columns.frame(self.POLICY.vocabulary, entities), collection.outputs)

    def test_what_one_fact_could_decide(self):
        price = {"price": Decimal("12.34")}
        collection, found = self.plan({"fixed": True, **price}, {"kind": "a"}, {"fixed": True, "kind": "b"}, {})
        assert collection.facts == ("kind", "ready", "fixed")
        assert found["ready.missing"].to_list() == [True, True, True, True]
        assert found["ready.decides"].to_list() == [True, True, True, False]
        assert found["kind.missing"].to_list() == [True, False, False, True]
        assert found["fixed.decides"].to_list() == [False, False, False, False]

    def test_and_the_fen_that_hang_on_it(self):
        price = {"price": Decimal("12.34")}
        collection, found = self.plan({"fixed": True, **price}, {"fixed": True}, {"ready": True, **price}, price)
        assert collection.worths == {
            "ready": (("r.ready.alone", "r.worth_fen"),),
            "fixed": (("r.fixed.alone", "r.worth_fen"),),
        }
        assert found["r.worth_fen"].to_list() == [1234, None, 1234, None]
        assert found["r.ready.alone"].to_list() == [True, True, False, False]


class TestTheCasesOfThePlan:
    def test_every_case_in_columns(self):
        groups = {}
        for case in cases.rule_cases():
            edition = plan.active().edition(cases.day(case)).edition
            groups.setdefault(edition.start, (edition, []))[1].append(case)
        names = [fact.id for fact in plan.policy().vocabulary.facts]
        for edition, group in groups.values():
            program = compile_columns(edition, names)
            table = columns.frame(plan.policy().vocabulary, [cases.given(case) for case in group])
            for case, row in zip(group, columns.outcomes(program, table), strict=True):
                wanted = replace(cases.expected(case), parameter=None)
                found = row[case["rule"]]
                if case["status"] == "undetermined" and "amount_missing" not in case:
                    found = replace(found, amount_missing=())
                assert found == wanted, case["id"]


#: Every rule of the plan for 16,384 entities on one day, and for a part of them on others.
COUNTS = {date(2024, 6, 30): 16_384, date(2022, 6, 1): 2_048, date(2026, 6, 1): 2_048, date(2028, 1, 1): 2_048}


class TestGeneratedEntities:
    def registry(self, on):
        edges = {}
        for leaf in program(on).layout.conditions:
            column = program(on).schema[leaf.fact]
            if column.scale or column.fact.type.value in ("int", "money"):
                figures = edges.setdefault(leaf.fact, [0])
                if isinstance(leaf.expected, (int, Decimal)):
                    middle = column.encode(leaf.expected)
                    figures += [middle - 1, middle, middle + 1]
        for fact in program(on).layout.facts:
            column = program(on).schema[fact]
            if column.fact.maximum is not None:
                highest = column.encode(column.fact.maximum)
                edges[fact] = [*edges.get(fact, [0])[:16], highest - 1, highest]
        unknown = {"who": 12, "finance": 40, "tax": 60, "awards": 60, "projects": 100, "services": 100}
        return Registry(plan.policy().vocabulary, seed=11, edges=edges, unknown=unknown)

    @pytest.mark.slow
    @pytest.mark.parametrize("on", COUNTS)
    def test_status_missing_facts_and_fen(self, on):
        table = self.registry(on).rows(0, COUNTS[on]).drop("entity")
        found = compile_columns(Edition.of(plan.policy(), on), table.columns)
        edition = plan.active().edition(on)
        selection = edition.select(lambda rule: True)
        places = found.layout.places
        statuses = found.run(table, found.statuses()).rows()
        words = [word for place in places for word in columns.missing_words(found, place)]
        missing = found.run(table, words).rows()
        fen = found.run(table, found.amounts()).rows(named=True)
        states = found.run(table, found.amount_statuses()).rows()
        decoders = [(name, found.schema[name].decode) for name in table.columns]
        seen = set()
        for number, row in enumerate(table.iter_rows()):
            given = {
                name: decode(value) for (name, decode), value in zip(decoders, row, strict=True) if value is not None
            }
            said = edition.evaluate(given, selection)
            assert statuses[number] == said.statuses
            assert missing[number] == masks(said, places, len(edition.vocabulary.facts))
            for place, state in zip(found.layout.amounts, states[number], strict=True):
                value = fen[number].get(f"{edition.edition.standings[place].rule.id}.fen")
                amount = said.amounts.get(place)
                status = "not_applicable" if amount is None else amount.status
                assert AMOUNT_STATUSES[state] == status
                assert value == (
                    None if amount is None or amount.value is None else int(amount.value.scaleb(2, context=EXACT))
                )
                seen.add(status)
            seen.update(STATUSES[code] for code in statuses[number])
        assert seen >= {"eligible", "ineligible", "undetermined", "not_published", "computed"}

    def test_bitmaps_say_the_same_as_the_expressions(self):
        on = date(2024, 6, 30)
        table = self.registry(on).rows(0, 300).drop("entity")
        found = compile_columns(Edition.of(plan.policy(), on), table.columns)
        words = [word for place in found.layout.places for word in columns.missing_words(found, place)]
        masks_found = found.run(table, words).rows()
        bitmaps = found.run(table, found.words("eligible", "undetermined", "truth", "known")).rows(named=True)
        codes = found.run(table, found.statuses()).rows()
        for mask, bitmap, code in zip(masks_found, bitmaps, codes, strict=True):
            row = expand(found.layout, bitmap)
            eligible = found.layout.bits("eligible", bitmap)
            undetermined = found.layout.bits("undetermined", bitmap)
            for number, place in enumerate(found.layout.places):
                status = STATUSES[code[number]]
                assert row.status(place) == status
                assert (eligible[number], undetermined[number]) == (status == "eligible", status == "undetermined")
                whole = mask[3 * number] | mask[3 * number + 1] << 63 | mask[3 * number + 2] << 126
                facts = plan.policy().vocabulary.facts
                assert row.missing(place) == tuple(facts[bit].id for bit in facts_of_mask(whole))


def masks(said, places, facts):
    """Missing facts as words of 63, rule after rule."""
    found = []
    for place in places:
        mask = said.missing.get(place, 0)
        found += [mask >> start & (1 << 63) - 1 for start in range(0, facts, 63)]
    return tuple(found)
