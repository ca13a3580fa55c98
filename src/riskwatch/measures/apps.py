"""Django's entry for this room."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "riskwatch.measures"
    label = "measures"
    verbose_name = "措施"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.measures import desk

        desk.install()
