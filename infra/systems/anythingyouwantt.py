"""AnythingYouWantt: a shop page, an API that takes orders, and a worker that carries them out and sends the mail.

An order and its job are written in one transaction; the job goes through the queue to the mail service, which
remembers in a database of its own what it has done, and the answer comes back the same way. What SES says it has
taken is told to the mail service once more through a queue: a worker that died before it wrote that down sends no twin.
"""

from functools import partial

from infra.layers.workloads import System, Workloads

API = {"anythingyouwantt-rest-api": ("/api", "/api/*")}
PAGE = {"anythingyouwantt-frontend": ("/*",)}
ROUTES = (*API, *PAGE)
"""The API's paths are looked at before the page's, which are all that is left."""

NAME = "anythingyouwantt"
API_PORT = 3000
MAILER_PORT = 3001
METRICS = {"mail-service": MAILER_PORT, "rest-api": API_PORT}


def build(platform: Workloads) -> System:
    """Build the shop on one host: `/api/*` is the API's, everything else the page's."""
    host = platform.host(NAME)
    mail_from = f"orders@{platform.settings.domain}"
    stores = platform.stores
    orders, sent = stores.database.logical(NAME), stores.database.logical(f"{NAME}-mail")
    jobs = stores.queue.user(NAME, prefix=NAME)
    receipts = stores.mail.receipts(f"{NAME}-receipts", "order")
    images = {service: platform.image(f"{NAME}/{service}") for service in ("frontend", "mail-service", "rest-api")}
    common = {
        "AWS_REGION": platform.settings.organisation.region,
        "LOG_LEVEL": "info",
        "NODE_ENV": "production",
        "QUEUE_SECRET_ARN": jobs.secret_arn,
        "QUEUE_PREFIX": jobs.prefix,
    }

    api = platform.service(
        f"{NAME}/rest-api",
        image=images["rest-api"],
        port=API_PORT,
        host=host,
        routes=API,
        environment={
            **common,
            "PORT": str(API_PORT),
            "DATABASE_SECRET_ARN": orders.secret_arn,
            "CORS_ORIGINS": f"https://{host}",
            "RATE_LIMIT_PER_MINUTE": str(platform.settings.edge.visitor_limits[NAME]),
        },
        grants=(orders.grant_read, jobs.grant_read),
        openings=(stores.database.allow_from, stores.queue.allow_from),
        migration=platform.migration("node", "dist/migrate.js"),
        found_as="rest-api",
        observed=True,
    )
    mailer = platform.worker(
        f"{NAME}/mail-service",
        image=images["mail-service"],
        environment={
            **common,
            "PORT": str(MAILER_PORT),
            "DATABASE_SECRET_ARN": sent.secret_arn,
            "MAIL_FROM": mail_from,
            "MAIL_CONFIGURATION_SET": stores.mail.configuration_set,
            "RECEIPTS_QUEUE_URL": receipts.url,
        },
        grants=(
            sent.grant_read,
            jobs.grant_read,
            receipts.grant_consume,
            partial(stores.mail.grant_send, from_address=mail_from),
        ),
        after=(receipts,),
        openings=(stores.database.allow_from, stores.queue.allow_from),
        migration=platform.migration("node", "dist/migrate.js"),
        found_as="mail-service",
        metrics_port=MAILER_PORT,
    )
    page = platform.service(
        f"{NAME}/frontend",
        image=images["frontend"],
        port=8080,
        host=host,
        routes=PAGE,
        environment={"PORT": "8080"},
    )
    return System(
        name=NAME,
        host=host,
        services={"frontend": page, "rest-api": api},
        workers={"mail-service": mailer},
        queues={f"{NAME}-receipts": receipts},
        images=images,
        mail_from=mail_from,
    )
