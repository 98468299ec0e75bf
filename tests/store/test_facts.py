"""Tables of facts describe themselves; whoever handles facts knows none by its name."""

import pytest
from django.apps import apps

from stammkunde.store import facts


def pointing_at_facts():
    """Every foreign key to a table of facts: (model, field)."""
    models = {table.model for table in facts.tables().values()}
    return {
        (model, one.name)
        for model in apps.get_models()
        for one in model._meta.concrete_fields
        if one.related_model in models
    }


def test_what_points_at_facts_is_a_fact_or_says_what_becomes_of_it():
    references = {
        (table.model, one.column.removesuffix("_id")) for table in facts.tables().values() for one in table.references
    }
    hanging = {(one.model, one.column) for table in facts.tables().values() for one in facts.hanging(table.model)}

    assert pointing_at_facts() == references | hanging
    assert not references & hanging


def test_what_is_referred_to_comes_first():
    order = list(facts.tables())

    assert order[:3] == ["customers", "contact_persons", "consents"]
    for table in facts.tables().values():
        assert all(order.index(one.table) < order.index(table.name) for one in table.references)


def test_rows_share_the_month_of_a_parent_that_is_counted_with_them():
    for table in facts.tables().values():
        if table.within:
            assert facts.parent(table).part == table.part


def test_mirrored_columns_are_the_table_s_own_or_said_how_they_are_read():
    for table, what in facts.mirrored():
        own = {one.column for one in table.model._meta.concrete_fields} | {what.key, *what.read, *what.takes}
        months = {name for name in what.columns if name.endswith("_month")}
        assert set(what.columns) - months <= own, table.name


def test_a_table_that_nobody_declares_is_refused():
    with pytest.raises(facts.NotDeclared):
        facts.table("dreams")


def test_every_label_is_known_by_what_an_undo_names():
    for model in apps.get_models():
        for one in facts.hanging(model):
            assert facts.label(one.name) == str(one.label)
