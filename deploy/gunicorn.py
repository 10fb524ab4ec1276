"""The web process: PORT and WEB_CONCURRENCY come from the environment."""

import gc
import os
from typing import Any

bind = f"{os.environ.get('BIND_ADDRESS', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A slow telephone must not hold a whole process.
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 5
# Renew processes now and then, not all at once.
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_fields = 60
preload_app = False
# Settings decide what a proxy may say; gunicorn itself believes nobody.
forwarded_allow_ips = ""
# No second way in: signals are enough.
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Mask the server's own log too, and leave what is loaded by now out of every later garbage collection."""
    from common.logs import MaskedFormatter

    for handler in worker.log.error_log.handlers:
        handler.setFormatter(MaskedFormatter(worker.log.error_fmt, worker.log.datefmt))
    gc.collect()
    gc.freeze()
