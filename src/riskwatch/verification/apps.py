"""Django's entry for this room."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "riskwatch.verification"
    label = "verification"
    verbose_name = "核实"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.verification import desk

        desk.install()
