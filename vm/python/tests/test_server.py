"""The server, by clients on sockets."""

import json
import socket
import tempfile
import threading
import time
import unittest
from dataclasses import replace
from pathlib import Path

from lockstep_minivm import Limits, Server, assemble, build_image

Reply = dict[str, object]


class Client:
    """A client of either protocol."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.lines = self.socket.makefile("rw", encoding="utf-8")

    def ask(self, **request: object) -> Reply:
        """The reply to a request."""
        print(json.dumps(request), file=self.lines, flush=True)
        reply: Reply = json.loads(self.lines.readline())
        return reply

    def close(self) -> None:
        self.lines.close()
        self.socket.close()


class ServerTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        text = '.data\ntext: .ascii "hey!"\n.text\nLDI32 R1, text\nLDI R2, 4\nSVC MOD=1 FN=1\nLDI R0, 5\nRET'
        Path(self.folder, "greet.hxe").write_bytes(build_image(assemble(text)))

    def client(self, address: tuple[str, int] | None) -> Client:
        assert address
        client = Client(address)
        self.addCleanup(client.close)
        return client

    def test_a_client_runs_a_program(self) -> None:
        with Server(self.folder, port=0) as server:
            client = self.client(server.address)
            loaded = client.ask(cmd="load", path="greet.hxe")
            self.assertEqual(loaded["status"], "ok", loaded)
            result = client.ask(cmd="step", steps=99)["result"]
            assert isinstance(result, dict)
            self.assertEqual(result["executed"], 5)
            # Lines come behind the reply, and before the next one.
            client.ask(cmd="ping")
            self.assertEqual(server.take_lines(), ["[UART.tx] hey!"])
            self.assertEqual(server.take_lines(), [])
            self.assertEqual(client.ask(cmd="load", path="../other.hxe")["status"], "error")

    def test_both_protocols_see_the_same_tasks(self) -> None:
        with Server(self.folder, executive_port=0) as server:
            vm, executive = self.client(server.address), self.client(server.executive_address)
            vm.ask(cmd="load", path="greet.hxe")
            tasks = executive.ask(cmd="ps", version=1)["tasks"]
            self.assertIn("greet", json.dumps(tasks))

    def test_a_port_of_choice_and_its_end(self) -> None:
        server = Server(self.folder)
        port = server.address[1]
        with self.assertRaises(OSError):
            Server(self.folder, port=port)
        client = self.client(server.address)
        client.ask(cmd="ping")
        self.assertIsNone(server.executive_address)
        server.stop()
        self.assertFalse(server.is_running)
        self.assertEqual(client.lines.readline(), "", "the connection is closed")
        with Server(self.folder, port=port) as again:
            self.assertEqual(again.address, ("127.0.0.1", port))

    def test_a_client_ends_it(self) -> None:
        with Server(self.folder, executive_port=0) as server:
            self.assertFalse(server.wait(0))
            client = self.client(server.executive_address)
            session = client.ask(cmd="session.open", version=1)["session"]
            assert isinstance(session, dict)
            client.ask(cmd="shutdown", version=1, session=session["id"])
            self.assertTrue(server.wait(20))
            self.assertTrue(server.wait())
            self.assertFalse(server.is_running)

    def test_limits_are_followed(self) -> None:
        limits = replace(Limits.default(), line=100, connections=1)
        with Server(self.folder, limits=limits) as server:
            client = self.client(server.address)
            self.assertEqual(client.ask(cmd="ping", x="." * 100)["error"], "line_too_long:100")
            self.assertEqual(client.ask(cmd="ping")["status"], "ok")
            late = self.client(server.address)
            self.assertIn("too_many_connections", late.lines.readline())

    def test_other_threads_go_on_while_it_waits(self) -> None:
        with Server(self.folder) as server:
            waiting = threading.Thread(target=server.wait)
            waiting.start()
            client = self.client(server.address)
            self.assertEqual((client.ask(cmd="ping")["status"], server.is_running), ("ok", True))
            server.stop()
            waiting.join(20)
            self.assertFalse(waiting.is_alive())

    def test_a_token_opens_commands(self) -> None:
        with Server(self.folder, pin="1234", profile="reference") as server:
            self.assertEqual(self.client(server.address).ask(cmd="ping")["status"], "ok")

    def test_what_is_refused(self) -> None:
        for error, arguments in [
            (FileNotFoundError, {"folder": self.folder + "/none"}),
            (NotADirectoryError, {"folder": self.folder + "/greet.hxe"}),
            (ValueError, {"folder": self.folder, "profile": "other"}),
            (OverflowError, {"folder": self.folder, "port": 1 << 16}),
            (OverflowError, {"folder": self.folder, "limits": replace(Limits.default(), steps=-1)}),
        ]:
            with self.subTest(error), self.assertRaises(error):
                Server(**arguments)  # type: ignore[arg-type]
        with Server(self.folder) as server:
            for seconds in (-1.0, float("nan"), float("inf")):
                with self.assertRaises(ValueError):
                    server.wait(seconds)

    def test_a_server_that_is_dropped_ends(self) -> None:
        server = Server(self.folder)
        address = server.address
        client = self.client(address)
        client.ask(cmd="ping")
        del server
        self.assertEqual(client.lines.readline(), "")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(address, timeout=1).close()
            except OSError:
                return
            time.sleep(0.01)
        self.fail("it listens on")


class LimitsTest(unittest.TestCase):
    def test_a_limit_out_of_its_range_is_refused_at_once(self) -> None:
        for name, value in [
            ("line", 0),
            ("connections", 0),
            ("connections", 1 << 61),
            ("sessions", 65_536),
            ("events", 1 << 25),
            ("idle_s", 1 << 63),
            ("steps", 0),
            ("file", 0),
            ("mailboxes", 1 << 62),
            ("held", 65_536),
        ]:
            text = rf"{name} can be [01] to \d+, not {value}"
            with self.subTest(name), self.assertRaisesRegex(ValueError, text):
                Server(".", limits=replace(Limits.default(), **{name: value}))

    def test_the_ends_of_the_ranges_serve(self) -> None:
        largest = Limits(1 << 30, 65_535, 65_535, 1 << 24, 365 * 86_400, (1 << 32) - 1, 1 << 30, 65_535, 65_535)
        for limits in (Limits(100, 1, 1, 1, 1, 1, 1, 0, 0), largest):
            with Server(".", limits=limits) as server:
                client = Client(server.address)
                self.assertEqual(client.ask(cmd="ping")["status"], "ok")
                client.close()
                self.assertTrue(server.is_running)

    def test_a_time_that_no_clock_can_count_to_is_waited_for(self) -> None:
        server = Server(".")
        threading.Timer(0.2, server.stop).start()
        self.assertTrue(server.wait(1e300))
        for seconds in (-1.0, float("inf"), float("nan")):
            with self.assertRaisesRegex(ValueError, "not negative, and finite"):
                server.wait(seconds)


if __name__ == "__main__":
    unittest.main()
