"""Mail, workers and stores in the stacks; of real AWS's traps 29, bounces before mail, and 30, scaling by a backlog."""

import json
from dataclasses import MISSING
from typing import Any

import pytest

from infra import config, program
from infra.components.cache import CacheArgs
from infra.components.cache_user import CacheUserArgs
from infra.components.container_service import ContainerServiceArgs
from infra.components.database import DatabaseArgs
from infra.components.database_proxy import DatabaseProxyArgs
from infra.components.fargate_service import FargateService
from infra.components.logical_database import LogicalDatabaseArgs
from infra.components.mail import Mail
from infra.components.queue import Queue, QueueArgs
from infra.components.secret import SecretArgs
from infra.components.worker import WorkerArgs
from tests import cloud
from tests.infra import examples, stacks

environments = pytest.mark.parametrize("stack", stacks.ENVIRONMENTS)


def alarms(stack: str) -> dict[str, dict[str, Any]]:
    return {x.name: x.inputs for x in stacks.recorded(stack).of("MetricAlarm")}


@environments
def test_trap_29_bounces_are_heard_before_anybody_may_send(stack: str) -> None:
    recording = stacks.recorded(stack)
    heard = recording.one("ConfigurationSetEventDestination")
    task = recording.one("TaskDefinition", "anythingyouwantt-mail-service")

    assert heard.inputs["eventDestination"]["matchingEventTypes"] == ["BOUNCE", "COMPLAINT", "REJECT", "SEND"]
    assert heard.urn in task.request.propertyDependencies["containerDefinitions"].urns
    assert recording.one("aws:sesv2/configurationSet:ConfigurationSet").inputs["suppressionOptions"] == {
        "suppressedReasons": ["BOUNCE", "COMPLAINT"]
    }
    subscription = recording.one("TopicSubscription", "mail-events-mail")
    assert (subscription.inputs["protocol"], subscription.inputs["rawMessageDelivery"]) == ("sqs", True)
    assert json.loads(subscription.inputs["filterPolicy"]) == {"eventType": ["Bounce", "Complaint", "Reject"]}
    assert recording.one("QueuePolicy", "mail-events-policy").urn in subscription.depends_on


@environments
def test_the_mail_service_hears_of_its_mails_before_it_sends_one(stack: str) -> None:
    recording = stacks.recorded(stack)
    heard = recording.one("TopicSubscription", "anythingyouwantt-receipts-sent")
    service = recording.one("aws:ecs/service:Service", "anythingyouwantt-mail-service")

    assert json.loads(heard.inputs["filterPolicy"]) == {
        "eventType": ["Send"],
        "mail": {"tags": {"order": [{"exists": True}]}},
    }
    assert heard.inputs["filterPolicyScope"] == "MessageBody"
    assert heard.urn in service.depends_on
    # Shorter than the 30 s for which the mail service waits before it repeats what a dead worker began.
    assert recording.one("aws:sqs/queue:Queue", "anythingyouwantt-receipts").inputs["visibilityTimeoutSeconds"] == 10


@environments
def test_trap_29_receivers_can_check_the_mail(stack: str) -> None:
    domain = f"{stack}.slipway.example"
    records = {
        x.inputs["name"]: (x.inputs["type"], x.inputs["records"])
        for x in stacks.recorded(stack).of("aws:route53/record:Record")
        if x.name.startswith(("zone-dkim", "zone-spf", "zone-dmarc"))
    }
    asked = stacks.committed(stack)["platform:mail"]["dmarc"]

    assert records == {
        **{f"token{letter}._domainkey.{domain}": ("CNAME", [f"token{letter}.dkim.amazonses.com"]) for letter in "abc"},
        f"bounce.{domain}": ("TXT", ["v=spf1 include:amazonses.com -all"]),
        f"_dmarc.{domain}": ("TXT", [f"v=DMARC1; p={asked}; adkim=s; aspf=r"]),
    }
    exchanger = stacks.recorded(stack).one("aws:route53/record:Record", "zone-mail-from").inputs
    assert (exchanger["name"], exchanger["type"]) == (f"bounce.{domain}", "MX")
    assert exchanger["records"] == ["10 feedback-smtp.eu-west-1.amazonses.com"]


@environments
@pytest.mark.parametrize("worker", ["anythingyouwantt-mail-service", "market-activity"])
def test_trap_30_a_worker_is_scaled_by_the_backlog_that_it_publishes(stack: str, worker: str) -> None:
    recording = stacks.recorded(stack)
    policy = recording.one("aws:appautoscaling/policy:Policy", f"{worker}-backlog").inputs
    [container] = json.loads(recording.one("TaskDefinition", worker).inputs["containerDefinitions"])
    told = {x["name"]: x["value"] for x in container["environment"]}
    metric = policy["targetTrackingScalingPolicyConfiguration"]["customizedMetricSpecification"]

    assert metric == {
        "namespace": told["METRIC_NAMESPACE"],
        "metricName": "BacklogPerTask",
        "dimensions": [{"name": "Service", "value": told["METRIC_SERVICE"]}],
        "statistic": "Average",
    }


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.parametrize("worker", ["anythingyouwantt-mail-service", "market-activity"])
def test_trap_30_an_alarm_rings_when_the_metric_stops_coming(stack: str, worker: str) -> None:
    silent = alarms(stack)[f"{worker}-silent"]

    assert (silent["metricName"], silent["statistic"]) == ("BacklogPerTask", "SampleCount")
    assert (silent["comparisonOperator"], silent["threshold"]) == ("LessThanThreshold", 1)
    assert silent["treatMissingData"] == "breaching"
    assert {x["treatMissingData"] for name, x in alarms(stack).items() if not name.endswith(("-silent", "-visit"))} == {
        "notBreaching"
    }


def test_every_part_that_holds_data_is_watched() -> None:
    assert {name for name in alarms("prod") if name.startswith(("cache", "database", "deploy", "mail", "queue"))} == {
        "cache-001-cpu",
        "cache-002-cpu",
        "database-cpu",
        "database-memory",
        "database-storage",
        "deploy-steps-errors",
        "mail-bounced",
        "mail-complained",
        "queue-001-cpu",
        "queue-001-memory",
        "queue-002-cpu",
        "queue-002-memory",
    }
    assert {"market-events-dead", "market-events-waiting"} < set(alarms("prod"))


def test_a_server_is_as_big_and_as_safe_as_the_stack_file_says() -> None:
    for stack in stacks.ENVIRONMENTS:
        wanted = stacks.committed(stack)
        server = stacks.recorded(stack).one("aws:rds/instance:Instance").inputs
        database, cache = wanted["platform:database"], wanted["platform:cache"]
        assert (server["instanceClass"], server["allocatedStorage"]) == (
            database["instance_class"],
            database["storage_gb"],
        )
        assert server["maxAllocatedStorage"] == database["max_storage_gb"]
        assert (server["multiAz"], server["backupRetentionPeriod"]) == (database["multi_az"], database["backup_days"])
        assert ("monitoringRoleArn" in server) == (database["monitoring_interval_seconds"] > 0)
        for group in stacks.recorded(stack).of("ReplicationGroup"):
            assert (group.inputs["nodeType"], group.inputs["numCacheClusters"]) == (
                cache["node_type"],
                cache["replicas"] + 1,
            )
            assert group.inputs["multiAzEnabled"] == cache["multi_az"]


def test_storage_that_may_not_grow_has_no_limit_to_grow_to() -> None:
    settings = stacks.committed("dev")["platform:database"]
    changed = {**settings, "max_storage_gb": settings["storage_gb"]}

    mapping = {**stacks.committed("dev"), "platform:database": changed}
    recording = cloud.build(lambda: program.declare(config.load(mapping, "dev")))

    assert "maxAllocatedStorage" not in recording.one("aws:rds/instance:Instance").inputs


def test_a_message_that_nobody_can_work_on_ends_in_the_dead_letter_queue() -> None:
    recording = cloud.build(lambda: examples.queue("jobs"))
    queue, dead = (recording.one("aws:sqs/queue:Queue", name).inputs for name in ("jobs", "jobs-dead"))

    assert json.loads(queue["redrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:222222222222:jobs-dead",
        "maxReceiveCount": 5,
    }
    assert (queue["messageRetentionSeconds"], dead["messageRetentionSeconds"]) == (4 * 86400, 14 * 86400)
    assert json.loads(recording.one("RedriveAllowPolicy").inputs["redriveAllowPolicy"]) == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": ["arn:aws:sqs:eu-west-1:222222222222:jobs"],
    }


def test_mail_is_sent_from_addresses_of_the_zone_only() -> None:
    def make() -> None:
        mail: Mail = examples.mail()
        mail.grant_send(examples.role(), "boss@elsewhere.example")

    with pytest.raises(ValueError, match=r"boss@elsewhere\.example is not an address of dev\.slipway\.example"):
        cloud.build(make)


def test_services_find_each_other_by_name() -> None:
    recording = stacks.recorded("prod")
    service = recording.one("aws:ecs/service:Service", "market-market-api")
    [container] = json.loads(recording.one("TaskDefinition", "market-tasks-api").inputs["containerDefinitions"])
    told = {x["name"]: x["value"] for x in container["environment"]}

    assert recording.one("PrivateDnsNamespace").inputs["name"] == "prod.internal"
    assert [x.inputs["name"] for x in recording.of("aws:servicediscovery/service:Service")] == [
        "collector",
        "rest-api",
        "mail-service",
        "market-api",
        "tasks-api",
        "activity",
    ]
    assert "serviceRegistries" in service.inputs
    assert told["KEY_SET_URL"] == "http://market-api.prod.internal:8001/.well-known/jwks.json"


def test_every_service_is_one_fargate_service() -> None:
    recording = stacks.recorded("prod")

    assert len(recording.of(FargateService.TYPE)) == len(recording.of("aws:ecs/service:Service")) == 10


WRONG: list[tuple[type, dict[str, Any], str]] = [
    (CacheArgs, {"replicas": 0, "multi_az": True}, "multi_az needs at least one replica"),
    (CacheArgs, {"replicas": 6}, "replicas must be 0 to 5, got 6"),
    (CacheUserArgs, {"user_id": "x" * 41}, "a user's id has 1 to 40 characters"),
    (DatabaseArgs, {"backup_days": 0}, "backup_days must be 1 to 35, got 0"),
    (DatabaseArgs, {"storage_gb": 50, "max_storage_gb": 49}, "max_storage_gb must be at least 50, got 49"),
    (DatabaseProxyArgs, {"logins": ()}, "a proxy needs a login that may pass"),
    (DatabaseProxyArgs, {"logins": [None], "share_percent": 0}, "share_percent must be 1 to 100, got 0"),
    (LogicalDatabaseArgs, {"database": ""}, "a database's name has 1 to 63 characters"),
    (QueueArgs, {"retention_days": 15}, "retention_days must be 1 to 14, got 15"),
    (QueueArgs, {"visibility_seconds": 43201}, "visibility_seconds must be 0 to 43200, got 43201"),
    (SecretArgs, {"recovery_days": 6}, "recovery_days must be 0 or 7 to 30, got 6"),
]


@pytest.mark.parametrize(("arguments", "given", "line"), WRONG, ids=[x[2] for x in WRONG])
def test_what_aws_refuses_is_refused_when_it_is_written(arguments: type, given: dict[str, Any], line: str) -> None:
    needed = {"purpose": "cache"} if arguments is CacheArgs else {}
    fields = {name: None for name, x in arguments.__dataclass_fields__.items() if _required(x)}

    with pytest.raises(ValueError, match=line):
        arguments(**{**fields, **needed, **given})


def test_a_worker_has_no_port_and_a_container_service_has_one() -> None:
    def worker() -> None:
        WorkerArgs(task=examples.task_args("worker", port=8000))

    def service() -> None:
        ContainerServiceArgs(task=examples.task_args("service"), load_balancer=examples.load_balancer(), routes=())

    with pytest.raises(ValueError, match="a worker has no port but that of its metrics"):
        cloud.build(worker)
    with pytest.raises(ValueError, match="a container service has a port and at least one route"):
        cloud.build(service)


def _required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def test_a_queue_is_a_component_of_the_data_layer() -> None:
    assert Queue.TYPE == "platform:data:Queue"
