"""What the systems without servers are made of: functions, APIs, sites, and pools of users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.components.function import Function, FunctionArgs, Rollout
from infra.components.http_api import ApiRoute, Behind, Cors, HttpApi, HttpApiArgs, Issuer, Throttle
from infra.components.media_bucket import MediaBucket, MediaBucketArgs
from infra.components.network import Network
from infra.components.parameters import Parameters, ParametersArgs
from infra.components.private_bucket import PrivateBucket, PrivateBucketArgs, cloudfront_reads
from infra.components.random_secret import RandomSecret, RandomSecretArgs
from infra.components.reader_keys import ReaderKeys, ReaderKeysArgs
from infra.components.role import Grant
from infra.components.signing_key import SigningKey
from infra.components.static_site import OLD_VERSION_DAYS, ApiPaths, BucketPaths, StaticSite, StaticSiteArgs
from infra.components.user_pool import Hosted, UserPool, UserPoolArgs
from infra.components.zip_artifact import ZipArtifact
from infra.core.access import Opening
from infra.layers.base import Base
from interface import parameters


@dataclass(frozen=True)
class Serverless:
    """What a system asks for; the stack file decides how much of it there is."""

    base: Base

    def function(
        self,
        service: str,
        *,
        description: str,
        code: ZipArtifact,
        handler: str,
        environment: Mapping[str, pulumi.Input[str]],
        grants: Sequence[Grant] = (),
        network: Network | None = None,
        openings: Sequence[Opening] = (),
        unattended: bool = False,
        before: Sequence[pulumi.Resource] = (),
    ) -> Function:
        """Run a function of a zip, as big as the stack file says of `system/service`."""
        settings = self.base.settings
        size = settings.functions.sizes[service]
        common = {"LOG_LEVEL": "INFO", "ENVIRONMENT": settings.stack.environment}
        args = FunctionArgs(
            description=description,
            code=code,
            handler=handler,
            key=self.base.data.key,
            region=settings.organisation.region,
            account=settings.account,
            architecture=settings.workloads.architecture,
            memory=size.memory,
            timeout_seconds=size.timeout_seconds,
            concurrency=size.concurrency or None,
            log_retention_days=settings.workloads.log_retention_days,
            environment={**common, "POWERTOOLS_SERVICE_NAME": service.replace("/", "-"), **environment},
            grants=grants,
            network=network,
            openings=openings,
            unattended=unattended,
            before=before,
            rollout=_rollout(size.stable_version, size.new_percent),
            deletion_protection=settings.deletion_protection,
        )
        return Function(service.replace("/", "-"), args, self.base.opts)

    def api(
        self,
        system: str,
        *,
        host: str,
        target: Function | Behind,
        routes: tuple[ApiRoute, ...],
        pool: UserPool | None = None,
        cors: Cors | None = None,
        prefixes: tuple[str, ...] = ("",),
    ) -> HttpApi:
        """Put an API in front of a function or of the load balancer, with the limits of the stack file."""
        settings = self.base.settings
        limits = settings.edge.api_limits[system]
        args = HttpApiArgs(
            host=host,
            zone=self.base.edge.zone,
            certificate=self.base.edge.certificate,
            target=target,
            routes=routes,
            throttle=Throttle(rate=limits.rate, burst=limits.burst),
            key=self.base.data.key,
            prefixes=prefixes,
            issuer=Issuer(url=pool.issuer, audience=pool.client_id) if pool else None,
            cors=cors,
            log_retention_days=settings.workloads.log_retention_days,
        )
        return HttpApi(f"{system}-gateway", args, self.base.opts)

    def gateway(self, system: str, *, host: str, routes: tuple[ApiRoute, ...]) -> HttpApi:
        """Put an API in front of what the load balancer has for a host."""
        behind = Behind(load_balancer=self.base.edge.load_balancer, link=self.base.edge.link)
        return self.api(system, host=host, target=behind, routes=routes)

    def site(
        self,
        system: str,
        *,
        content: ZipArtifact,
        pool: UserPool,
        security_policy: str,
        apis: tuple[ApiPaths, ...],
        buckets: tuple[BucketPaths, ...] = (),
        after: Sequence[pulumi.Resource] = (),
    ) -> StaticSite:
        """Put a browser application on the system's host, and tell it what it needs to know of its environment."""
        settings = self.base.settings
        told = {
            "environment": settings.stack.environment,
            "region": settings.organisation.region,
            "userPoolId": pool.physical_id,
            "userPoolClientId": pool.client_id,
            "apiUrl": "/api",
        }
        args = StaticSiteArgs(
            host=self.base.host(system),
            zone=self.base.edge.zone,
            certificate=self.base.edge.global_certificate,
            content=content,
            settings=told,
            steps=self.base.stores.steps,
            logs=self.base.edge.logs,
            key=self.base.data.key,
            account=settings.account,
            security_policy=security_policy,
            apis=apis,
            buckets=buckets,
            price_class=settings.edge.price_class,
            after=after,
            deletion_protection=settings.deletion_protection,
        )
        return StaticSite(f"{system}-web", args, self.base.opts)

    def media(self, name: str, *, origins: tuple[str, ...]) -> MediaBucket:
        """Create a bucket that pages of these origins upload to."""
        settings = self.base.settings
        args = MediaBucketArgs(
            origins=origins,
            key=self.base.data.key,
            account=settings.account,
            deletion_protection=settings.deletion_protection,
        )
        return MediaBucket(name, args, self.base.opts)

    def files(self, name: str) -> PrivateBucket:
        """Create a bucket whose files distributions show."""
        settings = self.base.settings
        args = PrivateBucketArgs(
            statements=lambda arn: cloudfront_reads(settings.account, arn),
            age={"noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS}},
            key=self.base.data.key,
            deletion_protection=settings.deletion_protection,
        )
        return PrivateBucket(name, args, self.base.opts)

    def random_secret(self, name: str, description: str) -> RandomSecret:
        """Have a key made that nobody can guess."""
        settings = self.base.settings
        args = RandomSecretArgs(
            description=description,
            steps=self.base.stores.steps,
            key=self.base.data.key,
            recovery_days=settings.recovery_days,
            deletion_protection=settings.deletion_protection,
        )
        return RandomSecret(name, args, self.base.opts)

    def reader_keys(self, name: str, key: SigningKey) -> ReaderKeys:
        """Have CloudFront know whose signature opens closed paths."""
        return ReaderKeys(name, ReaderKeysArgs(public_key=key.public_key), self.base.opts)

    def pool(
        self, system: str, *, sender: str, confirmed: Function | None = None, hosted: Hosted | None = None
    ) -> UserPool:
        """Give a system people of its own; `sender` is the address that writes to them."""
        settings = self.base.settings
        args = UserPoolArgs(
            region=settings.organisation.region,
            account=settings.account,
            sender=self.base.stores.mail.sender(sender),
            confirmed=confirmed,
            hosted=hosted,
            advanced_security=settings.edge.advanced_security,
            deletion_protection=settings.deletion_protection,
        )
        return UserPool(system, args, self.base.opts)

    def publish(self, system: str, values: Mapping[str, pulumi.Input[str]]) -> Parameters:
        """Publish what the tools of a system's administrators need to know of it."""
        path = parameters.system_prefix(self.base.settings.stack.environment, system)
        return Parameters(system, ParametersArgs(path=path, key=self.base.data.key, values=values), self.base.opts)

    def connect_sources(self) -> str:
        """Return what pages may open connections to, as their security policy says it: themselves, Cognito and S3."""
        region = self.base.settings.organisation.region
        return f"'self' https://cognito-idp.{region}.amazonaws.com https://*.s3.{region}.amazonaws.com"


def _rollout(stable_version: int, new_percent: int) -> Rollout | None:
    return None if new_percent == 100 else Rollout(stable_version=str(stable_version), new_percent=new_percent)
