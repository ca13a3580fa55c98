"""Django's entry for this room."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "riskwatch.disclosure"
    label = "disclosure"
    verbose_name = "公开"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.disclosure import desk

        desk.install()
