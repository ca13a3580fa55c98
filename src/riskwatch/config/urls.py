"""Which address leads to which door."""

from django.urls import include, path

from riskwatch.doors.api import pages
from riskwatch.doors.api.urls import api
from riskwatch.doors.counter import urls as counter
from riskwatch.doors.office import urls as office
from riskwatch.doors.portal import urls as portal

urlpatterns = [
    path("", include((portal.urlpatterns, "portal"))),
    path("office/", include((office.urlpatterns, "office"))),
    path("counter/", include((counter.urlpatterns, "counter"))),
    path("api/docs", pages.docs, name="api_docs"),
    path("api/", api.urls),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
handler400 = "riskwatch.look.views.bad_request"
handler403 = "riskwatch.look.views.forbidden"
handler404 = "riskwatch.look.views.not_found"
handler500 = "riskwatch.look.views.server_error"
