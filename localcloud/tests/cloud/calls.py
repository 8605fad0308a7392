"""What the tests of the control plane share: names of their own, and the code of a refusal."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError


def name() -> str:
    """Return a name that no other test uses."""
    return f"n{uuid4().hex[:12]}"


def refusal(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the code of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])
