"""What machines may ask for, by an IAM identity: reminders, and everything of one user, to give out or to erase."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner import uploads
from planner.identity import SUBJECT, Machine
from planner.models import Attachment, Plan, Step
from planner.pages import page, query
from planner.serializers import DatedStepOutput, PlanDetailOutput, StepsQuery
from planner.views.steps import due


class OwnedStepOutput(DatedStepOutput):
    """A step with the user that it belongs to."""

    def to_representation(self, instance: Step) -> dict[str, object]:
        """The step, with `owner`."""
        return {**super().to_representation(instance), "owner": instance.plan.owner}


class DueSteps(APIView):
    """Steps of everybody that have a date."""

    authentication_classes = (Machine,)

    def get(self, request: Request) -> Response:
        """A page of them, the earliest first."""
        asked = query(request, StepsQuery)
        return Response(page(due(Step.objects.all(), asked), asked, OwnedStepOutput))


class OneUser(APIView):
    """Everything of one user."""

    authentication_classes = (Machine,)

    def get(self, request: Request, user_id: str) -> Response:
        """All plans with everything in them; a user without any has none."""
        plans = _plans(user_id).prefetch_related("steps", "attachments__plan").order_by("created_at", "id")
        return Response({"id": user_id, "plans": PlanDetailOutput(plans, many=True).data})

    def delete(self, request: Request, user_id: str) -> Response:
        """Files first, so that a second call finishes what a first could not."""
        plans = _plans(user_id)
        uploads.remove(Attachment.objects.filter(plan__owner=user_id).select_related("plan"))
        plans.delete()
        return Response(status=204)


def _plans(user_id: str) -> QuerySet[Plan]:
    if not SUBJECT.fullmatch(user_id):
        raise Http404
    return Plan.objects.filter(owner=user_id)
