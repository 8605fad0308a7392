"""Log groups, alarms and topics."""

from typing import Any

from localcloud.tests.plugins.aws.cases.cloudwatch import metric
from localcloud.tests.plugins.aws.cases.iam import policy
from localcloud.tests.plugins.aws.cases.sns import publish
from localcloud.tests.plugins.aws.refusal import Refusals, api, terraform

GROUP, ALARM, TOPIC = api("logs", "CreateLogGroup"), api("cloudwatch", "PutMetricAlarm"), api("sns", "CreateTopic")
SOURCE, DESTINATION = api("logs", "PutDeliverySource"), api("logs", "PutDeliveryDestination")
DELIVERY, PATH = api("logs", "CreateDelivery"), api("logs", "S3DeliveryConfiguration")
LOGGING = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html"
SITE = "arn:aws:cloudfront::222222222222:distribution/E1"
BUCKET = "arn:aws:s3:::logs/cloudfront"
WAY = "arn:aws:logs:us-east-1:222222222222:delivery-destination:site"
ARN = "arn:aws:sns:eu-west-1:222222222222:alarms"
QUERY = {"id": "rate", "expression": "errors / requests", "returnData": True}


def _computed(*queries: dict[str, Any]) -> dict[str, Any]:
    watched = ("namespace", "metricName", "statistic", "period")
    return {**dict.fromkeys(watched), "metricQueries": list(queries)}


def _path(suffix: str) -> dict[str, Any]:
    return {"suffixPath": suffix, "enableHiveCompatiblePath": False}


TABLES = (
    Refusals(
        token="aws:cloudwatch/logGroup:LogGroup",
        valid={"name": "/slipway/counter"},
        refused=(
            ({"name": "two words"}, "name", "must match", GROUP),
            ({"name": "l" * 513}, "name", "at most 512 characters", GROUP),
            ({"name": "aws/mine"}, "name", "must not begin with aws/", GROUP),
            ({"retentionInDays": 2}, "retentionInDays", "must be one of", api("logs", "PutRetentionPolicy")),
            ({"retentionInDays": 3654}, "retentionInDays", "must be one of", api("logs", "PutRetentionPolicy")),
            ({"logGroupClass": "GOLD"}, "logGroupClass", "INFREQUENT_ACCESS", GROUP),
            ({"kmsKeyId": "alias/slipway"}, "kmsKeyId", "the ARN of a key", GROUP),
        ),
        accepted=({"name": "l" * 512}, {"retentionInDays": 0}, {"retentionInDays": 3653}, {"name": "/aws/ecs/web"}),
    ),
    Refusals(
        token="aws:cloudwatch/logDeliverySource:LogDeliverySource",
        valid={"name": "site", "logType": "ACCESS_LOGS", "resourceArn": SITE, "region": "us-east-1"},
        refused=(
            ({"name": "two words"}, "name", "must match", SOURCE),
            ({"name": "n" * 61}, "name", "at most 60 characters", SOURCE),
            ({"logType": None}, "logType", "is required", SOURCE),
            ({"logType": "ACCESS-LOGS"}, "logType", "must match", SOURCE),
            ({"logType": "L" * 256}, "logType", "at most 255 characters", SOURCE),
            ({"resourceArn": None}, "resourceArn", "is required", SOURCE),
            ({"resourceArn": "E1"}, "resourceArn", "must match", SOURCE),
            ({"region": "eu-west-1"}, "region", "us-east-1 for a distribution", LOGGING),
        ),
        accepted=(
            {"name": "n" * 60},
            {"logType": "L" * 255},
            {"region": None},
            {"region": "eu-west-1", "resourceArn": "arn:aws:events:eu-west-1:222222222222:event-bus/orders"},
        ),
    ),
    Refusals(
        token="aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        valid={"name": "site", "deliveryDestinationConfiguration": {"destinationResourceArn": BUCKET}},
        refused=(
            ({"name": "n" * 61}, "name", "at most 60 characters", DESTINATION),
            ({"name": "a.b"}, "name", "must match", DESTINATION),
            ({"outputFormat": "csv"}, "outputFormat", "must be one of", DESTINATION),
            (
                {"deliveryDestinationConfiguration": {"destinationResourceArn": "logs"}},
                "deliveryDestinationConfiguration.destinationResourceArn",
                "must match",
                api("logs", "DeliveryDestinationConfiguration"),
            ),
            (
                {"deliveryDestinationConfiguration": None},
                "deliveryDestinationConfiguration",
                "is required",
                DESTINATION,
            ),
        ),
        accepted=({"name": "n" * 60}, {"outputFormat": "parquet"}),
    ),
    Refusals(
        token="aws:cloudwatch/logDelivery:LogDelivery",
        valid={"deliverySourceName": "site", "deliveryDestinationArn": WAY},
        refused=(
            ({"deliverySourceName": None}, "deliverySourceName", "is required", DELIVERY),
            ({"deliverySourceName": "n" * 61}, "deliverySourceName", "at most 60 characters", DELIVERY),
            ({"deliverySourceName": "a.b"}, "deliverySourceName", "must match", DELIVERY),
            ({"deliveryDestinationArn": None}, "deliveryDestinationArn", "is required", DELIVERY),
            ({"deliveryDestinationArn": BUCKET}, "deliveryDestinationArn", "must match", DELIVERY),
            ({"fieldDelimiter": "123456"}, "fieldDelimiter", "at most 5 characters", DELIVERY),
            ({"recordFields": ["date"] * 129}, "recordFields", "at most 128 items", DELIVERY),
            ({"recordFields": ["f" * 65]}, "recordFields[0]", "at most 64 characters", DELIVERY),
            (
                {"s3DeliveryConfigurations": [_path("p" * 257)]},
                "s3DeliveryConfigurations[0].suffixPath",
                "at most 256 characters",
                PATH,
            ),
            ({"s3DeliveryConfigurations": [_path("a"), _path("b")]}, "s3DeliveryConfigurations", "at most one", PATH),
        ),
        accepted=(
            {"fieldDelimiter": "12345"},
            {"recordFields": ["f" * 64] * 128},
            {"s3DeliveryConfigurations": [_path("p" * 256)]},
        ),
    ),
    Refusals(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        valid={
            "name": "cpu",
            "namespace": "AWS/ECS",
            "metricName": "CPUUtilization",
            "statistic": "Average",
            "period": 60,
            "evaluationPeriods": 5,
            "threshold": 80,
            "comparisonOperator": "GreaterThanThreshold",
        },
        refused=(
            ({"name": "a" * 256}, "name", "at most 255 characters", ALARM),
            ({"comparisonOperator": None}, "comparisonOperator", "is required", ALARM),
            ({"comparisonOperator": "Near"}, "comparisonOperator", "must be one of", ALARM),
            ({"evaluationPeriods": None}, "evaluationPeriods", "is required", ALARM),
            ({"evaluationPeriods": 0}, "evaluationPeriods", "at least 1", ALARM),
            ({"evaluationPeriods": 1441}, "evaluationPeriods", "at most 86400 seconds", ALARM),
            ({"datapointsToAlarm": 6}, "datapointsToAlarm", "1 to evaluationPeriods", ALARM),
            ({"period": 45}, "period", "10, 20, 30", ALARM),
            ({"statistic": "Median"}, "statistic", "must be one of", ALARM),
            ({"statistic": None}, "statistic", "must be given", ALARM),
            (
                {"extendedStatistic": "p99"},
                "extendedStatistic",
                "together with statistic",
                terraform("cloudwatch_metric_alarm"),
            ),
            ({"statistic": None, "extendedStatistic": "median"}, "extendedStatistic", "like p99", ALARM),
            ({"metricName": None}, "metricName", "must be given", terraform("cloudwatch_metric_alarm")),
            ({"metricName": "m" * 256}, "metricName", "at most 255 characters", ALARM),
            ({"namespace": ":mine"}, "namespace", "must not begin with a colon", ALARM),
            ({"threshold": None}, "threshold", "must be given", ALARM),
            ({"thresholdMetricId": "band"}, "thresholdMetricId", "cannot be given", ALARM),
            ({"treatMissingData": "shrug"}, "treatMissingData", "notBreaching", ALARM),
            ({"unit": "Miles"}, "unit", "must be one of", ALARM),
            ({"alarmDescription": "d" * 1025}, "alarmDescription", "at most 1024 characters", ALARM),
            ({"alarmActions": ["mail me"]}, "alarmActions", "ARNs", ALARM),
            ({"alarmActions": [f"{ARN}{number}" for number in range(6)]}, "alarmActions", "at most 5", ALARM),
            ({"dimensions": {f"d{number}": "1" for number in range(31)}}, "dimensions", "at most 30", ALARM),
            (
                {"metricQueries": [QUERY]},
                "metricName",
                "together with metricQueries",
                terraform("cloudwatch_metric_alarm"),
            ),
            (_computed(QUERY, QUERY), "metricQueries", "ids of their own", ALARM),
            (_computed({"id": "idle", "returnData": True}), "metricQueries", "metric and expression", ALARM),
            (_computed({**QUERY, "returnData": False}), "metricQueries", "exactly one must have returnData", ALARM),
            (
                _computed({**QUERY, "id": "Rate"}),
                "metricQueries[0].id",
                "must match",
                api("cloudwatch", "MetricDataQuery"),
            ),
        ),
        accepted=(
            {"name": "a" * 255},
            {"evaluationPeriods": 1440},
            {"datapointsToAlarm": 5},
            {"period": 10},
            {"alarmActions": [f"{ARN}{number}" for number in range(5)]},
            {"dimensions": {f"d{number}": "1" for number in range(30)}},
            _computed(QUERY, {"id": "errors", "metric": metric("Errors")}),
        ),
    ),
    Refusals(
        token="aws:sns/topic:Topic",
        valid={"name": "alarms"},
        refused=(
            ({"name": "two words"}, "name", "must match", TOPIC),
            ({"name": "t" * 257}, "name", "at most 256 characters", TOPIC),
            ({"name": "alarms.fifo"}, "name", "must end with .fifo", TOPIC),
            ({"fifoTopic": True}, "name", "must end with .fifo", TOPIC),
            (
                {"contentBasedDeduplication": True},
                "contentBasedDeduplication",
                "cannot be given",
                terraform("sns_topic"),
            ),
            ({"displayName": "d" * 101}, "displayName", "at most 100 characters", api("sns", "SetTopicAttributes")),
            ({"policy": "no JSON"}, "policy", "must be JSON", terraform("sns_topic")),
            ({"deliveryPolicy": "no JSON"}, "deliveryPolicy", "must be JSON", terraform("sns_topic")),
            ({"signatureVersion": 3}, "signatureVersion", "1 or 2", TOPIC),
            ({"tracingConfig": "Sometimes"}, "tracingConfig", "PassThrough or Active", TOPIC),
            (
                {"sqsFailureFeedbackRoleArn": "role"},
                "sqsFailureFeedbackRoleArn",
                "must match ^arn:",
                terraform("sns_topic"),
            ),
            (
                {"sqsSuccessFeedbackRoleArn": "arn:aws:iam::222222222222:role/a", "sqsSuccessFeedbackSampleRate": 101},
                "sqsSuccessFeedbackSampleRate",
                "0 to 100",
                terraform("sns_topic"),
            ),
            (
                {"name": "orders.fifo", "fifoTopic": True, "fifoThroughputScope": "World"},
                "fifoThroughputScope",
                "Topic, MessageGroup",
                TOPIC,
            ),
        ),
        accepted=(
            {"name": "t" * 256},
            {"name": "orders.fifo", "fifoTopic": True, "fifoThroughputScope": "MessageGroup"},
            {"displayName": "d" * 100},
        ),
    ),
    Refusals(
        token="aws:sns/topicPolicy:TopicPolicy",
        valid={"arn": ARN, "policy": publish("cloudwatch.amazonaws.com", ARN)},
        refused=(
            ({"arn": "alarms"}, "arn", "a topic's ARN", terraform("sns_topic_policy")),
            ({"policy": "no JSON"}, "policy", "must be JSON", terraform("sns_topic_policy")),
            (
                {"policy": policy({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"})},
                "policy",
                "Principal",
                api("sns", "SetTopicAttributes"),
            ),
            (
                {"policy": publish("a.amazonaws.com", "r" * 30720)},
                "policy",
                "at most 30720",
                api("sns", "SetTopicAttributes"),
            ),
        ),
    ),
)
