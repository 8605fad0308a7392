"""The quick start: the same classes as by a plain import, and nothing breaks where it finds something else."""

import json
import subprocess
import sys

import pytest

from tests import program_start
from tests.infra import stacks

USED = """
import json, sys
{enter}
import pulumi_aws as aws, pulumi_docker as docker, pulumi_docker_build as docker_build
found = {{}}
for path in {paths!r}:
    value = {{"aws": aws, "docker": docker, "docker_build": docker_build}}[path.split(".")[0]]
    for name in path.split(".")[1:]:
        value = getattr(value, name)
    found[path] = [value.__module__, value.__qualname__, getattr(value, "pulumi_type", "")]
print(json.dumps(found))
"""
ENTER = "from infra.core import sdk; sdk.enter()"
PATHS = [
    "aws.Provider",
    "aws.get_availability_zones_output",
    "aws.acm.Certificate",
    "aws.acm.CertificateArgs",
    "aws.ec2.DefaultSecurityGroup",
    "aws.ec2.Vpc",
    "aws.ec2.VpcEndpoint",
    "aws.ec2.VpcEndpointDnsOptionsArgs",
    "aws.ecr.get_authorization_token_output",
    "aws.ecr.GetAuthorizationTokenResult",
    "aws.kms.Alias",
    "aws.lb.LoadBalancer",
    "aws.lb.outputs.ListenerDefaultAction",
    "aws.route53.get_zone_output",
    "aws.s3.BucketVersioning",
    "aws.s3.BucketVersioningInitArgs",
    "aws.sqs.Queue",
    "docker_build.Image",
    "docker_build.Provider",
]


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=stacks.REPOSITORY, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.slow
def test_classes_are_the_same_as_by_a_plain_import() -> None:
    quick = json.loads(run(USED.format(enter=ENTER, paths=PATHS)))
    plain = json.loads(run(USED.format(enter="", paths=PATHS)))

    assert quick == plain
    assert set(quick) == set(PATHS)


@pytest.mark.slow
def test_every_type_of_the_stacks_is_entered_without_running_a_package() -> None:
    program = f"""
{ENTER}
from infra import program
print([name for name in sdk.PACKAGES if "_ran" in vars(sys.modules[name])])
"""

    assert run(f"import sys\n{program}") == "[]\n"


def test_a_name_that_no_file_has_is_looked_for_in_the_whole_package() -> None:
    program = f"""
{ENTER}
from pulumi_aws import sns
print(sns.Topic.__module__, "_ran" in vars(sns))
try:
    sns.Nothing
except AttributeError as error:
    print(error, "_ran" in vars(sns))
print(sns.Topic.__module__)
"""

    assert run(program).splitlines() == [
        "pulumi_aws.sns.topic False",
        "module 'pulumi_aws.sns' has no attribute 'Nothing' True",
        "pulumi_aws.sns.topic",
    ]


def test_an_sdk_that_is_imported_already_stays_as_it_is() -> None:
    program = f"""
import pulumi_aws.sns
before = pulumi_aws.sns
{ENTER}
print(pulumi_aws.sns is before, type(sys.modules["pulumi_aws"]).__name__)
"""

    assert run(f"import sys\n{program}") == "True module\n"


def test_a_missing_sdk_is_not_the_quick_starts_business() -> None:
    program = """
from infra.core import sdk
sdk.PACKAGES = ("no_such_package", "no_such_package.part")
sdk.enter()
import sys
print("no_such_package" in sys.modules)
"""

    assert run(program) == "False\n"


@pytest.mark.slow
def test_a_program_start_is_measured_in_seconds_and_megabytes() -> None:
    seconds, megabytes = program_start.measure()

    assert 0 < seconds < 60
    assert 30 < megabytes < 120
