"""Secrecy, release, archive and statistics (chapter five, second part)."""

from __future__ import annotations

from datetime import date

from decree188.calendar import add_years
from decree188.registry import rule, table

secrecy = table(
    "secrecy", "Grades kept here; a state secret may not enter.", ("open", "公开", "open"),
    ("internal", "内部", "internal"), ("work_secret", "工作秘密", "work secret"), article=25,
)


@rule(article=25)
def publish_by_rule(*, requested_by: int, approved_by: int, redacted: bool) -> tuple[str, ...]:
    """What a release lacks: a second person, and a look at what must be left out."""
    rows = (("second_person", requested_by != approved_by), ("redaction", redacted))
    return tuple(part for part, holds in rows if not holds)


classify_archive_count = table(
    "classify_archive_count", "What is done with every record in the end.", ("classify", "分类", "classify"),
    ("archive", "归档", "archive"), ("count", "统计", "count"), article=26,
)
retention_classes = table(
    "retention_classes", "How long a file is kept.", ("ordinary", "一般（3年）", "ordinary (3 years)"),
    ("long_term", "长期", "long-term"), ("permanent", "永久", "permanent"), article=26, paragraph=2,
)


@rule(article=26, paragraph=2)
def retention(closed_on: date, retention_class: str, *, long_term_years: int = 30) -> date | None:
    """The last day a file must be kept before it may be appraised; None for a permanent one.

    >>> retention(date(2027, 5, 10), "ordinary")
    datetime.date(2030, 5, 10)
    """
    if retention_class == "permanent":
        return None
    if retention_class not in retention_classes:
        raise ValueError(f"unknown retention class {retention_class!r}")
    return add_years(closed_on, 3 if retention_class == "ordinary" else long_term_years)
