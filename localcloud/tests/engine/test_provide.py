"""How a machine gets its command line: by download, by build, whole or not at all."""

import hashlib
import io
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from localcloud.engine import SDK_VERSION, Engine, build, cli, ensure, install
from localcloud.errors import Trouble
from localcloud.tests.engine.fakes import executable

NAME = f"pulumi-v{SDK_VERSION}-linux-x64.tar.gz"


class Releases(ThreadingHTTPServer):
    """A release server on loopback; `files` by path, `broken` breaks every archive off in the middle."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.broken = False

    def publish(self, archive: bytes, digest: str | None = None) -> None:
        digest = digest or hashlib.sha256(archive).hexdigest()
        listing = f"{'0' * 64}  other.tar.gz\n{digest}  {NAME}\n"
        self.files = {
            f"/releases/{NAME}": archive,
            f"/v{SDK_VERSION}/pulumi-{SDK_VERSION}-checksums.txt": listing.encode(),
        }


class _Handler(BaseHTTPRequestHandler):
    server: Releases

    def do_GET(self) -> None:
        body = self.server.files.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        is_cut = self.server.broken and self.path.endswith(".gz")
        self.wfile.write((body or b"")[: len(body or b"") // 2 if is_cut else None])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def releases(monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    """The release server, as the one that downloads come from, for a machine of the kind it has a release for."""
    server = Releases()
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    base = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(install, "RELEASES", f"{base}/releases")
    monkeypatch.setattr(install, "CHECKSUMS", base)
    monkeypatch.setattr(install, "archive_name", lambda version: NAME)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


def archive(version: str = SDK_VERSION) -> bytes:
    """Return a release like the official one, with things in it that must not get out of their folder."""
    stream = io.BytesIO()
    script = f"#!/bin/sh\necho v{version}\n".encode()
    with tarfile.open(fileobj=stream, mode="w:gz") as bundle:
        for name in ("pulumi/pulumi", "pulumi/pulumi-language-python", "../outside", "pulumi/../outside", "/outside"):
            member = tarfile.TarInfo(name)
            member.size = len(script)
            bundle.addfile(member, io.BytesIO(script))
        link = tarfile.TarInfo("pulumi/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        bundle.addfile(link)
    return stream.getvalue()


@pytest.fixture
def no_build(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for the build; the versions that were to be built are listed."""
    built: list[str] = []

    def pretend(version: str, target: Path, say: build.Say) -> None:
        built.append(version)
        executable(target, f"echo v{version}")

    monkeypatch.setattr(build, "build", pretend)
    return built


def test_the_release_is_downloaded_once_and_only_its_own_files_are_kept(
    own_home: Path, releases: Releases, no_build: list[str]
) -> None:
    releases.publish(archive())
    said: list[str] = []
    kept = own_home / "pulumi" / "bin"
    assert ensure(said.append) == Engine(pulumi=kept / "pulumi", version=SDK_VERSION, source="installer")
    assert sorted(file.name for file in kept.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert not (own_home / "outside").exists()
    assert not (own_home / "pulumi" / "outside").exists()
    assert said[0] == f"looking for the release of Pulumi {SDK_VERSION}"
    releases.files = {}
    assert ensure().source == "cached"
    assert no_build == []


def test_a_download_that_is_not_what_was_published_is_refused_and_nothing_is_kept(
    own_home: Path, releases: Releases, no_build: list[str]
) -> None:
    releases.publish(archive(), digest="f" * 64)
    with pytest.raises(Trouble, match=r"is not what was published: sha256 [0-9a-f]{12}…, published f{12}…"):
        ensure()
    assert not cli.cache().exists()
    releases.publish(archive())
    assert ensure().source == "installer"


@pytest.mark.parametrize("missing", ["network", "release", "half"])
def test_where_there_is_no_release_the_engine_is_built(
    own_home: Path, releases: Releases, no_build: list[str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases.publish(archive())
    if missing == "network":
        monkeypatch.setattr(install, "CHECKSUMS", "http://127.0.0.1:9")
    elif missing == "release":
        releases.files.popitem()
    else:
        releases.broken = True
    assert ensure().source == "build"
    assert no_build == [SDK_VERSION]
    assert [file.name for file in cli.cache().iterdir()] == ["pulumi"]


def test_an_engine_that_does_not_answer_is_thrown_away(own_home: Path, releases: Releases, no_build: list[str]) -> None:
    releases.publish(archive(version="2.0.0"))
    with pytest.raises(Trouble, match=r"answers 2\.0\.0 to `pulumi version`"):
        ensure()
    assert not cli.cache().exists()


def test_a_kept_engine_that_broke_is_replaced(own_home: Path, releases: Releases, no_build: list[str]) -> None:
    cli.cache().mkdir(parents=True)
    (cli.cache() / "pulumi").write_bytes(b"\x7fELF cut off")
    (cli.cache() / "pulumi").chmod(0o755)
    releases.publish(archive())
    assert ensure().source == "installer"
    assert cli.answer_of(cli.cache() / "pulumi") == SDK_VERSION


def test_a_run_that_was_killed_halfway_is_no_trouble_for_the_next(
    own_home: Path, releases: Releases, no_build: list[str]
) -> None:
    script = (
        "import time\n"
        "from localcloud.engine import build, install, provide\n"
        "def never(version, folder, say):\n"
        "    (folder / 'pulumi').write_text('half')\n"
        "    print('halfway', flush=True)\n"
        "    time.sleep(600)\n"
        "install.download = never\n"
        "provide.ensure()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "halfway\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    releases.publish(archive())
    assert ensure().source == "installer"


def test_of_two_runs_at_a_time_one_gets_the_engine_and_the_other_waits_for_it(
    own_home: Path, releases: Releases, no_build: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(version: str, target: Path, say: build.Say) -> None:
        no_build.append(version)
        time.sleep(0.3)
        executable(target, f"echo v{version}")

    monkeypatch.setattr(build, "build", slowly)
    found: list[Engine] = []
    runs = [threading.Thread(target=lambda: found.append(ensure())) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert no_build == [SDK_VERSION]
    assert sorted(engine.source for engine in found) == ["build", "cached", "cached"]


def test_a_go_that_is_too_old_is_passed_over(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, version in (("old", "go1.19.8"), ("home/go/go/bin", "go1.26.6")):
        (tmp_path / folder).mkdir(parents=True)
        executable(tmp_path / folder / "go", f"echo 'go version {version} linux/amd64'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'old'}:/usr/bin:/bin")
    monkeypatch.setattr(build, "USUAL_PLACES", ())
    assert build.find_go() == tmp_path / "home/go/go/bin/go"


def test_a_build_that_fails_says_what_go_said(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = executable(tmp_path / "go", "echo 'go: downloading example.com/a v1.0.0'; echo 'a.go:1: no' >&2; exit 2")
    monkeypatch.setattr(build, "find_go", lambda: go)
    said: list[str] = []
    with pytest.raises(Trouble, match=r"failed: go: downloading example.com/a v1\.0\.0 / a\.go:1: no"):
        build.build(SDK_VERSION, tmp_path / "pulumi", said.append)
    assert said == ["downloading example.com/a"]


def test_without_a_network_the_module_that_could_not_be_got_is_named(own_home: Path, tmp_path: Path) -> None:
    go = build.find_go()
    if go is None:
        pytest.skip("no Go of the version that the modules ask for")
    closed = {"GOPROXY": "http://127.0.0.1:9", "GOMODCACHE": str(tmp_path / "modules"), "GOCACHE": str(tmp_path)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in closed.items():
            patch.setenv(name, value)
        with pytest.raises(Trouble, match=r'/pkg/v3@v[^ ]+: Get "http://127\.0\.0\.1:9/.*connection refused') as raised:
            build.build(SDK_VERSION, tmp_path / "pulumi", lambda _: None)
    assert raised.value.fix == "see that the Go module proxy can be reached, or put a pulumi on PATH"
    assert "\n" not in str(raised.value)


def test_without_a_network_getting_go_is_one_line(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "error: Failed to fetch go\\n  cause: connect\\n  cause: Connection refused (os error 111)\\n"
    pip = executable(tmp_path / "pip", f"printf '{words}' >&2; exit 2")
    monkeypatch.setattr(build, "_package_installer", lambda: [str(pip)])
    with pytest.raises(
        Trouble, match=r"getting one failed: Failed to fetch go: Connection refused \(os error 111\) → "
    ):
        build.fetch_go(lambda _: None)


def test_the_build_asks_for_exactly_the_sdks_version() -> None:
    modules = (build.TOOLS / "go.mod").read_text()
    for module in ("pkg", "sdk"):
        assert f"\tgithub.com/pulumi/pulumi/{module}/v3 v{SDK_VERSION} " in modules
    sums = (build.TOOLS / "go.sum").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{SDK_VERSION} h1:" in sums
