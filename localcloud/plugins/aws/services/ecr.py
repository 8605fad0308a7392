"""ECR: repositories, what expires in them, who may pull."""

from typing import Any

from localcloud.errors import Trouble
from localcloud.plugins.aws.call import Call
from localcloud.plugins.aws.entry import Entry, Name, Properties, Tags
from localcloud.plugins.aws.errors import Refused
from localcloud.plugins.aws.rules import value
from localcloud.plugins.aws.services.documents import document, refuse_strangers, resource_policy
from localcloud.plugins.aws.services.ecr_lifecycle import judge_lifecycle
from localcloud.plugins.aws.steps import Named, Op

_EXCLUDING = ("IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION")


def described(call: Call, name: str, registry: str = "") -> Any:
    """Return a repository of this account, or of another one that lets this account look."""
    account = registry if registry and registry != call.account else ""
    return call.api("describe_repositories", account=account, repositoryNames=[name])["repositories"][0]


def _read(call: Call) -> Properties:
    live = described(call, call.id)
    kept = call.properties(
        live,
        {"name": "repositoryName", "arn": "repositoryArn", "repositoryUrl": "repositoryUri"},
    )
    kept.setdefault("imageTagMutability", "MUTABLE")
    return kept


def _change(call: Call) -> None:
    if call.changed("imageTagMutability", "imageTagMutabilityExclusionFilters"):
        names = ("imageTagMutabilityExclusionFilters",)
        call.api(
            "put_image_tag_mutability",
            repositoryName=call.id,
            imageTagMutability=call.inputs.get("imageTagMutability", "MUTABLE"),
            **call.parameters("put_image_tag_mutability", names),
        )
    if call.changed("imageScanningConfiguration"):
        scan = call.inputs.get("imageScanningConfiguration") or {"scanOnPush": False}
        call.api("put_image_scanning_configuration", repositoryName=call.id, imageScanningConfiguration=scan)


def _delete(call: Call) -> None:
    """Delete the repository; with images in it only when the program says `forceDelete`."""
    try:
        call.api("delete_repository", repositoryName=call.id, force=bool(call.inputs.get("forceDelete")))
    except Refused as error:
        if error.code != "RepositoryNotEmptyException":
            raise
        raise Trouble(f"the repository {call.id} still holds images", "set forceDelete, or delete them") from error


def _filters(inputs: Properties) -> tuple[str, str] | None:
    """Judge that filters and the mode that needs them come together."""
    mode, filters = inputs.get("imageTagMutability", "MUTABLE"), inputs.get("imageTagMutabilityExclusionFilters")
    if not isinstance(mode, str) or (filters is not None and not isinstance(filters, list)):
        return None
    if mode in _EXCLUDING and not filters:
        return "imageTagMutabilityExclusionFilters", f"must be given for {mode}"
    if filters and mode not in _EXCLUDING:
        return "imageTagMutabilityExclusionFilters", f"mean something for {' and '.join(_EXCLUDING)} only"
    return None


def _put_lifecycle(call: Call) -> str:
    name = str(call.inputs["repository"])
    call.api("put_lifecycle_policy", repositoryName=name, lifecyclePolicyText=call.inputs["policy"])
    return name


def _read_lifecycle(call: Call) -> Properties:
    live = call.api("get_lifecycle_policy", repositoryName=call.id)
    return {"repository": call.id, "registryId": live["registryId"], "policy": live["lifecyclePolicyText"]}


def _put_policy(call: Call) -> str:
    name = str(call.inputs["repository"])
    refuse_strangers(call, call.inputs["policy"])
    call.api("set_repository_policy", repositoryName=name, policyText=call.inputs["policy"])
    return name


def _read_policy(call: Call) -> Properties:
    live = call.api("get_repository_policy", repositoryName=call.id)
    return {"repository": call.id, "registryId": live["registryId"], "policy": live["policyText"]}


ENTRIES = (
    Entry(
        token="aws:ecr/repository:Repository",
        service="ecr",
        cfn="AWS::ECR::Repository",
        names={"name": "RepositoryName", "encryptionConfigurations": "EncryptionConfiguration"},
        inputs=(
            "encryptionConfigurations",
            "forceDelete",
            "imageScanningConfiguration",
            "imageTagMutability",
            "imageTagMutabilityExclusionFilters",
            "name",
        ),
        name=Name(longest=256, lower=True),
        create=Op(
            "create_repository",
            take=(
                "encryptionConfigurations",
                "imageScanningConfiguration",
                "imageTagMutability",
                "imageTagMutabilityExclusionFilters",
                "name",
            ),
            rename={"name": "repositoryName", "encryptionConfigurations": "encryptionConfiguration"},
            pick="repository.repositoryName",
        ),
        read=_read,
        update=_change,
        delete=_delete,
        find=Named(),
        tags=Tags(
            owner=lambda call: {"resourceArn": call.arn(f"repository/{call.id}")},
            member="tags",
            keys="tagKeys",
            list="list_tags_for_resource",
            listed="tags",
        ),
        replace={"encryptionConfigurations": "a repository keeps its encryption for life"},
        defaults={
            "imageScanningConfiguration": {"scanOnPush": False},
            "imageTagMutability": "MUTABLE",
        },
        local=("forceDelete",),
        sets=("imageTagMutabilityExclusionFilters",),
        limits={"imageTagMutabilityExclusionFilters[*].filterType": {"enum": ["WILDCARD"]}},
        rules=(
            _filters,
            value("encryptionConfigurations", lambda all_: len(all_) <= 1, "can be given once"),
        ),
    ),
    Entry(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        inputs=("policy", "repository"),
        create=_put_lifecycle,
        read=_read_lifecycle,
        update=_put_lifecycle,
        delete=Op("delete_lifecycle_policy", {"repositoryName": "$id"}),
        replace={"repository": "a policy belongs to one repository"},
        json=("policy",),
        rules=(document("policy", judge_lifecycle, 30720),),
        unlike=("nothing expires: the policy is kept and given back, and no image is removed by it",),
    ),
    Entry(
        token="aws:ecr/repositoryPolicy:RepositoryPolicy",
        service="ecr",
        inputs=("policy", "repository"),
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=Op("delete_repository_policy", {"repositoryName": "$id"}),
        replace={"repository": "a policy belongs to one repository"},
        json=("policy",),
        rules=(resource_policy("policy", 10240, without_resource=True),),
        unlike=("not enforced: an account pulls from another's registry whatever the policy says",),
    ),
)
