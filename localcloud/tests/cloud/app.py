"""What runs in the containers of the tests: answers every path with what it sees of itself."""

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers GET."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status = 503 if os.environ.get("SICK") and self.path == "/healthz" else 200
        body = json.dumps({"environment": dict(os.environ), "user": os.getuid(), "arguments": sys.argv}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        print(format % args, flush=True)


server = ThreadingHTTPServer(("0.0.0.0", 8080), Handler)  # noqa: S104 - in a container
if not os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print("listening", flush=True)
server.serve_forever()
