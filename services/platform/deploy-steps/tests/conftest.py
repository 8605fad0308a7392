"""A Postgres of the tests' own with TLS, secrets in a mocked account, and the authority that vouches for the server."""

import datetime
import ipaddress
import json
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from deploy_steps import aws
from moto import mock_aws

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Mock the AWS account, and wait for nothing."""
    for name, value in {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("RDS_TRUST_STORE_URL", raising=False)
    monkeypatch.setattr(aws, "PAUSE_SECONDS", 0)
    with mock_aws():
        yield


@pytest.fixture
def secret() -> Callable[..., str]:
    """Make a secret, with a value or without one, and return its ARN."""

    def make(name: str, value: dict[str, Any] | None = None) -> str:
        text = {} if value is None else {"SecretString": json.dumps(value)}
        arn: str = boto3.client("secretsmanager").create_secret(Name=name, **text)["ARN"]
        return arn

    return make


def value_of(arn: str) -> dict[str, Any]:
    """Return what lies in a secret."""
    found: dict[str, Any] = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    return found


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and a server's certificate of it: files, and the authority's own as text."""

    pem: str
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return how a client checks the server."""
        return ssl.create_default_context(cadata=self.pem)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make an authority and a certificate for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("authority")
    root_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of tests")])
    root = _signed(root_name, root_name, root_key.public_key(), root_key, x509.BasicConstraints(True, None))
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of tests")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = _signed(server_name, root_name, server_key.public_key(), root_key, address)
    key = folder / "server.key"
    key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    key.chmod(0o600)
    certificate = folder / "server.crt"
    certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    return Authority(root.public_bytes(serialization.Encoding.PEM).decode(), certificate, key)


def _signed(
    name: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    by: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(by, hashes.SHA256())
    )


@pytest.fixture
def trust_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Answer whoever asks for the trust store with a text."""

    def answer(text: str) -> None:
        file = tmp_path / "bundle.pem"
        file.write_text(text)
        monkeypatch.setenv("RDS_TRUST_STORE_URL", "http://trust.example/bundle.pem")
        monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: file.open("rb"))

    return answer
