"""HTTP APIs: what API Gateway refuses."""

from typing import Any

from localcloud.tests.plugins.aws.cases.apigatewayv2 import FUNCTION, INVOKED, ISSUER, LISTENER, cors, logged, throttled
from localcloud.tests.plugins.aws.refusal import Refusals, gateway, terraform

API, LINK, STAGE = gateway("apis"), gateway("vpclinks"), gateway("apis-apiid-stages")
INTEGRATION, ROUTE = gateway("apis-apiid-integrations"), gateway("apis-apiid-routes")
AUTHORIZER = gateway("apis-apiid-authorizers")
DOMAIN, MAPPING = gateway("domainnames"), gateway("domainnames-domainname-apimappings")
CERTIFICATE = "arn:aws:acm:eu-west-1:222222222222:certificate/00000000-0000-0000-0000-000000000001"


def _domain(**changes: Any) -> dict[str, Any]:
    plain = {"certificateArn": CERTIFICATE, "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2"}
    return {"domainNameConfiguration": {**plain, **changes}}


TABLES = (
    Refusals(
        token="aws:apigatewayv2/api:Api",
        valid={"name": "items", "protocolType": "HTTP"},
        refused=(
            ({"name": "n" * 129}, "name", "at most 128 characters", API),
            ({"protocolType": None}, "protocolType", "is required", API),
            ({"protocolType": "WEBSOCKET"}, "protocolType", "must be HTTP", API),
            ({"description": "d" * 1025}, "description", "at most 1024 characters", API),
            ({"version": "v" * 65}, "version", "at most 64 characters", API),
            ({"ipAddressType": "ipv6"}, "ipAddressType", "ipv4, dualstack", API),
            (
                {"corsConfiguration": cors("*", allowCredentials=True)},
                "corsConfiguration",
                "credentials to every origin",
                API,
            ),
            ({"corsConfiguration": cors("shop.example")}, "corsConfiguration.allowOrigins[0]", "must match", API),
            ({"corsConfiguration": cors(maxAge=86401)}, "corsConfiguration.maxAge", "at most 86400", API),
            ({"corsConfiguration": cors(maxAge=-2)}, "corsConfiguration.maxAge", "at least -1", API),
        ),
        accepted=(
            {"name": "n" * 128},
            {"corsConfiguration": cors("*")},
            {"corsConfiguration": cors("http://localhost:5173", allowCredentials=True, maxAge=86400)},
            {"version": "v" * 64},
        ),
    ),
    Refusals(
        token="aws:apigatewayv2/vpcLink:VpcLink",
        valid={"subnetIds": ["subnet-0123456789"], "securityGroupIds": ["sg-0123456789"]},
        refused=(
            ({"subnetIds": []}, "subnetIds", "at least 1 items", LINK),
            ({"subnetIds": ["mine"]}, "subnetIds[0]", "must match", LINK),
            ({"securityGroupIds": ["mine"]}, "securityGroupIds[0]", "must match", LINK),
            ({"securityGroupIds": None}, "securityGroupIds", "is required", terraform("apigatewayv2_vpc_link")),
            ({"name": "n" * 129}, "name", "at most 128 characters", LINK),
        ),
        accepted=({"securityGroupIds": []}, {"name": "n" * 128}),
    ),
    Refusals(
        token="aws:apigatewayv2/integration:Integration",
        valid={
            "apiId": "abcdefghij",
            "integrationType": "HTTP_PROXY",
            "integrationMethod": "ANY",
            "integrationUri": LISTENER,
            "connectionType": "VPC_LINK",
            "connectionId": "abcdef",
        },
        refused=(
            ({"apiId": None}, "apiId", "is required", INTEGRATION),
            ({"integrationType": "MOCK"}, "integrationType", "AWS_PROXY, HTTP_PROXY", INTEGRATION),
            ({"integrationMethod": None}, "integrationMethod", "is required", INTEGRATION),
            ({"integrationMethod": "FETCH"}, "integrationMethod", "must be one of", INTEGRATION),
            ({"integrationUri": "https://shop.example"}, "integrationUri", "the ARN of a listener", INTEGRATION),
            ({"connectionId": None}, "connectionId", "is required", INTEGRATION),
            ({"connectionType": "INTERNET"}, "connectionId", "cannot be given", INTEGRATION),
            ({"payloadFormatVersion": "3.0"}, "payloadFormatVersion", "1.0, 2.0", INTEGRATION),
            ({"timeoutMilliseconds": 49}, "timeoutMilliseconds", "at least 50", INTEGRATION),
            ({"timeoutMilliseconds": 30001}, "timeoutMilliseconds", "at most 30000", INTEGRATION),
            (
                {"responseParameters": [{"statusCode": "100", "mappings": {}}]},
                "responseParameters[0].statusCode",
                "must match",
                INTEGRATION,
            ),
        ),
        accepted=(
            {"timeoutMilliseconds": 50},
            {"timeoutMilliseconds": 30000},
            {"connectionType": None, "connectionId": None, "integrationUri": "https://shop.example"},
            {"integrationUri": "arn:aws:servicediscovery:eu-west-1:222222222222:service/srv-1"},
        ),
    ),
    Refusals(
        token="aws:apigatewayv2/route:Route",
        valid={
            "apiId": "abcdefghij",
            "routeKey": "GET /items",
            "target": "integrations/abcdef",
            "authorizationType": "JWT",
            "authorizerId": "abcdef",
        },
        refused=(
            ({"routeKey": None}, "routeKey", "is required", ROUTE),
            ({"routeKey": "/items"}, "routeKey", "like GET /items/{id}", ROUTE),
            ({"routeKey": "GET items"}, "routeKey", "like GET /items/{id}", ROUTE),
            ({"routeKey": "GET /{proxy+}/items"}, "routeKey", "like GET /items/{id}", ROUTE),
            ({"routeKey": "GET /items-{id}"}, "routeKey", "like GET /items/{id}", ROUTE),
            ({"target": "abcdef"}, "target", "must match", ROUTE),
            ({"authorizationType": "COGNITO"}, "authorizationType", "AWS_IAM", ROUTE),
            ({"authorizerId": None}, "authorizerId", "is required for the authorization JWT", ROUTE),
            ({"authorizationType": "AWS_IAM"}, "authorizerId", "cannot be given", ROUTE),
            (
                {"authorizationType": None, "authorizerId": None, "authorizationScopes": ["items"]},
                "authorizationScopes",
                "cannot be given",
                ROUTE,
            ),
            ({"operationName": "o" * 65}, "operationName", "at most 64 characters", ROUTE),
        ),
        accepted=(
            {"routeKey": "$default"},
            {"routeKey": "ANY /"},
            {"routeKey": "ANY /items/{id}/{proxy+}"},
            {"authorizationScopes": ["items"]},
            {"authorizationType": "AWS_IAM", "authorizerId": None},
        ),
    ),
    Refusals(
        token="aws:apigatewayv2/stage:Stage",
        valid={"apiId": "abcdefghij", "name": "v1"},
        refused=(
            ({"name": "two words"}, "name", "must match", STAGE),
            ({"name": "n" * 129}, "name", "at most 128 characters", STAGE),
            ({"apiId": None}, "apiId", "is required", STAGE),
            ({"description": "d" * 1025}, "description", "at most 1024 characters", STAGE),
            ({"accessLogSettings": logged("api:*")}, "accessLogSettings", "without :*", STAGE),
            (
                {"routeSettings": [throttled("GET /items", -1)]},
                "routeSettings[0].throttlingRateLimit",
                "at least 0",
                STAGE,
            ),
            (
                {"defaultRouteSettings": {"loggingLevel": "INFO"}},
                "defaultRouteSettings.loggingLevel",
                "no such setting",
                terraform("apigatewayv2_stage"),
            ),
        ),
        accepted=({"name": "$default"}, {"accessLogSettings": logged()}, {"routeSettings": [throttled("$default", 0)]}),
    ),
    Refusals(
        token="aws:apigatewayv2/authorizer:Authorizer",
        valid={
            "apiId": "abcdefghij",
            "name": "users",
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"issuer": ISSUER, "audiences": ["client"]},
        },
        refused=(
            ({"authorizerType": "COGNITO"}, "authorizerType", "JWT, REQUEST", AUTHORIZER),
            ({"jwtConfiguration": None}, "jwtConfiguration", "is required", AUTHORIZER),
            ({"identitySources": None}, "identitySources", "is required", AUTHORIZER),
            ({"identitySources": ["Authorization"]}, "identitySources[0]", "must match", AUTHORIZER),
            ({"jwtConfiguration": {"issuer": "cognito"}}, "jwtConfiguration.issuer", "must match", AUTHORIZER),
            (
                {"authorizerType": "REQUEST", "jwtConfiguration": None, "identitySources": None},
                "authorizerUri",
                "is required",
                AUTHORIZER,
            ),
        ),
        accepted=(
            {
                "authorizerType": "REQUEST",
                "jwtConfiguration": None,
                "authorizerUri": INVOKED,
                "authorizerPayloadFormatVersion": "2.0",
                "authorizerResultTtlInSeconds": 3600,
            },
            {"name": "n" * 128},
        ),
    ),
    Refusals(
        token="aws:apigatewayv2/domainName:DomainName",
        valid={"domainName": "api.shop.example", **_domain()},
        refused=(
            ({"domainName": "API.shop.example"}, "domainName", "must match", DOMAIN),
            ({"domainName": "api"}, "domainName", "must match", DOMAIN),
            (_domain(certificateArn=FUNCTION), "domainNameConfiguration.certificateArn", "must match", DOMAIN),
            (_domain(endpointType="EDGE"), "domainNameConfiguration.endpointType", "REGIONAL", DOMAIN),
            (_domain(securityPolicy="TLS_1_0"), "domainNameConfiguration.securityPolicy", "TLS_1_2", DOMAIN),
            (_domain(ipAddressType="ipv6"), "domainNameConfiguration.ipAddressType", "dualstack", DOMAIN),
            ({"routingMode": "NONE"}, "routingMode", "API_MAPPING_ONLY", DOMAIN),
            (
                {"mutualTlsAuthentication": {"truststoreUri": "https://shop.example/ca.pem"}},
                "mutualTlsAuthentication.truststoreUri",
                "must match",
                DOMAIN,
            ),
        ),
        accepted=({"domainName": "*.shop.example"}, _domain(ipAddressType="dualstack")),
    ),
    Refusals(
        token="aws:apigatewayv2/apiMapping:ApiMapping",
        valid={"apiId": "abcdefghij", "domainName": "api.shop.example", "stage": "$default"},
        refused=(
            ({"apiMappingKey": "/v1"}, "apiMappingKey", "without a slash", MAPPING),
            ({"apiMappingKey": "v1/"}, "apiMappingKey", "without a slash", MAPPING),
            ({"stage": "two words"}, "stage", "must match", MAPPING),
            ({"stage": None}, "stage", "is required", MAPPING),
            ({"domainName": None}, "domainName", "is required", MAPPING),
        ),
        accepted=({"apiMappingKey": ""}, {"apiMappingKey": "v1/items"}, {"apiMappingKey": "k" * 300}),
    ),
)
