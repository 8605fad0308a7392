"""SQS on a developer's machine: moto's server in memory, with the events queue and its dead-letter queue in it."""

from __future__ import annotations

import json
import signal
import threading

import boto3
from moto.server import ThreadedMotoServer

PORT = 5000
REGION = "eu-west-1"
TRIES = 5


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = ThreadedMotoServer(ip_address="0.0.0.0", port=PORT, verbose=False)  # noqa: S104 # inside its container
    server.start()
    queues = boto3.client(
        "sqs",
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{PORT}",
        aws_access_key_id="development",
        aws_secret_access_key="development",  # noqa: S106 # moto takes any
    )
    dead = queues.create_queue(QueueName="events-dead")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": TRIES})
    queues.create_queue(QueueName="events", Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "30"})
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
