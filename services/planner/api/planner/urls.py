"""Every address but the admin's."""

from django.urls import path

from planner.views import attachments, machines, plans, service, steps

handler400 = "planner.problems.bad_request"
handler403 = "planner.problems.not_allowed"
handler404 = "planner.problems.not_found"
handler500 = "planner.problems.broken"

PLAN = "api/plans/<uuid:plan_id>"
urlpatterns = [
    path("api/healthz", service.alive),
    path("api/readyz", service.ready),
    path("api/openapi.json", service.document),
    path("api/me", service.Me.as_view()),
    path("api/plans", plans.Plans.as_view()),
    path(PLAN, plans.OnePlan.as_view()),
    path(f"{PLAN}/steps", steps.StepsOfPlan.as_view()),
    path(f"{PLAN}/steps/<uuid:step_id>", steps.OneStep.as_view()),
    path(f"{PLAN}/attachments", attachments.Attachments.as_view()),
    path(f"{PLAN}/attachments/<uuid:attachment_id>", attachments.OneAttachment.as_view()),
    path("api/steps", steps.Steps.as_view()),
    path("api/media-session", attachments.MediaSession.as_view()),
    path("machine/due-steps", machines.DueSteps.as_view()),
    path("machine/users/<str:user_id>", machines.OneUser.as_view()),
]
