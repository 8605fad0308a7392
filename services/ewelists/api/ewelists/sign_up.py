"""What follows a confirmed sign-up: the user's record in the table."""

from __future__ import annotations

import os
from typing import Any

from ewelists import users
from ewelists.table import Table
from ewelists.telemetry import count, logger, metrics, tracer

CONFIRMED = "PostConfirmation_ConfirmSignUp"
"""A forgotten password that is confirmed starts the trigger too, under another name."""


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Cognito's post-confirmation trigger: answers with the event, as Cognito wants it."""
    attributes = event["request"]["userAttributes"]
    added = event["triggerSource"] == CONFIRMED and users.add(
        Table(os.environ["TABLE_NAME"]), attributes["sub"], attributes["email"], attributes.get("name", "")
    )
    count("SignUps", int(added))
    logger.info("sign-up confirmed", extra={"added": added, "trigger": event["triggerSource"]})
    return event
