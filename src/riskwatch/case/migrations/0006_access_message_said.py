"""Messages keep their words and values, so that each reader reads them in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("case", "0005_s6_register_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="said",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
