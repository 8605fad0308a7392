"""Names and types between Pulumi, boto3 and the SDK."""

from typing import Any

import botocore.session
import pytest

from localcloud.plugins.aws.shapes import fit, match, pairs, to_boto, to_pulumi


def _input(service: str, operation: str) -> Any:
    return botocore.session.Session().get_service_model(service).operation_model(operation).input_shape


@pytest.mark.parametrize(
    ("name", "candidate"),
    [
        ("vpcId", "VpcId"),
        ("subnets", "Subnet"),
        ("policy", "Policies"),
        ("entries", "Entry"),
        ("enableEcsManagedTags", "enableECSManagedTags"),
    ],
)
def test_names_are_matched_by_letters_in_singular_and_plural(name: str, candidate: str) -> None:
    assert match(name, ["Other", candidate]) == candidate


def test_inputs_become_parameters_of_the_right_kind() -> None:
    shape = _input("elbv2", "CreateTargetGroup")
    given = {"name": "web", "port": "80", "vpcId": "vpc-1", "healthCheckEnabled": "true"}
    assert to_boto(shape, given, {}) == {"Name": "web", "Port": 80, "VpcId": "vpc-1", "HealthCheckEnabled": True}


def test_renames_hold_everywhere_or_at_one_place() -> None:
    shape = _input("ecs", "CreateCluster")
    given = {"name": "main", "settings": [{"name": "containerInsights", "value": "enabled"}]}
    assert to_boto(shape, given, {"name": "clusterName", "settings.name": "name"}) == {
        "clusterName": "main",
        "settings": [{"name": "containerInsights", "value": "enabled"}],
    }


def test_an_input_without_a_parameter_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match=r"has no member for the property settings\.colour"):
        to_boto(_input("ecs", "CreateCluster"), {"settings": [{"colour": "red"}]}, {})


def test_answers_come_back_under_the_names_and_types_of_the_sdk() -> None:
    kinds = {"properties": {"arn": "string", "port": "integer", "on": "boolean", "tags": {"*": "string"}}}
    live = {"ThingArn": "arn:1", "Port": "80", "On": "true", "Tags": [{"Key": "a", "Value": "b"}], "More": 1}
    assert to_pulumi(kinds, live, {"arn": "ThingArn"}) == {"arn": "arn:1", "port": 80, "on": True, "tags": {"a": "b"}}


def test_lists_and_single_values_are_turned_into_what_the_sdk_has() -> None:
    kinds = {"properties": {"many": ["string"], "one": {"properties": {"id": "string"}}}}
    assert to_pulumi(kinds, {"Many": "a", "One": [{"Id": "x"}]}, {}) == {"many": ["a"], "one": {"id": "x"}}


def test_what_does_not_fit_the_sdks_type_is_dropped() -> None:
    kinds = {"properties": {"count": "integer", "names": ["string"], "inner": {"properties": {"a": "boolean"}}}}
    assert fit(kinds, {"count": "many", "names": "x", "inner": {"a": "perhaps", "b": 1}, "more": 1}) == {"inner": {}}


@pytest.mark.parametrize(
    "tags",
    [[{"Key": "a", "Value": "b"}], [{"key": "a", "value": "b"}], [{"TagKey": "a", "TagValue": "b"}], {"a": "b"}],
)
def test_tags_of_every_service_are_one_map(tags: Any) -> None:
    assert pairs(tags) == {"a": "b"}


def test_a_service_without_tags_has_none() -> None:
    assert pairs(None) == {}


def test_lists_with_a_count_go_there_and_back() -> None:
    shape = _input("cloudfront", "UpdateDistribution").members["DistributionConfig"]
    sent = to_boto(shape, {"aliases": ["a.example", "b.example"], "originGroups": []}, {})
    assert sent == {
        "Aliases": {"Quantity": 2, "Items": ["a.example", "b.example"]},
        "OriginGroups": {"Items": [], "Quantity": 0},
    }
    assert to_pulumi(["string"], sent["Aliases"], {}) == ["a.example", "b.example"]
    assert to_pulumi(["string"], {"Quantity": 0}, {}) == []


def test_a_counted_list_that_can_be_switched_on_is_on_while_it_has_items() -> None:
    shape = _input("cloudfront", "UpdateDistribution").members["DistributionConfig"].members["DefaultCacheBehavior"]
    assert to_boto(shape, {"trustedKeyGroups": ["group"]}, {}) == {
        "TrustedKeyGroups": {"Enabled": True, "Quantity": 1, "Items": ["group"]}
    }
    assert to_boto(shape, {"trustedKeyGroups": []}, {})["TrustedKeyGroups"]["Enabled"] is False


def test_a_counted_list_may_stand_beside_other_properties() -> None:
    shape = _input("cloudfront", "UpdateDistribution").members["DistributionConfig"].members["Restrictions"]
    given = {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}}
    assert to_boto(shape, given, {"locations": "Items"}) == {
        "GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}
    }
