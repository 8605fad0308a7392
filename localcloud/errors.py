"""One kind of error for people: a line that says what is wrong, and what to do."""


class Trouble(Exception):
    """Something a person can mend; the command prints it in one line and ends with exit code 1.

    `what` says what is wrong in lower case without a full stop, `fix` what to do about it.
    """

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what} → {self.fix}" if self.fix else self.what


class Interrupted(BaseException):
    """The person pressed Ctrl-C, or the process was asked to end: nothing on the way may take it for an error."""


def reason(output: str) -> str:
    """Return in one line why an installer or a compiler failed, by what it wrote; empty when it wrote nothing.

    uv lists causes from the outside in below its error: the error and the deepest cause say it. Other tools end with
    what is wrong, so that their last three lines do.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("no space left on device" in line.lower() for line in lines):
        return "no space left on the disk"
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    causes = [line.removeprefix("cause:").strip() for line in lines if line.startswith("cause:")]
    return ": ".join([errors[0], *causes[-1:]]) if errors else " / ".join(lines[-3:])
