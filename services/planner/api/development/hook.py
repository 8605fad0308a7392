"""`python -m development.hook`: hand what the bucket tells the queue to the scan function, as Lambda does on AWS."""

from __future__ import annotations

import json
import logging

import boto3

from development.cloud import QUEUE
from development.serve import tell

LOG = logging.getLogger("planner.hook")
WAIT_SECONDS = 10


def main() -> None:
    """Until the process is ended."""
    tell()
    from planner import scan

    sqs = boto3.client("sqs")
    queue = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    while True:
        answer = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=WAIT_SECONDS, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            try:
                scan.handle(json.loads(message["Body"]))
            except Exception:
                LOG.exception("the hook failed: the message comes again")
                continue
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


if __name__ == "__main__":
    main()
