"""Django's entry for this room."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "riskwatch.assessment"
    label = "assessment"
    verbose_name = "评估"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.assessment import desk, triggers_desk

        desk.install()
        triggers_desk.install()
