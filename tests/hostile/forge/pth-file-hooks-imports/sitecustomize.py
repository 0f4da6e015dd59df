"""Makes the submission's folder one whose .pth files are read."""

import os
import site

site.addsitedir(os.path.dirname(os.path.abspath(__file__)))
