"""A DynamoDB API, a user pool and a mail service on a free port: moto's server, one request after the other.

Prints its port in one line, and serves until its input ends.
"""

from __future__ import annotations

import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def main() -> None:
    application = DomainDispatcherApplication(create_backend_app)
    # Not threaded: moto checks a condition and writes in two steps, DynamoDB in one.
    server = make_server("127.0.0.1", 0, application, threaded=False)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
