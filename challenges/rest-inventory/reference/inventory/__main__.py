"""The service: python -m inventory, on 127.0.0.1:$PORT with its data in $STATE_DIR."""

import os
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from inventory.app import create_app
from inventory.store import Store


class Service(BaseApplication):
    """Gunicorn, configured here and not by files or the command line."""

    def __init__(self, app: Flask, settings: dict[str, Any]) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def main() -> None:
    store = Store(Path(os.environ["STATE_DIR"]) / "inventory.db")
    store.prepare()
    settings = {
        "bind": f"127.0.0.1:{os.environ['PORT']}",
        "workers": 1,
        "threads": 16,
        "worker_class": "gthread",
        "backlog": 256,
        "loglevel": "warning",
        "timeout": 120,
    }
    Service(create_app(store), settings).run()


if __name__ == "__main__":
    main()
