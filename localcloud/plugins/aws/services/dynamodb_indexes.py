"""DynamoDB's keys, indexes and capacity: between Pulumi's words and AWS's, and what AWS refuses in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.plugins.aws.entry import Properties
from localcloud.plugins.provider import UNKNOWN, has_unknown

_MOST_INDEXES, _MOST_LOCAL = 20, 5
_UNLIMITED = -1
"""What AWS writes for on-demand capacity without a limit."""


def keys(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    """Return a key schema."""
    schema = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return [*schema, {"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else schema


def key_names(schema: list[Any]) -> tuple[str, str]:
    """Return (hash key, range key) of a key schema; no range key is an empty text."""
    named = {each["KeyType"]: each["AttributeName"] for each in schema}
    return named.get("HASH", ""), named.get("RANGE", "")


def attributes(inputs: Properties) -> list[dict[str, str]]:
    """Return the attribute definitions of a table."""
    return [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in inputs["attributes"]]


def other_types(old: Any, new: Any) -> bool:
    """Say whether an attribute changes its type: AWS makes another table for that."""
    before = {each["name"]: each["type"] for each in old or ()}
    return any(before.get(each["name"], each["type"]) != each["type"] for each in new or ())


def throughput(owner: Properties, table: Properties) -> Properties:
    """Return the capacity of a table or an index; the table's billing mode decides which kind it has."""
    if table.get("billingMode", "PROVISIONED") == "PROVISIONED":
        units = {"readCapacity": "ReadCapacityUnits", "writeCapacity": "WriteCapacityUnits"}
        return {"ProvisionedThroughput": {theirs: int(owner[ours]) for ours, theirs in units.items()}}
    limits = owner.get("onDemandThroughput")
    if not limits:
        return {}
    units = {"maxReadRequestUnits": "MaxReadRequestUnits", "maxWriteRequestUnits": "MaxWriteRequestUnits"}
    return {"OnDemandThroughput": {theirs: int(limits.get(ours) or _UNLIMITED) for ours, theirs in units.items()}}


def index(given: Properties, table: Properties) -> Properties:
    """Return a global index as AWS writes it."""
    return {
        "IndexName": given["name"],
        "KeySchema": _schema(given),
        "Projection": _projection(given),
        **throughput(given, table),
    }


def local(given: Properties, hash_key: str) -> Properties:
    """Return a local index as AWS writes it: it shares the table's hash key."""
    return {
        "IndexName": given["name"],
        "KeySchema": keys(hash_key, given["rangeKey"]),
        "Projection": _projection(given),
    }


def _schema(given: Properties) -> list[dict[str, str]]:
    if given.get("keySchemas"):
        return [{"AttributeName": each["attributeName"], "KeyType": each["keyType"]} for each in given["keySchemas"]]
    return keys(given["hashKey"], given.get("rangeKey"))


def _projection(given: Properties) -> Properties:
    names = given.get("nonKeyAttributes")
    return {"ProjectionType": given["projectionType"], **({"NonKeyAttributes": list(names)} if names else {})}


def live(table: Any, inputs: Properties, mode: str) -> list[Properties]:
    """Return the live global indexes, each with its keys in the form that the program uses."""
    given = {each["name"]: each for each in inputs.get("globalSecondaryIndexes") or ()}
    return [
        _live_index(each, given.get(each["IndexName"], {}), mode) for each in table.get("GlobalSecondaryIndexes", [])
    ]


def _live_index(each: Any, given: Properties, mode: str) -> Properties:
    hash_key, range_key = key_names(each["KeySchema"])
    found: Properties = {
        "name": each["IndexName"],
        "projectionType": each["Projection"]["ProjectionType"],
        "nonKeyAttributes": each["Projection"].get("NonKeyAttributes", []),
        **live_throughput(each, mode),
    }
    if given.get("keySchemas"):
        schema = [{"attributeName": one["AttributeName"], "keyType": one["KeyType"]} for one in each["KeySchema"]]
        return found | {"keySchemas": schema}
    return found | {"hashKey": hash_key, **({"rangeKey": range_key} if range_key else {})}


def live_local(table: Any) -> list[Properties]:
    """Return the live local indexes."""
    return [
        {
            "name": each["IndexName"],
            "rangeKey": key_names(each["KeySchema"])[1],
            "projectionType": each["Projection"]["ProjectionType"],
            "nonKeyAttributes": each["Projection"].get("NonKeyAttributes", []),
        }
        for each in table.get("LocalSecondaryIndexes", [])
    ]


def live_throughput(owner: Any, mode: str) -> Properties:
    """Return the live capacity of a table or an index."""
    if mode == "PROVISIONED":
        units = owner.get("ProvisionedThroughput", {})
        return {"readCapacity": units.get("ReadCapacityUnits", 0), "writeCapacity": units.get("WriteCapacityUnits", 0)}
    limits = owner.get("OnDemandThroughput") or {}
    read, write = limits.get("MaxReadRequestUnits", _UNLIMITED), limits.get("MaxWriteRequestUnits", _UNLIMITED)
    if (read, write) == (_UNLIMITED, _UNLIMITED):
        return {}
    return {"onDemandThroughput": {"maxReadRequestUnits": read, "maxWriteRequestUnits": write}}


def same_throughput(live_owner: Any, wanted: Properties) -> bool:
    """Say whether a table or an index has every figure of the capacity that is wanted."""
    there = (
        live_owner.get(kind, {}).get(key) == number for kind, units in wanted.items() for key, number in units.items()
    )
    return all(there)


def capacity(inputs: Properties, table: Any) -> Properties:
    """Return what of billing mode and throughput differs; a change to provisioned needs the indexes' figures too."""
    mode = inputs.get("billingMode", "PROVISIONED")
    live_mode = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    sent: Properties = {**throughput(inputs, inputs)}
    if mode == "PAY_PER_REQUEST" and not sent and live_throughput(table, live_mode).get("onDemandThroughput"):
        sent["OnDemandThroughput"] = {"MaxReadRequestUnits": _UNLIMITED, "MaxWriteRequestUnits": _UNLIMITED}
    if mode == live_mode:
        return {} if same_throughput(table, sent) else sent
    sent["BillingMode"] = mode
    there = {each["IndexName"] for each in table.get("GlobalSecondaryIndexes", [])}
    kept = [each for each in inputs.get("globalSecondaryIndexes", []) if each["name"] in there]
    if mode == "PROVISIONED" and kept:
        sent["GlobalSecondaryIndexUpdates"] = [
            {"Update": {"IndexName": each["name"], **throughput(each, inputs)}} for each in kept
        ]
    return sent


def changes(inputs: Properties, table: Any) -> list[Properties]:
    """Return the parameters of one UpdateTable call for each index that goes, comes or changes its capacity.

    An index whose keys or projection differ goes and comes again: AWS cannot change them.
    """
    wanted = {each["name"]: index(each, inputs) for each in inputs.get("globalSecondaryIndexes") or ()}
    there = {each["IndexName"]: each for each in table.get("GlobalSecondaryIndexes", [])}
    gone = [name for name, each in there.items() if name not in wanted or not _same_shape(each, wanted[name])]
    new = [name for name in wanted if name not in there or name in gone]
    found: list[Properties] = [{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in gone]
    definitions = attributes(inputs)
    found += [
        {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [{"Create": wanted[name]}]} for name in new
    ]
    mode = inputs.get("billingMode", "PROVISIONED")
    for name, each in there.items():
        if name not in gone and (update := _capacity(each, wanted[name], mode)):
            found.append({"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": name, **update}}]})
    return found


def _same_shape(there: Any, wanted: Properties) -> bool:
    one, other = there["Projection"], wanted["Projection"]
    names = [sorted(each.get("NonKeyAttributes", [])) for each in (one, other)]
    same = one["ProjectionType"] == other["ProjectionType"] and names[0] == names[1]
    return bool(same and there["KeySchema"] == wanted["KeySchema"])


def _capacity(there: Any, wanted: Properties, mode: str) -> Properties:
    """Return what of an index's capacity must be written; the billing mode itself has changed before."""
    if mode == "PROVISIONED":
        units = {"ProvisionedThroughput": wanted["ProvisionedThroughput"]}
        return {} if same_throughput(there, units) else units
    unlimited = {"MaxReadRequestUnits": _UNLIMITED, "MaxWriteRequestUnits": _UNLIMITED}
    limits = wanted.get("OnDemandThroughput", unlimited)
    return {} if (there.get("OnDemandThroughput") or unlimited) == limits else {"OnDemandThroughput": limits}


def judge(inputs: Properties) -> tuple[str, str] | None:
    """Judge that keys and attributes fit: each key is defined, each definition is a key, index names are unique."""
    if inputs.get("hashKey") is None:
        return "hashKey", "is required and was not given"
    if inputs.get("attributes") is None:
        return "attributes", "is required and was not given"
    defined = inputs["attributes"]
    names = ("globalSecondaryIndexes", "localSecondaryIndexes")
    if has_unknown([defined, *(inputs.get(name) for name in (*names, "hashKey", "rangeKey"))]):
        return None
    several = [inputs.get(name) or [] for name in names]
    there = [each.get("name") for each in defined]
    twin = next((name for name in there if there.count(name) > 1), None)
    if twin:
        return "attributes", f"{twin} is defined twice"
    used = set(_used(inputs))
    unused, missing = sorted(set(there) - used), sorted(used - set(there))
    if missing:
        return "attributes", f"{missing[0]} is a key and must be defined"
    if unused:
        return "attributes", f"{unused[0]} is no key of the table or an index: only keys are defined"
    return _judge_indexes(inputs, *several)


def _used(inputs: Properties) -> Iterator[str]:
    """Yield every attribute that is a key of the table or of an index."""
    globals_, locals_ = inputs.get("globalSecondaryIndexes") or [], inputs.get("localSecondaryIndexes") or []
    for owner in (inputs, *globals_, *locals_):
        yield from (owner[key] for key in ("hashKey", "rangeKey") if owner.get(key))
        yield from (each["attributeName"] for each in owner.get("keySchemas") or ())


def _judge_indexes(inputs: Properties, globals_: list[Any], locals_: list[Any]) -> tuple[str, str] | None:
    names = [each.get("name") for each in (*globals_, *locals_)]
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin:
        return "globalSecondaryIndexes", f"two indexes are named {twin}"
    if len(globals_) > _MOST_INDEXES or len(locals_) > _MOST_LOCAL:
        return "globalSecondaryIndexes", f"a table has at most {_MOST_INDEXES} global and {_MOST_LOCAL} local indexes"
    if locals_ and not inputs.get("rangeKey"):
        return "localSecondaryIndexes", "need a table with a rangeKey"
    for place, each in [("globalSecondaryIndexes", one) for one in globals_] + [
        ("localSecondaryIndexes", one) for one in locals_
    ]:
        reason = _judge_index(each, place)
        if reason:
            return place, f"the index {each.get('name')} {reason}"
    return None


def _judge_index(each: Mapping[str, Any], place: str) -> str:
    kind, names = each.get("projectionType"), each.get("nonKeyAttributes")
    if kind not in ("ALL", "INCLUDE", "KEYS_ONLY"):
        return f"has the projectionType {kind!r}, which must be ALL, INCLUDE or KEYS_ONLY"
    if bool(names) != (kind == "INCLUDE"):
        return "must have nonKeyAttributes with INCLUDE, and only then"
    if not 3 <= len(str(each.get("name"))) <= 255:
        return "must have a name of 3 to 255 characters"
    if place == "globalSecondaryIndexes" and bool(each.get("hashKey")) == bool(each.get("keySchemas")):
        return "must have either hashKey or keySchemas"
    return ""


def judge_capacity(inputs: Properties) -> tuple[str, str] | None:
    """Judge that capacity units come with provisioned billing, for the table and each index, and only then."""
    mode = inputs.get("billingMode", "PROVISIONED")
    owners = [("", inputs), *((f"{each.get('name')}: ", each) for each in _known_indexes(inputs))]
    for name in ("readCapacity", "writeCapacity") if mode is not UNKNOWN else ():
        for label, owner in owners:
            there = owner.get(name) not in (None, 0, "0")
            if mode == "PROVISIONED" and not there:
                return name, f"{label}must be given for the billing mode PROVISIONED"
            if mode != "PROVISIONED" and there:
                return name, f"{label}cannot be given for the billing mode {mode}"
    return None


def _known_indexes(inputs: Properties) -> list[Any]:
    found = inputs.get("globalSecondaryIndexes")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
