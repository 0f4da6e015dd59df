"""The import ends as a program does that is content with itself."""

import sys

sys.exit(0)
