"""Words follow the reader; what is printed or kept follows the house."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from decree188.collection import source_kinds
from riskwatch.assessment.models import Assessment
from riskwatch.assessment.reporting import latest_report
from riskwatch.assessment.reporting import paper_content as report_on_paper
from riskwatch.decision.actions import paper_of
from riskwatch.decision.models import Decision
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.look import words
from riskwatch.measures.models import Measure
from riskwatch.measures.words import content_of, paper_content


def test_a_term_and_a_choice_are_said_in_the_language_of_whoever_reads_then():
    laid = words.choices(source_kinds)
    for language in ("zh-hans", "en"):
        with override(language):
            assert [(code, str(said)) for code, said in laid] == source_kinds.choices(language)
            assert words.said(source_kinds["hospital_injury"]) == source_kinds["hospital_injury"].words(language)


def test_lists_clauses_labels_and_asides_are_set_as_each_language_sets_them():
    with override("zh-hans"):
        assert (words.listed("甲乙"), words.clauses("甲乙"), words.labelled("甲", "乙"), words.aside("甲")) == (
            "甲、乙",
            "甲；乙",
            "甲：乙",
            "（甲）",
        )
    with override("en"):
        assert (words.listed("ab"), words.clauses("ab"), words.labelled("a", "b"), words.aside("a")) == (
            "a, b",
            "a; b",
            "a: b",
            " (a)",
        )
        assert words.aside("") == ""
        assert (words.either("甲", "a"), words.either("甲", "")) == ("a", "甲")


@pytest.mark.django_db
def test_papers_and_kept_versions_are_the_same_whichever_language_the_officer_reads(cast, told, at):
    done = walk(cast, told[0], upto="issued", at=at, kind="order")
    officer = cast["sh-issuer"]
    measure, decision = Measure.objects.get(pk=done.measure.pk), Decision.objects.get(pk=done.decision.pk)
    report = latest_report(Assessment.objects.get(pk=done.assessment.pk))

    def kept() -> list[object]:
        return [
            content_of(measure),
            paper_content(measure, by=officer),
            paper_of(decision, by=officer),
            report_on_paper(report.assessment, report),
        ]

    with override("en"):
        english = kept()
    with override("zh-hans"):
        assert english == kept()
    assert re.search("召回", str(english[1]))
