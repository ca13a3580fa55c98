"""Django's entry for this room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "riskwatch.documents"
    label = "documents"
    verbose_name = "文书"
    default_auto_field = "django.db.models.BigAutoField"
