"""Files that are written from code are what the code would write today."""

import pytest

from localcloud.plugins.aws import generate, parity


@pytest.mark.slow
def test_the_schema_is_what_the_installed_sdk_and_the_resource_schemas_say() -> None:
    assert generate.SCHEMA.read_text() == generate.text()


def test_the_parity_page_is_what_the_table_says() -> None:
    assert parity.PAGE.read_text() == parity.text()
