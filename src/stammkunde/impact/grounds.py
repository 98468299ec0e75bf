"""What verdicts rest on: the facts with margins up to stage II, whatever stage the company looks at."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa

from stammkunde import mirror
from stammkunde.impact.reading import Members
from stammkunde.insight import outcomes
from stammkunde.insight.frames import Facts, Frame, arrow
from stammkunde.insight.value.history import Floats
from stammkunde.mirror.engine import connection
from stammkunde.signals import forecasts, margins
from stammkunde.signals.frames import open_facts
from stammkunde.signals.margins import Terms
from stammkunde.signals.models import FigureSettings, Generation


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The facts, whether margin or revenue is counted (`basis`), and what payment costs: it is not given back."""

    facts: Facts
    basis: str
    payment_percent: float

    @property
    def brought(self) -> str:
        return "revenue_cents" if self.basis == "revenue" else "margin_cents"

    def within(self, members: Members) -> pa.Table:
        """Tell what each did within her window, a row each in their order."""
        told = outcomes.within(self.facts, entries(members), payment_percent=self.payment_percent)
        return arrow(told).sort_by("entry_id")

    def by_week(self, members: Members) -> Floats:
        """Tell what each brought in each week of her window, shape (members, weeks)."""
        told: pa.Table = arrow(outcomes.by_week(self.facts, entries(members), payment_percent=self.payment_percent))
        weeks = int(np.ceil((members.last_on - members.first_on + 1).max() / outcomes.WEEK_DAYS))
        brought = np.zeros((len(members), weeks))
        brought[told["entry_id"].to_numpy(), told["week"].to_numpy()] = told[self.brought].to_numpy()
        return brought


def of(generation: Generation) -> Ground:
    """Open the facts as of a generation; what came back is taken off."""
    percent = (margins.of(generation) or margins.wanted()).payment_percent
    terms = Terms(stage=FigureSettings.Margin.DELIVERY, payment_percent=percent)
    facts = open_facts(mirror.tables(), margin=terms)
    return Ground(facts=facts, basis=forecasts.basis(generation), payment_percent=percent)


def entries(members: Members) -> Frame:
    """Give the members to the engine of the facts."""
    return nw.from_native(connection().from_arrow(members.entries())).lazy()
