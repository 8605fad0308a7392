"""CloudFront at this machine's edge: aliases, signed requests, a cache, compression; the rest is MiniStack's.

The modules `signing`, `caching` and `serving` know neither MiniStack nor each other.
"""
