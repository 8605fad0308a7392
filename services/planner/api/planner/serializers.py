"""What callers send and get. JSON's names are in camel case, the database's are not."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from rest_framework import serializers

from planner.fields import Number, Strict, Switch, Text
from planner.kinds import KINDS, LARGEST_FILE
from planner.models import Attachment, Plan

ORDERS = ("createdAt", "updatedAt", "title", "startsOn", "endsOn")
MOST_POSITION = 100_000


class PlanInput(Strict):
    """A plan as it is made or changed."""

    title = Text(max_length=200)
    notes = Text(max_length=5000, lines=True, required=False, allow_blank=True)
    startsOn = serializers.DateField(source="starts_on", required=False, allow_null=True)  # noqa: N815
    endsOn = serializers.DateField(source="ends_on", required=False, allow_null=True)  # noqa: N815

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The last day is not before the first, whichever of them the caller has sent."""
        now: Plan | None = self.instance
        starts, ends = (attrs.get(name, getattr(now, name, None)) for name in ("starts_on", "ends_on"))
        if starts and ends and ends < starts:
            raise serializers.ValidationError({"endsOn": ["is before the first day"]})
        return attrs


class StepInput(Strict):
    """A step as it is made or changed."""

    title = Text(max_length=200)
    dueOn = serializers.DateField(source="due_on", required=False, allow_null=True)  # noqa: N815
    done = Switch(required=False)
    position = Number(min_value=0, max_value=MOST_POSITION, required=False)


class AttachmentInput(Strict):
    """A file that somebody wants to attach."""

    name = Text(max_length=120)
    contentType = serializers.ChoiceField(KINDS, source="content_type")  # noqa: N815
    size = Number(min_value=1, max_value=LARGEST_FILE)

    def validate_name(self, value: str) -> str:
        """A name of a file, not a path."""
        if any(mark in value for mark in "/\\"):
            raise serializers.ValidationError("is a path, not a name")
        return value


class StepOutput(serializers.Serializer):
    """A step."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    dueOn = serializers.DateField(source="due_on", allow_null=True)  # noqa: N815
    done = serializers.BooleanField()
    position = serializers.IntegerField()


class DatedStepOutput(StepOutput):
    """A step with the plan that it belongs to."""

    planId = serializers.UUIDField(source="plan_id")  # noqa: N815
    planTitle = serializers.CharField(source="plan.title")  # noqa: N815


class AttachmentOutput(serializers.Serializer):
    """An attachment; `url` (below MEDIA_URL, read with the cookies of a media session) is there when it is ready."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    contentType = serializers.CharField(source="content_type")  # noqa: N815
    size = serializers.IntegerField()
    state = serializers.ChoiceField(Attachment.State.choices)
    url = serializers.SerializerMethodField()

    def get_url(self, attachment: Attachment) -> str | None:
        """Where it is served from."""
        return address(attachment)


class PlanOutput(serializers.Serializer):
    """A plan as lists have it."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    notes = serializers.CharField()
    startsOn = serializers.DateField(source="starts_on", allow_null=True)  # noqa: N815
    endsOn = serializers.DateField(source="ends_on", allow_null=True)  # noqa: N815
    stepCount = serializers.SerializerMethodField()  # noqa: N815
    doneCount = serializers.SerializerMethodField()  # noqa: N815
    picture = serializers.SerializerMethodField()
    createdAt = serializers.DateTimeField(source="created_at")  # noqa: N815
    updatedAt = serializers.DateTimeField(source="updated_at")  # noqa: N815

    def get_stepCount(self, plan: Plan) -> int:  # noqa: N802
        """How many steps it has."""
        return len(plan.steps.all())

    def get_doneCount(self, plan: Plan) -> int:  # noqa: N802
        """How many of them are done."""
        return sum(step.done for step in plan.steps.all())

    def get_picture(self, plan: Plan) -> str | None:
        """Where its first picture is served from."""
        ready = (each for each in plan.attachments.all() if each.content_type.startswith("image/"))
        return next((found for found in map(address, ready) if found), None)


class PlanDetailOutput(PlanOutput):
    """A plan with everything in it."""

    steps = StepOutput(many=True)
    attachments = AttachmentOutput(many=True)


class PageQuery(Strict):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    pageSize = serializers.IntegerField(min_value=1, max_value=100, default=20)  # noqa: N815


class RangeQuery(PageQuery):
    """Which days: the first and the last."""

    def get_fields(self) -> dict[str, Any]:
        """`from` cannot be the name of an attribute."""
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return {**super().get_fields(), **days}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The last day is not before the first."""
        if "from" in attrs and "to" in attrs and attrs["to"] < attrs["from"]:
            raise serializers.ValidationError({"to": ["is before `from`"]})
        return attrs


class PlansQuery(RangeQuery):
    """Which plans, in which order: those that fall on the days, have the words, are open or done."""

    search = serializers.CharField(max_length=200, required=False, allow_blank=True)
    state = serializers.ChoiceField(["all", "open", "done"], default="all")
    ordering = serializers.ChoiceField([*ORDERS, *(f"-{name}" for name in ORDERS)], default="-createdAt")


class StepsQuery(RangeQuery):
    """Which steps: those due on the days, done or not."""

    done = serializers.ChoiceField(["true", "false"], required=False)


def address(attachment: Attachment) -> str | None:
    """Where an attachment is served from; None until it may be."""
    if attachment.state != Attachment.State.READY:
        return None
    return f"{settings.MEDIA_URL_BASE}/{quote(attachment.media_key.removeprefix('media/'))}"
