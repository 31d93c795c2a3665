# SPDX-License-Identifier: Apache-2.0
"""A wire between two regions that knows the frames of the peer link (docs/formats/peer-link.md). It ends TLS on both sides with the realm's own
certificates, so it sees every frame's edges and can let one pass, hold it, or cut or reset the connection before, within or behind it."""
import asyncio
import collections
import dataclasses
import socket
import ssl
import struct
import threading

FORWARD, BACK = "forward", "back"  # forward: from the region that dialled
KINDS = {1: "call", 2: "reply", 3: "data", 4: "acks", 5: "ping"}
_HEAD = struct.Struct(">IIBBHQI")  # size, crc, kind, flags, method, call, header size


@dataclasses.dataclass(frozen=True)
class Frame:
    """One frame, or the HTTP head that opens the connection (kind "upgrade")."""

    direction: str
    number: int  # from 0 in its direction of its connection
    kind: str
    method: int
    raw: bytes

    @property
    def header_bytes(self):
        return min(_HEAD.size, len(self.raw))


async def read_frame(reader, direction, number):
    if number == 0:
        return Frame(direction, number, "upgrade", 0, await reader.readuntil(b"\r\n\r\n"))
    size = await reader.readexactly(4)
    raw = size + await reader.readexactly(4 + struct.unpack(">I", size)[0])
    _, _, kind, _, method, _, _ = _HEAD.unpack_from(raw)
    return Frame(direction, number, KINDS[kind], method, raw)


class Cut(Exception):
    """Raised by a rule: the connection ends now. passed: how many bytes of the frame still pass; reset: by RST instead of FIN."""

    def __init__(self, passed, reset):
        super().__init__(passed, reset)
        self.passed, self.reset = passed, reset


class FrameProxy:
    """Between the source region and the destination's peer port. `rule(connection number, frame)` may raise Cut, or call what it likes first;
    it runs on the proxy's own thread. `counts` of frames that have passed, by (direction, kind)."""

    def __init__(self, source, destination, rule=lambda connection, frame: None):
        self.rule = rule
        self.counts = collections.Counter()
        self.cuts = 0
        self.connections = 0
        self._writers = set()
        self.holding = set()  # directions in which nothing passes for now
        self._target = destination.peer_port
        self._server_side = self._context(ssl.PROTOCOL_TLS_SERVER, destination)
        self._client_side = self._context(ssl.PROTOCOL_TLS_CLIENT, source)
        self._loop = asyncio.new_event_loop()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(asyncio.start_server(self._connection, sock=self._listener, ssl=self._server_side), self._loop).result(10)

    @staticmethod
    def _context(protocol, region):
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(region.folder / "ca.pem")
        context.load_cert_chain(region.folder / "cert.pem", region.folder / "key.pem")
        return context

    def hold(self, *directions):
        """From now on nothing passes in these directions; with none given, everything passes again."""
        self._loop.call_soon_threadsafe(setattr, self, "holding", set(directions))

    def cut(self):
        """Ends every connection; new ones are forwarded."""

        def end_all():
            for writer in self._writers:
                writer.transport.abort()

        self._loop.call_soon_threadsafe(end_all)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._listener.close()

    async def _connection(self, client_reader, client_writer):
        number = self.connections
        self.connections += 1
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target, ssl=self._client_side)
        except OSError:
            client_writer.transport.abort()
            return
        writers = (client_writer, server_writer)
        self._writers.update(writers)
        for writer in writers:
            writer.transport.set_write_buffer_limits(high=1, low=0)  # drain() waits until a frame is in the kernel's hands
        ways = [asyncio.ensure_future(self._pump(number, FORWARD, client_reader, server_writer)),
                asyncio.ensure_future(self._pump(number, BACK, server_reader, client_writer))]
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        reset = any(way.result() for way in done)
        for way in ways:
            way.cancel()
        self._writers.difference_update(writers)
        for writer in writers:
            if reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _pump(self, connection, direction, reader, writer):
        """Passes frames on until an end of the connection; gives whether it is to be reset."""
        number = 0
        try:
            while True:
                frame = await read_frame(reader, direction, number)
                number += 1
                while direction in self.holding:
                    await asyncio.sleep(0.01)
                try:
                    self.rule(connection, frame)
                except Cut as cut:
                    self.cuts += 1
                    writer.write(frame.raw[:cut.passed])
                    await writer.drain()
                    return cut.reset
                writer.write(frame.raw)
                await writer.drain()
                self.counts[direction, frame.kind] += 1
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            return False


class Trigger:
    """A rule that does something when the nth frame of a kind passes, once; before it is sent on, or just behind it."""

    def __init__(self):
        self._armed = None

    def arm(self, direction, kind, nth, before, act):
        self._armed = [direction, kind, nth, before, act]

    def disarm(self):
        self._armed = None

    def __call__(self, _connection, frame):
        armed = self._armed
        if armed is None or (frame.direction, frame.kind) != tuple(armed[:2]):
            return
        armed[2] -= 1
        if armed[2] > 0:
            return
        self._armed = None
        if armed[3]:
            armed[4]()
        else:
            asyncio.get_running_loop().call_soon(armed[4])  # runs when this frame has been handed over


def through(proxies, rule=lambda connection, frame: None):
    """For TwoProcesses: the source region dials the destination through a FrameProxy, which is put into `proxies`."""

    def prepare(served):
        source, destination = served.regions.values()
        proxies.append(FrameProxy(source, destination, rule))
        file = source.folder / "farshore.toml"
        file.write_text(file.read_text().replace(f'peer = "127.0.0.1:{destination.peer_port}"', f'peer = "127.0.0.1:{proxies[0].port}"'))

    return prepare
