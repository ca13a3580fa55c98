"""Django's entry for this room."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "riskwatch.detection"
    label = "detection"
    verbose_name = "风险监测"
    default_auto_field = "django.db.models.BigAutoField"
