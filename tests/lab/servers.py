"""Behaviours of the lab's upstreams beside those in lab.py, for lab.Server: each is called with the server and one connection."""

import struct
import time

import lab


class Repairable:
    """Behaves in the first way until repair() is called, then in the second."""

    def __init__(self, broken, whole):
        self.behave, self.whole = broken, whole

    def __call__(self, server, connection):
        self.behave(server, connection)

    def repair(self):
        self.behave = self.whole


def silent(_server, connection):
    """Takes everything and says nothing."""
    lab.read_all(connection)


def raw(answer, delay=0.0):
    """Reads a request, sends these bytes and closes."""

    def behave(_server, connection):
        connection.recv(65536)
        time.sleep(delay)
        connection.sendall(answer)

    return behave


def resets(after=b""):
    """Reads a part of the request, sends `after` and resets the connection."""

    def behave(_server, connection):
        connection.recv(1)
        connection.sendall(after)
        time.sleep(0.2)
        reset(connection)

    return behave


def reset(connection):
    connection.setsockopt(lab.socket.SOL_SOCKET, lab.socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def tls_for_name(name, tls, behave):
    """TLS, but a ClientHello that does not hold the name is answered by closing; None takes all."""

    def serve(server, connection):
        hello = connection.recv(65536, lab.socket.MSG_PEEK)
        if name and name.encode() not in hello:
            connection.recv(65536)
            return
        with tls.wrap_socket(connection, server_side=True) as wrapped:
            behave(server, wrapped)

    return serve


def receive(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError("closed in the middle")
        data += part
    return data


def uwsgi(body):
    """A uWSGI server: one packet of variables; the answer is plain HTTP."""

    def behave(server, connection):
        size = struct.unpack("<xHx", receive(connection, 4))[0]
        server.requests.append(receive(connection, size))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    return behave


def fastcgi(stdout, stderr=b"", delay=0.0):
    """A FastCGI application that prints the same for every request."""

    def behave(server, connection):
        while True:
            kind, size, padding = struct.unpack("!xBxxHBx", receive(connection, 8))
            data = receive(connection, size + padding)[:size]
            if kind == 4 and data:
                server.requests.append(data)
            if kind == 5 and not size:
                break
        time.sleep(delay)
        for number, text in ((7, stderr), (6, stdout)):
            for start in range(0, len(text), 60000):
                part = text[start:start + 60000]
                connection.sendall(struct.pack("!BBHHBx", 1, number, 1, len(part), 0) + part)
        connection.sendall(struct.pack("!BBHHBx", 1, 6, 1, 0, 0) + struct.pack("!BBHHBx", 1, 3, 1, 8, 0) + bytes(8))

    return behave


def frame(kind, flags, stream, payload=b""):
    """One frame of HTTP/2."""
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def literal(name, value):
    """A header field of HPACK, not indexed."""
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


GRPC_HEADERS = bytes([0x88]) + literal(b"content-type", b"application/grpc")


def grpc(answer=None):
    """A gRPC server: HTTP/2, an empty reply with status 0, or the frames that answer(stream) gives."""

    def behave(_server, connection):
        receive(connection, len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        connection.sendall(frame(4, 0, 0))
        while True:
            head = receive(connection, 9)
            receive(connection, int.from_bytes(head[:3], "big"))
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            if kind in (0, 1) and flags & 1:
                connection.sendall(answer(stream) if answer else ok(stream))

    def ok(stream):
        return frame(1, 4, stream, GRPC_HEADERS) + frame(0, 0, stream, bytes(5)) + frame(1, 5, stream, literal(b"grpc-status", b"0"))

    return behave


def memcached(values):
    """A memcached that knows these keys."""

    def behave(_server, connection):
        while True:
            line = connection.recv(4096)
            if not line:
                return
            key = line.split()[1]
            if key in values:
                connection.sendall(b"VALUE %s 0 %d\r\n%s\r\n" % (key, len(values[key]), values[key]))
            connection.sendall(b"END\r\n")

    return behave
