"""Alarms that follow their metrics and tell a topic, dashboards, rules and schedules that fire, health checks."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud import cloud
from localcloud.tests.cloud.calls import name, refusal
from localcloud.tests.cloud.conftest import ACCOUNT
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.cloud]

FIRED = """
import json, boto3


def handle(event, context):
    key = event.get("key") or event["resources"][0].rsplit("/", 1)[1]
    boto3.client("ssm").put_parameter(Name=f"/fired/{key}", Value=json.dumps(event), Type="String", Overwrite=True)
"""
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduler"


@pytest.fixture
def cloudwatch(client: Any) -> Any:
    return client("cloudwatch")


class Heard:
    """What a topic has told a queue: names of alarms and their new states."""

    def __init__(self, client: Any) -> None:
        sns, self._sqs = client("sns"), client("sqs")
        self.topic = sns.create_topic(Name=name())["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName=name())["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=attributes["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        self._messages: list[tuple[str, str]] = []

    def messages(self) -> list[tuple[str, str]]:
        for message in self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", []):
            body = json.loads(message["Body"])
            self._messages.append((body["AlarmName"], body["NewStateValue"]))
        return self._messages


@pytest.fixture
def heard(client: Any) -> Heard:
    return Heard(client)


def alarm(metric: str, service: str, **more: Any) -> dict[str, Any]:
    return {
        "Namespace": "App",
        "MetricName": metric,
        "Dimensions": [{"Name": "Service", "Value": service}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        **more,
    }


def put(cloudwatch: Any, metric: str, service: str, value: float) -> None:
    dimensions = [{"Name": "Service", "Value": service}]
    datum = {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
    cloudwatch.put_metric_data(Namespace="App", MetricData=[datum])


def state(cloudwatch: Any, alarm: str) -> str:
    found = cloudwatch.describe_alarms(AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    [only] = found["MetricAlarms"] + found["CompositeAlarms"]
    return str(only["StateValue"])


def test_a_metric_over_its_threshold_alarms_those_of_its_dimension_and_tells_the_topic(
    cloudwatch: Any, heard: Heard
) -> None:
    metric, hit, spared, both = name(), name(), name(), name()
    for each, service in ((hit, "web"), (spared, "api")):
        cloudwatch.put_metric_alarm(AlarmName=each, AlarmActions=[heard.topic], **alarm(metric, service))
    rule = f'ALARM("{hit}") OR ALARM("{spared}")'
    cloudwatch.put_composite_alarm(AlarmName=both, AlarmRule=rule, AlarmActions=[heard.topic])
    put(cloudwatch, metric, "api", 1)
    put(cloudwatch, metric, "web", 4)
    assert state(cloudwatch, hit) == "OK"
    put(cloudwatch, metric, "web", 4)
    assert (state(cloudwatch, hit), state(cloudwatch, spared)) == ("ALARM", "OK")
    until(lambda: len(heard.messages()) >= 2, "the topic heard too little")
    assert sorted(heard.messages()) == sorted([(hit, "ALARM"), (both, "ALARM")])
    assert state(cloudwatch, both) == "ALARM"


def test_metric_math_alarms(cloudwatch: Any) -> None:
    errors, calls, rate = name(), name(), name()

    def query(identity: str, metric: str) -> dict[str, Any]:
        dimensions = [{"Name": "Service", "Value": "web"}]
        wanted = {"Namespace": "App", "MetricName": metric, "Dimensions": dimensions}
        return {"Id": identity, "ReturnData": False, "MetricStat": {"Metric": wanted, "Period": 300, "Stat": "Sum"}}

    math = {"Id": "rate", "Expression": "100 * FILL(errors, 0) / calls", "ReturnData": True, "Label": "errors in %"}
    metrics = [math, query("errors", errors), query("calls", calls)]
    given = {
        "Metrics": metrics,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(AlarmName=rate, **given)
    [found] = cloudwatch.describe_alarms(AlarmNames=[rate])["MetricAlarms"]
    assert {key: found[key] for key in given} == given
    put(cloudwatch, calls, "web", 100)
    assert state(cloudwatch, rate) == "OK"
    put(cloudwatch, errors, "web", 6)
    assert state(cloudwatch, rate) == "ALARM"


def test_a_composite_alarm_gives_back_what_it_was_given(cloudwatch: Any) -> None:
    child, parent = name(), name()
    cloudwatch.put_metric_alarm(AlarmName=child, **alarm(name(), "web"))
    given = {
        "AlarmRule": f'ALARM("{child}")',
        "AlarmDescription": "the site is down",
        "ActionsEnabled": True,
        "AlarmActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"],
        "OKActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"],
        "ActionsSuppressor": child,
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
    }
    cloudwatch.put_composite_alarm(AlarmName=parent, **given, Tags=[{"Key": "team", "Value": "web"}])
    [found] = cloudwatch.describe_alarms(AlarmNames=[parent], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {key: found.get(key) for key in given} == given
    assert cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] == [{"Key": "team", "Value": "web"}]
    cloudwatch.delete_alarms(AlarmNames=[parent])
    cloudwatch.delete_alarms(AlarmNames=[child])
    assert cloudwatch.describe_alarms(AlarmNames=[parent], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []


def test_a_dashboard_is_kept(cloudwatch: Any) -> None:
    dashboard = name()
    body = json.dumps({"widgets": [{"type": "text", "width": 6, "height": 3, "properties": {"markdown": "# Lists"}}]})
    cloudwatch.put_dashboard(DashboardName=dashboard, DashboardBody=body)
    assert json.loads(cloudwatch.get_dashboard(DashboardName=dashboard)["DashboardBody"]) == json.loads(body)
    cloudwatch.delete_dashboards(DashboardNames=[dashboard])
    assert refusal(cloudwatch.get_dashboard, DashboardName=dashboard) in ("ResourceNotFound", "DashboardNotFoundError")


@pytest.fixture(scope="module")
def function(plain: cloud.Cloud) -> Iterator[str]:
    """A function that writes down what it was called with."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("fired.py", FIRED)
    functions = cloud.client("lambda", ACCOUNT, plain)
    made = functions.create_function(
        FunctionName="fired",
        Runtime="python3.13",
        Handler="fired.handle",
        Role=f"arn:aws:iam::{ACCOUNT}:role/fired",
        Code={"ZipFile": packed.getvalue()},
        Timeout=60,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="fired")
    yield str(made["FunctionArn"])
    functions.delete_function(FunctionName="fired")


def fired(client: Any, key: str) -> dict[str, Any]:
    """Wait for the function to have been called with a key, and return its event."""
    ssm = client("ssm")

    def called() -> Any:
        return ssm.get_parameters(Names=[f"/fired/{key}"])["Parameters"]

    return dict(json.loads(until(called, f"{key} did not fire", 300)[0]["Value"]))


def test_a_schedule_calls_its_function_once_at_its_moment_and_is_gone(client: Any, function: str) -> None:
    scheduler, schedule = client("scheduler"), name()
    target = {"Arn": function, "RoleArn": ROLE, "Input": json.dumps({"key": schedule})}
    given = {
        "Name": schedule,
        "ScheduleExpression": "at(2020-01-01T00:00:00)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
        "ActionAfterCompletion": "DELETE",
        "Description": "once",
    }
    scheduler.create_schedule(**given, State="DISABLED")
    found = scheduler.get_schedule(Name=schedule)
    assert {key: found[key] for key in given} == given
    scheduler.update_schedule(**given, State="ENABLED")
    assert fired(client, schedule) == {"key": schedule}
    until(lambda: schedule not in [each["Name"] for each in scheduler.list_schedules()["Schedules"]], "still there")


def test_a_rule_calls_its_function_for_an_event_that_fits(client: Any, function: str) -> None:
    events, rule = client("events"), name()
    pattern = json.dumps({"source": [rule]})
    events.put_rule(Name=rule, EventPattern=pattern, Description="its own")
    events.put_targets(Rule=rule, Targets=[{"Id": "function", "Arn": function, "InputPath": "$.detail"}])
    found = events.describe_rule(Name=rule)
    assert (found["EventPattern"], found["Description"], found["State"]) == (pattern, "its own", "ENABLED")
    events.put_rule(Name=rule, EventPattern=pattern)
    assert "Description" not in events.describe_rule(Name=rule)

    def send(source: str, key: str) -> None:
        detail = json.dumps({"key": key})
        events.put_events(Entries=[{"Source": source, "DetailType": "made", "Detail": detail}])

    send(rule, f"{rule}-early")
    client("lambda").add_permission(
        FunctionName="fired",
        StatementId=rule,
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=found["Arn"],
    )
    send("other", f"{rule}-other")
    send(rule, f"{rule}-own")
    assert fired(client, f"{rule}-own") == {"key": f"{rule}-own"}
    others = client("ssm").get_parameters(Names=[f"/fired/{rule}-early", f"/fired/{rule}-other"])
    assert others["Parameters"] == []
    assert refusal(events.delete_rule, Name=rule) == "ValidationException"
    events.remove_targets(Rule=rule, Ids=["function"])
    events.delete_rule(Name=rule)


def test_a_health_check_is_kept(client: Any) -> None:
    route53 = client("route53")
    settings = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "lists.dev.example.test",
        "Port": 443,
        "ResourcePath": "/",
        "RequestInterval": 30,
        "FailureThreshold": 3,
        "EnableSNI": True,
        "MeasureLatency": False,
        "Inverted": False,
        "Disabled": False,
        "Regions": ["eu-west-1", "us-east-1", "us-west-2"],
    }
    check = route53.create_health_check(CallerReference=name(), HealthCheckConfig=settings)["HealthCheck"]["Id"]
    found = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert {key: found.get(key) for key in settings} == settings
    route53.update_health_check(HealthCheckId=check, ResourcePath="/healthz", FailureThreshold=5)
    found = route53.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert (found["ResourcePath"], found["FailureThreshold"]) == ("/healthz", 5)
    tags = [{"Key": "team", "Value": "web"}]
    route53.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=tags)
    listed = route53.list_tags_for_resource(ResourceType="healthcheck", ResourceId=check)["ResourceTagSet"]["Tags"]
    assert listed == tags
    both = {"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": [check]}
    sum_of = route53.create_health_check(CallerReference=name(), HealthCheckConfig=both)["HealthCheck"]
    assert {key: sum_of["HealthCheckConfig"][key] for key in both} == both
    route53.delete_health_check(HealthCheckId=sum_of["Id"])
    route53.delete_health_check(HealthCheckId=check)
    assert refusal(route53.get_health_check, HealthCheckId=check) == "NoSuchHealthCheck"


def test_secure_parameters_lie_in_a_hierarchy_and_are_read_in_clear_only_when_asked(client: Any) -> None:
    ssm, root = client("ssm"), f"/{name()}"
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    ssm.put_parameter(Name=f"{root}/lists/token", Value="hunter2", Type="SecureString", KeyId=key)
    ssm.put_parameter(Name=f"{root}/lists/level", Value="INFO", Type="String")
    ssm.put_parameter(Name=f"{root}/other", Value="x", Type="String")

    def values(**asked: Any) -> dict[str, str]:
        found = ssm.get_parameters_by_path(Path=f"{root}/lists", **asked)["Parameters"]
        return {each["Name"].removeprefix(root): each["Value"] for each in found}

    assert values(WithDecryption=True) == {"/lists/token": "hunter2", "/lists/level": "INFO"}
    assert "hunter2" not in values().values()
    assert len(ssm.get_parameters_by_path(Path=root, Recursive=True)["Parameters"]) == 3
    [found] = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [f"{root}/lists/token"]}])[
        "Parameters"
    ]
    assert (found["Type"], found["KeyId"]) == ("SecureString", key)


def test_a_proxy_stands_in_front_of_a_database(client: Any, subnets: list[str]) -> None:
    rds, proxy, database = client("rds"), name(), name()
    rds.create_db_instance(
        DBInstanceIdentifier=database,
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="root",
        ManageMasterUserPassword=True,
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=database)
    [server] = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    auth = [{"AuthScheme": "SECRETS", "SecretArn": server["MasterUserSecret"]["SecretArn"], "IAMAuth": "DISABLED"}]
    rds.create_db_proxy(
        DBProxyName=proxy,
        EngineFamily="POSTGRESQL",
        Auth=auth,
        RoleArn=ROLE,
        VpcSubnetIds=subnets,
        RequireTLS=True,
        IdleClientTimeout=900,
    )
    pool = {"MaxConnectionsPercent": 80, "ConnectionBorrowTimeout": 30}
    rds.modify_db_proxy_target_group(DBProxyName=proxy, TargetGroupName="default", ConnectionPoolConfig=pool)
    rds.register_db_proxy_targets(DBProxyName=proxy, TargetGroupName="default", DBInstanceIdentifiers=[database])
    [found] = rds.describe_db_proxies(DBProxyName=proxy)["DBProxies"]
    assert (found["RequireTLS"], found["IdleClientTimeout"], found["Status"]) == (True, 900, "available")
    assert found["Endpoint"] == server["Endpoint"]["Address"]
    [group] = rds.describe_db_proxy_target_groups(DBProxyName=proxy)["TargetGroups"]
    assert {key: group["ConnectionPoolConfig"][key] for key in pool} == pool
    [target] = rds.describe_db_proxy_targets(DBProxyName=proxy)["Targets"]
    assert (target["RdsResourceId"], target["Type"]) == (database, "RDS_INSTANCE")
    assert (target["Endpoint"], target["Port"]) == (server["Endpoint"]["Address"], server["Endpoint"]["Port"])
    rds.deregister_db_proxy_targets(DBProxyName=proxy, TargetGroupName="default", DBInstanceIdentifiers=[database])
    rds.delete_db_proxy(DBProxyName=proxy)
    rds.delete_db_instance(DBInstanceIdentifier=database, SkipFinalSnapshot=True)


def test_a_delivery_of_logs_changes_in_place_and_holds_what_it_is_between(plain: cloud.Cloud) -> None:
    logs = cloud.client("logs", ACCOUNT, plain, region="us-east-1")
    source, way = name(), name()
    site = f"arn:aws:cloudfront::{ACCOUNT}:distribution/{source}"
    logs.put_delivery_source(name=source, resourceArn=site, logType="ACCESS_LOGS")
    again = {"name": name(), "resourceArn": site, "logType": "ACCESS_LOGS"}
    assert refusal(logs.put_delivery_source, **again) == "ConflictException"
    here = cloud.client("logs", ACCOUNT, plain)
    assert refusal(here.put_delivery_source, **again) == "ValidationException"
    to = {"destinationResourceArn": "arn:aws:s3:::logs/cloudfront"}
    arn = logs.put_delivery_destination(name=way, outputFormat="json", deliveryDestinationConfiguration=to)
    made = logs.create_delivery(
        deliverySourceName=source,
        deliveryDestinationArn=arn["deliveryDestination"]["arn"],
        recordFields=["date", "time"],
        s3DeliveryConfiguration={"suffixPath": "{yyyy}"},
    )["delivery"]["id"]
    logs.update_delivery_configuration(id=made, recordFields=["date"])
    found = logs.get_delivery(id=made)["delivery"]
    assert (found["recordFields"], found["s3DeliveryConfiguration"]) == (["date"], {"suffixPath": "{yyyy}"})
    assert refusal(logs.delete_delivery_source, name=source) == "ConflictException"
    assert refusal(logs.delete_delivery_destination, name=way) == "ConflictException"
    in_use = {line for line in cloud.leftovers(plain.endpoint, plain.region, ACCOUNT) if " delivery " in f"{line} "}
    assert {f"logs delivery {made}", f"logs delivery source {source}", f"logs delivery destination {way}"} <= in_use
    logs.delete_delivery(id=made)
    logs.delete_delivery_source(name=source)
    logs.delete_delivery_destination(name=way)
    assert refusal(logs.update_delivery_configuration, id=made) == "ResourceNotFoundException"
