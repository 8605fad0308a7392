"""What every component stands on: its options, its outputs, tags, principals of policies, questions to providers."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from infra.core.policies import Principal, Statement
from infra.core.questions import ask
from infra.core.resources import Component
from infra.core.tags import default_tags
from tests import cloud, fakes

TOPIC = "aws:sns/topic:Topic"
TOKEN = "aws:route53/getZone:getZone"
ZONE = {"zoneId": "Z0ROOT", "name": "slipway.example"}


class Outer(Component):
    """A component with two resources in it, the second after the first, and a component."""

    TYPE = "platform:tests:Outer"

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        topic = pulumi.CustomResource(TOPIC, f"{name}-topic", {}, self.child(protect=True))
        pulumi.CustomResource(TOPIC, f"{name}-later", {}, self.child(depends_on=[topic]))
        Inner(f"{name}-inner", self.child())
        self.publish({"zones": ["a", "b"]})


class Inner(Component):
    """A component with one resource in it."""

    TYPE = "platform:tests:Inner"

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        pulumi.CustomResource(TOPIC, f"{name}-topic", {}, self.child())
        self.publish({})


def asked(read: Any = dict, failure: str = "no zone") -> cloud.Recording:
    """Ask for the root zone on the recording engine."""
    opts = pulumi.InvokeOptions()
    return cloud.build(lambda: {"zone": ask(TOKEN, {"name": ZONE["name"]}, opts, read=read, failure=failure)})


def refusal(monkeypatch: pytest.MonkeyPatch, reason: str) -> str:
    """Return what a run ends with when the provider refuses with `reason`."""

    def refuse(_: Mapping[str, Any]) -> dict[str, Any]:
        raise ValueError(reason)

    monkeypatch.setitem(fakes.READ, TOKEN, refuse)
    with pytest.raises(pulumi.RunError) as raised:
        asked()
    return str(raised.value)


def test_default_tags_say_whose_it_is_and_where_it_comes_from() -> None:
    assert default_tags(environment="dev", repository="slipway-platform/slipway") == {
        "slipway:environment": "dev",
        "slipway:repository": "slipway-platform/slipway",
        "slipway:managed-by": "pulumi",
    }


def test_a_principal_is_written_by_its_kind() -> None:
    def written(principal: Principal) -> Any:
        return Statement(sid="X", actions=("sts:AssumeRole",), principal=principal).to_json()["Principal"]

    assert written(Principal.accounts("111111111111")) == {"AWS": "arn:aws:iam::111111111111:root"}
    assert written(Principal.service("ecs-tasks.amazonaws.com")) == {"Service": "ecs-tasks.amazonaws.com"}
    assert written(Principal.service("a.amazonaws.com", "b.amazonaws.com")) == {
        "Service": ["a.amazonaws.com", "b.amazonaws.com"]
    }
    assert written(Principal.federated("arn:aws:iam::1:oidc-provider/x")) == {
        "Federated": "arn:aws:iam::1:oidc-provider/x"
    }


def test_children_hang_below_their_component_with_what_it_knows_of_them() -> None:
    recording = cloud.build(lambda: {"name": Outer("outer").name})
    by_name = {x.name: x for x in recording.resources}
    outer, topic, later = by_name["outer"], by_name["outer-topic"], by_name["outer-later"]
    inner, below = by_name["outer-inner"], by_name["outer-inner-topic"]

    assert recording.result == {"name": "outer"}
    assert [x.token for x in (outer, topic, inner)] == ["platform:tests:Outer", TOPIC, "platform:tests:Inner"]
    assert [x.parent for x in (topic, later, inner, below)] == [outer.urn, outer.urn, outer.urn, inner.urn]
    assert (topic.protect, later.protect) == (True, False)
    assert (topic.depends_on, later.depends_on) == ((), (topic.urn,))
    assert not any(x.inputs for x in recording.resources)


def test_a_component_takes_the_options_of_its_caller() -> None:
    [outer, *_] = cloud.build(lambda: Outer("outer", pulumi.ResourceOptions(protect=True))).resources

    assert outer.protect


def test_outputs_are_published_as_they_are_given() -> None:
    recording = cloud.build(lambda: Outer("outer"))

    assert recording.published[recording.one("platform:tests:Outer").urn] == {"zones": ["a", "b"]}
    assert recording.published[recording.one("platform:tests:Inner", "outer-inner").urn] == {}


def test_an_answer_is_what_is_read_of_it() -> None:
    recording = asked(read=lambda answer: answer["zoneId"])

    assert recording.result == {"zone": "Z0ROOT"}
    assert recording.calls == ((TOKEN, {"name": "slipway.example"}),)


def test_a_question_goes_to_the_version_of_the_provider_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    versions: list[str] = []

    class Told(cloud._Monitor):
        def Invoke(self, request: Any) -> Any:  # noqa: N802  # the engine's name of the call
            versions.append(request.version)
            return super().Invoke(request)

    monkeypatch.setattr(cloud, "_Monitor", Told)
    opts = pulumi.InvokeOptions(version="7.51.1")
    cloud.build(lambda: {"zone": ask(TOKEN, {"name": "slipway.example"}, opts, read=dict, failure="no zone")})

    assert versions == ["7.51.1"]


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("no hosted zone found", "no zone: no hosted zone found"),
        ("reading the zone:\n\naccess denied\n", "no zone: access denied"),
        (f"invoke of {TOKEN} failed: access denied", "no zone: access denied"),
        (f"invocation of {TOKEN} returned an error: invoke of {TOKEN} failed: denied", "no zone: denied"),
        ("the invoke of x failed: denied", "no zone: the invoke of x failed: denied"),
        (f"invoke of {TOKEN} failed: ", "no zone: no reason given"),
    ],
)
def test_a_refused_question_ends_the_run_with_the_providers_last_line(
    monkeypatch: pytest.MonkeyPatch, reason: str, shown: str
) -> None:
    assert refusal(monkeypatch, reason) == shown


def test_an_error_without_words_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(pulumi.runtime, "invoke_async", fails)

    with pytest.raises(pulumi.RunError) as raised:
        asked()

    assert str(raised.value) == "no zone: no reason given"


def test_a_refusal_of_the_reader_is_left_as_it_is() -> None:
    def read(_: Mapping[str, Any]) -> str:
        raise pulumi.RunError("the zone has no name servers")

    with pytest.raises(pulumi.RunError) as raised:
        asked(read=read)

    assert str(raised.value) == "the zone has no name servers"
