"""The public's addresses."""

from django.urls import path

from riskwatch.doors.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("announcements/", views.announcements, name="announcements"),
    path("announcements.json", views.feed, name="feed"),
    path("announcements/<slug:slug>/", views.announcement, name="announcement"),
    path("announcements/<slug:slug>/correct/", views.correct, name="correct"),
    path("report/", views.report, name="report"),
    path("receipt/", views.receipt, name="receipt"),
    path("sign-up/", views.sign_up, name="sign_up"),
]
