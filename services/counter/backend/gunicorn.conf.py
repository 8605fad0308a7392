"""How gunicorn serves the counter in every environment; what differs comes from the environment's variables."""

import os
from typing import Any

from counter.logs import AccessLogger, configuration
from counter.settings import Settings, SettingsError, too_many_workers

try:
    settings = Settings.from_environment(os.environ)
except SettingsError as error:
    raise SystemExit(f"counter: {error}") from None

wsgi_app = "counter.app:create_app()"
bind = "0.0.0.0:8000"  # the container's network is the border
workers = settings.workers
worker_class = "gthread"
threads = 8
keepalive = 75  # seconds, more than the load balancer's idle time of 60: the balancer closes first, never this side
timeout = 30
graceful_timeout = 20  # seconds, less than the 30 that ECS waits between SIGTERM and SIGKILL
worker_tmp_dir = "/dev/shm"  # noqa: S108 # heartbeats in memory: works on a read-only root, never waits for a disk
control_socket_disable = True  # a socket in the home folder, which a read-only root refuses
accesslog = "-"
logger_class = AccessLogger
logconfig_dict = configuration()


def on_starting(server: Any) -> None:
    """Refuse a number of workers from the command line that the store cannot serve."""
    if problem := too_many_workers(settings.store, server.cfg.workers):
        raise SystemExit(f"counter: {problem}")
