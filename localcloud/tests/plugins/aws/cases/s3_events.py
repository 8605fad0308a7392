"""Which pages may use a bucket, and who is told what happens in it."""

from typing import Any

from localcloud.tests.plugins.aws.cases.lambda_ import BUCKET as CODE
from localcloud.tests.plugins.aws.cases.lambda_ import ROLE, put_function
from localcloud.tests.plugins.aws.cases.s3 import BOTH
from localcloud.tests.plugins.aws.cases.sns import TOPIC
from localcloud.tests.plugins.aws.cases.sqs import QUEUE
from localcloud.tests.plugins.aws.conformance import Case


def shared(origin: str, *methods: str) -> dict[str, Any]:
    return {
        "id": "pages",
        "allowedHeaders": ["*"],
        "allowedMethods": list(methods or ["GET"]),
        "allowedOrigins": [origin],
        "exposeHeaders": ["etag"],
        "maxAgeSeconds": 600,
    }


def told(kind: str, arn: str, event: str = "s3:ObjectCreated:*", **more: str) -> dict[str, Any]:
    return {kind: arn, "events": [event], **more}


CASES = (
    Case(
        token="aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        parents=BOTH,
        inputs={"bucket": "${bucket.bucket}", "corsRules": [shared("https://shop.example"), shared("*", "GET")]},
        updates=(
            {"corsRules": [shared("https://shop.example", "GET", "POST")]},
            {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://*.example"]}]},
        ),
        replaces=({"bucket": "${other.bucket}"},),
        refused=({"corsRules": []}, {"corsRules": [shared("*", "PATCH")]}, {"corsRules": [shared("*.*")]}),
    ),
    Case(
        token="aws:s3/bucketNotification:BucketNotification",
        parents=(*BOTH, CODE, ROLE, QUEUE, TOPIC),
        before=put_function,
        inputs={
            "bucket": "${bucket.bucket}",
            "eventbridge": True,
            "lambdaFunctions": [told("lambdaFunctionArn", "${function.arn}")],
            "queues": [told("queueArn", "${queue.arn}", filterPrefix="orders/")],
            "topics": [told("topicArn", "${topic.arn}", filterSuffix=".png")],
        },
        updates=(
            {"lambdaFunctions": [told("lambdaFunctionArn", "${another.arn}", id="scan", filterPrefix="media/")]},
            {"queues": [told("queueArn", "${queue.arn}", "s3:ObjectRemoved:*")]},
            {"topics": None, "eventbridge": None},
        ),
        replaces=({"bucket": "${other.bucket}"},),
        refused=(
            {"lambdaFunctions": None, "queues": None, "topics": None, "eventbridge": None},
            {"queues": [told("queueArn", "${queue.arn}", "s3:ObjectRead")]},
            {"queues": [{"events": ["s3:ObjectCreated:*"]}]},
        ),
    ),
)
