"""Runs the visible tests on your own machine: `python -m pytest tests`.

It is no part of your solution. Grading leaves `.takehome` out, and without it this file only keeps the
visible tests out of a run of yours.
"""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PLUGIN = HERE / ".takehome"
CALL_TIMEOUT_S = 30.0

if PLUGIN.is_dir():
    sys.path.insert(0, str(PLUGIN))
    # Helper modules beside the tests explain their asserts as tests do.
    for helper in sorted((HERE / "tests" / "visible").glob("*.py")):
        if not helper.name.startswith(("test_", "conftest")):
            pytest.register_assert_rewrite(helper.stem)
    pytest_plugins = ["takehome_pytest.plugin"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(config: pytest.Config) -> None:
        """Test this folder, with the deadline that grading uses, unless the command says otherwise."""
        config.option.solution = config.option.solution or HERE
        if not any(argument.startswith("--call-timeout") for argument in config.invocation_params.args):
            config.option.call_timeout = CALL_TIMEOUT_S

else:
    collect_ignore = ["tests/visible"]
