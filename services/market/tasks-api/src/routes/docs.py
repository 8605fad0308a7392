"""Swagger UI and ReDoc, with every file from this service: a page that shows an API loads nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

ASSETS = Path(fastapi_offline.__file__).with_name("static")
AT = "/docs/assets"


def register(app: FastAPI) -> None:
    """Add /docs, /redoc and their files to the application."""
    router = APIRouter(include_in_schema=False)
    openapi = str(app.openapi_url)

    @router.get("/docs")
    async def swagger() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=openapi,
            title=app.title,
            swagger_js_url=f"{AT}/swagger-ui-bundle.js",
            swagger_css_url=f"{AT}/swagger-ui.css",
            swagger_favicon_url=f"{AT}/favicon.png",
        )

    @router.get("/redoc")
    async def redoc() -> HTMLResponse:
        return get_redoc_html(
            openapi_url=openapi,
            title=app.title,
            redoc_js_url=f"{AT}/redoc.standalone.js",
            redoc_favicon_url=f"{AT}/favicon.png",
            with_google_fonts=False,
        )

    app.include_router(router)
    app.mount(AT, StaticFiles(directory=ASSETS), name="assets")
