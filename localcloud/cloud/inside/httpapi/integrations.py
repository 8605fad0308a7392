"""What stands behind a route: a function, or a load balancer in the network."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from ministack.core.concurrency import run_reentrant
from ministack.services import alb, apigateway, lambda_svc

from .. import permissions
from . import parameters
from .events import FAILED, UNAVAILABLE, Answer, Call, answer, event, refused

LONGEST_SECONDS = 30.0
PRINCIPAL = "apigateway.amazonaws.com"


async def integrate(call: Call, route: Mapping[str, Any], stage: Mapping[str, Any]) -> Answer:
    """Let the integration of a route answer."""
    identity = str(route.get("target", "")).rpartition("/")[2]
    integration = apigateway._integrations.get(call.api, {}).get(identity)
    if integration is None:
        return refused(*FAILED)
    if integration.get("integrationType") == "AWS_PROXY":
        return await _function(call, integration, stage)
    if integration.get("connectionType") == "VPC_LINK":
        return await _balancer(call, integration)
    path = call.inner
    status, headers, body = await apigateway._invoke_http_proxy(
        integration, path, call.method, call.headers, call.body, call.query
    )
    return Answer(status, list(headers.items()), body)


async def _function(call: Call, integration: Mapping[str, Any], stage: Mapping[str, Any]) -> Answer:
    reference = apigateway._extract_lambda_ref_from_integration_uri(integration.get("integrationUri", ""))
    function, configuration, name = lambda_svc._get_func_record_for_ref_in_scope(
        reference, account_id=call.account, region=call.region
    )
    source = f"arn:aws:execute-api:{call.region}:{call.account}:{call.api}/{call.stage}/{_of_key(call.route)}"
    if configuration is None or not permissions.may_invoke(reference, PRINCIPAL, source, call.account):
        call.integration_error = f"The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration {reference}."  # noqa: E501  # AWS's words
        return refused(*FAILED)
    made = event(call)
    if stage.get("stageVariables"):
        made["stageVariables"] = stage["stageVariables"]
    record = lambda_svc._execution_record_for_config(function, configuration)
    seconds = min(LONGEST_SECONDS, int(integration.get("timeoutInMillis", 30000)) / 1000)
    began = time.monotonic()
    execution = asyncio.ensure_future(
        run_reentrant(lambda_svc._execute_function_with_config_scope, record, made, thread_name="http-api")
    )
    done, _ = await asyncio.wait({execution}, timeout=seconds)
    if not done:
        call.integration_error = "Endpoint request timed out"
        return refused(*UNAVAILABLE)
    result = execution.result()
    milliseconds = (time.monotonic() - began) * 1000
    lambda_svc._emit_lambda_metrics(name, milliseconds, bool(result.get("error")), bool(result.get("throttle")))
    if result.get("error"):
        call.integration_error = str(result.get("body"))
    return answer(result)


def _of_key(key: str) -> str:
    """Return method and path as they stand in an ARN: `GET/plans/{id}`; a dollar route as it is."""
    method, _, path = key.partition(" ")
    return f"{'*' if method == 'ANY' else method}{path}"


async def _balancer(call: Call, integration: Mapping[str, Any]) -> Answer:
    """Hand a request to the listener of a private integration.

    The front door does this by itself for routes that are open to all; here come those with an authorizer.
    """
    listener = alb._listeners.get(integration.get("integrationUri", ""))
    balancer = alb._lbs.get(listener["LoadBalancerArn"]) if listener else None
    if listener is None or balancer is None:
        return refused(*UNAVAILABLE)
    headers = dict(call.headers)
    if call.cookies:
        headers["cookie"] = "; ".join(call.cookies)
    changes = parameters.apply(integration.get("requestParameters") or {}, headers, call.context(0, 0))
    headers = {name: value for name, value in {**headers, **changes}.items() if value}
    status, returned, body = await alb.dispatch_request(
        balancer,
        call.method,
        call.path,
        headers,
        call.body,
        call.query,
        int(listener.get("Port", 80)),
        raw_query_string=call.raw_query,
        raw_path=call.raw_path.decode("latin-1"),
    )
    pairs = [
        (name.lower(), str(each))
        for name, value in returned.items()
        for each in (value if isinstance(value, list) else [value])
        if name.lower() not in ("content-length", "transfer-encoding", "connection")
    ]
    return Answer(status, pairs, body if isinstance(body, bytes) else bytes(body or b""))
