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


def scgi(body):
    """An SCGI server: a netstring of variables; the answer is that of a CGI program."""

    def behave(server, connection):
        size = b""
        while not size.endswith(b":"):
            size += receive(connection, 1)
        server.requests.append(receive(connection, int(size[:-1]) + 1))
        connection.sendall(b"Status: 200 OK\r\n\r\n" + body)

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


def grpc_reply(stream):
    """An empty reply with status 0."""
    return frame(1, 4, stream, GRPC_HEADERS) + frame(0, 0, stream, bytes(5)) + frame(1, 5, stream, literal(b"grpc-status", b"0"))


def grpc(answer=grpc_reply):
    """A gRPC server: HTTP/2, and the frames that answer(stream) gives."""

    def behave(_server, connection):
        receive(connection, len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        connection.sendall(frame(4, 0, 0))
        while True:
            head = receive(connection, 9)
            receive(connection, int.from_bytes(head[:3], "big"))
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            if kind in (0, 1) and flags & 1:
                connection.sendall(answer(stream))

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


class FullQueue:
    """A listener whose accept queue is full until repair(), after which it behaves.  The kernel drops a SYN then, and refuses a unix
    connection with EAGAIN."""

    def __init__(self, behave, path=None, host="127.0.0.1"):
        self.behave, self.path = behave, path
        self.listener = lab.listen_unix(path, 0) if path else lab.socket.create_server((host, 0), backlog=0)
        self.address = path or self.listener.getsockname()
        self.port = None if path else self.address[1]
        self.fillers = [self.fill() for _ in range(4)]
        time.sleep(0.2)

    def fill(self):
        filler = lab.socket.socket(self.listener.family)
        filler.setblocking(False)
        filler.connect_ex(self.address)
        return filler

    def repair(self):
        for filler in self.fillers:
            filler.close()
        self.listener.close()
        if self.path:
            lab.os.unlink(self.path)
        self.listener = lab.Server(self.behave, port=self.port or 0, path=self.path).listener

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for filler in self.fillers:
            filler.close()


class Udp:
    """A UDP server that gives every datagram the same answer, or none."""

    def __init__(self, answer=None, port=0):
        self.answer = answer
        self.socket = lab.socket.socket(type=lab.socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        lab.threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                datagram, client = self.socket.recvfrom(4096)
            except OSError:
                return
            answer = self.reply(datagram)
            if answer:
                self.socket.sendto(answer, client)

    def reply(self, _datagram):
        return self.answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Dns(Udp):
    """A DNS server: `names` gives the addresses of a name (A and AAAA), or a number, the rcode; unknown names do not exist.  A silent
    one never answers."""

    def __init__(self, names, silent=False, port=0):
        self.names, self.silent = names, silent
        super().__init__(port=port)

    def reply(self, query):
        if self.silent:
            return None
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = int.from_bytes(query[at + 1:at + 3], "big")
        known = self.names.get(".".join(labels), 3)
        rcode, addresses = (known, []) if isinstance(known, int) else (0, known)
        records = [record(address) for address in addresses if kind_of(address) == kind]
        return query[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, len(records), 0, 0) + query[12:at + 5] + b"".join(records)


def kind_of(value):
    """The type of a record with this value: A, AAAA, or PTR for a name."""
    if ":" in value:
        return 28
    return 12 if value.rpartition(".")[2].isalpha() else 1


def record(value):
    """An answer record that points at the question's name."""
    kind = kind_of(value)
    if kind == 12:
        data = b"".join(bytes([len(label)]) + label.encode() for label in value.split(".")) + bytes(1)
    else:
        data = lab.socket.inet_pton(lab.socket.AF_INET6 if kind == 28 else lab.socket.AF_INET, value)
    return struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data


def tls_or(answer, tls, behave):
    """TLS for those who speak it; the others get this answer."""

    def serve(server, connection):
        first = connection.recv(1, lab.socket.MSG_PEEK)
        if first == b"\x16":
            with tls.wrap_socket(connection, server_side=True) as wrapped:
                behave(server, wrapped)
        else:
            lab.read_request(connection)
            connection.sendall(answer)

    return serve


def plain_or(answer, behave):
    """Without TLS; a ClientHello gets this answer."""

    def serve(server, connection):
        if connection.recv(1, lab.socket.MSG_PEEK) == b"\x16":
            connection.recv(65536)
            connection.sendall(answer)
        else:
            behave(server, connection)

    return serve
