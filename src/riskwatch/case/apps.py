"""Django's entry for this room."""

from django.apps import AppConfig


class CaseConfig(AppConfig):
    name = "riskwatch.case"
    label = "case"
    verbose_name = "案卷"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.case import folder_desk, handover, opening, sharing

        folder_desk.install()
        handover.install()
        sharing.install()
        opening.install()
