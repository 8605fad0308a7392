"""What administrators see: whose plans there are and how far they are. Files are deleted by their owners."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

from planner.models import Attachment, Plan, Step

admin.site.site_header = admin.site.site_title = "Planner"
admin.site.index_title = "Administration"
admin.site.site_url = f"{settings.SITE_URL}/"


class StepsOfPlan(admin.TabularInline):
    """Steps, to be mended."""

    model = Step
    extra = 0


class AttachmentsOfPlan(admin.TabularInline):
    """Attachments, to be looked at."""

    model = Attachment
    extra = 0
    can_delete = False
    fields = readonly_fields = ("name", "content_type", "size", "state", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Only an upload makes one."""
        return False


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """Plans."""

    list_display = ("title", "owner", "starts_on", "ends_on", "updated_at")
    list_filter = ("starts_on",)
    search_fields = ("title", "owner")
    readonly_fields = ("owner", "created_at", "updated_at")
    inlines = (StepsOfPlan, AttachmentsOfPlan)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A plan belongs to the person who makes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Its files would stay in the bucket: `DELETE /machine/users/{sub}` takes both."""
        return False
