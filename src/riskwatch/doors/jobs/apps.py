"""Django's entry for this room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "riskwatch.doors.jobs"
    label = "jobs"
    verbose_name = "任务"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from riskwatch.doors.jobs import checks  # noqa: F401  (registers itself)
