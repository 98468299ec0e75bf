from django.db.models import Q

from stammkunde.store.facts import Asked, FactTable, Hanging, Mirrored, Reference
from stammkunde.store.layouts import DAY, KEY, NUMBER, Column, Field, Layout, Table
from tests.store.diary.models import Impression, Visit

TABLES = (
    FactTable(
        name="visits",
        label="Visits",
        model=Visit,
        references=(Reference(column="customer_id", source="customer_source", table="customers", required=True),),
        part="visits",
        month_of="came_on",
        starts_refresh=False,
        mirrored=Mirrored(
            key="visit_id",
            columns={
                "visit_id": "BIGINT",
                "customer_id": "BIGINT",
                "came_on": "INTEGER",
                "came_month": "INTEGER",
                "minutes": "BIGINT",
            },
            days=("came_on",),
        ),
        asked=(Asked(name="minutes", label="Minutes", kind="whole", unit="min"),),
        layout=Layout(
            name="visits",
            de="Besuche",
            en="Visits",
            fields=(
                Field(name="visit_number", de="Besuchsnummer", en="Visit number", type=KEY, required=True),
                Field(name="customer_number", de="Kundennummer", en="Customer number", type=KEY, required=True),
                Field(name="came_on", de="Tag", en="Day", type=DAY, required=True),
                Field(name="minutes", de="Minuten", en="Minutes", type=NUMBER),
            ),
            tables=(
                Table(
                    name="visits",
                    source="origin || ':' || visit_number",
                    unique=True,
                    columns=(
                        Column(
                            name="customer_source",
                            sql="origin || ':' || customer_number",
                            needs=("customer_number",),
                        ),
                        Column(name="came_on", sql="came_on", needs=("came_on",)),
                        Column(name="minutes", sql="minutes::BIGINT", needs=("minutes",), empty="0"),
                    ),
                ),
            ),
        ),
    ),
)

HANGING = (Hanging(model=Impression, column="visit", label="Impressions", hold=Q(is_written=True)),)
