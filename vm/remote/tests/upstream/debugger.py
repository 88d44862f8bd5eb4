"""The reference's debugger library, which has events and replies on one connection. Arguments: a port, an image whose loop
is at 24."""

import sys
import time
from hsxdbg.commands import CommandClient
from hsxdbg.events import EventBus, EventSubscription
from hsxdbg.session import SessionConfig, SessionManager
from hsxdbg.transport import HSXTransport, TransportConfig

transport = HSXTransport(TransportConfig(port=int(sys.argv[1])))
pid = transport.send_request({"cmd": "load", "path": sys.argv[2]})["image"]["pid"]
bus = EventBus()
session = SessionManager(transport, session_config=SessionConfig(pid_lock=pid), event_bus=bus)
session.open()
seen = []
bus.subscribe(EventSubscription(categories=["debug_break", "trace_step"], pid=pid, handler=seen.append))
session.subscribe_events({"pid": [pid], "categories": ["debug_break", "trace_step", "watch_update"]})
commands = CommandClient(session)
assert commands.set_breakpoint(24)["breakpoints"] == [24]
assert commands.add_watch("0x2000", watch_type="address")
stops = 0
for _ in range(40):
    result = commands.step()["result"]
    if result["debug_event"]:
        stops += 1
        commands.resume()
assert commands.list_breakpoints()["breakpoints"] == [24]
assert commands.get_register_state().pc is not None
assert commands.get_call_stack()
assert commands.read_memory(0x4000, 4)
end = time.monotonic() + 5
while time.monotonic() < end and not any(event.type == "debug_break" for event in seen):
    bus.pump()
    time.sleep(0.01)
session.close()
transport.close()
print(stops, "stops", sum(event.type == "debug_break" for event in seen) == stops, "told")
