"""Cognito: the applications that use a user pool, and the domain of its own pages."""

import re
from collections.abc import Sequence

from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties
from localcloud.plugins.aws.errors import Gone
from localcloud.plugins.aws.rules import given, needs, value
from localcloud.plugins.aws.services.cloudfront import ZONE
from localcloud.plugins.aws.steps import pages
from localcloud.plugins.provider import has_unknown

_POOL = "userPoolId"
_CLIENT = (
    "accessTokenValidity",
    "allowedOauthFlows",
    "allowedOauthFlowsUserPoolClient",
    "allowedOauthScopes",
    "authSessionValidity",
    "callbackUrls",
    "defaultRedirectUri",
    "enableTokenRevocation",
    "explicitAuthFlows",
    "idTokenValidity",
    "logoutUrls",
    "name",
    "preventUserExistenceErrors",
    "readAttributes",
    "refreshTokenRotation",
    "refreshTokenValidity",
    "supportedIdentityProviders",
    "tokenValidityUnits",
    _POOL,
    "writeAttributes",
)
_RENAME = {"name": "ClientName"}
_LISTS = (
    "allowedOauthFlows",
    "allowedOauthScopes",
    "callbackUrls",
    "explicitAuthFlows",
    "logoutUrls",
    "readAttributes",
    "supportedIdentityProviders",
    "writeAttributes",
)
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_TOKENS = {
    "accessTokenValidity": ("accessToken", "hours", 300, 86400),
    "idTokenValidity": ("idToken", "hours", 300, 86400),
    "refreshTokenValidity": ("refreshToken", "days", 3600, 315360000),
}
"""Input → its unit's name, the unit without one, and the seconds between which AWS wants it."""
_FLOWS = [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
]
_ADDRESS = re.compile(r"(https://|http://(localhost|127\.0\.0\.1|\[::1\])[:/]?|(?!https?:)[a-z][a-z0-9+.-]*:).*")
_PAGE = 60


def _pool(call: Call) -> str:
    """Return the pool of a client: from inputs, state, or an imported id `POOL/CLIENT`."""
    return str(call.inputs.get(_POOL) or call.state.get(_POOL) or call.id.partition("/")[0])


def _client(call: Call) -> Properties:
    return {"UserPoolId": _pool(call), "ClientId": call.id.rpartition("/")[2]}


def _create_client(call: Call) -> str:
    sent = call.parameters("create_user_pool_client", _CLIENT, _RENAME)
    return str(call.api("create_user_pool_client", **sent)["UserPoolClient"]["ClientId"])


def _change_client(call: Call) -> None:
    """Send every setting: what is left out goes back to its default."""
    if call.changed(*_CLIENT):
        sent = call.parameters("update_user_pool_client", _CLIENT, _RENAME)
        call.api("update_user_pool_client", **{**sent, **_client(call)})


def _read_client(call: Call) -> Properties:
    live = call.api("describe_user_pool_client", **_client(call))["UserPoolClient"]
    shown = {key: each for key, each in live.items() if key != "ClientSecret"}
    return {**call.properties(shown, _RENAME), **{name: [] for name in _LISTS if not _listed(call, shown, name)}}


def _listed(call: Call, live: Properties, name: str) -> bool:
    return bool(call.properties(live).get(name))


def _find_client(call: Call) -> str | None:
    """Return the pool's client of that name: clients have no tags."""
    found = pages(call, "list_user_pool_clients", "UserPoolClients", UserPoolId=_pool(call), MaxResults=_PAGE)
    return next((str(each["ClientId"]) for each in found if each["ClientName"] == call.inputs["name"]), None)


def _times(inputs: Properties) -> tuple[str, str] | None:
    """Judge how long tokens are good, each in its own unit."""
    units = inputs.get("tokenValidityUnits", {})
    for name, (unit_of, usual, least, most) in _TOKENS.items():
        length = inputs.get(name)
        if length is None or has_unknown([length, units]):
            continue
        seconds = int(length) * _UNITS.get(units.get(unit_of) or usual, 0)
        if not least <= seconds <= most:
            return name, f"must be {least} to {most} seconds, got {seconds}"
    return None


def _signing_in(inputs: Properties) -> tuple[str, str] | None:
    """Judge the pages of sign-in: what they need is given together, and where people come back to is safe."""
    for name in ("callbackUrls", "logoutUrls"):
        addresses = inputs.get(name)
        for each in addresses if isinstance(addresses, list) else ():
            if isinstance(each, str) and (not _ADDRESS.fullmatch(each) or "#" in each):
                return name, f"must be https addresses, or http ones of this machine, got {each!r}"
    flows = inputs.get("allowedOauthFlows")
    if isinstance(flows, list) and flows:
        for name in ("allowedOauthScopes", "callbackUrls"):
            if not given(inputs, name):
                return name, "must be given when allowedOauthFlows is"
    back, addresses = inputs.get("defaultRedirectUri"), inputs.get("callbackUrls")
    known = isinstance(back, str) and isinstance(addresses, list) and not has_unknown(addresses)
    if known and back not in (addresses or ()):
        return "defaultRedirectUri", f"must be one of callbackUrls, got {back!r}"
    return None


def _fresh(inputs: Properties) -> tuple[str, str] | None:
    """Judge that refresh tokens are either asked for or rotated."""
    flows, rotation = inputs.get("explicitAuthFlows"), inputs.get("refreshTokenRotation")
    if not isinstance(flows, list) or not isinstance(rotation, dict) or has_unknown([flows, rotation]):
        return None
    if rotation.get("feature") == "ENABLED" and "ALLOW_REFRESH_TOKEN_AUTH" in flows:
        return "explicitAuthFlows", "cannot have ALLOW_REFRESH_TOKEN_AUTH while refresh tokens are rotated"
    return None


def _domain_sent(call: Call, names: Sequence[str]) -> Properties:
    sent = call.parameters("create_user_pool_domain", names)
    if call.inputs.get("certificateArn"):
        sent["CustomDomainConfig"] = {"CertificateArn": call.inputs["certificateArn"]}
    return sent


def _create_domain(call: Call) -> str:
    call.api("create_user_pool_domain", **_domain_sent(call, ("domain", "managedLoginVersion", _POOL)))
    return str(call.inputs["domain"])


def _describe(call: Call, name: str) -> Properties:
    live: Properties = call.api("describe_user_pool_domain", Domain=name).get("DomainDescription") or {}
    if not live.get("Domain"):
        raise Gone("DescribeUserPoolDomain", "ResourceNotFoundException", name)
    return live


def _wait_for_domain(call: Call) -> None:
    call.wait(
        lambda: _describe(call, call.id).get("Status", "ACTIVE") == "ACTIVE", f"the domain {call.id} of a user pool", 1
    )


def _change_domain(call: Call) -> None:
    if call.changed("certificateArn", "managedLoginVersion"):
        sent = _domain_sent(call, ("domain", "managedLoginVersion", _POOL))
        call.api("update_user_pool_domain", **sent)


def _read_domain(call: Call) -> Properties:
    live = _describe(call, call.id)
    edge = live.get("CloudFrontDistribution", "")
    certificate = (live.get("CustomDomainConfig") or {}).get("CertificateArn")
    return {
        "awsAccountId": live.get("AWSAccountId", call.account),
        "certificateArn": certificate,
        "cloudfrontDistribution": edge,
        "cloudfrontDistributionArn": edge,
        "cloudfrontDistributionZoneId": ZONE,
        "domain": live["Domain"],
        "managedLoginVersion": live.get("ManagedLoginVersion", 1),
        "s3Bucket": live.get("S3Bucket", ""),
        _POOL: live["UserPoolId"],
        "version": live.get("Version", ""),
    }


def _find_domain(call: Call) -> str | None:
    """Return the domain when it is the same pool's already: domains have no tags."""
    live = _describe(call, call.inputs["domain"])
    return str(live["Domain"]) if live["UserPoolId"] == call.inputs[_POOL] else None


def _prefix(inputs: Properties) -> tuple[str, str] | None:
    """Judge the name: a word below amazoncognito.com, or a whole domain with a certificate."""
    name = inputs.get("domain")
    if not isinstance(name, str):
        return None
    own = given(inputs, "certificateArn")
    pattern = r"([a-z0-9-]{1,63}\.)+[a-z]{2,63}" if own else r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if not re.fullmatch(pattern, name):
        kind = "a domain name" if own else "one word of small letters, digits and hyphens"
        return "domain", f"must be {kind}, got {name!r}"
    reserved = next((each for each in ("aws", "amazon", "cognito") if each in name and not own), None)
    return ("domain", f"cannot have the word {reserved} in it, got {name!r}") if reserved else None


ENTRIES = (
    Entry(
        token="aws:cognito/userPoolClient:UserPoolClient",
        service="cognito-idp",
        cfn="AWS::Cognito::UserPoolClient",
        names={"name": "ClientName"},
        inputs=("generateSecret", *_CLIENT),
        name=Name(longest=128, pattern=r"[\w\s+=,.@-]+"),
        create=_create_client,
        read=_read_client,
        update=_change_client,
        delete=lambda call: call.api("delete_user_pool_client", **_client(call)),
        find=_find_client,
        sought=("name",),
        defaults={
            "allowedOauthFlowsUserPoolClient": False,
            **{name: [] for name in _LISTS if name not in ("explicitAuthFlows", "readAttributes", "writeAttributes")},
            "authSessionValidity": 3,
            "defaultRedirectUri": None,
            "enableTokenRevocation": True,
            "refreshTokenValidity": 30,
        },
        local=("generateSecret",),
        sets=_LISTS,
        limits={
            "allowedOauthFlows[*]": {"enum": ["code", "implicit"]},
            "authSessionValidity": {"minimum": 3, "maximum": 15},
            "explicitAuthFlows[*]": {"enum": _FLOWS},
            "preventUserExistenceErrors": {"enum": ["ENABLED", "LEGACY"]},
            "refreshTokenRotation.feature": {"enum": ["DISABLED", "ENABLED"]},
            "refreshTokenRotation.retryGracePeriodSeconds": {"minimum": 0, "maximum": 60},
            **{f"tokenValidityUnits.{unit}": {"enum": list(_UNITS)} for unit, *_ in _TOKENS.values()},
        },
        rules=(
            value("generateSecret", lambda on: on is False, "must be false: a client's secret would lie in the state"),
            needs("allowedOauthFlowsUserPoolClient", "allowedOauthFlows"),
            _times,
            _signing_in,
            _fresh,
        ),
    ),
    Entry(
        token="aws:cognito/userPoolDomain:UserPoolDomain",
        service="cognito-idp",
        cfn="AWS::Cognito::UserPoolDomain",
        inputs=("certificateArn", "domain", "managedLoginVersion", _POOL),
        create=_create_domain,
        settle=_wait_for_domain,
        read=_read_domain,
        update=_change_domain,
        delete=lambda call: call.api("delete_user_pool_domain", Domain=call.id, UserPoolId=call.state[_POOL]),
        find=_find_domain,
        defaults={"managedLoginVersion": 1},
        limits={
            "certificateArn": {"pattern": r"^arn:aws:acm:us-east-1:\d{12}:certificate/.+"},
            "managedLoginVersion": {"minimum": 1, "maximum": 2},
        },
        rules=(_prefix,),
        seconds=900,
    ),
)
