"""CloudFront: origins inside this cloud, and answers of origins that are kept."""

from typing import Any

from .mend import Mend, replace


def _origins(cloudfront: Any) -> None:
    from ..httpapi import plane as apis
    from ..settings import SETTINGS

    def is_api(host: str) -> bool:
        name = cloudfront._normalize_origin_host(host)
        return apis.serves(name)

    def target(origin: dict[str, Any], viewer_is_https: bool) -> Any:
        if is_api(origin["domain_name"]):
            return SETTINGS.host, SETTINGS.port, False
        return original_target(origin, viewer_is_https)

    def headers(origin: dict[str, Any], *arguments: Any) -> dict[str, str]:
        made: dict[str, str] = original_headers(origin, *arguments)
        if is_api(origin["domain_name"]):
            made["X-Slipway-Account"] = cloudfront.get_account_id()
            made["X-Forwarded-Proto"], made["X-Forwarded-Port"] = "https", "443"
            made.pop("X-Slipway-Host", None)
        return made

    original_target = replace(cloudfront, "_origin_connect_target", target)
    original_headers = replace(cloudfront, "_origin_request_headers", headers)


def _cache(cloudfront: Any) -> None:
    async def fetch(origin: dict[str, Any], method: str, uri: str, query: str, *more: Any) -> Any:
        from .. import server
        from ..cdn.plane import current

        visit = current.get()
        if visit is None or not visit.times.keeps or method not in ("GET", "HEAD"):
            return await original(origin, method, uri, query, *more)
        cache = server.distributions.cache
        key = (*visit.key, origin["id"], uri)
        kept = cache.get(key)
        is_first, visit.is_first = visit.is_first, False
        if kept is not None:
            visit.kept = kept if is_first or visit.kept else None
            return kept.status, kept.reason, dict(kept.headers), kept.body
        visit.kept = None
        status, reason, returned, body = await original(origin, method, uri, query, *more)
        if method == "GET":
            cache.put(key, status, reason, returned, body, visit.times)
        return status, reason, returned, body

    def invalidate(identity: str, body: bytes) -> Any:
        from .. import server

        server.distributions.cache.forget(identity)
        return original_invalidation(identity, body)

    original = replace(cloudfront, "_fetch_from_origin", fetch)
    original_invalidation = replace(cloudfront, "_create_invalidation", invalidate)


MODULE = "ministack.services.cloudfront"
MENDS = (
    Mend(
        "an origin that is a domain name of an API is reached inside this cloud",
        "its name is looked up on the internet, or refused",
        MODULE,
        {"_origin_connect_target": "bfba8988bbb4", "_origin_request_headers": "9157c94e30eb"},
        _origins,
    ),
    Mend(
        "answers of origins are kept as the cache policy and the origin say, until they are invalidated",
        "every request goes to the origin",
        MODULE,
        {"_fetch_from_origin": "11c0079215ff", "_create_invalidation": "801254ce5555"},
        _cache,
    ),
)
