"""Figures on the command line; of the real data, `tests/journeys` asks them beside a server that is at work."""

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import translation

from stammkunde.cli import kpis as command
from stammkunde.cli import refresh
from stammkunde.insight import kpis
from tests.signals.shop import open_shop


def test_table_tells_a_figure_that_is_not_known_in_words():
    figure = kpis.Figure("repurchase_rate", "2011-Q3", "channel", "web", None, None, 0, 0, reason="no_buyers")

    with translation.override("en"):
        assert command._worded(figure)[2:] == ["web", "Nobody bought in this period.", "", "0", ""]


@pytest.fixture
def small(once):
    """A shop of a few customers, in this process."""
    return once(open_shop)


@pytest.mark.django_db(transaction=True)
def test_period_that_is_none_is_refused_with_a_cure(small):
    refused = CliRunner().invoke(command.command, ["--period", "soon"])

    assert refused.exit_code == 1
    assert "Write 2011, 2011-Q3 or 2011-09" in refused.output


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_figures", "learns_once")
def test_refresh_counts_up_to_the_last_order_of_an_old_shop(small):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_order SET ordered_on = '2011-12-09'")

    done = CliRunner().invoke(refresh.command, ["--rebuild"])

    assert "2011-12-09" in done.output
