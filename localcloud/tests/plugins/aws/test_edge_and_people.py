"""What a distribution, a user pool and a written-only parameter do beside the life that every resource has."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.provider import Provider
from localcloud.tests.plugins.aws.cases.cloudfront import ACCESS, BUCKET, PLAIN, POLICY
from localcloud.tests.plugins.aws.cases.cognito import attribute
from localcloud.tests.plugins.aws.conformance import REGION, Life

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    yield made
    made.end()


def api(life: Life, service: str) -> Any:
    return life.provider.session.client(service, REGION)


def test_a_retained_distribution_is_switched_off_and_stays(life: Life) -> None:
    life.parents((BUCKET, ACCESS, POLICY))
    made = life.make(
        "aws:cloudfront/distribution:Distribution", "main", life.resolved({**PLAIN, "retainOnDelete": True})
    )

    life.delete(made)

    answer = api(life, "cloudfront").get_distribution(Id=made.id)
    assert answer["Distribution"]["DistributionConfig"]["Enabled"] is False
    made.inputs = {key: value for key, value in made.inputs.items() if key != "retainOnDelete"}
    life.delete(made)
    assert life.read(made) is None
    life.made.remove(made)


def test_an_attribute_of_a_user_pool_can_be_added_and_not_changed(life: Life) -> None:
    pool = life.make("aws:cognito/userPool:UserPool", "people", {"schemas": [attribute("plan")]})
    other = attribute("plan", mutable=False)

    with pytest.raises(Trouble, match=r"cannot be changed or removed → add another one"):
        life.update(pool, life.checked(pool, {"schemas": [other]}, pool.inputs))

    life.update(pool, life.checked(pool, {"schemas": [attribute("plan"), attribute("language")]}, pool.inputs))
    names = {each["name"] for each in pool.outputs["schemas"]}
    assert names == {"plan", "language"}


def test_a_written_only_text_reaches_aws_and_no_output(life: Life) -> None:
    inputs = {"name": "/slipway/hidden", "type": "SecureString", "valueWo": "first", "valueWoVersion": 1}
    made = life.make("aws:ssm/parameter:Parameter", "hidden", inputs)
    assert "first" not in str(made.outputs)
    assert made.outputs["hasValueWo"] is True

    alone = life.checked(made, {**inputs, "valueWo": "second"}, made.inputs)
    assert life.diff(made, alone).changes == {}
    life.update(made, life.checked(made, {**inputs, "valueWo": "second", "valueWoVersion": 2}, made.inputs))

    live = api(life, "ssm").get_parameter(Name="/slipway/hidden", WithDecryption=True)["Parameter"]
    assert live["Value"] == "second"
    assert "second" not in str(life.read(made).outputs)
