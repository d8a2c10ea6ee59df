"""Differences between two documents of a policy."""

from __future__ import annotations

import pytest

from app.services.policy_diff import Change, differences


class TestDifferences:
    def test_of_the_same_there_are_none(self):
        assert list(differences({"a": [{"id": "x", "b": "1"}]}, {"a": [{"id": "x", "b": "1"}]})) == []

    def test_a_value_a_new_key_and_a_key_that_is_gone(self):
        before, after = {"same": "0", "changed": "1", "gone": "2"}, {"same": "0", "changed": "3", "new": "4"}
        assert list(differences(before, after)) == [
            Change(("changed",), "1", "3"),
            Change(("gone",), "2", None),
            Change(("new",), None, "4"),
        ]

    @pytest.mark.parametrize("name", ["id", "clause", "code", "valid_from"])
    def test_entries_of_a_list_are_compared_by_their_name(self, name):
        before = [{name: "x", "v": "1"}, {name: "y", "v": "2"}]
        after = [{name: "x", "v": "1"}, {name: "z", "v": "4"}, {name: "y", "v": "3"}]
        assert list(differences(before, after, ("rules",))) == [
            Change(("rules", "y", "v"), "2", "3"),
            Change(("rules", "z"), None, {name: "z", "v": "4"}),
        ]

    def test_another_order_is_a_difference(self):
        before, after = [{"id": "x"}, {"id": "y"}], [{"id": "y"}, {"id": "x"}]
        assert list(differences(before, after)) == [Change(("order",), ["x", "y"], ["y", "x"])]

    def test_lists_without_names_are_compared_as_a_whole(self):
        assert list(differences({"all": ["a", "b"]}, {"all": ["a"]})) == [Change(("all",), ["a", "b"], ["a"])]

    def test_a_mapping_in_place_of_a_list(self):
        assert list(differences({"c": {"id": "x"}}, {"c": [{"id": "x"}]})) == [
            Change(("c",), {"id": "x"}, [{"id": "x"}])
        ]
