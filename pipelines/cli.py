"""The `slipway` command."""

import json
import logging
import os
import signal
import sys
import webbrowser
from typing import Annotated

import typer
from rich.markup import escape

from localcloud import progress
from localcloud.errors import Interrupted, Trouble
from pipelines import show

app = typer.Typer(
    help="Slipway: five applications on AWS as Pulumi stacks, on one machine or in the cloud.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of text.")]
NoDocker = Annotated[bool, typer.Option("--no-docker", help="Leave out what needs containers.")]
Stacks = Annotated[list[str] | None, typer.Argument(metavar="[STACK]...", help="tooling, dev, staging, prod")]
Systems = Annotated[
    list[str] | None,
    typer.Option(metavar="SYSTEM", help="Carry this system only; may be given again."),
]
OneStack = Annotated[str, typer.Argument(metavar="STACK", help="tooling, dev, staging or prod")]


@app.callback()
def main_options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options of every command; `main` looks for --debug itself, so that it works for errors of the start too."""
    if debug:
        os.environ["SLIPWAY_DEBUG"] = "1"


@app.command()
def up(stacks: Stacks = None, system: Systems = None, no_docker: NoDocker = False, as_json: Json = False) -> None:
    """Bring stacks up on the embedded cloud (tooling and dev when none is named)."""
    from pipelines import up as work

    show.status(work.up(stacks or [], not no_docker, system), as_json)


@app.command()
def build(stack: OneStack = "dev", as_json: Json = False) -> None:
    """Build and push the images that a stack builds, and nothing else."""
    from pipelines import up as work

    built = work.build(stack)
    if as_json:
        show.json(built)
        return
    table = show.table("image", "address", "digest")
    for name, image in sorted(built.items()):
        table.add_row(name, image["address"], image["digest"])
    show.out.print(table)


@app.command()
def down(
    stacks: Stacks = None,
    everything: Annotated[
        bool, typer.Option("--all", help="End the door, the cloud and a Docker engine of our own as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Destroy stacks (all when none is named) and check that nothing is left."""
    from pipelines import down as work

    status = work.down(stacks or [], everything)
    if as_json:
        show.json(status)


@app.command()
def plan(stack: OneStack, as_json: Json = False) -> None:
    """Preview a stack: what would change, and what that puts at risk."""
    from pipelines import plan as work

    run = work.plan(stack)
    if as_json:
        sys.stdout.write(work.as_json(stack, run) + "\n")
    elif not work.listed(run):
        show.out.print(f"{stack}: nothing would change")
    else:
        show.out.print(work.as_table(run))


@app.command()
def drift(stack: OneStack, as_json: Json = False) -> None:
    """Compare a stack with its account; exit code 3 when something was changed behind its back."""
    from pipelines import plan as work

    run = work.drift(stack)
    if as_json:
        sys.stdout.write(work.as_json(stack, run) + "\n")
    elif not work.listed(run):
        show.out.print(f"{stack}: as it was left")
    else:
        show.out.print(work.as_table(run))
        progress.note(f"mend it with: slipway up {stack}")
    if work.listed(run):
        raise typer.Exit(3)


@app.command()
def status(as_json: Json = False) -> None:
    """Show what runs on the embedded cloud and where it is reached; exit code 3 when nothing runs."""
    from pipelines import addresses

    current = addresses.status()
    show.status(current, as_json)
    if current["cloud"] is None:
        raise typer.Exit(3)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def shell(
    command: Annotated[list[str] | None, typer.Argument(metavar="[-- COMMAND]...", help="What to run in it.")] = None,
) -> None:
    """Open a shell (or run a command) in which plain pulumi works on the embedded cloud."""
    from pipelines import shell as work

    raise typer.Exit(work.shell(command or []))


@app.command()
def logs(
    service: Annotated[str, typer.Argument(help="For example counter-backend, or backend.")],
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack it runs in.")] = "dev",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    minutes: Annotated[float, typer.Option("--minutes", help="How far back.", min=0)] = 60,
    as_json: Json = False,
) -> None:
    """Show what a service wrote."""
    from pipelines import logs as work

    for line in work.lines(stack, service, follow, minutes * 60):
        text = json.dumps(line) if as_json else f"{line['time']} {line['stream'].split('/')[-1][:8]} {line['message']}"
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


@app.command()
def mail(
    stack: Annotated[str, typer.Argument(metavar="[STACK]", help="The stack whose systems sent it.")] = "dev",
    number: Annotated[int | None, typer.Option("--show", "-n", help="Read the letter of this number.")] = None,
    as_json: Json = False,
) -> None:
    """List the mail that a stack's systems have sent, or read one letter of it."""
    from pipelines import mail as work

    found = work.letters(stack) if number is None else [work.letter(stack, number)]
    if as_json:
        show.json([work.as_dict(each) for each in found])
    elif number is not None:
        sys.stdout.write(work.as_text(found[0]) + "\n")
    else:
        show.out.print(work.as_table(found) if found else f"{stack}: no mail was sent")


@app.command(name="open")
def open_page(
    system: Annotated[str, typer.Argument(help="For example counter; without one the index page.")] = "",
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack it runs in.")] = "dev",
    as_json: Json = False,
) -> None:
    """Open a system's page in the browser, and print its address."""
    from localcloud import door
    from pipelines import addresses

    front = door.running()
    if front is None:
        raise Trouble("the front door is not running", "start it with: slipway up")
    urls = addresses.systems(stack, front)
    if system and system not in urls:
        raise Trouble(f"{stack} has no system {system!r}", f"one of {', '.join(urls) or 'none: slipway up ' + stack}")
    url = urls[system] if system else f"http://localhost:{front.port}/"
    sys.stdout.write((json.dumps({"url": url}) if as_json else url) + "\n")
    if not as_json and progress.is_interactive():
        webbrowser.open(url)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Show what this machine has and lacks, each with its fix; exit code 1 when something is missing."""
    from pipelines import doctor as work

    found = work.examine()
    if as_json:
        show.json([vars(finding) for finding in found])
    else:
        marks = {"ok": "[green]✓[/green]", "note": "[yellow]·[/yellow]", "missing": "[red]✗[/red]"}
        table = show.table("", "what", "found", "what to do")
        for finding in found:
            table.add_row(marks[finding.state], finding.name, escape(finding.detail), escape(finding.fix))
        show.out.print(table)
    if any(finding.state == "missing" for finding in found):
        raise typer.Exit(1)


@app.command()
def prepare(no_docker: NoDocker = False) -> None:
    """Get engine, Docker and base images ready without bringing anything up (`make setup` does this)."""
    from pipelines import machine

    machine.prepare(not no_docker)


@app.command()
def bootstrap(
    stack: OneStack,
    state_bucket: Annotated[
        str, typer.Option("--state-bucket", help="Name of the bucket for all states, in the tooling account.")
    ] = "",
    object_lock: Annotated[bool, typer.Option("--object-lock", help="Make that bucket with object lock.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Look at what a stack's real AWS account lacks for its first `pulumi up`, and make it with --apply."""
    from pipelines import bootstrap as work
    from pipelines import stacks

    (name,) = stacks.check_names([stack])
    if state_bucket and name != "tooling":
        raise Trouble("the states lie in the tooling account", "slipway bootstrap tooling --state-bucket NAME")
    region = str(stacks.section(name, "organisation").get("region", ""))
    account = work.Account(
        work.Wanted(name, stacks.account(name), stacks.account("tooling"), region, state_bucket, object_lock)
    )
    found = work.apply(account) if apply else work.plan(account)
    if as_json:
        show.json([vars(finding) for finding in found])
        return
    table = show.table("what", "state", "differs in")
    for finding in found:
        table.add_row(finding.name, finding.state, escape(finding.detail))
    show.out.print(table)
    if not apply and any(finding.state != "as wanted" for finding in found):
        progress.note("nothing was changed: do it with --apply")


def main() -> None:
    """Run the command: 0 done, 1 something to mend, 2 wrong usage, 3 a question answered with no, 130 interrupted."""
    # gRPC carries the engine's events; its own notes about forks are of no use to anybody.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logging.getLogger("pulumi").setLevel(logging.ERROR)
    debug = "--debug" in sys.argv
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        code = app(standalone_mode=False, prog_name="slipway")
        sys.exit(code if isinstance(code, int) else 0)
    except (Interrupted, KeyboardInterrupt, typer.Abort):
        progress.note("interrupted: the same command goes on where this one stopped")
        sys.exit(130)
    except Trouble as trouble:
        _fail(trouble, debug, escape(str(trouble)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # whatever it is, a person gets one line and a way to learn more
        usage = getattr(error, "format_message", None)
        if usage is not None:
            progress.note(f"[red]error:[/red] {escape(usage())} (slipway --help)")
            sys.exit(getattr(error, "exit_code", 2))
        _fail(error, debug, escape(_unexpected(error)))


def _interrupt(number: int, frame: object) -> None:
    raise Interrupted


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (28, 122):
        return "no space left on the disk → make room and run the same command again"
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text} → this should not happen: run it again with --debug to see where"


def _fail(error: Exception, debug: bool, text: str) -> None:
    if debug:
        raise error
    progress.note(f"[red]error:[/red] {text}")
    sys.exit(1)
