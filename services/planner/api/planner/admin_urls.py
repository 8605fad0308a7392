"""The admin's addresses: loaded when one of them is asked for, so that the API's workers start without it."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

import planner.admin  # noqa: F401 # registers what the admin shows
from planner import sign_in

handler400 = "planner.problems.bad_request"
handler403 = "planner.problems.not_allowed"
handler404 = "planner.problems.not_found"
handler500 = "planner.problems.broken"

urlpatterns = [
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/login/", sign_in.begin, name="login"),
    path("admin/oidc/callback", sign_in.finish),
    path("admin/logout/", sign_in.leave),
    path("admin/", admin.site.urls),
]
