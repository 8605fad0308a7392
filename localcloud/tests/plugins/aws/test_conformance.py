"""Every entry of the aws table lives its life on the emulator; what that proves is in conformance.py."""

import pytest

from localcloud.plugins.aws import table
from localcloud.plugins.aws.provider import Provider
from localcloud.tests.plugins.aws.conformance import Case, cases, live, proven


@pytest.mark.cloud
@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_resource_lives_its_life_on_the_embedded_cloud(case: Case, provider: Provider) -> None:
    live(provider, case)


@pytest.mark.parametrize("token", sorted(table.entries()))
def test_every_input_of_the_table_is_proven_by_a_case_or_said_to_be_unproven(token: str) -> None:
    entry = table.entries()[token]
    assert sorted(set(entry.inputs) - proven().get(token, set()) - set(entry.local) - set(entry.dropped)) == []
