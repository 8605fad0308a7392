"""What goes wrong in a step, in one plain line: the deploy shows it as it is."""


class StepError(Exception):
    """A step that could not be done. Its text is one line, without any secret."""


def one_line(error: BaseException) -> str:
    """Return what an error says in one line."""
    return " ".join(str(error).split()) or type(error).__name__
