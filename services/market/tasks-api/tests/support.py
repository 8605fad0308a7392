"""An issuer of tokens with its key set on a real address, and small servers that remember what they were sent."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "http://market.test"
AUDIENCE = "market"
USER = "7b0c1c0e-3f43-4b58-9f0b-0f6a7b0c1c0e"
OTHER = "0e7b0c1c-3f43-4b58-9f0b-0f6a7b0c1c0e"
PATIENCE_SECONDS = 60


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@functools.cache
def first_key() -> rsa.RSAPrivateKey:
    """Made once: a key takes a second on a busy machine."""
    return new_key()


@functools.cache
def another_key() -> rsa.RSAPrivateKey:
    return new_key()


def public_jwk(key: rsa.RSAPrivateKey, identity: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()

    def text(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

    return {"kty": "RSA", "kid": identity, "use": "sig", "alg": "RS256", "n": text(numbers.n), "e": text(numbers.e)}


@dataclass
class Issuer:
    """Issues tokens, and says its public keys where `url` is."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"one": first_key()})
    published: list[dict[str, str]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    status: int = 200

    def __post_init__(self) -> None:
        self.published = [public_jwk(key, identity) for identity, key in self.keys.items()]

    def token(
        self, subject: str = USER, *, kid: str = "one", key: Any = None, headers: Any = None, **claims: Any
    ) -> str:
        """A good token of the user's, changed by what is given; a claim of None is left out."""
        now = int(time.time())
        good = {
            "sub": subject,
            "email": "ada@example.com",
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 900,
            "jti": uuid.uuid4().hex,
            "scope": "tasks:write items:write",
        }
        body = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode(body, key or self.keys[kid], algorithm="RS256", headers={"kid": kid, **(headers or {})})

    def headers(self, subject: str = USER) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(subject)}"}


@contextlib.contextmanager
def served(answer: Callable[[str, dict[str, str], bytes], tuple[int, bytes]]) -> Iterator[str]:
    """An HTTP server on a free port of loopback that answers by (path, headers, body); its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = answer(self.path, headers, body)
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET  # noqa: N815 # the base class's own name

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer whose key set can be fetched."""
    issuer = Issuer()

    def answer(_: str, headers: dict[str, str], __: bytes) -> tuple[int, bytes]:
        issuer.requests.append(headers)
        return issuer.status, json.dumps({"keys": issuer.published}).encode()

    with served(answer) as url:
        issuer.url = f"{url}/.well-known/jwks.json"
        yield issuer
