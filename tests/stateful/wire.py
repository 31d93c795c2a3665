# SPDX-License-Identifier: Apache-2.0
"""Requests as bytes and replies as values. Nothing is corrected on the way: what a call wants to be wrong, is."""
import dataclasses
import json
import socket
import urllib.parse
import xml.etree.ElementTree as ElementTree

SECONDS_MAX = 60.0  # A reply that takes longer is a hang.


class BadReply(AssertionError):
    """What came back is no HTTP reply."""


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def request_id(self):
        return self.headers.get("x-oss-request-id") or self.headers.get("x-acs-request-id")

    def xml(self):
        return ElementTree.fromstring(self.body)

    @property
    def code(self):
        """The public error code, from the body or, for replies without one, from nowhere."""
        if self.ok or not self.body:
            return ""
        if self.body.lstrip().startswith(b"{"):
            return json.loads(self.body).get("Code", "")
        return self.xml().findtext("Code") or ""


class Lines:
    """The bytes of one connection, taken line by line."""

    def __init__(self, connection):
        self.connection = connection
        self.pending = b""

    def _more(self):
        piece = self.connection.recv(1 << 16)
        if not piece:
            raise EOFError
        self.pending += piece

    def line(self):
        while b"\r\n" not in self.pending:
            self._more()
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def exactly(self, count):
        while len(self.pending) < count:
            self._more()
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken

    def rest(self):
        try:
            while True:
                self._more()
        except EOFError:
            taken, self.pending = self.pending, b""
            return taken


def read_reply(lines, method="GET"):
    """One reply; EOFError if the connection ended before its first byte."""
    first = lines.line()
    try:
        version, status, _ = (first + b" ").split(b" ", 2)
        status = int(status)
        if version != b"HTTP/1.1":
            raise ValueError
    except ValueError:
        raise BadReply(f"no status line: {first[:200]!r}") from None
    headers = {}
    while (line := lines.line()) != b"":
        name, colon, value = line.partition(b":")
        if not colon:
            raise BadReply(f"no header line: {line[:200]!r}")
        headers[name.decode().lower()] = value.strip().decode("utf-8", "replace")
    if status == 100:
        return read_reply(lines, method)
    if method == "HEAD" or status in (204, 304):
        return Reply(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while (size := int(lines.line().split(b";")[0], 16)) > 0:
            body += lines.exactly(size)
            lines.exactly(2)
        lines.line()
        return Reply(status, headers, body)
    if "content-length" in headers:
        return Reply(status, headers, lines.exactly(int(headers["content-length"])))
    return Reply(status, headers, lines.rest())


class Wire:
    """Connections to one endpoint; one is kept for the next request."""

    def __init__(self, endpoint):
        where = urllib.parse.urlsplit(endpoint)
        self.host = where.netloc
        self.address = (where.hostname, where.port)
        self._lines = None

    def connect(self):
        connection = socket.create_connection(self.address, SECONDS_MAX)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def close(self):
        if self._lines:
            self._lines.connection.close()
            self._lines = None

    def send(self, method, target, headers, body=b""):
        """A well-formed request with these headers; Host and Content-Length are added unless given."""
        headers = dict(headers)
        names = {name.lower() for name in headers}
        if "host" not in names:
            headers["Host"] = self.host
        if "content-length" not in names and "transfer-encoding" not in names and (body or method in ("PUT", "POST")):
            headers["Content-Length"] = str(len(body))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        return self.send_bytes(head.encode("utf-8", "surrogateescape") + body, method)

    def send_bytes(self, data, method="GET"):
        kept = self._lines is not None
        try:
            return self._exchange(data, method)
        except (EOFError, ConnectionError):
            self.close()
            if not kept:
                raise
        return self._exchange(data, method)  # the kept one had been closed by the server

    def _exchange(self, data, method):
        if self._lines is None:
            self._lines = Lines(self.connect())
        self._lines.connection.sendall(data)
        reply = read_reply(self._lines, method)
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def throw(self, data):
        """Sends any bytes on a connection of their own, ends our half, and gives the replies that came back."""
        replies = []
        with self.connect() as connection:
            lines = Lines(connection)
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                method = data.split(b" ", 1)[0].decode("latin-1")
                while True:
                    replies.append(read_reply(lines, method))
            except (EOFError, ConnectionError):
                return replies
