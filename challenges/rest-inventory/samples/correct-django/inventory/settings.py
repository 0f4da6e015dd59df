import os
import secrets
from pathlib import Path

STATE_DIR = Path(os.environ.get("STATE_DIR", "."))


def _secret_key() -> str:
    """Made at the first start. It signs the cursors."""
    path = STATE_DIR / "secret-key"
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.write_text(secrets.token_urlsafe(50))
        fresh.rename(path)
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["inventory"]
MIDDLEWARE = ["inventory.middleware.problems", "inventory.middleware.end_of_v1"]
ROOT_URLCONF = "inventory.urls"
APPEND_SLASH = False
USE_TZ = True
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # the views have a limit of their own
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": STATE_DIR / "db.sqlite3",
        "OPTIONS": {
            "timeout": 60,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;",
        },
    }
}
