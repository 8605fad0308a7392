"""The application as Django knows it."""

from django.apps import AppConfig


class PlannerConfig(AppConfig):
    """Plans, their steps and their attachments."""

    name = "planner"
    default_auto_field = "django.db.models.BigAutoField"
