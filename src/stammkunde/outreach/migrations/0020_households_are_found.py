from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The first of each household that was drawn as one is found at once."""

    dependencies = [("outreach", "0019_left_alone_of_everything")]

    operations = [
        migrations.AddIndex(
            "assignment",
            models.Index(condition=~Q(key=""), fields=["draw", "key"], name="assignment_of_household"),
        ),
    ]
