"""Django's entry for this room."""

from django.apps import AppConfig


class DecisionConfig(AppConfig):
    name = "riskwatch.decision"
    label = "decision"
    verbose_name = "研判决定"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.decision import desk

        desk.install()
