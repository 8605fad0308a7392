"""What Lambda itself needs of the role of a function, as statements."""

from infra.core.policies import Principal, Statement

INTERFACES = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces")

# No condition: Lambda promises none when it takes a role, and only functions of the role's own account can get it.
TRUST = Statement(sid="Function", principal=Principal.service("lambda.amazonaws.com"), actions=("sts:AssumeRole",))
"""Who takes the role of a function."""

TRACE = Statement(sid="Trace", actions=("xray:PutTelemetryRecords", "xray:PutTraceSegments"), resources=("*",))
"""To say where the time of a request went; AWS knows no narrower resource for it."""


def interfaces(region: str, account: str) -> tuple[Statement, ...]:
    """Return what a function in a network needs, and keep it from the function's own code.

    Lambda itself makes the function's network interfaces with its role; AWS knows no narrower resource for that. The
    code of the function has the same role.
    """
    code = f"arn:aws:lambda:{region}:{account}:function:*"
    return (
        Statement(sid="Interfaces", actions=INTERFACES, resources=("*",)),
        Statement(
            sid="NotByCode",
            effect="Deny",
            actions=INTERFACES,
            resources=("*",),
            condition={"ArnLike": {"lambda:SourceFunctionArn": code}},
        ),
    )
