import pytest
from click.testing import CliRunner
from django.db import connection

from stammkunde.cli import points
from stammkunde.loyalty import queries, triggers
from stammkunde.loyalty.models import Account, Rule, Waiting
from tests import factories

pytestmark = pytest.mark.django_db


def say(*arguments):
    found = CliRunner().invoke(points.command, arguments)
    return found.exit_code, found.output


def test_rules_are_written_and_odd_ones_refused():
    assert say("rule", "euro", "--name", "Ein Punkt", "--from", "2026-01-01") == (
        0, "Rule euro, for orders from 2026-01-01 on: 1 for each 100 cents.\n",
    )  # fmt: skip
    assert Waiting.objects.filter(account_id=None).count() == 1
    for wrong in (
        ["a b", "--name", "x"],
        ["x", "--name", "x", "--years", "2"],
        ["x", "--name", "x", "--from", "31.2."],
    ):
        code, said = say("rule", *wrong)
        assert code, said
    assert Rule.objects.count() == 1


def test_customers_join_and_get_points_by_hand_once(administrator):
    one = factories.customer(number="4711", name="Anna Klar")
    assert "no customer" in say("join", "4712")[1]
    assert "collects no points" in say("book", "4711", "5", "--reason", "x", "--key", "k")[1]

    assert say("join", "4711")[0] == say("join", one.source)[0] == 0
    for _twice in range(2):
        code, said = say("book", "4711", "50", "--reason", "Verspätung", "--key", "k1")
        assert (code, said) == (0, "Anna Klar has 50 points, 0 to be confirmed.\n")
    assert "another booking" in say("book", "4711", "51", "--reason", "Verspätung", "--key", "k1")[1]
    assert "has 50 points" in say("book", "--reason", "x", "--key", "k2", "--", "4711", "-51")[1]
    assert "whole number" in say("book", "4711", "0", "--reason", "x", "--key", "k2")[1]
    assert queries.balance(Account.objects.get().pk).available == 50
    assert say("check") == (0, "1 rows of the ledger fit.\n")


def test_what_guards_the_ledger_is_put_back_on_request():
    triggers.take_off(connection)

    assert "lacks move_chain" in say("check")[1]
    assert say("check", "--guard") == (0, "0 rows of the ledger fit.\n")
    assert say("check")[0] == 0


def test_a_number_that_two_customers_have_is_asked():
    for _twice in range(2):
        factories.customer(number="1")

    assert "Several customers" in say("join", "1")[1]
