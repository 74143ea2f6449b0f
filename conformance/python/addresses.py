"""Addresses: Python's tuples, and the Go types that stand for them."""
import os

from bridge import byte_text, integer, text_bytes
from constants import CONSTANTS as c

# The families whose Go type has the tuple's items as its fields.
_PLAIN = {
    c["AF_NETLINK"]: "NetlinkAddr",
    c["AF_PACKET"]: "PacketAddr",
    c["AF_VSOCK"]: "VSOCKAddr",
    c["AF_TIPC"]: "TIPCAddr",
    c["AF_ALG"]: "ALGAddr",
    c["AF_QIPCRTR"]: "QIPCRTRAddr",
}
_CAN = {
    c["CAN_RAW"]: "CANAddr",
    c["CAN_BCM"]: "CANAddr",
    c["CAN_ISOTP"]: "CANISOTPAddr",
    c["CAN_J1939"]: "CANJ1939Addr",
}
_BLUETOOTH = {
    c["BTPROTO_L2CAP"]: "BluetoothL2Addr",
    c["BTPROTO_RFCOMM"]: "BluetoothRCAddr",
    c["BTPROTO_HCI"]: "BluetoothHCIAddr",
    c["BTPROTO_SCO"]: "BluetoothSCOAddr",
}
# How many items must be there, where it isn't two.
_LEAST = {"CANAddr": 1, "CANISOTPAddr": 3, "CANJ1939Addr": 4, "TIPCAddr": 4,
          "BluetoothHCIAddr": 1, "BluetoothSCOAddr": 1}


def to_go(call, address, family, proto):
    """The Go value for a socket's address, where _socket looks at the tuple."""
    if family == c["AF_INET"]:
        return inet(_tuple(call, address, "AF_INET", 2, 2))
    if family == c["AF_INET6"]:
        return inet(_tuple(call, address, "AF_INET6", 2, 4))
    if family == c["AF_UNIX"]:
        path = os.fsencode(address) if isinstance(address, str) else memoryview(address)
        return ["UnixAddr", byte_text(path)]
    name = _PLAIN.get(family)
    if family == c["AF_CAN"]:
        name = _CAN.get(proto)
    if family == c["AF_BLUETOOTH"]:
        name = _BLUETOOTH.get(proto)
    if name is None:
        raise OSError(f"{call}(): bad family")
    if name in ("BluetoothHCIAddr", "BluetoothSCOAddr") and not isinstance(address, tuple):
        address = (address,)
    return [name, *map(_item, _tuple(call, address, name, _LEAST.get(name, 2), 5))]


def _tuple(call, address, name, least, most):
    if not isinstance(address, tuple):
        raise TypeError(f"{call}(): {name} address must be tuple, not {type(address).__name__}")
    if not least <= len(address) <= most:
        raise TypeError(f"{call}(): {name} address has {len(address)} items")
    return address


def inet(address):
    """(host, port) or (host, port, flowinfo, scope_id), of which the end may be left out."""
    text, numbers = host_name(address[0]), [integer(n) for n in address[1:]]
    if len(numbers) == 1:
        return ["Addr", text, *numbers]
    return ["Addr6", text, *numbers, *[0] * (3 - len(numbers))]


def host_name(name):
    """A host's name as _socket takes it: str is encoded by IDNA, bytes are not."""
    if isinstance(name, str):
        return name if name.isascii() else byte_text(name.encode("idna"))
    if isinstance(name, (bytes, bytearray)):
        return byte_text(name)
    raise TypeError(f"str, bytes or bytearray expected, not {type(name).__name__}")


def _item(item):
    if isinstance(item, str):
        return byte_text(os.fsencode(item))
    if isinstance(item, (bytes, bytearray)):
        return byte_text(item)
    return integer(item)


def from_go(address):
    """Python's address for a Go value; None for nil."""
    if address is None:
        return None
    name, *items = address
    if name == "UnixAddr":
        path = text_bytes(items[0])
        return path if path[:1] == b"\0" else os.fsdecode(path)
    if name == "PacketAddr":
        items[-1] = text_bytes(items[-1])
    if name == "BluetoothL2Addr":
        return tuple(items[:2])
    if name in ("BluetoothHCIAddr", "BluetoothSCOAddr"):
        return items[0]
    return tuple(os.fsdecode(text_bytes(i)) if isinstance(i, str) else i for i in items)
