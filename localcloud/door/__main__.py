"""Run the front door in the foreground: `python -m localcloud.door PORT`."""

import asyncio
import sys

from localcloud.door.server import serve

asyncio.run(serve(int(sys.argv[1])))
