"""Calls of the Go library, through the one function of its shared object.

GOSOCKET_LIBRARY names the shared object. How values travel stands in
../bridge/values.go.
"""
import ctypes
import io
import json
import operator
import os

_library = ctypes.CDLL(os.environ["GOSOCKET_LIBRARY"])
_call = _library.SocketCall
_call.argtypes = [ctypes.c_char_p, ctypes.c_int]
_call.restype = ctypes.c_void_p
_free = ctypes.CDLL(None).free
_free.argtypes = [ctypes.c_void_p]
_free.restype = None


class ArgumentError(OSError, TypeError, ValueError, OverflowError):
    """An *ArgumentError: Go has one type where Python has several."""


class gaierror(OSError):
    __module__ = "socket"


class herror(OSError):
    __module__ = "socket"


def call(name, *args, on=0):
    """Call a function, or a method of the object with the handle on.

    Returns its result, a list if there are several, None if there is none.
    """
    request = json.dumps({"On": on, "Call": name, "Args": args}).encode()
    address = _call(request, len(request))
    try:
        answer = json.loads(ctypes.string_at(address))
    finally:
        _free(address)
    if answer["error"]:
        raise exception(answer["error"])
    results = answer["results"]
    return results if len(results) > 1 else results[0] if results else None


def exception(error):
    """The exception for an error's description."""
    kind, code, text = error["kind"], error["code"], error["text"]
    if kind == "errno":
        return OSError(code, text)
    if kind == "timeout":
        return TimeoutError("timed out")
    if kind == "gaierror":
        return gaierror(code, text)
    if kind == "herror":
        return herror(code, text)
    if kind == "argument":
        return ArgumentError(text)
    if kind == "closed file":
        return ValueError(text)
    if kind == "file mode":
        return io.UnsupportedOperation(text)
    if kind == "eof":
        return EOFError(text)
    if kind == "group":
        return ExceptionGroup(text, [exception(e) for e in error["causes"]])
    if kind == "other":
        return OSError(text)
    return SystemError(kind + ": " + text)


def integer(value):
    """An int for JSON, which tells booleans from numbers."""
    return int(operator.index(value))


def text_bytes(value):
    """The bytes of a result."""
    return value.encode("latin-1")


def byte_text(value):
    """A string argument with these bytes."""
    return bytes(value).decode("latin-1")


class Outgoing:
    """An argument of bytes: a copy of them, with their address."""

    def __init__(self, data):
        try:
            self.data = bytes(memoryview(data))
        except TypeError:
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'") from None
        pointer = ctypes.cast(ctypes.c_char_p(self.data), ctypes.c_void_p)
        self.span = [pointer.value, len(self.data)]


class Incoming:
    """An argument of bytes that the call fills."""

    def __init__(self, buffer, size=None):
        view = memoryview(buffer)
        if view.readonly:
            raise TypeError("read-write bytes-like object expected")
        view = view.cast("B") if view.nbytes else view
        size = view.nbytes if size is None else size
        self.memory = (ctypes.c_char * size).from_buffer(view) if size else b""
        self.span = [ctypes.addressof(self.memory) if size else 0, size]


NO_TIMEOUT = 2**63 - 1  # the largest time.Duration


def nanoseconds(seconds):
    """A timeout as a time.Duration, rounded up as CPython does."""
    if seconds is None:
        return NO_TIMEOUT
    if isinstance(seconds, float):
        if seconds != seconds:
            raise ValueError("Invalid value NaN (not a number)")
        ns = int(seconds * 1e9)
        ns += (ns < seconds * 1e9) - (ns > seconds * 1e9 and seconds < 0)
    else:
        ns = integer(seconds) * 10**9
    if not -(2**63) <= ns < NO_TIMEOUT:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    # The library takes no timeout below a microsecond, which in Go is a forgotten unit.
    return max(ns, 1000) if ns > 0 else ns


def seconds(ns):
    """A time.Duration as a timeout."""
    return None if ns == NO_TIMEOUT else ns / 1e9
