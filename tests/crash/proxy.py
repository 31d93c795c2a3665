# SPDX-License-Identifier: Apache-2.0
"""A wire between two regions that counts what passes and can be cut."""
import socket
import threading


class Proxy:
    """Forwards TCP connections to a port of this machine."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.forward_bytes = 0
        self._lock = threading.Lock()
        self._pairs = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Ends every connection at once; new ones are forwarded."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            self._end(pair)

    def close(self):
        self._listener.close()
        self.cut()

    @staticmethod
    def _end(pair):
        for one in pair:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It had ended by itself.

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._pump, args=(pair, client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(pair, server, client, False), daemon=True).start()

    def _pump(self, pair, source, sink, forward):
        try:
            while piece := source.recv(1 << 18):
                if forward:
                    with self._lock:
                        self.forward_bytes += len(piece)
                sink.sendall(piece)
        except OSError:
            pass  # cut, or one end died
        self._end(pair)
        with self._lock:
            self._pairs.discard(pair)
