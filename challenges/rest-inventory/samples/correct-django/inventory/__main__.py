"""python -m inventory"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory.settings")

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", f"127.0.0.1:{os.environ['PORT']}")
        self.cfg.set("workers", 2)
        self.cfg.set("threads", 8)
        self.cfg.set("timeout", 120)
        self.cfg.set("preload_app", True)
        self.cfg.set("loglevel", "warning")

    def load(self):
        return get_wsgi_application()


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    django.db.connections.close_all()
    Server().run()
