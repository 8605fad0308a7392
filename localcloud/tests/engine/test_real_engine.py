"""The real command line with this project's language host."""

import json
import signal
import sys
from pathlib import Path

import psutil
import pytest

from localcloud.tests.engine.fakes import Project, lives, until

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """
import os
import sys

import pulumi
import helper

class Box(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Box", name)
        self.register_outputs({"size": 1})

settings = pulumi.Config("test")
print("said on standard output")
print("said on standard error", file=sys.stderr)
for name in settings.require_object("boxes"):
    Box(name)
root = pulumi.runtime.get_root_directory()
pulumi.export("where", {"folder": os.getcwd(), "main": sys.argv, "first": sys.path[0], "root": root})
pulumi.export("stdin", sys.stdin.read())
pulumi.export("preview", pulumi.runtime.is_dry_run())
pulumi.export("secret", settings.get_secret("secret"))
pulumi.export("helper", helper.VALUE)
pulumi.export("environment", sorted(name for name in os.environ if name.startswith("PULUMI_CONFIG")))
"""


def test_a_program_is_previewed_brought_up_changed_and_destroyed(project: Project) -> None:
    (project.repository / "infra" / "helper.py").write_text("VALUE = 'beside the program'\n")
    project.write(PROGRAM, "config:\n  test:boxes: [one, two]\n")
    project.run("config", "set", "--secret", "test:secret", "hush", "-s", "dev")
    preview = project.run("preview", "-s", "dev")
    assert "+ 3 to create" in preview
    assert preview.count("said on standard output") >= 1
    assert preview.count("said on standard error") >= 1
    assert "+ 3 created" in project.run("up", "-s", "dev", "--yes", "--skip-preview")
    state = json.loads(project.run("stack", "export", "-s", "dev"))["deployment"]["resources"]
    boxes = [each for each in state if each["type"] == "test:index:Box"]
    line = PROGRAM.splitlines().index("    Box(name)") + 1
    assert not any("stackTrace" in each for each in boxes)
    assert all(each["sourcePosition"].endswith(f"infra/__main__.py#{line}") for each in boxes), boxes[0]
    outputs = json.loads(project.run("stack", "output", "-s", "dev", "--json", "--show-secrets"))
    program = str(project.repository / "infra")
    root = str(Path(project.environment["PULUMI_HOME"]).parent / "workspace")
    assert outputs == {
        "where": {"folder": program, "main": [program], "first": program, "root": root},
        "stdin": "",
        "preview": False,
        "secret": "hush",
        "helper": "beside the program",
        "environment": ["PULUMI_CONFIG_PASSPHRASE_FILE"],
    }
    assert "hush" not in project.run("stack", "export", "-s", "dev")
    assert "3 unchanged" in project.run("preview", "-s", "dev", "--expect-no-changes")
    assert "- 3 deleted" in project.run("destroy", "-s", "dev", "--yes", "--skip-preview")


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        (
            "import pulumi\nraise pulumi.RunError('Pulumi.dev.yaml has 2 problems')",
            "error: Pulumi.dev.yaml has 2 problems",
        ),
        ("import sys\nsys.exit('no zones given')", "error: no zones given"),
        ("import sys\nsys.exit(7)", "the program ended with exit code 7"),
        ("import os\nos.kill(os.getpid(), 9)", "the program was ended by signal 9"),
    ],
)
def test_a_program_that_ends_early_says_how_and_nothing_else(shared: Project, program: str, shown: str) -> None:
    shared.write(f"{program}\n")
    said = shared.run("preview", "-s", "dev", expected=1)
    assert shown in said
    for noise in ("Traceback", "Warning", ".py"):
        assert noise not in said


def test_an_error_of_the_program_is_shown_from_its_first_line_on(shared: Project) -> None:
    shared.write("def inner():\n    raise KeyError('zones')\n\ninner()\n")
    said = shared.run("preview", "-s", "dev", expected=1)
    assert "error: the program failed:" in said
    assert "KeyError: 'zones'" in said
    assert f'File "{shared.repository}/infra/__main__.py", line 4' in said
    assert "run_program.py" not in said


def test_a_program_that_exits_in_success_has_succeeded(shared: Project) -> None:
    shared.write("import sys\nimport pulumi\npulumi.ComponentResource('test:index:Box', 'one')\nsys.exit(0)\n")
    assert "+ 2 to create" in shared.run("preview", "-s", "dev")


UNMADE = """
import pulumi
import pulumi_aws as aws

pulumi.ComponentResource("test:index:Box", "box")
one = aws.sns.Topic("one")
aws.sns.Topic("other", display_name=pulumi.Output.concat("after ", one.arn))
"""


def test_what_a_run_with_other_targets_leaves_out_is_unknown_to_the_program(project: Project) -> None:
    project.write(UNMADE, "config:\n  aws:region: eu-west-1\n")
    box = "urn:pulumi:dev::tiny::test:index:Box::box"
    assert "+ 2 created" in project.run("up", "-s", "dev", "--yes", "--skip-preview", "--target", box)
    assert "sns" not in project.run("stack", "export", "-s", "dev")


WAITING = """
import os, pathlib, time
path = pathlib.Path({path!r})
path.with_suffix(".part").write_text(str(os.getpid()))
path.with_suffix(".part").rename(path)
time.sleep(600)
"""


def test_lines_for_debugging_reach_the_engine_where_they_are_asked_for(shared: Project) -> None:
    shared.write("import pulumi\npulumi.log.debug('a line for debugging')\npulumi.log.warn('a warning')\n")
    said = shared.run("preview", "-s", "dev", "--debug")
    assert "a warning" in said
    assert "a line for debugging" not in said
    shared.environment["SLIPWAY_DEBUG"] = "1"
    try:
        assert "a line for debugging" in shared.run("preview", "-s", "dev", "--debug")
    finally:
        del shared.environment["SLIPWAY_DEBUG"]


COUNTING = """
import asyncio
import atexit
import pathlib

import pulumi

def wait(tasks, **options):
    waited.append(len(tasks))
    return asyncio_wait(tasks, **options)

waited = []
asyncio_wait, asyncio.wait = asyncio.wait, wait
atexit.register(lambda: pathlib.Path("FILE").write_text(str(sum(waited))))
for number in range(60):
    pulumi.ComponentResource("test:index:Box", f"box-{number}").register_outputs({"size": 1})
"""


def test_waiting_for_a_programs_end_does_not_grow_with_the_square_of_its_resources(
    shared: Project, tmp_path: Path
) -> None:
    shared.write(COUNTING.replace("FILE", str(tmp_path / "waited")))
    assert "+ 61 to create" in shared.run("preview", "-s", "dev")
    assert int((tmp_path / "waited").read_text()) < 60


@pytest.mark.parametrize("victim", ["command line", "language host"])
def test_when_one_of_them_is_killed_nothing_lives_on(shared: Project, tmp_path: Path, victim: str) -> None:
    written = tmp_path / "pid"
    shared.write(WAITING.format(path=str(written)))
    command = shared.started(written, "preview", "-s", "dev")
    program = psutil.Process(int(written.read_text()))
    host = program.parent()
    assert host is not None
    assert host.ppid() == command.pid
    (command if victim == "command line" else host).send_signal(signal.SIGKILL)
    command.communicate(timeout=120)
    until(lambda: not lives(program.pid) and not lives(host.pid))
    shared.run("cancel", "dev", "--yes")


def test_an_interrupt_ends_everything_without_a_traceback(shared: Project, tmp_path: Path) -> None:
    written = tmp_path / "pid"
    shared.write(WAITING.format(path=str(written)))
    command = shared.started(written, "preview", "-s", "dev")
    program = int(written.read_text())
    command.send_signal(signal.SIGINT)
    said, _ = command.communicate(timeout=120)
    assert command.returncode != 0
    assert "Traceback" not in said
    until(lambda: not lives(program))


def test_the_command_line_sees_the_environments_python_and_packages(shared: Project) -> None:
    about = json.loads(shared.run("about", "-s", "dev", "--json"))
    assert about["runtime"]["language"] == "python"
    assert about["runtime"]["executable"] == str(Path(sys.prefix) / "bin" / "python")
    assert {plugin["name"] for plugin in about["plugins"]} >= {"aws", "docker", "docker-build", "python"}
