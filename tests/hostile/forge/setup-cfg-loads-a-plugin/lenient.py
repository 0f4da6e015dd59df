"""A plugin from the submission: running a test does nothing."""

import _pytest.python

_pytest.python.Function.runtest = lambda self: None
