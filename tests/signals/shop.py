"""A shop so small that there is nothing to learn from: for tests of how refreshes go."""

import os
import signal
from datetime import UTC, date, datetime, timedelta

from stammkunde.customers import services as customers
from stammkunde.sales import services as sales
from stammkunde.signals import compute, policy, services
from tests import factories

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
TODAY = date(2026, 3, 1)


def quiet(step, done, total):
    """Show nothing."""


def refresh(*, now=NOW, as_of=TODAY, learn=policy.Learn.DUE, rebuild=False):
    return services.refresh(as_of=as_of, now=now, progress=quiet, learn=learn, rebuild=rebuild)


def show_shop(_what="no figures"):
    """Give the shop's first generation; say what is in it, as it is made once for all who say the same."""
    open_shop()
    return refresh()


def open_shop():
    """Six customers over a year: some come back, one never bought, and a guest."""
    ware = factories.product(category="Schuhe")
    for number in range(5):
        who = factories.customer(country="Germany" if number % 2 else "Chile", kind="company" if number else "person")
        for step in range(number + 1):
            day = date(2025, 2, 10) + timedelta(40 * number + 61 * step)
            factories.order(who, day, cents=1000 * (number + 1), cost_cents=400, of=ware, channel="shop")
            sales.mark_changed([f"{day:%Y-%m}"])
    factories.customer(country="Peru")
    factories.order(None, date(2025, 6, 1), cents=77)
    sales.mark_changed(["2025-06", "products"])
    customers.mark_changed()


def refresh_and_die(*, at):
    """Be killed at a step, in a process of its own (`tests.processes`)."""
    compute.SLICES = ()  # nobody will see the figures

    def show(step, done, total):
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    services.refresh(as_of=TODAY, now=NOW + timedelta(hours=1), progress=show, learn=policy.Learn.DUE)
