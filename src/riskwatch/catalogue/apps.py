"""Django's entry for this room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "riskwatch.catalogue"
    label = "catalogue"
    verbose_name = "目录"
    default_auto_field = "django.db.models.BigAutoField"
