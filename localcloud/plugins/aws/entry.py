"""The table's format: one `Entry` a resource type, one `Function` an invoke, one file a service in `services/`.

Each file ends with `ENTRIES = (Entry(...), ...)` and, where it has some, `FUNCTIONS = (Function(...), ...)`;
`table.py` names the files. Values are plain Python in Pulumi's own property names (`cidrBlock`), no unknowns: by
the time an entry is called everything is known. A plain type is 15 to 25 lines:

    Entry(
        token="aws:ec2/vpc:Vpc", service="ec2", cfn="AWS::EC2::VPC",
        inputs=("cidrBlock", "instanceTenancy", "enableDnsSupport"),   # tags and region need no mention
        create=Op("create_vpc", take=("cidrBlock", "instanceTenancy"), pick="Vpc.VpcId"),
        settle=attributes,                                # a function (call) -> None
        read=Read("describe_vpcs", {"VpcIds": ["$id"]}, pick="Vpcs[0]", extra=lambda call, live: {...}),
        delete=Op("delete_vpc", {"VpcId": "$id"}),
        tags=TAGS,                                        # how this service writes tags
        find=Find("describe_vpcs", "Vpcs[]", "VpcId"),    # adopts what a killed run made
        defaults={"instanceTenancy": "default"},          # what AWS fills in; drift from it is shown
    )

**Steps.** `create(call) -> id` makes the thing, with its tags, in one call. `settle(call)` does what follows
(attributes, waiting until it is ready); it is idempotent, and when it raises, the thing is kept half-made and the next
run comes through Update. `update(call)` changes what `call.changed("a", "b")` says; it is also called for adopted or
half-made things, where every given property counts as changed. Then `settle` again. `read(call)` returns the
live properties or None; `delete(call)` ends it. Tags are updated by the generic part. "Not found" errors are understood
everywhere, and busy ones (DependencyViolation…) are retried in `delete`.

**Steps are callables**: a function of a `Call` (call.py), or the declarative ones of steps.py: `Op`, `Read`, `Find`,
`each(...)`.

**Call** has `inputs`, `old` (inputs before), `state` (outputs before), `id`, `region`, `account`, `arn(...)`, `tags`
(all to be written, with the hidden marks), `api("boto3_method", Param=…)`, `changed(...)`, `wait(ready, what)`,
`mine(tags)`. Inputs go to boto3 by `call.parameters("boto3_method", take=(...), rename={...})`, responses come back
by `call.properties(response, rename={...})`: both walk botocore's shapes and the SDK's types and match names by
letters, plural or not. A given input without a parameter is an error, never dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.plugins.aws.call import Call

Properties = dict[str, Any]
Step = Callable[["Call"], Any]
Rule = Callable[[Properties], "str | tuple[str, str] | None"]
"""Looks at checked inputs (some may be `UNKNOWN`) and returns what is wrong, or (property, what is wrong)."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """How a physical name is made when the program gives none: `<logical name>-<7 random hex digits>`."""

    property: str = "name"
    """The input that holds the name."""
    longest: int = 255
    """What AWS allows; a made-up name is shortened to it, a given one refused above it."""
    pattern: str = ""
    """What a whole name must match, as a regular expression; empty: anything."""
    separator: str = "-"
    """What joins logical name and random part; `_` or an empty text where AWS refuses a hyphen."""
    lower: bool = False
    """Whether AWS wants lower case (S3, ECR)."""
    prefix: str = ""
    """What AWS wants every name to begin with (`alias/`); a made-up one gets it."""
    unless: Sequence[str] = ()
    """Inputs that name the resource in another way: with one of them no name is made up."""


@dataclass(frozen=True, kw_only=True)
class Tags:
    """How a service writes the tags of a resource that exists, and how they go into its create call."""

    add: str = "tag_resource"
    """boto3 method that adds or overwrites tags."""
    remove: str = "untag_resource"
    """boto3 method that removes tags by key."""
    owner: Callable[["Call"], Properties]
    """The parameters that name the resource in `add`, `remove` and `list`: `lambda c: {"Resources": [c.id]}`."""
    member: str = "Tags"
    """The parameter that holds tags, in `add` and in the create call."""
    key: str = "Key"
    """Name of the key in a pair; empty where the service takes a plain map."""
    value: str = "Value"
    keys: str = "TagKeys"
    """The parameter of `remove`; `remove_pairs` says that it takes pairs rather than keys."""
    remove_pairs: bool = False
    list: "str | Callable[[Call], Any]" = ""
    """boto3 method that reads tags, or a function that returns them as pairs or a map; empty where `read` gives
    `tags` itself."""
    listed: str = "Tags"
    """jmespath of the pairs or the map in the answer of `list`."""
    write: Callable[["Call", Properties], Any] | None = None
    """Writes the whole map of tags at once, where the service has no adding and removing (S3); `add` and `remove`
    are then empty texts."""
    create: Callable[["Call", Any], Properties] | None = None
    """Parameters of the create call for the tags; None: `{member: tags}`. `lambda c, t: {}` with `after=True`
    where the create call takes none."""
    after: bool = False
    """Whether the tags are written by `add` straight after the create call, because that call takes none or
    the emulator loses them."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource type of the table. See the module's docstring for the steps."""

    token: str
    """Pulumi's type, as state shows it: `aws:ec2/vpc:Vpc`."""
    service: str
    """boto3 client: `ec2`."""
    inputs: Sequence[str]
    """Every input property that this entry carries to AWS; any other is refused by name. `region`, and with
    `tags` set `tags` and `tagsAll`, need no mention."""
    create: Step
    read: Step
    delete: Step
    update: Step | None = None
    """None: nothing but tags can change; every change of an input replaces."""
    settle: Step | None = None
    broken: Step | None = None
    """Says why a living resource does not work although its properties are as given (a rollout that failed), or None.
    A refresh keeps that in the state, and the next run comes through Update and puts it right."""
    find: Step | None = None
    """Id of a living resource with this call's marks (`call.mine(tags)`), or of one with the same name or place that
    nobody else owns. Called before every create, so that a run after a kill takes over what is there."""
    id_of: Step | None = None
    """Id that a create gives, by the inputs alone. Needed for a setting of another resource whose create overwrites and
    asks nobody (no `find`), and without whose delete the other one cannot be deleted: so it is known after a kill."""
    cfn: str = ""
    """CloudFormation's type: `createOnlyProperties`, enums, patterns and lengths come from its schema; empty: none."""
    replace: Mapping[str, str] = field(default_factory=dict)
    """Properties whose change replaces the resource although no schema says so → the reason."""
    replace_if: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Properties that replace for some changes only → says so of the old and the new value; both are known."""
    replace_while: Mapping[str, Callable[[Properties], bool]] = field(default_factory=dict)
    """Properties that replace only while the new inputs are so."""
    in_place: Mapping[str, str] = field(default_factory=dict)
    """Properties that can be changed although the schema has them create-only → the reason."""
    replace_first: bool = False
    """Whether the old one must go before its replacement can exist (one per parent). A name given by the program
    does the same by itself."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Pulumi property → CloudFormation property, where the letters differ (`egressOnlyGatewayId`…)."""
    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Limits by path where CloudFormation has none or others than AWS: `{"rules[*].type": {"enum": [...]}}`, `{}` for
    none; as in its schemas `enum`, `pattern` (anchor it), `minLength`, `maxItems`, `maximum`… and rules.py's `ARN`."""
    name: Name | None = None
    tags: Tags | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AWS fills in for an absent input. A live value that differs is drift."""
    local: Sequence[str] = ()
    """Inputs that never reach AWS (`skipDestroy`, `waitForSteadyState`): kept from the program on read."""
    sought: Sequence[str] = ()
    """Inputs that `find` needs besides those that replace, the name and `local`: a ledger keeps them."""
    unseen: Sequence[str] = ()
    """Inputs among `local` that hold a secret: written to AWS, in no output, and their change alone is none."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Inputs that the emulator does not give back → why. Kept from the program on read; listed in docs/parity.md."""
    json: Sequence[str] = ()
    """Properties that hold JSON text: compared parsed; an object given instead becomes text in Check."""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Properties with a sense of their own → says whether a live value is what the program gave (both are there)."""
    sets: Sequence[str] = ()
    """Lists whose order means nothing; nested ones by path (`networkConfiguration.subnets`, `rules[*].hosts`)."""
    secret: Sequence[str] = ()
    """Outputs that are secret in state."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Nested inputs that this entry does not carry to AWS, as `actions[*].authenticateOidc` → why. An input that is
    not in `inputs` needs no mention."""
    rules: Sequence[Rule] = ()
    """What AWS would refuse and no schema says; see rules.py: `conflict("a", "b")`, `together(...)`, `one_of(...)`."""
    unlike: Sequence[str] = ()
    """Sentences for docs/parity.md: how this type behaves differently from AWS on the embedded cloud."""
    seconds: float = 120
    """How long `settle` and a busy `delete` may take."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """One invoke: `run(call)` gets the arguments as `call.inputs` and returns the result's properties."""

    token: str
    """`aws:index/getAvailabilityZones:getAvailabilityZones`."""
    service: str
    inputs: Sequence[str]
    """Arguments that it understands; any other is refused by name. `region` needs no mention."""
    run: Step
    secret: Sequence[str] = ()
    """Result properties that are secret."""
    unlike: Sequence[str] = ()


__all__ = ["Entry", "Function", "Name", "Properties", "Rule", "Step", "Tags"]
