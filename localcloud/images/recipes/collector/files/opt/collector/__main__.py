"""`otelcol-contrib [validate] --config FILE`: checks the configuration, then runs its pipelines until SIGTERM."""

import argparse
import signal
import sys
import threading

from . import configuration, pipelines


def main() -> int:
    """Run; 1 with one line when the configuration cannot be used."""
    parser = argparse.ArgumentParser(prog="otelcol-contrib")
    parser.add_argument("command", nargs="?", choices=["validate"])
    parser.add_argument("--config", required=True)
    parser.add_argument("--version", action="version", version="otelcol-contrib stand-in")
    asked = parser.parse_args()
    try:
        config = configuration.load(asked.config.removeprefix("file:"))
        prepared = pipelines.prepare(config)
    except configuration.Unusable as problem:
        print(f"Error: failed to get config: {problem}", file=sys.stderr)
        return 1
    if asked.command == "validate":
        return 0
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    prepared.start()
    print("Everything is ready. Begin running and processing data.", file=sys.stderr)
    ended.wait()
    prepared.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
