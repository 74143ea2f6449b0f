"""The Go library's in place of what Lib/socket.py does on top of _socket."""
import io
import os
import socket

import gosocket
from addresses import from_go, inet
from bridge import Incoming, Outgoing, call, integer, nanoseconds, text_bytes


def adopt(handle, cls=socket.socket):
    self = gosocket.adopt(cls, handle)
    self._io_refs, self._closed = 0, False
    return self


class Methods:
    """Methods of socket.socket."""

    def accept(self):
        handle, address = self._go("Accept")
        return adopt(handle), from_go(address)

    def dup(self):
        return adopt(self._go("Dup"), type(self))

    def get_inheritable(self):
        return self._go("GetInheritable")

    def set_inheritable(self, inheritable):
        self._go("SetInheritable", bool(inheritable))

    def sendfile(self, file, offset=0, count=None):
        self._check_sendfile_params(file, offset, count)
        try:
            fd = file.fileno()
        except (AttributeError, io.UnsupportedOperation):
            return self._sendfile_use_send(file, offset, count)
        try:
            return self._go("SendFile", fd, integer(offset), -1 if count is None else integer(count))
        finally:
            file.seek(os.lseek(fd, 0, os.SEEK_CUR))

    def makefile(self, mode="r", buffering=None, *, encoding=None, errors=None, newline=None):
        if buffering == 0:
            return unbuffered(self, mode, buffering)
        binary = File(self, mode if "b" in mode else mode + "b")
        if "b" in mode:
            return binary
        text = io.TextIOWrapper(binary, io.text_encoding(encoding), errors, newline)
        text.mode = mode
        return text


unbuffered = socket.socket.makefile


class File(io.BufferedIOBase):
    """A *File of MakeFile, as the binary files of io are."""

    def __init__(self, sock, mode):
        self._handle = sock._go("MakeFile", mode)
        self._mode = mode

    def __del__(self):
        super().__del__()
        if hasattr(self, "_handle"):
            call("Release", self._handle)

    def _go(self, method, *args):
        return call(method, *args, on=self._handle)

    @property
    def mode(self):
        return self._go("Mode")

    @property
    def name(self):
        return self._go("Fileno")

    def fileno(self):
        self._checkClosed()
        return self._go("Fileno")

    def readable(self):
        return self._go("Readable")

    def writable(self):
        return self._go("Writable")

    def readinto1(self, buffer):
        into = Incoming(buffer)
        try:
            return self._go("Read", into.span)
        except EOFError:
            return 0

    readinto = readinto1

    def read1(self, size=-1):
        buffer = bytearray(8192 if size is None or size < 0 else size)
        return bytes(buffer[:self.readinto1(buffer)])

    def read(self, size=-1):
        everything = size is None or size < 0
        data = b""
        while everything or len(data) < size:
            part = self.read1(-1 if everything else size - len(data))
            if not part:
                break
            data += part
        return data

    def readline(self, size=-1):
        if size is not None and size >= 0:
            return super().readline(size)
        try:
            return text_bytes(self._go("ReadLine"))
        except EOFError:
            return b""

    def write(self, data):
        out = Outgoing(data)
        return self._go("Write", out.span)

    def flush(self):
        if not self.closed:
            self._go("Flush")

    def close(self):
        if not self.closed:
            try:
                super().close()  # which flushes
            finally:
                self._go("Close")


def fromfd(fd, family, type, proto=0):
    return adopt(call("FromFd", integer(fd), ["AddressFamily", integer(family)],
                      ["SocketKind", integer(type)], ["Proto", integer(proto)]))


def socketpair(family=None, type=socket.SOCK_STREAM, proto=0):
    family = socket.AF_UNIX if family is None else family
    return tuple(adopt(handle) for handle in call(
        "SocketPair", ["AddressFamily", integer(family)], ["SocketKind", integer(type)], ["Proto", integer(proto)]))


_DEFAULT = socket._GLOBAL_DEFAULT_TIMEOUT


def create_connection(address, timeout=_DEFAULT, source_address=None, *, all_errors=False):
    options = [["AllErrors", bool(all_errors)]]
    if timeout is not _DEFAULT:
        options.append(["Timeout", nanoseconds(timeout)])
    if source_address is not None:
        options.append(["SourceAddress", inet(source_address)])
    return adopt(call("CreateConnection", inet(address), *options))


def create_server(address, *, family=socket.AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False):
    options = [["AddressFamily", integer(family)], ["ReusePort", bool(reuse_port)],
               ["DualStackIPv6", bool(dualstack_ipv6)]]
    if backlog is not None:
        options.append(["Backlog", integer(backlog)])
    return adopt(call("CreateServer", inet(address), *options))


def has_dualstack_ipv6():
    return call("HasDualStackIPv6")


def getfqdn(name=""):
    return call("GetFQDN", name)


def send_fds(sock, buffers, fds, flags=0, address=None):
    out = [Outgoing(b) for b in buffers]
    return call("SendFds", sock._handle, [o.span for o in out], [integer(fd) for fd in fds])


def recv_fds(sock, bufsize, maxfds, flags=0):
    data, fds, flags, address = call(
        "RecvFds", sock._handle, integer(bufsize), integer(maxfds), integer(flags))
    return text_bytes(data), fds, flags, from_go(address)


FUNCTIONS = (fromfd, socketpair, create_connection, create_server, has_dualstack_ipv6,
             getfqdn, send_fds, recv_fds)


def install():
    for name, method in vars(Methods).items():
        if not name.startswith("__"):
            setattr(socket.socket, name, method)
    for function in FUNCTIONS:
        setattr(socket, function.__name__, function)
