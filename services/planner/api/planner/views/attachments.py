"""Attachments of plans, and the cookies by which they are read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from planner import cookies, uploads
from planner.models import MOST_ATTACHMENTS, Attachment
from planner.problems import RefusedError
from planner.serializers import AttachmentInput, AttachmentOutput
from planner.views.plans import own


class Attachments(APIView):
    """Attachments of one plan."""

    def post(self, request: Request, plan_id: UUID) -> Response:
        """Announce a file: the answer is where to send it, straight to the bucket, within five minutes."""
        with transaction.atomic():
            plan = own(request, plan_id, lock=True)
            read = AttachmentInput(data=request.data)
            read.is_valid(raise_exception=True)
            if plan.attachments.count() >= MOST_ATTACHMENTS:
                raise RefusedError(409, f"no plan has more than {MOST_ATTACHMENTS} attachments")
            made = plan.attachments.create(**read.validated_data)
        upload = {**uploads.presigned_post(made), "expiresInSeconds": uploads.EXPIRY_SECONDS}
        return Response({"attachment": AttachmentOutput(made).data, "upload": upload}, 201)


class OneAttachment(APIView):
    """One attachment."""

    def get(self, request: Request, plan_id: UUID, attachment_id: UUID) -> Response:
        """How far it is."""
        found = get_object_or_404(own(request, plan_id).attachments.select_related("plan"), id=attachment_id)
        return Response(AttachmentOutput(found).data)

    def delete(self, request: Request, plan_id: UUID, attachment_id: UUID) -> Response:
        """Gone, with its file."""
        found: Attachment = get_object_or_404(
            own(request, plan_id).attachments.select_related("plan"), id=attachment_id
        )
        uploads.remove([found])
        found.delete()
        return Response(status=204)


class MediaSession(APIView):
    """Leave to read one's own files from the CDN."""

    def post(self, request: Request) -> Response:
        """The CDN's cookies for the caller's prefix, for an hour."""
        expires_at = int(time.time()) + cookies.LIFE_SECONDS
        resource = f"{settings.MEDIA_URL_BASE}/{request.user.id}/*"
        response = Response({"expiresAt": datetime.fromtimestamp(expires_at, UTC).isoformat()})
        for name, value in cookies.signed(resource, expires_at).items():
            response.set_cookie(
                name,
                value,
                max_age=cookies.LIFE_SECONDS,
                path=urlsplit(settings.MEDIA_URL_BASE).path or "/",
                secure=settings.IS_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response
