"""What each view takes and gives, as drf-spectacular wants to be told."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from planner import serializers, urls
from planner.views import attachments, plans, service, steps
from rest_framework import serializers as fields


class Token(OpenApiAuthenticationExtension):
    """How people say who they are."""

    target_class = "planner.identity.Person"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A token of the user pool."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def _page(kind: Any) -> Any:
    name = f"{kind.__name__.removesuffix('Output')}Page"
    numbers = {name: fields.IntegerField() for name in ("page", "pageSize", "total")}
    return inline_serializer(name, {"items": kind(many=True), **numbers})


GONE = OpenApiResponse(description="Gone")


def describe() -> None:
    """Tell drf-spectacular about every view that people use."""
    upload = inline_serializer(
        "Upload",
        {"url": fields.URLField(), "fields": fields.DictField(), "expiresInSeconds": fields.IntegerField()},
    )
    announced = inline_serializer("AnnouncedUpload", {"attachment": serializers.AttachmentOutput(), "upload": upload})
    me = inline_serializer("Me", {"id": fields.CharField(), "email": fields.CharField()})
    session = inline_serializer("MediaSession", {"expiresAt": fields.DateTimeField()})
    plan, step, attachment = serializers.PlanDetailOutput, serializers.StepOutput, serializers.AttachmentOutput
    _tell(plans.Plans, "get", "listPlans", [serializers.PlansQuery], None, {200: _page(serializers.PlanOutput)})
    _tell(plans.Plans, "post", "createPlan", [], serializers.PlanInput, {201: plan})
    _tell(plans.OnePlan, "get", "readPlan", [], None, {200: plan})
    _tell(plans.OnePlan, "patch", "changePlan", [], serializers.PlanInput, {200: plan})
    _tell(plans.OnePlan, "delete", "deletePlan", [], None, {204: GONE})
    _tell(steps.Steps, "get", "listSteps", [serializers.StepsQuery], None, {200: _page(serializers.DatedStepOutput)})
    _tell(steps.StepsOfPlan, "post", "createStep", [], serializers.StepInput, {201: step})
    _tell(steps.OneStep, "patch", "changeStep", [], serializers.StepInput, {200: step})
    _tell(steps.OneStep, "delete", "deleteStep", [], None, {204: GONE})
    announce = serializers.AttachmentInput
    _tell(attachments.Attachments, "post", "announceAttachment", [], announce, {201: announced})
    _tell(attachments.OneAttachment, "get", "readAttachment", [], None, {200: attachment})
    _tell(attachments.OneAttachment, "delete", "deleteAttachment", [], None, {204: GONE})
    _tell(attachments.MediaSession, "post", "openMediaSession", [], None, {200: session})
    _tell(service.Me, "get", "readMe", [], None, {200: me})


def patterns() -> list[Any]:
    """The addresses of the document: people's, not machines' and not the service's own."""
    return [each for each in urls.urlpatterns if str(each.pattern).startswith("api/") and _is_described(each)]


def _is_described(pattern: Any) -> bool:
    return hasattr(getattr(pattern.callback, "cls", None), "get_view_name")


def _tell(view: Any, method: str, operation: str, parameters: list[Any], request: Any, responses: Any) -> None:
    view.schema = AutoSchema()
    told = extend_schema(operation_id=operation, parameters=parameters, request=request, responses=responses)
    setattr(view, method, told(getattr(view, method)))
