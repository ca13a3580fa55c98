"""Django's entry for this room."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "riskwatch.archive"
    label = "archive"
    verbose_name = "档案"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.archive import desk

        desk.install()
