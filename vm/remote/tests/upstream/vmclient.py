"""Calls every method of the reference's client library. Arguments: a port, an image with a value and a command 1:1."""

import sys
from vmclient import VMClient

client = VMClient("127.0.0.1", int(sys.argv[1]))
called = set()


def call(method, *arguments, **keywords):
    called.add(method)
    return getattr(client, method)(*arguments, **keywords)


call("ping")
pid = call("load", sys.argv[2], verbose=True)["pid"]
assert call("info", pid)["selected_registers"]["pc"] == 0
call("attach")
call("detach")
assert call("step", 4)["executed"] == 4
assert call("step", 1, pid=pid)["executed"] == 1
assert call("read_regs", pid)["steps"] == 5
assert call("reg_set", 9, 77, pid=pid) == 77
assert call("reg_get", 9, pid=pid) == 77
assert call("reg_set_for", pid, 9, 78) == 78
assert call("reg_get_for", pid, 9) == 78
assert call("write_regs", {"regs": [1, 2, 3]}, pid=pid)["regs"][:3] == [1, 2, 3]
call("write_mem", 0x2000, b"\x01\x02", pid=pid)
assert call("read_mem", 0x2000, 2, pid=pid) == b"\x01\x02"
call("pause", pid)
call("resume", pid)
assert call("ps")["tasks"]["tasks"][0]["pid"] == pid
assert call("sched", pid, priority=3, quantum=2)["priority"] == 3
assert call("trace", pid, enable=True)["enabled"] is True
assert call("trace_last", pid)["pid"] == pid
assert len(call("mailbox_snapshot")) >= 4
handle = call("mailbox_open", 0, "app:own", flags=1)["handle"]
call("mailbox_bind", 0, "app:own", capacity=64, mode=3)
call("mailbox_tap", 0, handle)
assert call("mailbox_send", 0, handle, data="abc", flags=1, channel=2)["length"] == 3
assert call("mailbox_peek", 0, handle)["info"]["depth"] == 1
assert call("mailbox_recv", 0, handle, max_len=2)["text"] == "ab"
call("mailbox_close", 0, handle)
assert call("mailbox_config_stdio", "out", 11)["updated_descriptors"] == [2]
assert call("mailbox_stdio_summary", pid=pid, stream="out")["task"]["streams"] == {"out": 11}
assert call("val_list", pid=pid, group=1, oid=257, name="temp")[0]["oid"] == 257
assert call("val_get", 257)["value"] == 1.5
assert call("val_set", 257, 2.5, pid=pid)["status"] == 0
assert call("val_stats")["values"]["count"] == 1
assert call("cmd_list")[0]["name"] == "reset"
assert call("cmd_call", 257, async_call=True)["status"] == 0
assert call("cmd_stats")["commands"]["count"] == 1
call("kill", pid)
call("reset")
call("restart", ["vm"])
methods = {name for name in dir(VMClient) if not name.startswith("_")} - {"close", "request"}
assert called == methods, methods ^ called
print(len(methods), "methods")
