"""Parameters."""

from localcloud.tests.plugins.aws.conformance import Case

CASES = (
    Case(
        token="aws:ssm/parameter:Parameter",
        inputs={
            "name": "/slipway/dev/foundation/vpc",
            "type": "String",
            "value": "vpc-1",
            "description": "the network",
            "allowedPattern": "vpc-.*",
            "dataType": "text",
            "tags": {"team": "x"},
        },
        updates=(
            {"value": "vpc-2"},
            {"description": "a network"},
            {"allowedPattern": "vpc-\\d+"},
            {"allowedPattern": None, "description": None},
            {"tier": "Advanced"},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "/slipway/dev/foundation/other"}, {"type": "StringList"}),
        refused=(
            {"name": "no spaces"},
            {"name": "/aws/service"},
            {"name": "level/without/root"},
            {"value": "subnet-1"},
            {"value": ""},
            {"value": "vpc-" + "1" * 4096},
            {"insecureValue": "vpc-1"},
            {"keyId": "alias/aws/ssm"},
            {"type": "Number"},
            {"tier": "Free"},
            {"valueWo": "hidden", "valueWoVersion": 1},
        ),
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        label="advanced",
        inputs={"type": "String", "insecureValue": "x" * 5000, "tier": "Advanced", "overwrite": True},
        updates=({"insecureValue": "y"},),
        unimported=("insecureValue",),
        replaces=({"tier": "Standard", "insecureValue": "y"},),
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        label="secure",
        inputs={"type": "SecureString", "value": "a secret", "keyId": "alias/aws/ssm"},
        updates=({"value": "another secret"}, {"keyId": "alias/slipway"}),
        refused=({"value": None, "insecureValue": "plain"},),
    ),
    Case(
        token="aws:ssm/parameter:Parameter",
        label="written-only",
        inputs={"type": "SecureString", "valueWo": "a secret", "valueWoVersion": 1},
        updates=({"valueWo": "another secret", "valueWoVersion": 2}, {"description": "known to nobody"}),
        refused=({"valueWoVersion": None}, {"valueWo": "x" * 4097}),
    ),
)
