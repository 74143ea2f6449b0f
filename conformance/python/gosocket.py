"""A module in place of CPython's _socket: every call is the Go library's.

What is Python's alone stays here: how arguments are passed, which types they
have, exceptions.
"""
import errno
import os
import sys

from addresses import from_go, host_name, inet, to_go
from bridge import (Incoming, Outgoing, byte_text, call, gaierror, herror, integer,
                    nanoseconds, seconds, text_bytes)
from constants import CONSTANTS

globals().update(CONSTANTS)
has_ipv6 = CONSTANTS["HasIPv6"]

error = OSError
timeout = TimeoutError


class socket:
    __slots__ = ("_handle",)

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self._handle = 0
        return self

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        args = [[kind, integer(value)] for kind, value in
                (("AddressFamily", family), ("SocketKind", type), ("Proto", proto)) if value != -1]
        if fileno is not None:
            args.append(["Fileno", integer(fileno)])
        self._handle = call("New", *args)

    def __del__(self):
        if self._handle:
            try:
                call("Release", self._handle)
            except OSError:
                pass

    def __repr__(self):
        return (f"<socket object, fd={self.fileno()}, family={self.family}, "
                f"type={self.type}, proto={self.proto}>")

    def _go(self, method, *args):
        if not self._handle:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return call(method, *args, on=self._handle)

    def _address(self, method, address):
        return to_go(method, address, socket.family.fget(self), self.proto)

    @property
    def family(self):
        return self._go("Family") if self._handle else 0

    @property
    def type(self):
        return self._go("Kind") if self._handle else 0

    @property
    def proto(self):
        return self._go("Proto") if self._handle else 0

    @property
    def timeout(self):
        return self.gettimeout()

    # Names and connections.

    def bind(self, address, /):
        self._go("Bind", self._address("bind", address))

    def connect(self, address, /):
        self._go("Connect", self._address("connect", address))

    def connect_ex(self, address, /):
        return self._go("ConnectEx", self._address("connect_ex", address))

    def listen(self, *backlog):
        self._go("Listen", *map(integer, backlog))

    def _accept(self):
        handle, address = self._go("Accept")
        try:
            return call("Detach", on=handle), from_go(address)
        finally:
            call("Release", handle)

    def getsockname(self):
        return from_go(self._go("GetSockName"))

    def getpeername(self):
        return from_go(self._go("GetPeerName"))

    def shutdown(self, how, /):
        self._go("Shutdown", integer(how))

    def close(self):
        if self._handle:
            self._go("Close")

    def detach(self):
        return self._go("Detach") if self._handle else -1

    def fileno(self):
        return self._go("Fileno") if self._handle else -1

    # Receiving.

    def recv(self, size, flags=0, /):
        return text_bytes(self._go("Recv", integer(size), integer(flags)))

    def recvfrom(self, size, flags=0, /):
        data, address = self._go("RecvFrom", integer(size), integer(flags))
        return text_bytes(data), from_go(address)

    def recv_into(self, buffer, nbytes=0, flags=0):
        into = _part(buffer, nbytes, "buffer too small for requested bytes")
        return self._go("RecvInto", into.span, integer(flags))

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        into = _part(buffer, nbytes, "nbytes is greater than the length of the buffer")
        size, address = self._go("RecvFromInto", into.span, integer(flags))
        return size, from_go(address)

    def recvmsg(self, size, ancbufsize=0, flags=0, /):
        data, anc, got, address = self._go("RecvMsg", integer(size), integer(ancbufsize), integer(flags))
        return text_bytes(data), _control(anc), got, from_go(address)

    def recvmsg_into(self, buffers, ancbufsize=0, flags=0, /):
        into = [Incoming(b) for b in buffers]
        size, anc, got, address = self._go(
            "RecvMsgInto", [i.span for i in into], integer(ancbufsize), integer(flags))
        return size, _control(anc), got, from_go(address)

    # Sending.

    def send(self, data, flags=0, /):
        out = Outgoing(data)
        return self._go("Send", out.span, integer(flags))

    def sendall(self, data, flags=0, /):
        out = Outgoing(data)
        self._go("SendAll", out.span, integer(flags))

    def sendto(self, data, *rest):
        if not 1 <= len(rest) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({1 + len(rest)} given)")
        *flags, address = rest
        out, flags = Outgoing(data), map(integer, flags)
        return self._go("SendTo", out.span, self._address("sendto", address), *flags)

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /):
        out = [Outgoing(b) for b in buffers]
        anc = [_control_message(item) for item in ancdata]
        if address is not None:
            address = self._address("sendmsg", address)
        return self._go("SendMsg", [o.span for o in out],
                        [(level, kind, data.span) for level, kind, data in anc], address, integer(flags))

    def sendmsg_afalg(self, msg=(), *, op, iv=b"", assoclen=None, flags=0):
        out, iv = [Outgoing(b) for b in msg], Outgoing(iv)
        assoclen = -1 if assoclen is None else integer(assoclen)
        return self._go("SendMsgAFALG", [o.span for o in out], integer(op), iv.span, assoclen, integer(flags))

    # Timeouts and options.

    def settimeout(self, value, /):
        self._go("SetTimeout", nanoseconds(value))

    def gettimeout(self):
        return seconds(self._go("GetTimeout"))

    def setblocking(self, flag, /):
        self._go("SetBlocking", bool(flag))

    def getblocking(self):
        return self._go("GetBlocking")

    def setsockopt(self, level, option, value, *optlen):
        level, option = integer(level), integer(option)
        if value is None:
            self._go("SetSockOptNone", level, option, *map(integer, optlen))
        elif hasattr(value, "__index__"):
            self._go("SetSockOpt", level, option, integer(value))
        else:
            out = Outgoing(value)
            self._go("SetSockOptBytes", level, option, out.span)

    def getsockopt(self, level, option, buflen=0, /):
        level, option, buflen = integer(level), integer(option), integer(buflen)
        if buflen == 0:
            return self._go("GetSockOpt", level, option)
        return text_bytes(self._go("GetSockOptBytes", level, option, buflen))


SocketType = socket


def _part(buffer, nbytes, too_small):
    """nbytes, which in Go is a slice expression; 0 is the whole buffer."""
    nbytes, size = integer(nbytes), memoryview(buffer).nbytes
    if nbytes < 0:
        raise ValueError("negative buffersize in recv_into")
    if nbytes > size:
        raise ValueError(too_small)
    return Incoming(buffer, nbytes or size)


def _control_message(item):
    if not isinstance(item, (tuple, list)) or len(item) != 3:
        raise TypeError("[sendmsg() argument 2] items must be 3-tuples")
    level, kind, data = item
    return integer(level), integer(kind), Outgoing(data)


def _control(anc):
    return [(level, kind, text_bytes(data)) for level, kind, data in anc]


def socketpair(family=None, type=CONSTANTS["SOCK_STREAM"], proto=0):
    family = CONSTANTS["AF_UNIX"] if family is None else family
    handles = call("SocketPair", ["AddressFamily", integer(family)],
                   ["SocketKind", integer(type)], ["Proto", integer(proto)])
    return tuple(adopt(socket, handle) for handle in handles)


def adopt(cls, handle):
    """The object for a socket that Go has made."""
    self = cls.__new__(cls)
    self._handle = handle
    return self


def dup(fd, /):
    handle = call("FromFd", integer(fd))
    try:
        return call("Detach", on=handle)
    finally:
        call("Release", handle)


def close(fd, /):
    call("CloseFd", integer(fd))


def getdefaulttimeout():
    return seconds(call("GetDefaultTimeout"))


def setdefaulttimeout(value, /):
    call("SetDefaultTimeout", nanoseconds(value))


def CMSG_LEN(length, /):
    return _size(call("CmsgLen", integer(length)))


def CMSG_SPACE(length, /):
    return _size(call("CmsgSpace", integer(length)))


def _size(n):
    if n < 0:
        raise OverflowError("CMSG_LEN() argument out of range")
    return n


# Look-ups.

def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    name = "" if host is None else host_name(host)
    args = [["AddressFamily", integer(family)], ["SocketKind", integer(type)],
            ["Proto", integer(proto)], ["AddressInfo", integer(flags)]]
    if isinstance(port, int) and port != _long(port):
        port = str(port)  # it has no meaning, but as text it is no error of Python's
    if isinstance(port, int):
        found = call("GetAddrInfoOfPort", name, integer(port), *args)
    else:
        found = call("GetAddrInfo", name, "" if port is None else _port_name(port), *args)
    return [(*numbers, canonical, from_go(address)) for *numbers, canonical, address in found]


def _long(n):
    """n, or the nearest number that Go's int has."""
    return max(-2**63, min(n, 2**63 - 1))


def _port_name(value):
    return byte_text(value.encode() if isinstance(value, str) else value)


def getnameinfo(address, flags, /):
    if not isinstance(address, tuple):
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    return tuple(call("GetNameInfo", inet(address), integer(flags)))


def gethostbyname(name, /):
    return call("GetHostByName", host_name(name))


def gethostbyname_ex(name, /):
    return tuple(call("GetHostByNameEx", host_name(name)))


def gethostbyaddr(address, /):
    return tuple(call("GetHostByAddr", host_name(address)))


def getservbyname(name, *proto):
    return call("GetServByName", name, *proto)


def getservbyport(port, *proto):
    return call("GetServByPort", integer(port), *proto)


def getprotobyname(name, /):
    return call("GetProtoByName", name)


def gethostname():
    return os.fsdecode(text_bytes(call("GetHostName")))


def sethostname(name, /):
    call("SetHostName", byte_text(os.fsencode(name)))


# Conversions and interfaces.

def htons(x, /):
    return call("Htons", integer(x))


def htonl(x, /):
    return call("Htonl", integer(x))


def ntohs(x, /):
    return call("Ntohs", integer(x))


def ntohl(x, /):
    return call("Ntohl", integer(x))


def inet_aton(text, /):
    return text_bytes(call("InetAton", text))


def inet_ntoa(packed, /):
    return call("InetNtoa", byte_text(memoryview(packed)))


def inet_pton(family, text, /):
    return text_bytes(call("InetPton", integer(family), text))


def inet_ntop(family, packed, /):
    out = Outgoing(packed)
    return call("InetNtop", integer(family), out.span)


def if_nameindex():
    return [(index, os.fsdecode(text_bytes(name))) for index, name in call("IfNameIndex")]


def if_nametoindex(name, /):
    return call("IfNameToIndex", byte_text(os.fsencode(name)))


def if_indextoname(index, /):
    return os.fsdecode(text_bytes(call("IfIndexToName", integer(index))))


def install():
    """Be _socket for everything that is imported from now on."""
    if "socket" in sys.modules:
        raise ImportError("socket has been imported before")
    sys.modules["_socket"] = sys.modules[__name__]
    sys.modules["_ssl"] = None  # it needs the C module's own sockets
