"""The file with the tests is not looked at."""

collect_ignore = ["tests/test_work.py"]
