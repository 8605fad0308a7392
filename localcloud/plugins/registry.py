"""Images in the registry of the embedded cloud: what they are called, and the registry protocol over loopback."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from localcloud.errors import Trouble

PATIENCE = 60.0
MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Name:
    """An image's name, taken apart: `HOST/REPOSITORY[:TAG][@DIGEST]`."""

    host: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def reference(self) -> str:
        """What asks a registry for it: the digest, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"


@dataclass(frozen=True)
class Login:
    """What a registry is told about who asks; printing it does not show the password."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.username!r})"

    @property
    def basic(self) -> str:
        """The value after `Basic` in an authorization header, also of `auths` in Docker's configuration."""
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


def parse(name: str) -> Name:
    """Take an image's name apart; a Trouble names one that has no registry or no valid digest."""
    rest, _, digest = name.partition("@")
    if digest and not DIGEST.fullmatch(digest):
        raise Trouble(f"the image {name} has {digest!r} as digest", "a digest is sha256: and 64 hex digits")
    host, slash, path = rest.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        raise Trouble(f"the image {name} is in no registry of this machine", "give the repository's whole address")
    folder, _, last = path.rpartition("/")
    last, _, tag = last.partition(":")
    return Name(host, f"{folder}/{last}" if folder else last, tag, digest)


def local(name: str) -> str:
    """Return the name by which an image is pushed and pulled on this machine; a Trouble if that leaves it.

    An ECR name lies behind AWS_ENDPOINT_URL; the address of a registry on loopback stays as it is.
    """
    from localcloud.cloud.addresses import registry_address  # brings boto3 along: 0.1 s that a start saves

    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    address = registry_address(name, endpoint) if endpoint else name
    host = parse(address).host
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        why = "AWS_ENDPOINT_URL is not set" if not endpoint else "only registries on loopback are asked"
        raise Trouble(f"the image {name} is not on this machine: {why}", "run it on the embedded cloud")
    return address


def login_for(host: str, logins: Mapping[str, Login]) -> Login | None:
    """Return what to log in with at an image's host; the keys of `logins` are addresses as the program has them."""
    for address, login in logins.items():
        plain = address.partition("://")[2] or address
        if plain.split("/")[0] == host:
            return login
    return None


def digest_of(name: str, logins: Mapping[str, Login]) -> str | None:
    """Return the digest that an image's name stands for now, or None when there is no such image or repository."""
    return Repository(name, logins).digest()


class Repository:
    """One image's place in a registry: looks there, and pushes small things; not for layers of real size."""

    def __init__(self, name: str, logins: Mapping[str, Login]) -> None:
        place = parse(local(name))
        self._name = name
        self._place = place
        self._login = login_for(parse(name).host, logins)

    def digest(self) -> str | None:
        """Return the digest of the image, or None when it is not there."""
        answer = self._call("HEAD", f"manifests/{self._place.reference}", {"Accept": MANIFESTS})
        return answer.headers.get("docker-content-digest") if answer.found else None

    def labels(self) -> dict[str, str] | None:
        """Return the labels of the image, or None when it is not there or stands for several platforms."""
        answer = self._call("GET", f"manifests/{self._place.reference}", {"Accept": MANIFESTS})
        config = json.loads(answer.body).get("config") if answer.found else None
        if config is None:
            return None
        blob = self._call("GET", f"blobs/{config['digest']}")
        return dict((json.loads(blob.body).get("config") or {}).get("Labels") or {}) if blob.found else None

    def put_blob(self, content: bytes) -> str:
        """Push a blob in one request; return its digest."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        begun = self._call("POST", "blobs/uploads/", must=True)
        location = urlsplit(begun.headers["location"])
        query = f"{location.query}&" if location.query else ""
        self._send("PUT", f"{location.path}?{query}digest={digest}", {}, content, must=True)
        return digest

    def put_manifest(self, manifest: Mapping[str, Any]) -> str:
        """Push a manifest under the name's tag; return its digest."""
        content = json.dumps(manifest, sort_keys=True).encode()
        media_type = {"Content-Type": manifest["mediaType"]}
        self._call("PUT", f"manifests/{self._place.reference}", media_type, content, must=True)
        return f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        must: bool = False,
    ) -> _Answer:
        """Ask for something of this repository; `must` makes "not found" an error."""
        return self._send(method, f"/v2/{self._place.repository}/{path}", headers or {}, body, must)

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, must: bool) -> _Answer:
        """Send one request; a Trouble says what the registry, or the line to it, objects to."""
        host = self._place.host
        login = {"Authorization": f"Basic {self._login.basic}"} if self._login else {}
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers={**headers, **login})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(
                f"the registry at {host} does not answer for {self._name} ({error})", "start the embedded cloud"
            ) from error
        finally:
            connection.close()
        if response.status == 404 and not must:
            return _Answer(False, {}, b"")
        if response.status >= 300:
            raise Trouble(f"the registry at {host} refuses {self._name}: {_reason(response.status, content)}")
        found = {key.lower(): value for key, value in response.getheaders()}
        return _Answer(True, found, content)


@dataclass(frozen=True)
class _Answer:
    """What a registry said; headers by their names in lower case."""

    found: bool
    headers: Mapping[str, str]
    body: bytes


def _reason(status: int, content: bytes) -> str:
    """Return a registry's own words for an error."""
    try:
        errors = json.loads(content)["errors"]
        return "; ".join(f"{each['code']}: {each['message']}" for each in errors)
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status}"
