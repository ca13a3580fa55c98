"""The pages that office and counter share: a sheet with its chain, an act's form, papers and files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from decree188.calendar import shanghai_date
from riskwatch.case import deadlines, desk, outbox, queries
from riskwatch.case.access import depth, filed_only, folders_visible, visible
from riskwatch.case.lifecycle import Standing, no_post, posts_of, stage_name
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.sharing import files_shown
from riskwatch.case.standing import is_late, is_settled, standing
from riskwatch.case.taking import version_of
from riskwatch.case.words import KINDS
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Paper
from riskwatch.journal.queries import course_of_sheet
from riskwatch.look.asked import whole_number
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal


def dress(sheets: Any, today: Any, *, filed: Collection[int] = ()) -> list[dict[str, Any]]:
    """Sheets as rows of a list: kind, standing, and the due day of what is not yet settled, marked where it is reckoned.

    Of the sheets of ``filed`` the reader learns nothing that came after they filed them, so no standing and no day.
    """
    rows, found = [], list(sheets)
    counted = deadlines.reckoned(found)
    for sheet in found:
        now = standing(sheet, today)
        if sheet.pk in filed:
            rows.append({"sheet": sheet, "kind": KINDS[sheet.kind], "standing": "", "words": _("委托已终止"), "due": None, "late": False,
                         "reckoned": False})  # fmt: skip
            continue
        done = is_settled(sheet, today)
        rows.append({"sheet": sheet, "kind": KINDS[sheet.kind], "standing": now, "words": stage_name(sheet.kind, now),
                     "due": None if done else sheet.due_on, "late": is_late(sheet, today),
                     "reckoned": not done and sheet.pk in counted})  # fmt: skip
    return rows


def papers_shown(sheet: Sheet, seen: str, mine: Collection[int]) -> QuerySet[Paper]:
    """The papers that somebody reads at a depth: an organisation its own copy, where copies were made."""
    rows = Paper.objects.filter(sheet_id=sheet.pk).order_by("kind", "-version", "addressee_id")
    if seen == "full":
        return rows
    if seen != "own":
        return rows.none()
    if rows.exclude(addressee_id=None).exists():
        return rows.filter(addressee_id__in=mine)
    return rows


@login_required
@require_GET
def sheet_page(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """One record: what it says at the reader's depth, what may be done, where it came from and what came of it."""
    at = timezone.now()
    sheet = get_object_or_404(
        visible(Sheet.objects.select_related("owner", "folder", "handler"), to=request.user, at=at), pk=pk
    )
    seen = depth(sheet, to=request.user, at=at)
    if seen is None:
        raise Http404
    me = posts_of(request.user, at)
    today = shanghai_date(at)
    mine = {p.organisation for p in me.posts}
    causes, effects = queries.chain(sheet)
    allowed = set(
        visible(Sheet.objects.filter(pk__in=[s.pk for s in (*causes, *effects)]), to=request.user, at=at).values_list(
            "pk", flat=True
        )
    )
    shown = [s for s in causes if s.pk in allowed]
    hidden = filed_only([s for s in (*causes, *effects) if s.pk in allowed], to=request.user, at=at)
    context = {
        "hidden_causes": len(shown) < len(causes), "hidden_effects": seen == "full" and any(s.pk not in allowed for s in effects),
        "origins": desk.origins(sheet) if seen == "full" else [],
        "row": dress([sheet], today, filed={sheet.pk} if seen == "filed" else ())[0], "sheet": sheet, "depth": seen, "facts": desk.facts(sheet, seen, organisations=mine), "door": door,
        "acts": _buttons(sheet, me, at, door), "own_page": desk.page_of(sheet, seen), "causes": dress(shown, today, filed=hidden),
        "effects": dress([s for s in effects if s.pk in allowed], today, filed=hidden),
        "papers": papers_shown(sheet, seen, mine),
        "files": files_shown(sheet, seen, to=request.user, at=at),
        "course": course_of_sheet(sheet.pk) if seen == "full" else [],
        "folder": folders_visible(Folder.objects.all(), to=request.user, at=at).filter(pk=sheet.folder_id or 0).first(),
        "in_folders": folders_visible(Folder.objects.filter(enclosures__sheet=sheet, enclosures__taken_out_at=None), to=request.user, at=at),
    }  # fmt: skip
    return render(request, "case/sheet.html", context)


def _buttons(subject: Sheet | Folder, me: Any, at: Any, door: str) -> list[dict[str, str]]:
    language = get_language() or "zh"
    name = "folder_act" if isinstance(subject, Folder) else "act"
    return [
        {
            "url": reverse(f"{door}:{a.page}", args=[subject.pk])
            if a.page
            else reverse(f"{door}:{name}", args=[subject.pk, a.key]),
            "words": a.name,
            "cite": a.cite(language),
            "key": a.key,
        }
        for a in desk.offered(subject, me, at)
    ]


@login_required
def act_page(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """The form of one act on one record, and taking it."""
    at = timezone.now()
    sheet = get_object_or_404(visible(Sheet.objects.select_related("owner", "folder"), to=request.user, at=at), pk=pk)
    return _act(request, sheet, key, door, at, back=reverse(f"{door}:sheet", args=[sheet.pk]), version=sheet.version)


@login_required
def folder_act_page(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """The form of one act on one case, and taking it."""
    at = timezone.now()
    folder = get_object_or_404(folders_visible(Folder.objects.select_related("owner"), to=request.user, at=at), pk=pk)
    return _act(
        request, folder, key, door, at, back=reverse(f"{door}:folder", args=[folder.pk]), version=version_of(folder)
    )


def _act(
    request: SignedIn, subject: Any, key: str, door: str, at: Any, *, back: str, version: int | None
) -> HttpResponse:
    try:
        one = desk.act(key)
    except KeyError:
        raise Http404 from None
    me = posts_of(request.user, at)
    if request.method == "GET" and key not in {a.key for a in desk.offered(subject, me, at)}:
        raise _not_offered(one, subject, me)
    form = one.bind(request.POST or None, request.FILES or None, subject=subject, by=request.user, at=at)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            shown = request.POST.get("version")
            result = desk.take(
                one,
                subject,
                form=form,
                by=request.user,
                at=at,
                expected_version=whole_number(shown),
            )
        except Refusal as refused:
            refusal = refused
            for name, why in refused.fields.items():
                if name in form.fields:
                    form.add_error(name, why)
        else:
            messages.success(request, _("已办理：%(act)s") % {"act": one.name})
            return redirect(_next(result, door) or back)
    context = {"form": form, "act": one, "subject": subject, "back": back, "version": version, "refusal": refusal,
               "cite": one.cite(get_language() or "zh"), "door": door} | _beside(request, one, subject, at)  # fmt: skip
    if refusal and refusal.rule:
        context["refused_cite"] = refusal.rule.cite(get_language() or "zh")
    return render(request, "case/act.html", context, status=refusal.status if refusal else 422 if form.errors else 200)


def _not_offered(one: desk.Act, subject: Sheet | Folder, me: Standing) -> Refusal:
    """Why an act is not offered: who may take it, when the person may not; else that this is not its time."""
    kind = "folder" if isinstance(subject, Folder) else subject.kind
    if one.row is not None and kind in (one.kind, *one.begins_on) and not desk._may_begin(one, subject, me):
        probe = Sheet(owner=subject.owner, folder=subject) if isinstance(subject, Folder) else subject
        return no_post(probe, one.row)
    return Refusal(
        _("现在不能办理“%(act)s”") % {"act": one.name},
        remedy=_("状态可能已变，或须由其他岗位办理；请返回查看"),
        status=403,
    )


def _beside(request: SignedIn, one: desk.Act, subject: Any, at: Any) -> dict[str, Any]:
    """What the record says, beside the form, so that nobody decides blind."""
    if not isinstance(subject, Sheet):
        return {}
    seen = depth(subject, to=request.user, at=at) or ""
    me = posts_of(request.user, at)
    causes, _effects = queries.chain(subject)
    allowed = visible(Sheet.objects.filter(pk__in=[c.pk for c in causes]), to=request.user, at=at).select_related(
        "owner"
    )
    return {
        "row": dress([subject], me.today)[0],
        "facts": desk.facts(subject, seen, organisations={p.organisation for p in me.posts}),
        "causes": dress(allowed, me.today),
        "files": files_shown(subject, seen, to=request.user, at=at),
        "papers": papers_shown(subject, seen, {p.organisation for p in me.posts}),
        "preview": one.preview is not None and seen == "full",
    }


@login_required
@require_GET
def preview(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """The paper that an act would make, marked as a draft: for those who may take the act."""
    at = timezone.now()
    sheet = get_object_or_404(visible(Sheet.objects.select_related("owner", "folder"), to=request.user, at=at), pk=pk)
    one = next((a for a in desk.offered(sheet, posts_of(request.user, at), at) if a.key == key), None)
    if one is None or one.preview is None:
        raise Http404
    body = one.preview(sheet, by=request.user, at=at)
    return _bytes(body, "application/pdf", f"{one.name}-草稿.pdf", inline=True)


def _next(result: Any, door: str) -> str:
    if isinstance(result, Sheet):
        return reverse(f"{door}:sheet", args=[result.pk])
    if isinstance(result, Folder) and door == "office":
        return reverse("office:folder", args=[result.pk])
    return ""


@login_required
@require_GET
def paper(request: SignedIn, pk: str, door: str) -> HttpResponse:
    """A printed paper, for those who see its record in full or as their own."""
    at = timezone.now()
    found = get_object_or_404(Paper.objects.select_related("file"), pk=pk)
    sheet = get_object_or_404(visible(Sheet.objects.all(), to=request.user, at=at), pk=found.sheet_id)
    seen = depth(sheet, to=request.user, at=at) or ""
    mine = {p.organisation for p in posts_of(request.user, at).posts}
    if not papers_shown(sheet, seen, mine).filter(pk=pk).exists():
        raise Http404
    return _bytes(documents.read(found.file), "application/pdf", found.file.name, inline=True)


@login_required
@require_GET
def file(request: SignedIn, pk: int, number: int, door: str) -> HttpResponse:
    """A file put on a record."""
    at = timezone.now()
    sheet = get_object_or_404(visible(Sheet.objects.all(), to=request.user, at=at), pk=pk)
    seen = depth(sheet, to=request.user, at=at)
    row = get_object_or_404(files_shown(sheet, seen, to=request.user, at=at), pk=number)
    return _bytes(
        documents.read(row.attachment),
        row.attachment.media_type,
        row.attachment.name,
        inline=row.attachment.media_type.startswith("image/"),
    )


def _bytes(body: bytes, media: str, name: str, *, inline: bool) -> HttpResponse:
    from urllib.parse import quote

    response = HttpResponse(body, content_type=media)
    how = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
def messages_page(request: SignedIn, door: str) -> HttpResponse:
    """A person's messages; one or all are marked as read by pressing a button, not by looking."""
    at = timezone.now()
    if request.method == "POST":
        outbox.mark_read(request.user, request.POST.getlist("message"), at=at)
        return redirect(f"{door}:messages")
    rows = list(queries.messages(request.user, at=at)[:200])
    keys = [m.pk for m in rows]
    new = set(queries.unread(request.user, at=at).filter(pk__in=keys).values_list("pk", flat=True))
    told_of = Sheet.objects.filter(pk__in=[m.sheet_id for m in rows if m.sheet_id])
    linkable = set(visible(told_of, to=request.user, at=at).values_list("pk", flat=True))
    return render(request, "case/messages.html", {"rows": rows, "fresh": new, "door": door, "linkable": linkable})
