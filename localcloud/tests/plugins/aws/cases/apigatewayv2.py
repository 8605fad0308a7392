"""HTTP APIs: routes, integrations, authorizers, stages, links into a network, and domain names."""

from typing import Any

from localcloud.tests.plugins.aws.cases.lambda_ import SECURITY
from localcloud.tests.plugins.aws.conformance import SUBNETS, VPC, Case, Parent, parents

API = Parent("api", "aws:apigatewayv2/api:Api", {"protocolType": "HTTP"})
OTHER_API = Parent("second", "aws:apigatewayv2/api:Api", {"protocolType": "HTTP"})
FUNCTION = "arn:aws:lambda:eu-west-1:222222222222:function:items"
INVOKED = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/main/0123456789abcdef/0123456789abcdef"
LINK = Parent(
    "link",
    "aws:apigatewayv2/vpcLink:VpcLink",
    {"subnetIds": ["${a.id}", "${b.id}"], "securityGroupIds": ["${security.id}"]},
)
INTEGRATION = Parent(
    "integration",
    "aws:apigatewayv2/integration:Integration",
    {
        "apiId": "${api.id}",
        "integrationType": "AWS_PROXY",
        "integrationUri": FUNCTION,
        "payloadFormatVersion": "2.0",
    },
)
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi"
AUTHORIZER_INPUTS: dict[str, Any] = {
    "apiId": "${api.id}",
    "authorizerType": "JWT",
    "identitySources": ["$request.header.Authorization"],
    "jwtConfiguration": {"issuer": ISSUER, "audiences": ["client"]},
}
AUTHORIZER = Parent("authorizer", "aws:apigatewayv2/authorizer:Authorizer", AUTHORIZER_INPUTS)
STAGE = Parent("stage", "aws:apigatewayv2/stage:Stage", {"apiId": "${api.id}", "name": "$default", "autoDeploy": True})
OTHER_STAGE = Parent(
    "elsewhere", "aws:apigatewayv2/stage:Stage", {"apiId": "${second.id}", "name": "v2", "autoDeploy": True}
)


def cors(*origins: str, **more: Any) -> dict[str, Any]:
    return {"allowOrigins": list(origins), "allowMethods": ["GET", "PUT"], "allowHeaders": ["authorization"], **more}


def logged(group: str = "api", text: str = '{"requestId":"$context.requestId"}') -> dict[str, Any]:
    return {"destinationArn": f"arn:aws:logs:eu-west-1:222222222222:log-group:{group}", "format": text}


def throttled(key: str, rate: float, burst: int = 10) -> dict[str, Any]:
    return {"routeKey": key, "throttlingRateLimit": rate, "throttlingBurstLimit": burst}


CASES = (
    Case(
        token="aws:apigatewayv2/api:Api",
        inputs={
            "protocolType": "HTTP",
            "name": "items",
            "description": "what is sold",
            "version": "1",
            "disableExecuteApiEndpoint": True,
            "ipAddressType": "dualstack",
            "routeSelectionExpression": "$request.method $request.path",
            "apiKeySelectionExpression": "$request.header.x-api-key",
            "corsConfiguration": cors(
                "https://shop.example", allowCredentials=True, maxAge=300, exposeHeaders=["etag"]
            ),
            "tags": {"team": "x"},
        },
        updates=(
            {"name": "all-items", "description": "all that is sold", "version": "2"},
            {"disableExecuteApiEndpoint": False, "ipAddressType": "ipv4"},
            {"corsConfiguration": cors("https://shop.example", "https://market.example")},
            {"corsConfiguration": None, "description": None, "version": None},
            {"tags": {"team": "y"}},
        ),
        refused=(
            {"protocolType": "WEBSOCKET"},
            {"corsConfiguration": cors("*", allowCredentials=True)},
            {"ipAddressType": "ipv6"},
            {"target": FUNCTION},
        ),
    ),
    Case(
        token="aws:apigatewayv2/vpcLink:VpcLink",
        parents=parents(VPC, SUBNETS, SECURITY),
        inputs={
            "name": "inside",
            "subnetIds": ["${a.id}", "${b.id}"],
            "securityGroupIds": ["${security.id}"],
            "tags": {"team": "x"},
        },
        updates=({"name": "within"}, {"tags": {"team": "y"}}),
        replaces=({"subnetIds": ["${a.id}"]}, {"securityGroupIds": []}),
        refused=({"subnetIds": []}, {"securityGroupIds": ["mine"]}),
    ),
    Case(
        token="aws:apigatewayv2/integration:Integration",
        parents=parents(VPC, SUBNETS, SECURITY, LINK, API, OTHER_API),
        inputs={
            "apiId": "${api.id}",
            "integrationType": "HTTP_PROXY",
            "integrationUri": LISTENER,
            "integrationMethod": "ANY",
            "connectionType": "VPC_LINK",
            "connectionId": "${link.id}",
            "description": "the load balancer",
            "payloadFormatVersion": "1.0",
            "timeoutMilliseconds": 10000,
            "tlsConfig": {"serverNameToVerify": "market.example"},
            "requestParameters": {"append:header.via": "api", "overwrite:path": "$request.path"},
            "responseParameters": [{"statusCode": "500", "mappings": {"overwrite:statuscode": "503"}}],
        },
        updates=(
            {"description": "the other load balancer", "integrationUri": f"{LISTENER[:-1]}0"},
            {"timeoutMilliseconds": 20000, "integrationMethod": "GET"},
            {"requestParameters": {"append:header.via": "gateway"}},
            {"responseParameters": [{"statusCode": "404", "mappings": {"append:header.x": "y"}}]},
            {"responseParameters": None, "requestParameters": None, "description": None},
            {"timeoutMilliseconds": None, "tlsConfig": {"serverNameToVerify": "shop.example"}},
            {"connectionType": "INTERNET", "connectionId": None, "integrationUri": "https://market.example"},
        ),
        replaces=({"apiId": "${second.id}"},),
        refused=(
            {"integrationUri": "https://market.example"},
            {"connectionId": None},
            {"timeoutMilliseconds": 30001},
            {"integrationMethod": None},
        ),
    ),
    Case(
        token="aws:apigatewayv2/integration:Integration",
        label="of-a-function",
        parents=(API,),
        inputs={
            "apiId": "${api.id}",
            "integrationType": "AWS_PROXY",
            "integrationUri": FUNCTION,
            "integrationMethod": "POST",
            "payloadFormatVersion": "2.0",
            "credentialsArn": "arn:aws:iam::222222222222:role/api",
        },
        updates=(
            {"integrationUri": f"{FUNCTION}:live"},
            {"payloadFormatVersion": "1.0"},
            {"credentialsArn": None},
        ),
        replaces=({"integrationType": "HTTP_PROXY"},),
    ),
    Case(
        token="aws:apigatewayv2/route:Route",
        parents=(API, OTHER_API, INTEGRATION, AUTHORIZER),
        inputs={
            "apiId": "${api.id}",
            "routeKey": "GET /items/{id}",
            "target": "integrations/${integration.id}",
            "authorizationType": "JWT",
            "authorizerId": "${authorizer.id}",
            "authorizationScopes": ["items.read", "items.write"],
            "operationName": "item",
        },
        updates=(
            {"routeKey": "ANY /items/{proxy+}", "operationName": "items"},
            {"authorizationScopes": ["items.read"]},
            {"authorizationScopes": None, "operationName": None},
            {"authorizationType": "AWS_IAM", "authorizerId": None},
            {"authorizationType": None},
            {"target": None},
        ),
        replaces=({"apiId": "${second.id}"},),
        refused=(
            {"routeKey": "FETCH /items"},
            {"routeKey": "GET /{proxy+}/items"},
            {"authorizerId": None},
            {"authorizationType": "AWS_IAM"},
            {"target": "${integration.id}"},
            {"apiKeyRequired": True},
        ),
    ),
    Case(
        token="aws:apigatewayv2/stage:Stage",
        parents=(API, OTHER_API, INTEGRATION),
        inputs={
            "apiId": "${api.id}",
            "name": "$default",
            "autoDeploy": True,
            "description": "what runs",
            "stageVariables": {"level": "info", "colour": "red"},
            "accessLogSettings": logged(),
            "defaultRouteSettings": {
                "throttlingRateLimit": 100,
                "throttlingBurstLimit": 200,
                "detailedMetricsEnabled": True,
            },
            "routeSettings": [throttled("GET /items", 5.5), throttled("$default", 50)],
            "clientCertificateId": "abcdef",
            "tags": {"team": "x"},
        },
        updates=(
            {"description": "what runs now", "stageVariables": {"level": "debug"}},
            {"accessLogSettings": logged("others"), "clientCertificateId": None},
            {"defaultRouteSettings": {"throttlingRateLimit": 10, "throttlingBurstLimit": 20}},
            {"routeSettings": [throttled("$default", 25, 5)]},
            {"routeSettings": None, "accessLogSettings": None, "description": None},
            {"autoDeploy": False, "stageVariables": None},
            {"tags": {"team": "y"}},
        ),
        replaces=({"name": "v1"}, {"apiId": "${second.id}"}),
        refused=(
            {"name": "two words"},
            {"accessLogSettings": logged("api:*")},
            {"defaultRouteSettings": {"loggingLevel": "INFO"}},
        ),
    ),
    Case(
        token="aws:apigatewayv2/authorizer:Authorizer",
        parents=(API, OTHER_API),
        inputs={**AUTHORIZER_INPUTS, "name": "users"},
        updates=(
            {"name": "people"},
            {"jwtConfiguration": {"issuer": f"{ISSUER}x", "audiences": ["client", "other"]}},
            {"identitySources": ["$request.querystring.token"]},
        ),
        replaces=({"apiId": "${second.id}"},),
        refused=(
            {"jwtConfiguration": None},
            {"identitySources": None},
            {"authorizerUri": INVOKED},
            {"jwtConfiguration": {"issuer": "cognito"}},
        ),
    ),
    Case(
        token="aws:apigatewayv2/authorizer:Authorizer",
        label="function",
        parents=(API,),
        inputs={
            "apiId": "${api.id}",
            "name": "asked",
            "authorizerType": "REQUEST",
            "authorizerUri": INVOKED,
            "authorizerPayloadFormatVersion": "2.0",
            "authorizerResultTtlInSeconds": 60,
            "authorizerCredentialsArn": "arn:aws:iam::222222222222:role/api",
            "enableSimpleResponses": True,
            "identitySources": ["$request.header.X-Key"],
        },
        updates=(
            {"authorizerResultTtlInSeconds": 0},
            {"authorizerUri": INVOKED.replace("items", "asks")},
            {"authorizerCredentialsArn": None},
            {"authorizerPayloadFormatVersion": "1.0", "enableSimpleResponses": None},
        ),
    ),
)
