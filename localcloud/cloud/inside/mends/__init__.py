"""What MiniStack does otherwise than AWS, and is mended in its running process: one entry a thing.

Each mend names the functions of MiniStack it was written against, with a fingerprint of their source. A MiniStack
whose functions differ is refused when the cloud starts, in one line a function, never mended by guess.
"""
