"""The function behind the HTTP API: Mangum makes a request of the gateway's event, and an answer of the response."""

from mangum import Mangum

from planner.asgi import application
from planner.problems import MEDIA_TYPE

TEXTS = ["text/", "application/json", "application/javascript", "application/vnd.oai.openapi", MEDIA_TYPE]
handle = Mangum(application, lifespan="off", text_mime_types=TEXTS)
