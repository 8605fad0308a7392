"""ELBv2: listeners with all their certificates, and rules, refused where AWS refuses."""

from typing import Any

from .. import wire
from .mend import Mend, replace


def _listeners(alb: Any) -> None:
    kept = ("AlpnPolicy", "MutualAuthentication")

    def shown(listener: dict[str, Any]) -> dict[str, Any]:
        certificates = [{"CertificateArn": arn} for arn in listener.get("Certificates", [])]
        return {**listener, "Certificates": certificates or None, "DefaultActions": []}

    def listener_xml(listener: dict[str, Any]) -> str:
        actions = "".join(alb._action_xml(action) for action in listener["DefaultActions"])
        text = wire.fragment("elbv2", "Listener", "member", shown(listener))
        return text.replace("<DefaultActions></DefaultActions>", f"<DefaultActions>{actions}</DefaultActions>")

    def create(params: dict[str, Any]) -> Any:
        balancer, port = alb._p(params, "LoadBalancerArn"), alb._p(params, "Port")
        if any(e["LoadBalancerArn"] == balancer and str(e["Port"]) == port for e in alb._listeners.values()):
            return alb._error("DuplicateListener", f"A listener already exists on port {port} for '{balancer}'")
        return answered("CreateListener", params, original_create(params))

    def modify(params: dict[str, Any]) -> Any:
        return answered("ModifyListener", params, original_modify(params))

    def answered(action: str, params: dict[str, Any], response: Any) -> Any:
        if response[0] != 200:
            return response
        given = wire.decode("elbv2", action, params)
        listener = alb._listeners[wire.read("elbv2", action, response[2])["Listeners"][0]["ListenerArn"]]
        listener.update({key: given[key] for key in kept if key in given})
        return alb._xml(200, action, f"<Listeners>{listener_xml(listener)}</Listeners>")

    def describe(params: dict[str, Any]) -> Any:
        for arn in alb._parse_member_list(params, "ListenerArns"):
            if arn not in alb._listeners:
                return alb._error("ListenerNotFound", f"One or more listeners not found: {arn}")
        balancer = alb._p(params, "LoadBalancerArn")
        if balancer and balancer not in alb._lbs:
            return alb._error("LoadBalancerNotFound", f"Load balancer '{balancer}' not found")
        return original_describe(params)

    original_create = replace(alb, "_create_listener", create)
    original_modify = replace(alb, "_modify_listener", modify)
    original_describe = replace(alb, "_describe_listeners", describe)
    replace(alb, "_listener_xml", listener_xml)


def _certificates(alb: Any) -> None:
    def change(params: dict[str, Any], add: bool) -> Any:
        listener = alb._listeners.get(alb._p(params, "ListenerArn"))
        if listener is None:
            return alb._error("ListenerNotFound", f"Listener '{alb._p(params, 'ListenerArn')}' not found")
        named = alb._parse_certificate_arns(params)
        others = [arn for arn in listener.get("_more_certificates", []) if arn not in named]
        listener["_more_certificates"] = [*others, *named] if add else others
        action = "AddListenerCertificates" if add else "RemoveListenerCertificates"
        values = {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in named]}
        return wire.encode("elbv2", action, values if add else {})

    def describe(params: dict[str, Any]) -> Any:
        listener = alb._listeners.get(alb._p(params, "ListenerArn"))
        if listener is None:
            return alb._error("ListenerNotFound", f"Listener '{alb._p(params, 'ListenerArn')}' not found")
        default = [{"CertificateArn": arn, "IsDefault": True} for arn in listener.get("Certificates", [])]
        more = [{"CertificateArn": arn, "IsDefault": False} for arn in listener.get("_more_certificates", [])]
        return wire.encode("elbv2", "DescribeListenerCertificates", {"Certificates": [*default, *more]})

    alb._ACTION_MAP["AddListenerCertificates"] = lambda params: change(params, True)
    alb._ACTION_MAP["RemoveListenerCertificates"] = lambda params: change(params, False)
    alb._ACTION_MAP["DescribeListenerCertificates"] = describe


def _rules(alb: Any) -> None:
    def create(params: dict[str, Any]) -> Any:
        listener, priority = alb._p(params, "ListenerArn"), alb._p(params, "Priority", "1")
        used = [str(each["Priority"]) for each in alb._rules.values() if each["ListenerArn"] == listener]
        if priority in used:
            return alb._error("PriorityInUse", f"Priority '{priority}' is currently in use")
        return original_create(params)

    def describe(params: dict[str, Any]) -> Any:
        for arn in alb._parse_member_list(params, "RuleArns"):
            if arn not in alb._rules:
                return alb._error("RuleNotFound", f"One or more rules not found: {arn}")
        listener = alb._p(params, "ListenerArn")
        if listener and listener not in alb._listeners:
            return alb._error("ListenerNotFound", f"One or more listeners not found: {listener}")
        return original_describe(params)

    original_create = replace(alb, "_create_rule", create)
    original_describe = replace(alb, "_describe_rules", describe)


MENDS = (
    Mend(
        "listeners keep mutual authentication and ALPN, one a port; an unknown one is an error",
        "both are lost, two may share a port, an unknown one is an empty list",
        "ministack.services.alb",
        {
            "_create_listener": "23d4ba6f6584",
            "_modify_listener": "be2a9bfca23f",
            "_describe_listeners": "a4a3cec50e8d",
            "_listener_xml": "93cc9890ee2d",
        },
        _listeners,
    ),
    Mend(
        "listeners have more certificates than their first",
        "the three actions are missing",
        "ministack.services.alb",
        {"_parse_certificate_arns": "b0032a02e4d6"},
        _certificates,
    ),
    Mend(
        "a rule's priority is free or refused; an unknown rule is an error",
        "two rules may have the same, an unknown one is an empty list",
        "ministack.services.alb",
        {"_create_rule": "99193af3da45", "_describe_rules": "922c28a3ea66"},
        _rules,
    ),
)
