"""The registry protocol in a hundred lines, on loopback: enough for docker to push to and pull from."""

import base64
import hashlib
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MANIFEST = re.compile(r"/v2/(?P<repository>.+)/manifests/(?P<reference>.+)")
BLOB = re.compile(r"/v2/(?P<repository>.+)/blobs/(?P<digest>sha256:.+)")
UPLOAD = re.compile(r"/v2/(?P<repository>.+)/blobs/uploads/(?P<name>.*)")


class TinyRegistry(ThreadingHTTPServer):
    """Blobs and manifests in memory; `login` as "user:password" is asked for when it is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.login = ""
        self.blobs: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.requests: list[str] = []

    def digest(self, repository: str, reference: str) -> str:
        """Return the digest of a manifest that is there."""
        return digest_of(self.manifests[repository, reference][1])


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def running() -> Iterator[TinyRegistry]:
    """Serve a registry."""
    with TinyRegistry() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: TinyRegistry
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        self.server.requests.append(f"{self.command} {self.path}")
        body = self._body()
        wanted = f"Basic {base64.b64encode(self.server.login.encode()).decode()}"
        path = urlsplit(self.path)
        if self.server.login and self.headers.get("Authorization") != wanted:
            self._answer(401, {"WWW-Authenticate": 'Basic realm="tiny"'}, error="UNAUTHORIZED: log in first")
        elif path.path in ("/v2", "/v2/"):
            self._answer(200)
        elif match := UPLOAD.fullmatch(path.path):
            self._upload(match["repository"], match["name"], parse_qs(path.query), body)
        elif match := BLOB.fullmatch(path.path):
            self._give("application/octet-stream", self.server.blobs.get(match["digest"]))
        elif match := MANIFEST.fullmatch(path.path):
            self._manifest(match["repository"], match["reference"], body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _handle  # noqa: N815 - http.server's names

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _upload(self, repository: str, name: str, query: dict[str, list[str]], body: bytes) -> None:
        name = name or uuid.uuid4().hex
        content = self.server.uploads.get(name, b"") + body
        self.server.uploads[name] = content
        if self.command == "PUT":
            self.server.blobs[query["digest"][0]] = content
            self._answer(201, {"Location": f"/v2/{repository}/blobs/{query['digest'][0]}"})
        else:
            where = {"Location": f"/v2/{repository}/blobs/uploads/{name}", "Range": f"0-{max(len(content) - 1, 0)}"}
            self._answer(202, where)

    def _manifest(self, repository: str, reference: str, body: bytes) -> None:
        if self.command == "PUT":
            stored = (self.headers["Content-Type"], body)
            self.server.manifests[repository, reference] = stored
            self.server.manifests[repository, digest_of(body)] = stored
            self._answer(201, {"Docker-Content-Digest": digest_of(body)})
        else:
            media_type, content = self.server.manifests.get((repository, reference), ("", None))
            self._give(media_type, content)

    def _give(self, media_type: str, content: bytes | None) -> None:
        if content is None:
            self._answer(404, error="MANIFEST_UNKNOWN: not here")
        else:
            self._answer(200, {"Content-Type": media_type, "Docker-Content-Digest": digest_of(content)}, content)

    def _answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"", error: str = "") -> None:
        if error:
            code, _, message = error.partition(": ")
            body = f'{{"errors": [{{"code": "{code}", "message": "{message}"}}]}}'.encode()
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Stay quiet."""
