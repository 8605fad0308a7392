from localcloud.cloud import registry_address

ENDPOINT = "http://127.0.0.1:4566"
ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64


def test_an_ecr_tag_is_pulled_from_the_cloud() -> None:
    found = registry_address(f"{ECR}/counter/backend:1f2e", ENDPOINT)
    assert found == "127.0.0.1:4566/111111111111/eu-west-1/counter/backend:1f2e"


def test_an_ecr_digest_is_pulled_from_the_cloud() -> None:
    found = registry_address(f"{ECR}/counter/backend@{DIGEST}", ENDPOINT + "/")
    assert found == f"127.0.0.1:4566/111111111111/eu-west-1/counter/backend@{DIGEST}"


def test_any_other_name_stays_as_it_is() -> None:
    for name in ("nginx:alpine", "public.ecr.aws/docker/library/python:3.13", "127.0.0.1:4566/x/y:1", ""):
        assert registry_address(name, ENDPOINT) == name
