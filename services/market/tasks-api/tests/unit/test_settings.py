"""What the environment may say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from src.services.logins import Login, from_secret, from_url
from src.utils.settings import Settings, SettingsError

SERVICE = Path(__file__).parents[2]
ENOUGH = {
    "DATABASE_URL": "postgres://a@b/c",
    "CACHE_URL": "redis://cache",
    "KEY_SET_URL": "http://market-api:8001/.well-known/jwks.json",
    "TOKEN_ISSUER": "http://market.test",
}


def problems(environment: dict[str, str], role: str = "api") -> list[str]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment, role)  # type: ignore[arg-type]
    return str(raised.value).split("; ")


def test_the_defaults_are_those_of_a_service_in_production() -> None:
    settings = Settings.from_environment(ENOUGH)
    assert (settings.port, settings.reload, settings.log_level) == (8000, False, "info")
    assert (settings.cache_prefix, settings.token_audience) == ("market", "market")
    assert (settings.cors_origins, settings.rate_limit_per_minute) == ((), 600)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = {
        "PORT": "70000",
        "RELOAD": "maybe",
        "LOG_LEVEL": "loud",
        "CACHE_PREFIX": "a:b",
        "CORS_ORIGINS": "https://good.example.com, *",
        "RATE_LIMIT_PER_MINUTE": "-1",
    }
    assert problems(wrong) == [
        "PORT: a number from 1 to 65535, got '70000'",
        "RELOAD: true or false, got 'maybe'",
        "LOG_LEVEL: debug or info or warning or error, got 'loud'",
        "CACHE_PREFIX: letters, digits, - and _, got 'a:b'",
        "CORS_ORIGINS: origins such as https://market.example.com, joined by commas, got '*'",
        "RATE_LIMIT_PER_MINUTE: a number from 0 to 10000000, got '-1'",
        "DATABASE_SECRET_ARN or DATABASE_URL: one of them is needed",
        "CACHE_SECRET_ARN or CACHE_URL: one of them is needed",
        "KEY_SET_URL: needed, the address of market-api's key set",
        "TOKEN_ISSUER: needed, who issues the tokens",
    ]


def test_each_part_needs_only_its_own() -> None:
    database = {"DATABASE_URL": "postgres://a@b/c"}
    assert Settings.from_environment(database, "migration").database_url == "postgres://a@b/c"
    assert problems(database, "worker") == ["EVENTS_QUEUE_URL: needed, the queue to take events from"]


@pytest.mark.parametrize("module", ["src.main", "src.worker", "src.migrate"])
def test_a_process_without_settings_ends_with_one_line(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=SERVICE,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = (done.stdout + done.stderr).splitlines()
    assert (done.returncode, len(lines)) == (1, 1)
    assert "DATABASE_SECRET_ARN or DATABASE_URL: one of them is needed" in lines[0]


def test_a_database_address_is_read_with_its_defaults() -> None:
    assert from_url("postgres://me:p%40ss@server/name") == Login(
        host="server", port=5432, username="me", password="p@ss", name="name"
    )


def test_a_cache_address_says_by_its_scheme_whether_it_has_tls() -> None:
    assert from_url("redis://cache") == Login(host="cache", port=6379)
    assert from_url("rediss://me:secret@cache:7000") == Login(
        host="cache", port=7000, username="me", password="secret", tls=True
    )


def test_a_database_secret_has_tls_without_saying_so_and_a_cache_as_it_says() -> None:
    database = '{"engine":"postgres","host":"h","port":5432,"dbname":"d","username":"u","password":"p"}'
    assert from_secret(database).tls is True
    assert from_secret('{"host":"h","port":6379,"username":"u","password":"p","tls":true}').tls is True
    assert from_secret('{"host":"h","port":"6379","tls":false}') == Login(host="h", port=6379)


def test_a_login_shows_no_password() -> None:
    assert repr(from_url("postgres://me:secret@server/name")) == "Login(me@server:5432/name)"
