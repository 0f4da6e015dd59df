"""The parts that are not here are those of the real package."""

import pkgutil

__path__ = pkgutil.extend_path(__path__, __name__)
from ._version import version as __version__  # noqa: E402
from ._version import version_tuple  # noqa: E402

__all__ = ["__version__", "version_tuple"]
