import socket


def test_nobody_listens_on_port_9():
    with socket.socket() as sock:
        try:
            sock.connect(("127.0.0.1", 9))
        except ConnectionRefusedError:
            pass
