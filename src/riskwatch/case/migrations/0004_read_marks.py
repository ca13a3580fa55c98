import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The checks of foreign keys wait for the end of the transaction; a table with waiting checks cannot be altered.
KEEP_MARKS = """
    SET CONSTRAINTS ALL IMMEDIATE;
    INSERT INTO case_messageread (message_id, person_id, at)
        SELECT id, read_by_id, read_at FROM case_message WHERE read_by_id IS NOT NULL AND read_at IS NOT NULL;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('case', '0003_calendar_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MessageRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='case.message')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('message', 'person'), name='read_once')],
            },
        ),
        migrations.RunSQL(KEEP_MARKS, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='message',
            name='read_at',
        ),
        migrations.RemoveField(
            model_name='message',
            name='read_by',
        ),
    ]
