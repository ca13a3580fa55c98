"""Django's entry for this room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "riskwatch.parties"
    label = "parties"
    verbose_name = "主体"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the acts on people and organisations on their desk."""
        from riskwatch.parties import desk

        desk.install()
