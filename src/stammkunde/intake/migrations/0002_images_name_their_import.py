from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_imports")]

    operations = [
        migrations.RemoveConstraint("beforeimage", "before_image_once"),
        migrations.RenameField("beforeimage", "batch", "incoming"),
        migrations.AddConstraint(
            "beforeimage",
            models.UniqueConstraint(fields=("incoming", "table", "row_id"), name="before_image_once"),
        ),
    ]
