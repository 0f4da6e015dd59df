"""Not the plugin."""


def pytest_runtest_protocol(item, nextitem) -> bool:
    return True
