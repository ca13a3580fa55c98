"""The officials' addresses."""

from django.urls import path
from django.views.generic import RedirectView

from riskwatch.archive import views as archive
from riskwatch.assessment import panel_views as panel
from riskwatch.assessment import policy_views as assessment_policy
from riskwatch.assessment import views as assessment
from riskwatch.case import views as case
from riskwatch.collection import views as collection
from riskwatch.detection import views as detection
from riskwatch.doors import parties
from riskwatch.doors.office import administration, intake, journal, lists, statistics, views

DOOR = {"door": "office"}
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="office:inbox"), name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("dashboard/", statistics.dashboard, name="dashboard"),
    path("information/", lists.information, name="information"),
    path("information/groups/", lists.groups, name="groups"),
    path("information/enclose/", lists.enclose, name="enclose"),
    path("information/together/<str:key>/", lists.act_on_many, name="act_on_many"),
    path("folders/", views.folders, name="folders"),
    path("folders/open/", views.open_folder, name="open_folder"),
    path("folders/<int:pk>/", views.folder, name="folder"),
    path("folders/<int:pk>/<str:key>/", case.folder_act_page, DOOR, name="folder_act"),
    path("measures/", views.measures, name="measures"),
    path("filings/", views.filings, name="filings"),
    path("overdue/", views.overdue, name="overdue"),
    path("search/", views.search, name="search"),
    path("archive/", statistics.archive, name="archive"),
    path("archive/statistics.csv", statistics.statistics_file, {"form": "csv"}, name="statistics_csv"),
    path("archive/statistics.xlsx", statistics.statistics_file, {"form": "xlsx"}, name="statistics_xlsx"),
    path("archive/<int:pk>/package.zip", archive.package, DOOR, name="archive_package"),
    path("lawmap/", views.lawmap, name="lawmap"),
    path("messages/", case.messages_page, DOOR, name="messages"),
    path("collect/", views.official(collection.collect), DOOR, name="collect"),
    path("collect/template.csv", intake.template, name="template"),
    path("collect/<int:pk>/", views.official(collection.collected), DOOR, name="collected"),
    path("register/", intake.register, name="register"),
    path("verify-batch/", intake.verify_batch, name="verify_batch"),
    *detection.urls("office"),
    *assessment.urls("office"),
    *panel.urls("office"),
    *assessment_policy.urls(views.official),
    path("sheets/<int:pk>/", case.sheet_page, DOOR, name="sheet"),
    path("sheets/<int:pk>/identity/", views.official(collection.reveal), DOOR, name="reveal"),
    path("sheets/<int:pk>/files/<int:number>/", case.file, DOOR, name="file"),
    path("sheets/<int:pk>/<str:key>/", case.act_page, DOOR, name="act"),
    path("sheets/<int:pk>/<str:key>/preview.pdf", case.preview, DOOR, name="preview"),
    path("papers/<uuid:pk>/", case.paper, DOOR, name="paper"),
    path("people/", administration.people, name="people"),
    path("people/<int:pk>/", administration.person, name="person"),
    path("organisations/", administration.organisations, name="organisations"),
    path("house/<slug:key>/", administration.house_act, name="house_act"),
    path("signups/", administration.signups, name="signups"),
    path("signups/<int:pk>/proof/", administration.sign_up_proof, name="sign_up_proof"),
    path("policy/", administration.policy, name="policy"),
    path("journal/", journal.journal, name="journal"),
    *parties.addresses("office"),
]
