"""What is kept: plans of people, their steps, and what is attached to them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

MOST_PLANS = 500
MOST_STEPS = 200
MOST_ATTACHMENTS = 20


class Plan(models.Model):
    """Something that a person means to do."""

    id: Any = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner: Any = models.CharField(max_length=64, help_text="sub of the user in the user pool")
    title: Any = models.CharField(max_length=200)
    notes: Any = models.TextField(max_length=5000, blank=True)
    starts_on: Any = models.DateField(null=True, blank=True)
    ends_on: Any = models.DateField(null=True, blank=True, help_text="the last day; not before the first")
    created_at: Any = models.DateTimeField(auto_now_add=True)
    updated_at: Any = models.DateTimeField(auto_now=True)

    class Meta:
        """Every list is one person's."""

        indexes = (
            models.Index(fields=["owner", "-created_at"], name="plan_owner_created"),
            models.Index(fields=["owner", "starts_on"], name="plan_owner_starts"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="plan_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return str(self.title)


class Step(models.Model):
    """One thing to do for a plan."""

    id: Any = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan: Any = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    title: Any = models.CharField(max_length=200)
    due_on: Any = models.DateField(null=True, blank=True)
    done: Any = models.BooleanField(default=False)
    position: Any = models.PositiveIntegerField(default=0, help_text="its place among the steps, from 0")
    created_at: Any = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order that the person gave them; those of one place in the order that they came."""

        ordering = ("position", "created_at", "id")
        indexes = (models.Index(fields=["due_on"], name="step_due"),)

    def __str__(self) -> str:
        return str(self.title)


class Attachment(models.Model):
    """A file of a plan: waiting until the scan has seen it, and served only when it is ready."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        READY = "ready"
        INFECTED = "infected"
        REFUSED = "refused"

    id: Any = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan: Any = models.ForeignKey(Plan, models.CASCADE, related_name="attachments")
    name: Any = models.CharField(max_length=120)
    content_type: Any = models.CharField(max_length=40)
    size: Any = models.PositiveIntegerField(help_text="bytes")
    state: Any = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at: Any = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Oldest first."""

        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def incoming_key(self) -> str:
        """Where the upload goes: nobody is served from there."""
        return f"incoming/{self.plan.owner}/{self.plan_id}/{self.id}"

    @property
    def media_key(self) -> str:
        """Where it is served from, below the prefix of its owner."""
        return f"media/{self.plan.owner}/{self.plan_id}/{self.id}/{self.file_name}"

    @property
    def file_name(self) -> str:
        """A name that is the same in a key, in an address and in a header."""
        ending = {
            "image/jpeg": "jpg",
            "image/png": "png",
            "image/gif": "gif",
            "image/webp": "webp",
            "application/pdf": "pdf",
            "text/plain": "txt",
        }[self.content_type]
        return f"file.{ending}"
