"""The counter: a page that sells cameras, an API that counts them, and one table that remembers how many are left."""

from infra.layers.workloads import System, Workloads

BACKEND = {"counter-backend": ("/api", "/api/*")}
FRONTEND = {"counter-frontend": ("/*",)}
ROUTES = (*BACKEND, *FRONTEND)
"""The API's paths are looked at before the page's, which are all that is left."""


def build(platform: Workloads) -> System:
    """Build the counter on one host: `/api/*` is the backend's, everything else the frontend's."""
    host = platform.host("counter")
    table = platform.table("counter", hash_key="id")
    images = {service: platform.image(f"counter/{service}") for service in ("backend", "frontend")}

    backend = platform.service(
        "counter/backend",
        image=images["backend"],
        port=8000,
        host=host,
        routes=BACKEND,
        environment={
            "COUNTER_STORE": "dynamodb",
            "COUNTER_TABLE": table.physical_name,
            "COUNTER_PREFIX": "/api",
            "AWS_REGION": platform.settings.organisation.region,
        },
        grants=(table.grant_read_write,),
    )
    frontend = platform.service(
        "counter/frontend",
        image=images["frontend"],
        port=3000,
        host=host,
        routes=FRONTEND,
        environment={"COUNTER_API_BASE": "/api"},
    )
    return System(
        name="counter",
        host=host,
        services={"backend": backend, "frontend": frontend},
        images=images,
        tables={"counter": table},
    )
