"""Every metric of the service, in one place: dashboards are checked against it."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Time from a request's first byte in to its answer's last byte out",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RATE_LIMIT = Counter(
    "rate_limit_decisions_total",
    "Requests that the rate limit let through, refused, or could not check because the cache was away",
    ("decision",),
)
CACHE = Counter("cache_requests_total", "Reads of tasks by what the cache said", ("result",))
DATABASE_FAILURES = Counter("database_failures_total", "Units of work that failed because the database was away")
TOKENS_REFUSED = Counter("tokens_refused_total", "Bearer tokens that were refused", ("reason",))
KEY_SET_FETCHES = Counter("key_set_fetches_total", "Fetches of market-api's key set", ("result",))
EVENTS_PUBLISHED = Counter("events_published_total", "Events handed to the queue", ("result",))
OUTBOX = Gauge("outbox_pending", "Events that wait to be handed to the queue")
EVENTS_CONSUMED = Counter("activity_events_total", "Events that the worker took from the queue", ("result",))

for decision in ("allowed", "refused", "unchecked"):
    RATE_LIMIT.labels(decision)
for result in ("hit", "miss", "unavailable"):
    CACHE.labels(result)
for result in ("sent", "failed"):
    EVENTS_PUBLISHED.labels(result)
for result in ("stored", "duplicate", "refused"):
    EVENTS_CONSUMED.labels(result)
