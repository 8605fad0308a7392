"""Tags of everything that ECS makes."""

from localcloud.plugins.aws.entry import Tags

TAGS = Tags(
    owner=lambda call: {"resourceArn": call.id},
    member="tags",
    key="key",
    value="value",
    keys="tagKeys",
    list="list_tags_for_resource",
    listed="tags",
)
