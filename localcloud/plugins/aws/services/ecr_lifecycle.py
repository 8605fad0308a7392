"""ECR: what AWS refuses in a lifecycle policy."""

from collections.abc import Mapping
from typing import Any

_COUNTS = ("imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned")


def judge_lifecycle(parsed: Any) -> str:
    """Say what AWS refuses in a lifecycle policy."""
    rules = parsed.get("rules") if isinstance(parsed, Mapping) else None
    if not isinstance(rules, list) or not 1 <= len(rules) <= 50:
        return "must have 1 to 50 rules"
    if not all(isinstance(rule, Mapping) and isinstance(rule.get("selection"), Mapping) for rule in rules):
        return "each rule must be an object with a selection"
    priorities = [rule.get("rulePriority") for rule in rules]
    if not all(isinstance(each, int) and each > 0 for each in priorities) or len(set(priorities)) != len(priorities):
        return f"each rule needs its own rulePriority of at least 1, got {priorities}"
    for rule in rules:
        reason = _selection(rule["selection"]) or ("" if "action" in rule else "needs an action")
        if reason:
            return f"rule {rule['rulePriority']}: {reason}"
    for rule in rules:
        if rule["selection"]["tagStatus"] == "any" and rule["rulePriority"] != max(priorities):
            return "a rule for tagStatus any must have the highest rulePriority"
    return ""


def _selection(selection: Mapping[str, Any]) -> str:
    status, count = selection.get("tagStatus"), selection.get("countType")
    tags = [each for each in ("tagPrefixList", "tagPatternList") if selection.get(each)]
    if status not in ("tagged", "untagged", "any"):
        return f"tagStatus must be tagged, untagged or any, got {status!r}"
    if status == "tagged" and len(tags) != 1:
        return "tagStatus tagged needs one of tagPrefixList and tagPatternList"
    if status != "tagged" and tags:
        return f"{tags[0]} means something for tagStatus tagged only"
    if count not in _COUNTS:
        return f"countType must be one of {', '.join(_COUNTS)}, got {count!r}"
    if not isinstance(selection.get("countNumber"), int) or selection["countNumber"] < 1:
        return f"countNumber must be at least 1, got {selection.get('countNumber')!r}"
    unit = selection.get("countUnit")
    if (count == "imageCountMoreThan") == (unit is not None) or unit not in (None, "days"):
        return f"countUnit must be days with a time and absent with a count, got {unit!r} with {count}"
    return ""
