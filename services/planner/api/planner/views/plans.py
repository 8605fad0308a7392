"""Plans. Somebody else's are not there: 404, so that nobody learns which identities exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner import uploads
from planner.models import MOST_PLANS, Plan, Step
from planner.pages import page, query
from planner.problems import RefusedError
from planner.serializers import PlanDetailOutput, PlanInput, PlanOutput, PlansQuery

COLUMNS = {"createdAt": "created_at", "updatedAt": "updated_at", "startsOn": "starts_on", "endsOn": "ends_on"}


class Plans(APIView):
    """All plans of the caller."""

    def get(self, request: Request) -> Response:
        """A page of them, filtered and ordered."""
        asked = query(request, PlansQuery)
        rows = _ordered(_filtered(Plan.objects.filter(owner=request.user.id), asked), asked["ordering"])
        return Response(page(rows.prefetch_related("steps", "attachments__plan"), asked, PlanOutput))

    def post(self, request: Request) -> Response:
        """Make one."""
        read = PlanInput(data=request.data)
        read.is_valid(raise_exception=True)
        if Plan.objects.filter(owner=request.user.id).count() >= MOST_PLANS:
            raise RefusedError(409, f"nobody has more than {MOST_PLANS} plans: delete one first")
        made = Plan.objects.create(owner=request.user.id, **read.validated_data)
        return Response(PlanDetailOutput(made).data, 201, headers={"Location": f"/api/plans/{made.id}"})


class OnePlan(APIView):
    """One plan of the caller."""

    def get(self, request: Request, plan_id: UUID) -> Response:
        """All of it."""
        return Response(PlanDetailOutput(own(request, plan_id)).data)

    def patch(self, request: Request, plan_id: UUID) -> Response:
        """Change what is sent."""
        with transaction.atomic():
            plan = own(request, plan_id, lock=True)
            read = PlanInput(plan, data=request.data, partial=True)
            read.is_valid(raise_exception=True)
            for name, value in read.validated_data.items():
                setattr(plan, name, value)
            plan.save()
        return Response(PlanDetailOutput(own(request, plan_id)).data)

    def delete(self, request: Request, plan_id: UUID) -> Response:
        """Files first: when the bucket is away the plan is still there, and deleting it again finishes the work."""
        plan = own(request, plan_id)
        uploads.remove(plan.attachments.all())
        plan.delete()
        return Response(status=204)


def own(request: Request, plan_id: UUID, *, lock: bool = False) -> Plan:
    """The caller's plan; 404. With `lock` nobody else changes it until the transaction ends."""
    rows = Plan.objects.filter(owner=request.user.id)
    rows = rows.select_for_update() if lock else rows.prefetch_related("steps", "attachments__plan")
    found: Plan = get_object_or_404(rows, id=plan_id)
    return found


def _filtered(rows: QuerySet[Plan], asked: dict[str, Any]) -> QuerySet[Plan]:
    if words := asked.get("search"):
        rows = rows.filter(Q(title__icontains=words) | Q(notes__icontains=words))
    # A plan with one day alone is on that day; one without any is on none.
    if first := asked.get("from"):
        rows = rows.filter(Q(ends_on__gte=first) | Q(ends_on__isnull=True, starts_on__gte=first))
    if last := asked.get("to"):
        rows = rows.filter(Q(starts_on__lte=last) | Q(starts_on__isnull=True, ends_on__lte=last))
    if asked["state"] != "all":
        steps = Step.objects.filter(plan=OuterRef("id"))
        is_done = Exists(steps) & ~Exists(steps.filter(done=False))
        rows = rows.filter(is_done if asked["state"] == "done" else ~is_done)
    return rows


def _ordered(rows: QuerySet[Plan], ordering: str) -> QuerySet[Plan]:
    """Those without the date come last either way; the identity makes the order one and the same each time."""
    name = ordering.removeprefix("-")
    column = F(COLUMNS.get(name, name))
    return rows.order_by(
        column.desc(nulls_last=True) if ordering.startswith("-") else column.asc(nulls_last=True), "id"
    )
