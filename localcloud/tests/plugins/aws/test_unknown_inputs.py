"""At a preview any input may be unknown, whole or somewhere inside: Check must neither fail nor judge it."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import UNKNOWN, Check
from localcloud.tests.plugins.aws.conformance import ACCOUNT, REGION, Case, cases


@pytest.fixture(scope="module")
def silent_provider() -> Iterator[Provider]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        made = Provider()
        made.configure({"region": REGION, "allowedAccountIds": [ACCOUNT]})
        yield made


@pytest.mark.parametrize("case", cases(), ids=str)
def test_an_input_that_is_not_known_yet_is_not_refused(case: Case, silent_provider: Provider) -> None:
    wanted = dict(case.inputs)
    for change in ({}, *case.updates):
        wanted = {key: value for key, value in {**wanted, **change}.items() if value is not None}
        for inputs in _each_unknown(_without_references(wanted)):
            answer = silent_provider.check(Check("urn:pulumi:a::b::c::main", case.token, inputs))
            assert answer.failures == [], inputs


def _without_references(value: Any) -> Any:
    """Return inputs with what comes from a parent unknown, as a first preview has it."""
    if isinstance(value, dict):
        return {key: _without_references(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_references(each) for each in value]
    return UNKNOWN if isinstance(value, str) and "${" in value else value


def _each_unknown(value: Any) -> Iterator[Any]:
    """Yield the value itself, and copies in which one part of it, at any depth, is unknown."""
    yield value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(parts):
        for changed in (UNKNOWN, *_each_unknown(each)):
            copy: Any = dict(value) if isinstance(value, dict) else list(value)
            copy[key] = changed
            yield copy
