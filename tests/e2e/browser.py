"""Debian's Chromium as a person at a phone or a desk uses it, without a word to its maker's servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e import commands

# Root needs --no-sandbox; the others keep the browser from asking its maker's servers.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
DESK = (1100, 760)
PHONE = (390, 844)
PATIENCE_MILLISECONDS = 60_000
PICTURES = commands.REPOSITORY / ".slipway" / "pictures"


@contextmanager
def window(chromium: str, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """Open a page of `size` (width, height in pixels) that waits a minute for what it is asked for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        yield page
        browser.close()


def picture(page: Page, name: str) -> Path:
    """Keep what the page shows as `.slipway/pictures/NAME.png`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    return path
