"""The public's pages: announcements, a report under one's own name, the receipt's state, an operator's sign-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188 import collection as law
from decree188.calendar import shanghai_date
from riskwatch.disclosure import queries
from riskwatch.documents.forms import FilesField
from riskwatch.doors.portal import ports
from riskwatch.doors.portal.limits import limit, limit_key
from riskwatch.look.asked import plausible
from riskwatch.look.words import choices
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal

TOLD = ("product", "brand", "model", "text", "injuries", "occurred_on", "source_kind", "source_words")


def _offices(*kinds: str) -> Any:
    return Organisation.objects.filter(kind__in=kinds, until=None).exclude(level="subordinate").order_by("kind", "code")


class ReportForm(forms.Form):
    """A report by a member of the public."""

    office = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("报告给"), widget=forms.Select(attrs={"data-filter": "1"})
    )
    product = forms.CharField(label=_("什么产品"), max_length=300)
    brand = forms.CharField(label=_("品牌"), max_length=200, required=False)
    model = forms.CharField(label=_("型号或批号"), max_length=300, required=False)
    text = forms.CharField(label=_("发生了什么"), widget=forms.Textarea(attrs={"rows": 5}), max_length=8000)
    injuries = forms.CharField(label=_("有没有人受伤"), max_length=500, required=False)
    occurred_on = forms.DateField(
        label=_("什么时候"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=[plausible]
    )
    photos = FilesField(label=_("照片"), most=6, required=False, help_text=_("照片中的位置信息会被去掉"))
    source_kind = forms.ChoiceField(
        label=_("您反映的是"), choices=choices({k: law.source_kinds[k] for k in ports.PUBLIC_SOURCES}),
        initial="consumer_complaint", required=False,
    )  # fmt: skip
    source_words = forms.CharField(label=_("来源说明"), max_length=200, required=False, help_text=_("选“其它”时必填"))
    name = forms.CharField(label=_("您的姓名或单位名称"), max_length=120)
    proof_kind = forms.ChoiceField(
        label=_("证件种类"), choices=[(k, p.words) for k, p in ports.PROOFS.items()], initial="resident_id"
    )
    proof = forms.CharField(label=_("证件号码"), max_length=40)
    document = forms.FileField(
        label=_("证件照片或扫描件"), required=False, help_text=_("护照、往来通行证和其他证件须附；单独加密保存")
    )
    contact = forms.CharField(label=_("联系人（单位报告时）"), max_length=60, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=30)
    consent = forms.BooleanField(label=_("我已阅读并同意个人信息说明"))

    def clean(self) -> dict[str, Any]:
        """An organisation names the person to ask."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("proof_kind") == "uscc" and not said.get("contact"):
            self.add_error("contact", _("单位报告须写明联系人"))
        return said


class ReceiptForm(forms.Form):
    """A receipt's number and secret."""

    number = forms.CharField(label=_("回执编号"), max_length=60)
    secret = forms.CharField(label=_("查询码"), max_length=20)


class AddForm(forms.Form):
    """What a reporter adds later."""

    text = forms.CharField(label=_("补充内容"), widget=forms.Textarea(attrs={"rows": 4}), max_length=8000)
    photos = FilesField(label=_("照片"), most=6, required=False, help_text=_("照片中的位置信息会被去掉"))


class WithdrawForm(forms.Form):
    """Why a reporter withdraws."""

    reason = forms.CharField(label=_("撤回理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)


class CorrectForm(forms.Form):
    """What is wrong and what is right."""

    wrong = forms.CharField(label=_("哪里有误"), widget=forms.Textarea(attrs={"rows": 3}), max_length=3000)
    right = forms.CharField(label=_("应当是"), widget=forms.Textarea(attrs={"rows": 3}), max_length=3000)


class SignUpForm(forms.Form):
    """An operator asks for an account."""

    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18)
    name_zh = forms.CharField(label=_("企业名称"), max_length=200)
    legal_representative = forms.CharField(label=_("法定代表人"), max_length=60)
    region_office = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("所在地海关"), widget=forms.Select(attrs={"data-filter": "1"})
    )
    applicant_name = forms.CharField(label=_("经办人姓名"), max_length=60)
    applicant_phone = forms.CharField(label=_("经办人电话"), max_length=30)
    applicant_email = forms.EmailField(label=_("经办人邮箱"))
    username = forms.CharField(label=_("用户名"), max_length=60)
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput, max_length=128)
    proof = forms.FileField(label=_("营业执照（PDF 或照片）"))


def home(request: HttpRequest) -> HttpResponse:
    """Announcements first; then what else one can do here."""
    latest = queries.publications()[:8]
    return render(request, "portal/home.html", {"latest": latest, "today": shanghai_date(timezone.now())})


def announcements(request: HttpRequest) -> HttpResponse:
    """Announcements with search."""
    text = request.GET.get("q", "")
    page = Paginator(queries.publications(text), 20).get_page(request.GET.get("page"))
    today = shanghai_date(timezone.now())
    rows = [{"row": p, "ended": queries.has_ended(p, today)} for p in page]
    return render(request, "portal/announcements.html", {"rows": rows, "page": page, "q": text, "base": f"q={text}&"})


def announcement(request: HttpRequest, slug: str) -> HttpResponse:
    """One announcement at its permanent address, with its versions and, when it is over, a plain mark."""
    found = queries.versions(slug)
    if not found:
        raise Http404
    wanted = request.GET.get("version", "")
    row = next((p for p in found if str(p.version) == wanted), found[0])
    ended = queries.ended(row, shanghai_date(timezone.now()))
    return render(request, "portal/announcement.html", {"row": row, "versions": found, "ended": ended})


def feed(request: HttpRequest) -> JsonResponse:
    """Announcements as open data; how fresh it is comes from the data."""
    today = shanghai_date(timezone.now())
    rows = [
        {"id": p.slug, "version": p.version, "number": p.number, "title": p.title, "office": p.office, "product": p.product, "text": p.body,
         "starts_on": p.starts_on, "ends_on": p.ends_on, "ended": queries.has_ended(p, today), "published_at": p.published_at}
        for p in queries.publications()[:500]
    ]  # fmt: skip
    newest = rows[0]["published_at"] if rows else None
    return JsonResponse({"newest": newest, "announcements": rows}, json_dumps_params={"ensure_ascii": False})


def report(request: HttpRequest) -> HttpResponse:
    """Report a risk under one's own name; the receipt is shown once."""
    form = ReportForm(request.POST or None, request.FILES or None)
    form.fields["office"].queryset = _offices("office", "centre")  # type: ignore[attr-defined]
    refusal = None
    if request.method == "POST":
        limit(request, "report", most=20, seconds=3600)
        if form.is_valid():
            said = form.cleaned_data
            facts = {k: said[k] for k in TOLD if said[k]}
            who = {k: said[k] for k in ("name", "proof_kind", "proof", "contact", "phone") if said[k]}
            try:
                number, secret = ports.hand_in(said["office"], title=f"{said['product']}：{said['text'][:60]}", facts=facts, who=who,
                                               files=said["photos"], document=said["document"], at=timezone.now())  # fmt: skip
            except Refusal as refused:
                refusal = refused
                for name, why in refused.fields.items():
                    if name in form.fields:
                        form.add_error(name, why)
            else:
                response = render(request, "portal/received.html", {"number": number, "secret": secret})
                response["Cache-Control"] = "no-store"
                return response
    return render(
        request, "portal/report.html", {"form": form, "refusal": refusal}, status=422 if form.errors or refusal else 200
    )


def receipt(request: HttpRequest) -> HttpResponse:
    """What became of a report or a request, for number and secret; a report may be added to or withdrawn here."""
    form = ReceiptForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "adding": AddForm(), "withdrawing": WithdrawForm()}
    if request.method == "POST":
        limit(request, "receipt", most=20, seconds=600)
        if form.is_valid():
            number, secret = form.cleaned_data["number"].strip().upper(), form.cleaned_data["secret"]
            limit_key(number, "receipt-number", most=10, seconds=3600)
            found: Any = queries.receipt(number, ports.digest_of(number, secret))
            if found and found.kind == "report":
                context |= _say_later(request, number, secret)
                found = queries.receipt(number, ports.digest_of(number, secret))
            found = found or ports.account_answer(number, secret)
            context |= {"found": found, "missed": found is None, "number": number, "secret": secret}
    wrong = context.get("refusal") or any(context[f].errors for f in ("adding", "withdrawing"))
    response = render(request, "portal/receipt.html", context, status=422 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


def _say_later(request: HttpRequest, number: str, secret: str) -> dict[str, Any]:
    """Add to a report or withdraw it, as asked; returns what the page shows of it."""
    at, do = timezone.now(), request.POST.get("do", "")
    try:
        if do == "add":
            form: forms.Form = AddForm(request.POST, request.FILES)
            if not form.is_valid():
                return {"adding": form}
            ports.add(number, secret, text=form.cleaned_data["text"], files=form.cleaned_data["photos"], at=at)
            return {"done": _now("已补充")}
        if do == "withdraw":
            form = WithdrawForm(request.POST)
            if not form.is_valid():
                return {"withdrawing": form}
            ports.withdraw(number, secret, reason=form.cleaned_data["reason"], at=at)
            return {"done": _now("已撤回")}
    except Refusal as refused:
        return {"refusal": refused}
    return {}


def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to correct an announcement."""
    found = queries.versions(slug)
    if not found:
        raise Http404
    form = CorrectForm(request.POST or None)
    number, secret = "", ""
    if request.method == "POST":
        limit(request, "correct", most=10, seconds=3600)
        if form.is_valid():
            number, secret = ports.ask(found[0], **form.cleaned_data, at=timezone.now())
    context = {"form": form, "row": found[0], "number": number, "secret": secret}
    response = render(request, "portal/correct.html", context)
    response["Cache-Control"] = "no-store"
    return response


def sign_up(request: HttpRequest) -> HttpResponse:
    """An operator asks for an account, with its licence."""
    form = SignUpForm(request.POST or None, request.FILES or None)
    form.fields["region_office"].queryset = Organisation.objects.filter(kind="office").order_by("code")  # type: ignore[attr-defined]
    refusal = None
    if request.method == "POST":
        limit(request, "signup", most=10, seconds=3600)
        if form.is_valid():
            said = dict(form.cleaned_data)
            try:
                number, secret = ports.ask_for_account(said.pop("proof"), **said, at=timezone.now())
            except Refusal as refused:
                refusal = refused
                for name, why in refused.fields.items():
                    form.add_error(name, why)
            else:
                response = render(request, "portal/asked.html", {"number": number, "secret": secret})
                response["Cache-Control"] = "no-store"
                return response
    context = {"form": form, "refusal": refusal, "title": _now("申请企业账号")}
    return render(request, "portal/sign_up.html", context, status=422 if form.errors or refusal else 200)
