"""Ports of this machine."""

import socket

from medrec.loopback import HOST, free_port, is_free


def test_a_free_port_can_be_listened_on_and_is_then_taken() -> None:
    port = free_port()
    assert is_free(port)
    with socket.socket() as program:
        program.bind((HOST, port))
        program.listen()
        assert not is_free(port)
    assert is_free(port)


def test_a_port_whose_program_has_just_gone_is_free() -> None:
    """Its connections linger for a minute."""
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)):
            accepted, _ = server.accept()
            accepted.close()
    assert is_free(port)
