"""A network of its own for one case: what this thread and its children start lives in a fresh namespace with nothing but loopback."""

import contextlib
import ctypes
import os
import subprocess

import lab

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def possible():
    """True if this user may make network namespaces."""
    with contextlib.suppress(OSError):
        run = subprocess.run(["unshare", "-n", "ip", "link", "set", "lo", "up"], capture_output=True, check=False, timeout=lab.SECONDS)
        return run.returncode == 0
    return False


def succeed(returned):
    if returned != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextlib.contextmanager
def own_network(ports):
    """`ports` is the range that the kernel gives to outgoing connections."""
    outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        succeed(LIBC.unshare(CLONE_NEWNET))
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with open("/proc/sys/net/ipv4/ip_local_port_range", "w", encoding="ascii") as file:
            file.write(ports)
        yield
    finally:
        succeed(LIBC.setns(outside, CLONE_NEWNET))
        os.close(outside)
