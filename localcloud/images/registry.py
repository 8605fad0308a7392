"""What a container registry says: whether it can be reached, and which digest a tag has now."""

import functools
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from email.message import Message

from localcloud.errors import Trouble

SECONDS = 3.0
DOCKER_HUB = "registry-1.docker.io"
MANIFESTS = ", ".join(
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]
)
Answer = tuple[int, Message, bytes]


def split(name: str) -> tuple[str, str, str]:
    """Return registry host, repository and tag of an image name, as the Docker client reads it."""
    repository, _, tag = name.rpartition(":")
    host, slash, rest = repository.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        return host, rest, tag
    return DOCKER_HUB, repository if slash else f"library/{repository}", tag


@functools.cache
def reachable(host: str) -> bool:
    """Say whether a registry answers there within three seconds, name resolution included; asked once a run."""
    verdict: list[bool] = []

    def ask() -> None:
        try:
            verdict.append(request("HEAD", f"https://{host}/v2/")[0] in {200, 401})
        except OSError:
            verdict.append(False)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(SECONDS)
    return verdict == [True]


def request(method: str, url: str, headers: dict[str, str] | None = None) -> Answer:
    """Return status, headers and body; raises OSError when nobody answers."""
    asked = urllib.request.Request(url, method=method, headers=headers or {})  # noqa: S310 - always https
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def digest(name: str, ask: Callable[..., Answer] = request) -> str:
    """Return the digest that the registry has for the image's tag now; a Trouble when it does not say."""
    host, repository, tag = split(name)
    url = f"https://{host}/v2/{repository}/manifests/{tag}"
    headers = {"Accept": MANIFESTS}
    try:
        status, said, _ = ask("HEAD", url, headers)
        if status == 401:
            token = _token(said.get("WWW-Authenticate", ""), ask)
            status, said, _ = ask("HEAD", url, {**headers, "Authorization": f"Bearer {token}"})
    except OSError as error:
        raise Trouble(f"the registry {host} cannot be reached: {error}", "try again where it can be reached") from error
    found = said.get("Docker-Content-Digest", "")
    if status != 200 or not found:
        raise Trouble(f"the registry {host} answers {status} for {name}", "check the name and the tag")
    return found


def _token(challenge: str, ask: Callable[..., Answer]) -> str:
    """Return an anonymous token for reading, from where the registry's challenge sends us."""
    given = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    realm = given.pop("realm", "")
    if not realm.startswith("https://"):
        raise Trouble("the registry asks for a login that this command cannot do", "write the digest by hand")
    status, _, body = ask("GET", f"{realm}?{urllib.parse.urlencode(given)}", {})
    if status != 200:
        raise Trouble(f"the registry gives no token: {status}", "try again later")
    answer: dict[str, str] = json.loads(body)
    return answer.get("token") or answer["access_token"]
