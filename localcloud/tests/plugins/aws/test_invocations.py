"""Calls of a function that are part of a stack: what the function hears, what it answers, how it fails."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.errors import Trouble
from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.provider import InitFailed
from localcloud.tests.plugins.aws.cases.lambda_ import BUCKET, FUNCTION, ROLE
from localcloud.tests.plugins.aws.conformance import REGION, Life

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
TOKEN = "aws:lambda/invocation:Invocation"
CODE = """
def handle(event, context):
    if event.get("order") == 13:
        raise ValueError("there is no order\\n13")
    return event
"""


@pytest.fixture
def life(provider: Provider) -> Iterator[Life]:
    made = Life(provider)
    made.parents((BUCKET, ROLE))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("code.py", CODE)
    client = provider.session.client("s3", REGION)
    client.put_object(Bucket="conformance-code", Key="first.zip", Body=content.getvalue())
    made.make("aws:lambda/function:Function", "echo", made.resolved({**FUNCTION, "name": "echo"}))
    yield made
    made.end()


def order(number: int, **more: Any) -> dict[str, Any]:
    return {"functionName": "echo", "input": json.dumps({"order": number}), **more}


def test_a_function_hears_what_becomes_of_the_resource(life: Life) -> None:
    made = life.make(TOKEN, "order", order(1, lifecycleScope="CRUD"))
    assert json.loads(made.outputs["result"]) == {"order": 1, "tf": {"action": "create", "prev_input": None}}

    life.update(made, life.checked(made, order(2, lifecycleScope="CRUD"), made.inputs))
    assert json.loads(made.outputs["result"]) == {"order": 2, "tf": {"action": "update", "prev_input": {"order": 1}}}


def test_a_call_made_once_sends_the_input_alone_and_is_made_anew_for_another(life: Life) -> None:
    made = life.make(TOKEN, "order", order(1))
    assert json.loads(made.outputs["result"]) == {"order": 1}
    assert life.diff(made, life.checked(made, order(2), made.inputs)).replaces == ["input"]


def test_a_function_that_fails_fails_the_resource_in_its_own_words_on_one_line(life: Life) -> None:
    with pytest.raises(Trouble, match=r"the function echo failed: there is no order 13$"):
        life.make(TOKEN, "order", order(13))


def test_a_function_without_its_code_is_not_made(life: Life) -> None:
    with pytest.raises((Trouble, InitFailed), match="NoSuchKey"):
        life.make("aws:lambda/function:Function", "empty", life.resolved({**FUNCTION, "s3Key": "nowhere.zip"}))
