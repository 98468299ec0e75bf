"""What a measure may still do whose budget is used up and more: what costs nothing."""

from collections.abc import Iterable

from stammkunde.outreach.models import Template
from stammkunde.plays import contents, entering, walking
from stammkunde.plays.measures import spending
from stammkunde.plays.measures.moves import Batch, Walker
from stammkunde.plays.models import StepRun
from stammkunde.plays.walking import Became


def within_budget(walkers: list[Walker], batch: Batch) -> list[Walker]:
    """Skip what costs, by the other way where there is one, in both arms alike; give those who may take their step."""
    step = walkers[0].step if walkers else None
    if step is None or not _is_out_of_money(walkers[0]):
        return walkers
    batch.out_of_money.add(walkers[0].play.pk)
    rest = [one for one in walkers if _costs_nothing(one, step, batch)]
    for one in walkers:
        if one not in rest:
            one.ran(StepRun.State.SKIPPED, at=batch.now, code=Became.NO_BUDGET)
            one.goes_on(at=batch.now, way=walking.way_after(step, Became.NO_BUDGET))
    return rest


def _is_out_of_money(one: Walker) -> bool:
    limits = one.content.limits
    return limits.budget_cents is not None and not entering.may_act(limits, spent_cents=spending.spent(one.play))


def _costs_nothing(one: Walker, step: contents.Step, batch: Batch) -> bool:
    """Tell whether somebody can take a step for nothing: people's time always costs, whether it is valued or not."""
    if not isinstance(step, contents.Message) or batch.besides(one):
        return False
    return all(free(step.ways_with(words), batch) for words in step.words)


def free(ways: Iterable[contents.Ref], batch: Batch) -> list[Template]:
    """Give the templates by whose way a message costs nothing."""
    found = (batch.templates[int(one)] for one in ways if int(one) in batch.templates)
    return [one for one in found if not batch.costs.get(one.channel, 0)]
