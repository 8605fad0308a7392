"""`python -m localcloud.plugins.aws`: the plugin process that the engine starts."""

from localcloud.plugins.aws.provider import Provider
from localcloud.plugins.server import serve

if __name__ == "__main__":
    serve(Provider())
