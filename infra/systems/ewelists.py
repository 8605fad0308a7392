"""ewelists: lists of wishes that people share; a page of files, functions behind an API, and one table.

Nothing runs while nobody asks. The page calls its API on its own host, others do on the API's.
"""

from functools import partial

from infra.components.function import Function
from infra.components.http_api import ApiRoute, Cors, HttpApi, Throttle
from infra.components.static_site import ApiPaths, StaticSite
from infra.components.table import Index, Table
from infra.components.user_pool import UserPool
from infra.components.zip_artifact import ZipArtifact
from infra.layers.workloads import System, Workloads

NAME = "ewelists"
SHARE = "POST /lists/{listId}/share"
ROUTES = (
    "GET /me",
    "PUT /me",
    "DELETE /me",
    "GET /lists",
    "POST /lists",
    "GET /lists/{listId}",
    "PUT /lists/{listId}",
    "DELETE /lists/{listId}",
    "POST /lists/{listId}/products",
    "PUT /lists/{listId}/products/{productId}",
    "DELETE /lists/{listId}/products/{productId}",
    "POST /lists/{listId}/products/{productId}/reserve",
    "DELETE /lists/{listId}/products/{productId}/reserve",
    "GET /lists/{listId}/guests",
    "DELETE /lists/{listId}/guests/{userId}",
    "GET /shared/{listId}",
    "DELETE /shared/{listId}",
    "GET /invitations/{token}",
    "POST /invitations/{token}/accept",
)
"""What people ask with a token."""


def build(platform: Workloads) -> System:
    """Build the page on the system's host, and the API both under it and on a host of its own."""
    host, mail_from = platform.base.host(NAME), f"{NAME}@{platform.settings.domain}"
    table = platform.table(
        NAME,
        hash_key="PK",
        range_key="SK",
        indexes=(Index(name="inverse", hash_key="GSI1PK", range_key="GSI1SK"),),
        expiry="expiresAt",
        backed_up=True,
    )
    code = platform.base.zip(f"{NAME}/api")
    sign_up = _sign_up(platform, code, table)
    pool = platform.serverless.pool(NAME, sender=mail_from, confirmed=sign_up)
    answering = _answering(platform, code, table, pool, mail_from)
    api = _api(platform, answering, pool, host)
    site = _site(platform, api, pool)
    platform.serverless.publish(NAME, {"table": table.physical_name, "user-pool-id": pool.physical_id})
    return System(
        name=NAME,
        host=host,
        functions={"api": answering, "sign-up": sign_up},
        apis={"gateway": api},
        sites={"web": site},
        pool=pool,
        tables={NAME: table},
        health=f"https://{_api_host(platform)}/health",
        mail_from=mail_from,
    )


def _sign_up(platform: Workloads, code: ZipArtifact, table: Table) -> Function:
    return platform.serverless.function(
        f"{NAME}/sign-up",
        description="Remembers who has confirmed their address",
        code=code,
        handler="ewelists.sign_up.handle",
        environment={"TABLE_NAME": table.physical_name},
        grants=(table.grant_put,),
    )


def _answering(platform: Workloads, code: ZipArtifact, table: Table, pool: UserPool, mail_from: str) -> Function:
    mail, page = platform.stores.mail, f"https://{platform.base.host(NAME)}"
    return platform.serverless.function(
        f"{NAME}/api",
        description="Answers what people ask of their lists",
        code=code,
        handler="ewelists.handler.handle",
        environment={
            "POWERTOOLS_SERVICE_NAME": NAME,
            "TABLE_NAME": table.physical_name,
            "MAIL_FROM": mail_from,
            "MAIL_CONFIGURATION_SET": mail.configuration_set,
            "SITE_URL": page,
            "CORS_ORIGINS": page,
            "USER_POOL_ID": pool.physical_id,
            "USER_POOL_CLIENT_ID": pool.client_id,
        },
        grants=(table.grant_manage, partial(mail.grant_send, from_address=mail_from), pool.grant_delete_user),
    )


def _api(platform: Workloads, answering: Function, pool: UserPool, host: str) -> HttpApi:
    cors = Cors(
        origins=(f"https://{host}",),
        methods=("DELETE", "GET", "OPTIONS", "POST", "PUT"),
        headers=("authorization", "content-type", "idempotency-key"),
        exposed=("x-request-id",),
    )
    return platform.serverless.api(
        NAME,
        host=_api_host(platform),
        target=answering,
        routes=(
            ApiRoute(key="GET /health", access="everybody"),
            *(ApiRoute(key=key) for key in ROUTES),
            ApiRoute(key=SHARE, throttle=Throttle(rate=2, burst=5)),  # each is a mail to somebody
        ),
        pool=pool,
        cors=cors,
        prefixes=("", "api"),
    )


def _site(platform: Workloads, api: HttpApi, pool: UserPool) -> StaticSite:
    return platform.serverless.site(
        NAME,
        content=platform.base.zip(f"{NAME}/web"),
        pool=pool,
        security_policy="; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self' 'unsafe-inline'",  # Material UI writes its styles into the page
                "img-src 'self' data: https:",  # pictures of products are wherever their shops are
                "font-src 'self'",
                f"connect-src {platform.serverless.connect_sources()}",
                "manifest-src 'self'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        ),
        apis=(ApiPaths(host=_api_host(platform), paths=("/api/*",)),),
        after=(api,),
    )


def _api_host(platform: Workloads) -> str:
    return f"{platform.settings.edge.hosts[NAME]}-api.{platform.settings.domain}"
