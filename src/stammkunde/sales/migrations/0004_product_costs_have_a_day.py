import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.models import Q

PART = "product_costs"


def over(apps: Apps, _editor: object) -> None:
    """Let the one cost that a product had hold from the day on which it was last told; before, the first counts."""
    costs, products = (apps.get_model("sales", name) for name in ("ProductCost", "Product"))
    known = products.objects.filter(cost_e4__gt=0)
    rows = known.values_list("pk", "source", "cost_e4", "imported_by", "updated_at")
    made = costs.objects.bulk_create(
        (
            costs(
                source=f"{source[:180]}@{told_at:%Y-%m-%d}",
                product_id=pk,
                holds_from_on=told_at.date(),
                cost_e4=cost,
                imported_by=imported_by,
            )
            for pk, source, cost, imported_by, told_at in rows.iterator()
        ),
        batch_size=500,
    )
    if made:
        apps.get_model("store.Change").objects.update_or_create(part=PART, defaults={"version": 1})


def back(apps: Apps, _editor: object) -> None:
    """Let each product have the cost that was told last."""
    costs, products = (apps.get_model("sales", name) for name in ("ProductCost", "Product"))
    for pk, cost in costs.objects.order_by("holds_from_on", "pk").values_list("product_id", "cost_e4"):
        products.objects.filter(pk=pk).update(cost_e4=cost)


class Migration(migrations.Migration):
    """What a product costs has a day from which it holds, in a table of its own."""

    dependencies = [
        ("sales", "0003_moments_by_the_caller"),
        ("store", "0001_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductCost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200, unique=True)),
                ("holds_from_on", models.DateField(verbose_name="holds from")),
                ("cost_e4", models.BigIntegerField(verbose_name="cost")),
                ("imported_by", models.BigIntegerField(editable=False, null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="costs", to="sales.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=~Q(source=""), name="product_cost_has_source"),
                    models.CheckConstraint(condition=Q(cost_e4__gt=0), name="product_cost_is_positive"),
                ]
            },
        ),
        migrations.RunPython(over, back),
    ]
