"""Where an image that is named as on AWS lies on this machine: known here and outside the process alike."""

import re

ECR_NAME = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<image>.+)$")


def registry_address(image_name: str, endpoint: str) -> str:
    """Return the address at which Docker pushes and pulls an ECR image on the embedded cloud.

    `111111111111.dkr.ecr.eu-west-1.amazonaws.com/a/b:tag` with the endpoint `http://127.0.0.1:4566` becomes
    `127.0.0.1:4566/111111111111/eu-west-1/a/b:tag`, digests alike. Any other name is returned as it is.
    """
    parts = ECR_NAME.match(image_name)
    if parts is None:
        return image_name
    host = endpoint.split("://", 1)[-1].rstrip("/")
    return f"{host}/{parts['account']}/{parts['region']}/{parts['image']}"
