"""The simulator as a WSGI application, and the clock that sends what is due once a second."""

import os
import threading
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "simulator.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _tick() -> None:
    from simulator.control import step

    while True:
        time.sleep(1)
        try:
            step()
        except Exception as error:
            print(f"simulator: {error}", flush=True)


if os.environ.get("SIMULATOR_TICKS", "1") == "1":
    threading.Thread(target=_tick, daemon=True).start()
