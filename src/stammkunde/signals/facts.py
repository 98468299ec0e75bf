"""Changes of stage as facts that no import fills; and what hangs on facts: what was derived from them goes along."""

from django.utils.translation import gettext_lazy as _

from stammkunde.signals.models import CustomerSignal, EarlyWarning, StageChange
from stammkunde.store.facts import GOES, Asked, FactTable, Hanging, Mirrored

STAGE_CHANGES = FactTable(
    name="stage_changes",
    label=_("Changes of stage"),
    model=StageChange,
    part="stages",
    month_of="changed_on",
    starts_refresh=False,  # they come of one
    mirrored=Mirrored(
        key="stage_change_id",
        columns={
            "stage_change_id": "BIGINT",
            "customer_id": "BIGINT",
            "changed_on": "INTEGER",
            "changed_month": "INTEGER",
            "stage_before": "VARCHAR",
            "stage_after": "VARCHAR",
        },
        read={"stage_before": 't."before"', "stage_after": 't."after"'},
        days=("changed_on",),
    ),
    asked=(
        Asked(name="before", label=_("Stage before"), read="t.stage_before", choices=CustomerSignal.Stage.choices),
        Asked(name="after", label=_("Stage afterwards"), read="t.stage_after", choices=CustomerSignal.Stage.choices),
    ),
)

OWN = (STAGE_CHANGES,)

HANGING = (
    Hanging(model=CustomerSignal, column="customer", label=_("Figures"), hold=GOES),
    Hanging(model=EarlyWarning, column="customer", label=_("Early warnings"), hold=GOES),
    Hanging(model=StageChange, column="customer", label=_("Stages"), hold=GOES),
)
