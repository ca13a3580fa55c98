"""Django's entry for this room."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "riskwatch.followup"
    label = "followup"
    verbose_name = "落实"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.followup import desk

        desk.install()
