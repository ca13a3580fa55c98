"""Django's entry for this room."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "riskwatch.collection"
    label = "collection"
    verbose_name = "信息收集"
    default_auto_field = "django.db.models.BigAutoField"
