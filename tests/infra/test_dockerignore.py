"""`.dockerignore` as moby's own patternmatcher reads it; most cases are from its table of tests."""

import pytest

from infra.core.dockerignore import Ignore

CASES = [
    ("**", "file", True),
    ("**", "dir/file", True),
    ("**/", "file", True),
    ("**/**", "dir/file", True),
    ("dir/**", "dir/file", True),
    ("dir/**", "dir/dir2/file", True),
    ("**/dir2/*", "dir/dir2/file", True),
    ("**/dir2/*", "dir/dir2/dir2/file", True),
    ("**file", "file", True),
    ("**file", "dir/file", True),
    ("**/file", "dir/dir/file", True),
    ("**/file*", "dir/dir/file.txt", True),
    ("**/file*txt", "dir/dir/file.txt", True),
    ("**/file*.txt*", "dir/dir/file.txt", True),
    ("a**/*.txt", "dir/dir/file.txt", False),
    ("a**/*.txt", "a/dir/file.txt", True),
    ("a/*.txt", "a/file.txt", True),
    ("a/*.txt", "a/dir/file.txt", False),
    ("a[b-d]e", "ae", False),
    ("a[b-d]e", "ace", True),
    ("a[b-d]e", "aae", False),
    ("a[^b-d]e", "aze", True),
    ("abc.def", "abcdef", False),
    ("abc.def", "abcZdef", False),
    ("abc?def", "abcZdef", True),
    ("abc?def", "abc/def", False),
    ("a\\*b", "a*b", True),
    ("a\\*b", "aXb", False),
    ("a", "a/b/c", True),
    ("/a", "a", True),
    ("./a", "a", True),
    ("a/", "a/b", True),
    ("a/../b", "b", True),
    ("*/b", "b", False),
    (".*", ".git/config", True),
    (".*", "a/.git", False),
    ("# a", "# a", False),
    ("  a  ", "a", True),
    ("", "a", False),
    ("*\n!a", "a", False),
    ("*\n!a", "b", True),
    ("*\n!a/b", "a/b/c", False),
    ("*\n!a/b", "a/c", True),
    ("!a\na", "a", True),
    ("a\n!a/*.txt\na/secret.txt", "a/open.txt", False),
    ("a\n!a/*.txt\na/secret.txt", "a/secret.txt", True),
    ("**\n!dir", "dir/file", False),
    ("docs\n!docs/README.md", "docs/README.md", False),
    ("*.md\n! README.md", "README.md", False),
]


@pytest.mark.parametrize(("patterns", "path", "ignored"), CASES, ids=[f"{p!r} {path}" for p, path, _ in CASES])
def test_a_path_is_left_out_as_docker_would(patterns: str, path: str, ignored: bool) -> None:
    assert Ignore.parse(patterns).matches(path) is ignored


@pytest.mark.parametrize("pattern", ["[a", "a\\", "[z-a]"])
def test_what_is_no_pattern_is_refused_with_the_line(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a pattern") as raised:
        Ignore.parse(f"fine\n{pattern}")

    assert str(raised.value) == f".dockerignore: not a pattern: {pattern}"


@pytest.mark.parametrize(
    ("patterns", "folder", "looked_into"),
    [
        ("node_modules", "node_modules", False),
        ("node_modules", "app", True),
        ("*\n!app", "node_modules", False),
        ("*\n!app", "app", True),
        ("*\n!app/pages/*.ts", "app", True),
        ("*\n!app/pages/*.ts", "app/pages/deep", True),
        ("*\n!app/pages/*.ts", "app/other", False),
        ("*\n!**/keep.txt", "node_modules", True),
    ],
)
def test_a_folder_is_looked_into_only_when_something_in_it_may_be_wanted(
    patterns: str, folder: str, looked_into: bool
) -> None:
    assert Ignore.parse(patterns).may_hold_wanted(folder) is looked_into
