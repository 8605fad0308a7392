"""What of this machine a build needs: its Debian mirror, its apt settings, its certificates, its proxies."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from localcloud.docker import packages, root

APT = Path("/etc/apt")
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
SETTING = re.compile(r"Acquire::(https?::Proxy(::\S+)?|Check-Valid-Until|Check-Date|Retries) \"[^\"]*\";")


@dataclass(frozen=True)
class Mirror:
    """Where Debian packages come from."""

    main: str = "http://deb.debian.org/debian"
    """The archive."""
    security: str = "http://deb.debian.org/debian-security"
    """The archive of security updates."""

    def sources(self, suite: str) -> str:
        """Return the lines of a sources.list for a suite."""
        lines = [(self.main, suite), (self.main, f"{suite}-updates"), (self.security, f"{suite}-security")]
        return "".join(f"deb {uri} {name} main\n" for uri, name in lines)


def mirror() -> Mirror:
    """Return the mirror that this machine's own apt uses, if it is a Debian; else Debian's."""
    release = packages.release()
    suite = release.get("VERSION_CODENAME", "")
    known = {name: uri for uri, name in reversed(_entries())}
    if release.get("ID") != "debian" or suite not in known:
        return Mirror()
    return Mirror(known[suite], known.get(f"{suite}-security", Mirror().security))


def _entries() -> list[tuple[str, str]]:
    """Return (URI, suite) of each of this machine's apt sources with a component main."""
    found = []
    for path in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            found += _paragraphs(path.read_text())
        elif path.suffix == ".list" and path.exists():
            found += _lines(path.read_text())
    usable = [(_plain(uri), suite) for uri, suite in found]
    return [(uri, suite) for uri, suite in usable if uri]


def _lines(text: str) -> list[tuple[str, str]]:
    rows = [re.sub(r"\[[^]]*\]", "", line).split() for line in text.splitlines()]
    return [(row[1], row[2]) for row in rows if len(row) > 3 and row[0] == "deb" and "main" in row[3:]]


def _paragraphs(text: str) -> list[tuple[str, str]]:
    found = []
    for paragraph in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        fields = dict(re.findall(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", paragraph))
        on = fields.get("Enabled", "yes").strip() != "no" and "deb" in fields.get("Types", "").split()
        if on and "main" in fields.get("Components", "").split():
            found += [(uri, suite) for uri in fields["URIs"].split() for suite in fields["Suites"].split()]
    return found


def _plain(uri: str) -> str:
    """Return the address itself: a mirror list's first; nothing for one with a password, which an image would keep."""
    if uri.startswith("mirror+file:"):
        listed = Path(uri.removeprefix("mirror+file:")).read_text().split()
        uri = listed[0] if listed else ""
    parts = urlsplit(uri)
    return uri.rstrip("/") if parts.scheme in {"http", "https"} and "@" not in parts.netloc else ""


def apt_settings() -> list[str]:
    """Return this machine's own settings for fetching packages (proxies, dates), each one line of apt's language."""
    if root.which("apt-config") is None:
        return []
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    return [line for line in dump.splitlines() if SETTING.fullmatch(line)]


def certificates() -> Path | None:
    """Return this machine's bundle of certificate authorities."""
    asked = os.environ.get("SSL_CERT_FILE", "")
    return next((Path(path) for path in (asked, *CERTIFICATES) if path and Path(path).is_file()), None)


def proxies() -> dict[str, str]:
    """Return the proxy variables of this process's environment."""
    return {name: os.environ[name] for name in PROXIES if os.environ.get(name)}
