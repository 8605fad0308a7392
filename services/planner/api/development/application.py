"""The application with its static files, which a bucket serves on AWS."""

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from planner.asgi import application as planner

application = ASGIStaticFilesHandler(planner)
