"""The known outsiders' addresses."""

from django.urls import path
from django.views.generic import RedirectView

from riskwatch.archive import views as archive
from riskwatch.assessment import panel_views as panel
from riskwatch.assessment import views as assessment
from riskwatch.case import views as case
from riskwatch.collection import views as collection
from riskwatch.detection import views as detection
from riskwatch.doors import parties
from riskwatch.doors.counter import centre, views

DOOR = {"door": "counter"}
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="counter:inbox"), name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("records/", views.records, name="records"),
    path("report/", views.report, name="report"),
    path("knowledge/", views.knowledge, name="knowledge"),
    path("traceability/", views.traceability, name="traceability"),
    path("lift/", views.lift, name="lift"),
    path("objection/", views.objection, name="objection"),
    path("organisation/", views.organisation, name="organisation"),
    path("propose/", centre.propose, name="propose"),
    path("register/", centre.register, name="register"),
    path("collect/", collection.collect, DOOR, name="collect"),
    path("collect/template.csv", centre.template, name="template"),
    path("collect/<int:pk>/", collection.collected, DOOR, name="collected"),
    path("archive/", centre.archive, name="archive"),
    path("archive/<int:pk>/package.zip", archive.package, DOOR, name="archive_package"),
    path("messages/", case.messages_page, DOOR, name="messages"),
    *detection.urls("counter"),
    *assessment.urls("counter"),
    *panel.urls("counter"),
    path("sheets/<int:pk>/", case.sheet_page, DOOR, name="sheet"),
    path("sheets/<int:pk>/identity/", collection.reveal, DOOR, name="reveal"),
    path("sheets/<int:pk>/files/<int:number>/", case.file, DOOR, name="file"),
    path("sheets/<int:pk>/<str:key>/", case.act_page, DOOR, name="act"),
    path("sheets/<int:pk>/<str:key>/preview.pdf", case.preview, DOOR, name="preview"),
    path("papers/<uuid:pk>/", case.paper, DOOR, name="paper"),
    *parties.addresses("counter"),
]
