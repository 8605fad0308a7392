"""The planner: plans with dates and pictures; a page of files, Django in a function, Postgres, and what people upload.

One change of the sources reaches the page, the API and the files of Django's own pages. The functions open their
connections within the network, through a proxy where the stack file wants one; the migration never does. Machines
sign their requests, people bring a token, and Django's administrators sign in at Cognito's own pages, because a browser
that follows a link sends no token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pulumi

from infra.components.database_proxy import DatabaseProxy
from infra.components.function import Function
from infra.components.http_api import ApiRoute, Cors, HttpApi, Throttle
from infra.components.logical_database import LogicalDatabase
from infra.components.media_bucket import MediaBucket
from infra.components.private_bucket import PrivateBucket
from infra.components.random_secret import RandomSecret
from infra.components.reader_keys import ReaderKeys
from infra.components.signing_key import SigningKey
from infra.components.static_site import ApiPaths, BucketPaths, StaticSite
from infra.components.user_pool import Hosted, UserPool
from infra.components.zip_artifact import ZipArtifact
from infra.core.access import Opening
from infra.layers.workloads import System, Workloads

NAME = "planner"
INCOMING, SEEN, STATIC = "incoming/*", "media/*", "static/*"
ROUTES = (
    ApiRoute(key="GET /api/healthz", access="everybody"),
    ApiRoute(key="GET /api/readyz", access="everybody"),
    ApiRoute(key="GET /api/openapi.json", access="everybody"),
    ApiRoute(key="ANY /api/{proxy+}"),
    ApiRoute(key="POST /api/plans/{planId}/attachments", throttle=Throttle(rate=5, burst=10)),
    ApiRoute(key="ANY /machine/{proxy+}", access="machines"),
    ApiRoute(key="ANY /admin", access="everybody"),
    ApiRoute(key="ANY /admin/", access="everybody"),  # nothing is no path: the next one does not take it
    ApiRoute(key="ANY /admin/{proxy+}", access="everybody"),
)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What the planner's functions share."""

    platform: Workloads
    code: ZipArtifact
    pool: UserPool
    database: LogicalDatabase
    proxy: DatabaseProxy | None
    media: MediaBucket
    static: PrivateBucket
    sessions: RandomSecret
    media_key: SigningKey
    readers: ReaderKeys

    @property
    def page(self) -> str:
        return f"https://{self.platform.base.host(NAME)}"

    @property
    def way_in(self) -> Opening:
        """The way to the database for functions of which there may be many at once."""
        return self.proxy.allow_from if self.proxy else self.platform.stores.database.allow_from

    @property
    def shared_environment(self) -> Mapping[str, pulumi.Input[str]]:
        """The environment of such functions."""
        return {**self.environment, **({"DATABASE_PROXY_HOST": self.proxy.host} if self.proxy else {})}

    @property
    def environment(self) -> Mapping[str, pulumi.Input[str]]:
        return {
            "POWERTOOLS_SERVICE_NAME": NAME,
            "DATABASE_SECRET_ARN": self.database.secret_arn,
            "MEDIA_BUCKET": self.media.physical_name,
            "STATIC_BUCKET": self.static.physical_name,
            "MEDIA_URL": f"{self.page}/media",
            "SITE_URL": self.page,
            "CORS_ORIGINS": self.page,
            "DJANGO_SECRET_ARN": self.sessions.secret_arn,
            "MEDIA_KEY_SECRET_ARN": self.media_key.secret_arn,
            "MEDIA_KEY_PAIR_ID": self.readers.key_pair_id,
            "USER_POOL_ID": self.pool.physical_id,
            "USER_POOL_CLIENT_ID": self.pool.client_id,
            "OIDC_DOMAIN": self.pool.login_host,
            "OIDC_CLIENT_ID": self.pool.client_id,
        }


def build(platform: Workloads) -> System:
    """Build the page on the system's host, with the API, its pages, and the files of both under paths of it."""
    parts = _parts(platform)
    migrate = _migrate(parts)
    migrated = migrate.call("schema", {"command": "migrate"}, triggers={"code": parts.code.address})
    answering, looking = _answering(parts, migrated), _looking(parts, migrated)
    looked_at = parts.media.look_at_uploads(looking)
    api = _api(parts, answering)
    site = _site(parts, (api, looked_at))
    platform.serverless.publish(NAME, {"user-pool-id": parts.pool.physical_id})
    return System(
        name=NAME,
        host=platform.base.host(NAME),
        functions={"api": answering, "migrate": migrate, "scan": looking},
        apis={"gateway": api},
        sites={"web": site},
        pool=parts.pool,
        health=f"https://{_api_host(platform)}/api/healthz",
    )


def _parts(platform: Workloads) -> _Parts:
    page, serverless = f"https://{platform.base.host(NAME)}", platform.serverless
    media_key = platform.signing_key(f"{NAME}-media")
    server = platform.stores.database
    database = server.logical(NAME)
    hosted = Hosted(callback_urls=(f"{page}/admin/oidc/callback",), logout_urls=(f"{page}/",))
    return _Parts(
        platform=platform,
        code=platform.base.zip(f"{NAME}/api"),
        pool=serverless.pool(NAME, sender=f"{NAME}@{platform.settings.domain}", hosted=hosted),
        database=database,
        proxy=server.proxy(NAME, [database]) if platform.settings.database.proxy else None,
        media=serverless.media(f"{NAME}-media", origins=(page,)),
        static=serverless.files(f"{NAME}-static"),
        sessions=serverless.random_secret(f"{NAME}-sessions", "What Django signs sessions with"),
        media_key=media_key,
        readers=serverless.reader_keys(f"{NAME}-readers", media_key),
    )


def _migrate(parts: _Parts) -> Function:
    platform = parts.platform
    return platform.serverless.function(
        f"{NAME}/migrate",
        description="Brings database and files to what a new version needs, before anybody gets it",
        code=parts.code,
        handler="planner.migrate.handle",
        environment=parts.environment,
        grants=(parts.database.grant_read, partial(parts.static.grant, write=(STATIC,), find=True)),
        network=platform.base.network,
        openings=(platform.stores.database.allow_from,),
    )


def _answering(parts: _Parts, migrated: pulumi.Resource) -> Function:
    platform = parts.platform
    return platform.serverless.function(
        f"{NAME}/api",
        description="Answers people, machines and administrators",
        code=parts.code,
        handler="planner.lambda_handler.handle",
        environment=parts.shared_environment,
        grants=(
            parts.database.grant_read,
            parts.sessions.grant_read,
            parts.media_key.grant_read,
            # An upload goes straight to the bucket, by what this function has signed.
            partial(parts.media.bucket.grant, write=(INCOMING,), delete=(INCOMING, SEEN)),
        ),
        network=platform.base.network,
        openings=(parts.way_in,),
        before=(migrated,),
    )


def _looking(parts: _Parts, migrated: pulumi.Resource) -> Function:
    platform = parts.platform
    return platform.serverless.function(
        f"{NAME}/scan",
        description="Looks at what was uploaded before anybody else does",
        code=parts.code,
        handler="planner.scan.handle",
        environment=parts.shared_environment,
        grants=(
            parts.database.grant_read,
            # Whoever may not list is told "forbidden" of a file that is gone, and would be called again and again.
            partial(parts.media.bucket.grant, read=(INCOMING,), write=(SEEN,), delete=(INCOMING, SEEN), find=True),
        ),
        network=platform.base.network,
        openings=(parts.way_in,),
        unattended=True,
        before=(migrated,),
    )


def _api(parts: _Parts, answering: Function) -> HttpApi:
    cors = Cors(
        origins=(parts.page,),
        methods=("DELETE", "GET", "OPTIONS", "PATCH", "POST"),
        headers=("authorization", "content-type", "x-request-id"),
        exposed=("x-request-id",),
    )
    return parts.platform.serverless.api(
        NAME, host=_api_host(parts.platform), target=answering, routes=ROUTES, pool=parts.pool, cors=cors
    )


def _site(parts: _Parts, after: tuple[pulumi.Resource, ...]) -> StaticSite:
    platform = parts.platform
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        f"connect-src {platform.serverless.connect_sources()}",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    media = BucketPaths(
        name="media", bucket=parts.media.bucket, paths=("/media/*",), key_group_id=parts.readers.group_id
    )
    return platform.serverless.site(
        NAME,
        content=platform.base.zip(f"{NAME}/web"),
        pool=parts.pool,
        security_policy="; ".join(policy),
        apis=(ApiPaths(host=_api_host(platform), paths=("/api/*", "/admin", "/admin/*")),),
        buckets=(media, BucketPaths(name="static", bucket=parts.static, paths=("/static/*",))),
        after=after,
    )


def _api_host(platform: Workloads) -> str:
    return f"{platform.settings.edge.hosts[NAME]}-api.{platform.settings.domain}"
