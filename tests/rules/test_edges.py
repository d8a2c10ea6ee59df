"""Corners that the shipped pack never reaches."""

import polars as pl
import pytest

from app.rules.columns_packed import pack_columns
from app.rules.columns_questions import question_column
from app.rules.columns_schema import physical_schema
from app.rules.errors import PackError
from app.rules.packs.parse import parse_policy
from tests.rules import plan


@pytest.mark.parametrize("value", [1, None, 2.5])
def test_a_document_of_plain_values_is_refused_with_its_places(value):
    with pytest.raises(PackError) as refusal:
        parse_policy({"manifest": value, "clauses": [value]})
    assert ("manifest",) in {fault.path[:1] for fault in refusal.value.faults}


@pytest.mark.parametrize("results", [[], [{}]])
def test_nothing_open_asks_nothing(results):
    asked = question_column(results, ["employees"], lambda expression: expression)
    assert pl.DataFrame({"row": [1, 2]}).select(pl.col("row"), asked=asked)["asked"].to_list() == [None, None]


def test_columns_without_a_packed_fact_stay_as_they_are():
    schema = physical_schema(plan.policy().vocabulary)
    table = pl.DataFrame({"entity": ["a"], "employees": [3]})
    assert table.select(pack_columns(schema, ["entity", "employees"])).equals(table)
