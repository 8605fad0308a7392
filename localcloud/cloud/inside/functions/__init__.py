"""Functions of Python runtimes: their code, the processes that run it, what these write and how they fail."""
