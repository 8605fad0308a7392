"""Files that are written from code are what the code would write today."""

import importlib.util
import re
from pathlib import Path

import pytest

from localcloud.plugins.aws import checking, generate, parity, table


@pytest.mark.slow
def test_the_schema_is_what_the_installed_sdk_and_the_resource_schemas_say() -> None:
    assert generate.SCHEMA.read_text() == generate.text()


def test_the_parity_page_is_what_the_table_says() -> None:
    assert parity.PAGE.read_text() == parity.text()


def test_no_ledger_keeps_what_the_sdk_calls_a_secret() -> None:
    found = importlib.util.find_spec("pulumi_aws")
    assert found is not None
    assert found.origin is not None
    secret: dict[str, set[str]] = {}
    for file in Path(found.origin).parent.glob("*/*.py"):
        text = file.read_text()
        names = re.search(r"additional_secret_outputs=\[([^]]*)\]", text)
        token = re.search(r"super\(\w+, __self__\)\.__init__\(\s*'(aws:[^']+)'", text)
        if names and token:
            secret[token[1]] = set(re.findall(r'"(\w+)"', names[1]))
    assert {"secretString", "secretStringWo"} <= secret["aws:secretsmanager/secretVersion:SecretVersion"]
    for kind, hidden in secret.items():
        if entry := table.entries().get(kind):
            assert checking.kept(entry, dict.fromkeys(hidden, "s")) == {}, kind
