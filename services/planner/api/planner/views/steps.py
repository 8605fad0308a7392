"""Steps of plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner.models import MOST_STEPS, Step
from planner.pages import page, query
from planner.problems import RefusedError
from planner.serializers import DatedStepOutput, StepInput, StepOutput, StepsQuery
from planner.views.plans import own


class Steps(APIView):
    """Steps of all plans of the caller that have a date."""

    def get(self, request: Request) -> Response:
        """A page of them, the earliest first."""
        asked = query(request, StepsQuery)
        return Response(page(due(Step.objects.filter(plan__owner=request.user.id), asked), asked, DatedStepOutput))


class StepsOfPlan(APIView):
    """Steps of one plan."""

    def post(self, request: Request, plan_id: UUID) -> Response:
        """Make one, behind those that are there unless a place is named."""
        with transaction.atomic():
            plan = own(request, plan_id, lock=True)
            read = StepInput(data=request.data)
            read.is_valid(raise_exception=True)
            if plan.steps.count() >= MOST_STEPS:
                raise RefusedError(409, f"no plan has more than {MOST_STEPS} steps")
            last = plan.steps.aggregate(last=Max("position"))["last"]
            values = {"position": 0 if last is None else last + 1, **read.validated_data}
            made = plan.steps.create(**values)
            plan.save(update_fields=["updated_at"])
        return Response(StepOutput(made).data, 201)


class OneStep(APIView):
    """One step."""

    def patch(self, request: Request, plan_id: UUID, step_id: UUID) -> Response:
        """Change what is sent."""
        with transaction.atomic():
            plan = own(request, plan_id, lock=True)
            step: Step = get_object_or_404(plan.steps, id=step_id)
            read = StepInput(step, data=request.data, partial=True)
            read.is_valid(raise_exception=True)
            for name, value in read.validated_data.items():
                setattr(step, name, value)
            step.save()
            plan.save(update_fields=["updated_at"])
        return Response(StepOutput(step).data)

    def delete(self, request: Request, plan_id: UUID, step_id: UUID) -> Response:
        """Gone."""
        with transaction.atomic():
            plan = own(request, plan_id, lock=True)
            get_object_or_404(plan.steps, id=step_id).delete()
            plan.save(update_fields=["updated_at"])
        return Response(status=204)


def due(rows: QuerySet[Step], asked: dict[str, Any]) -> QuerySet[Step]:
    """Those with a date, within the days asked for, the earliest first."""
    rows = rows.filter(due_on__isnull=False).select_related("plan").order_by("due_on", "id")
    if first := asked.get("from"):
        rows = rows.filter(due_on__gte=first)
    if last := asked.get("to"):
        rows = rows.filter(due_on__lte=last)
    return rows.filter(done=asked["done"] == "true") if "done" in asked else rows
