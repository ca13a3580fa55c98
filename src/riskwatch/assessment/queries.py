"""Reading assessments for other rooms."""

from __future__ import annotations

from riskwatch.assessment.models import Report
from riskwatch.case.models import Folder, Sheet


def accepted(folder: Folder) -> list[Sheet]:
    """The accepted assessments of a case that no newer one replaced."""
    return list(Sheet.objects.filter(folder=folder, kind="assessment", stage="accepted").order_by("pk"))


def current_level(folder: Folder) -> str:
    """The level of the latest accepted report; empty when there is none."""
    sheets = [s.pk for s in accepted(folder)]
    report = Report.objects.filter(assessment__in=sheets).order_by("-submitted_at", "-version").first()
    return report.level if report else ""
