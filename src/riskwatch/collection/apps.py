"""Django's entry for this room."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "riskwatch.collection"
    label = "collection"
    verbose_name = "信息收集"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lay the room's acts and facts on the desk."""
        from riskwatch.collection import desk

        desk.install()
