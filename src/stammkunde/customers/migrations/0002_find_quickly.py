"""Find customers as one types, filter them, and meet birthdays and anniversaries, without reading them all."""

from django.db import migrations, models

from stammkunde.customers import search


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_first")]

    operations = [
        migrations.AddIndex("customer", models.Index(fields=["country", "id"], name="customer_by_country")),
        migrations.AddIndex("customer", models.Index(fields=["region", "id"], name="customer_by_region")),
        migrations.AddIndex("customer", models.Index(fields=["industry", "id"], name="customer_by_industry")),
        migrations.AddIndex("customer", models.Index(fields=["segment", "id"], name="customer_by_segment")),
        migrations.AddIndex("customer", models.Index(fields=["since_on"], name="customer_by_since")),
        migrations.AddIndex("contactperson", models.Index(fields=["birthday_on"], name="contact_person_by_birthday")),
        migrations.RunPython(search.install, search.remove),
    ]
