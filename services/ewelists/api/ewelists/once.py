"""Requests that create are done once, however often they are sent with the same Idempotency-Key."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from ewelists import keys
from ewelists.problems import TRY_AGAIN, RefusedError
from ewelists.table import Table, client

KEPT_SECONDS = 3600
KEY = re.compile(r"[\x21-\x7e]{1,255}")

Answer = dict[str, Any]


def done(
    table: Table, user: str, route: str, key: str | None, body: Answer, context: Any, act: Callable[[], Answer]
) -> Answer:
    """What `act` answers, or answered when the user sent this key on this route in the last hour.

    The record lies in the user's own partition: it goes when they go. RefusedError 409 while the first request is still
    under way, 422 when the key came with another body.
    """
    if key is None:
        return act()
    if not KEY.fullmatch(key):
        raise RefusedError(400, "invalid-key", "an Idempotency-Key is 1 to 255 visible characters of ASCII")
    layer = copy.copy(_layer(table.name))
    layer.static_pk_value = keys.USER + user
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        expires_after_seconds=KEPT_SECONDS,
        hash_function="sha256",
    )
    config.register_lambda_context(context)

    @idempotent_function(data_keyword_argument="request", persistence_store=layer, config=config, key_prefix="once")
    def run(request: Answer) -> Answer:
        return act()

    try:
        answered: Answer = run(request={"key": f"{route} {key}", "body": body})
    except IdempotencyAlreadyInProgressError:
        raise RefusedError(
            409, "in-progress", "the first request with this key is under way", headers=TRY_AGAIN
        ) from None
    except IdempotencyValidationError:
        raise RefusedError(422, "key-used", "this Idempotency-Key came with another body before") from None
    return answered


@cache
def _layer(table: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=table, key_attr="PK", sort_key_attr="SK", expiry_attr="expiresAt", boto3_client=client()
    )
