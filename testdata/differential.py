"""Runs the rows of the differential table in Python.

The arguments are files of rows, as differential_test.go describes them. Each
function in them is a row and each statement in it a step. Every step is run,
and its result written in the same neutral way as the test writes that of the Go
library. The output is JSON: the rows, and for each step its text, its syntax
tree for the test to run in Go, its result here, and how Go is known to differ.
"""

import ast
import faulthandler
import hashlib
import io
import json
import os
import re
import select
import shutil
import socket
import struct
import sys
import tempfile


# What isn't in a database of the system is an error with a text and no errno.
NOT_FOUND = ("service/proto not found", "port/proto not found", "protocol not found",
             "no interface with this name")


# The machine, as diffMachine in differential_test.go names it.
MACHINE = "%d bits, %s-endian" % (struct.calcsize("P") * 8, sys.byteorder)


class Fd(int):
    """A descriptor's number, which is written as a placeholder."""


class Row:
    """The names that a row's steps see, and what has to be cleared up."""

    def __init__(self, path):
        self.path = path
        self.dir = tempfile.mkdtemp(prefix="d")
        self.base = os.path.basename(self.dir).encode()
        self.placeholders = {}
        self.fds = []
        self.names = {k: v for k, v in vars(socket).items() if not k.startswith("_")}
        for helper in (self.tmp, self.abstract, self.pipe, self.readable, self.writable,
                       self.fill, self.receive, self.nonblocking, self.file, self.opened,
                       self.packed):
            self.names[helper.__name__] = helper

    def close(self):
        socket.setdefaulttimeout(None)
        for value in self.names.values():
            if isinstance(value, (socket.socket, io.IOBase)):
                try:
                    value.close()
                except OSError:
                    pass
        for fd in self.fds:
            try:
                os.close(fd)
            except OSError:
                pass
        shutil.rmtree(self.dir)

    # The helpers, which differential_helpers_test.go has too.

    def tmp(self, name="", length=0):
        """A path in a directory of the row's own, filled up to length bytes."""
        path = os.path.join(self.dir, name)
        return path + "x" * (length - len(path))

    def abstract(self, name=b"", length=0):
        """An abstract name of the row's own, filled up to length bytes."""
        name = b"\0" + self.base + name
        return name + b"x" * (length - len(name))

    def pipe(self):
        """Two descriptors that aren't sockets."""
        fds = os.pipe()
        self.fds.extend(fds)
        return tuple(map(Fd, fds))

    def readable(self, sock):
        """Waits until sock can be read, or has an error."""
        select.select([sock], [], [])

    def writable(self, sock):
        """Waits until sock can be written, or a connect has ended."""
        select.select([], [sock], [])

    def fill(self, sock):
        """Sends until the kernel takes no more; the timeout is 0 then."""
        sock.settimeout(0)
        try:
            while True:
                sock.send(b"x" * 65536)
        except BlockingIOError:
            pass

    def receive(self, sock, n):
        """Receives n bytes, in as many calls as it takes."""
        data = b""
        while len(data) < n:
            more = sock.recv(n - len(data))
            if not more:
                break
            data += more
        return data

    def nonblocking(self, fd):
        """Whether O_NONBLOCK is set."""
        return not os.get_blocking(fd)

    def file(self, content):
        """A file opened for reading, with that content."""
        f = tempfile.TemporaryFile(dir=self.dir, buffering=0)
        f.write(content)
        f.seek(0)
        return f

    def opened(self, path):
        """A file that is there already, opened for reading."""
        return open(path, "rb", buffering=0)

    def packed(self, numbers):
        """An array of ints, as descriptors are sent."""
        return struct.pack("%di" % len(numbers), *numbers)

    # Writing results.

    def mark(self, kind, value):
        """The placeholder of a value that differs from run to run."""
        known = self.placeholders.setdefault(kind, {})
        return "<%s %d>" % (kind, known.setdefault(value, len(known) + 1))

    def write(self, value):
        if isinstance(value, (socket.AddressFamily, socket.SocketKind)):
            return value.name
        if isinstance(value, Fd):
            return self.mark("fd", value) if value >= 0 else str(int(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(int(value))
        if isinstance(value, tuple):
            return "(%s)" % ", ".join(self.write_items(value))
        if isinstance(value, list):
            return "[%s]" % ", ".join(map(self.write, value))
        if isinstance(value, (bytes, bytearray)):
            value = bytes(value)
            if re.fullmatch(rb"\0[0-9a-f]{5}", value):
                return self.mark("autobind", value)
            value = value.replace(self.base, b"<tmp>")
            if len(value) > 64 and value.startswith(b"\0<tmp>"):
                return "<a long name>"
            if len(value) > 64:
                return "<%d bytes %s>" % (len(value), hashlib.sha256(value).hexdigest()[:16])
            return repr(value)
        if isinstance(value, str):
            value = value.replace(self.dir, "<tmp>")
            if len(value) > 64 and value.startswith("<tmp>"):
                return "<a long path>"
            return repr(value)
        if isinstance(value, socket.socket):
            return "socket(%s, %s, %s)" % (self.write(value.family), self.write(value.type), value.proto)
        if isinstance(value, (float, bool, type(None))):
            return repr(value)
        if isinstance(value, io.IOBase):
            return "<file>"
        raise SystemExit("a result of type %s has no neutral form" % type(value))

    def write_items(self, value):
        """The items of a tuple, of which some differ from run to run in addresses
        and in control messages."""
        items = [self.write(v) for v in value]
        if len(value) in (2, 4) and isinstance(value[0], str) and is_port(value[1]):
            items[1] = self.mark("port", value[1])
        if len(value) == 2 and type(value[0]) is int and type(value[1]) is int:
            if value[0] == os.getpid():
                items[0] = "<pid>"
            elif is_port(value[0]):
                items[0] = self.mark("port", value[0])
            if is_port(value[1]):
                items[1] = self.mark("port", value[1])
        if len(value) == 3 and value[0] == socket.SOL_SOCKET and isinstance(value[2], bytes):
            items[2] = self.write_control(value[1], value[2])
        return items

    def write_control(self, kind, data):
        """The data of a control message, descriptors and process numbers left out."""
        if kind == socket.SCM_RIGHTS:
            fds = struct.unpack("%di" % (len(data) // 4), data[:len(data) // 4 * 4])
            self.fds.extend(fds)
            return "<%d descriptors, %d bytes>" % (len(fds), len(data))
        if kind == socket.SCM_CREDENTIALS:
            data = data.replace(struct.pack("i", os.getpid()), b"<pid>")
        return self.write(data)

    def write_error(self, e):
        if isinstance(e, ExceptionGroup):
            return "ExceptionGroup: %s [%s]" % (e.message, "; ".join(map(self.write_error, e.exceptions)))
        if isinstance(e, TimeoutError) and e.errno is None:
            return "TimeoutError: " + str(e)
        if isinstance(e, OSError) and e.errno is not None:
            text = re.sub(r" \(while attempting to bind on address .*\)$", "", str(e))
            return "%s: %s" % (type(e).__name__, text)
        if str(e) in NOT_FOUND or str(e) == "cannot read from timed out object":
            return "OSError: " + str(e)
        if isinstance(e, io.UnsupportedOperation):
            return "UnsupportedOperation"
        if isinstance(e, ValueError) and "closed file" in str(e):
            return "ValueError: closed file"
        if isinstance(e, (OSError, TypeError, ValueError, OverflowError)):
            return "ArgumentError"
        raise e

    # Running.

    def step(self, statement):
        """Runs one statement and returns its result's neutral form."""
        expression, targets = statement.value, getattr(statement, "targets", [])
        code = compile(ast.Expression(expression), self.path, "eval")
        try:
            value = eval(code, self.names)
        except (OSError, TypeError, ValueError, OverflowError, ExceptionGroup) as e:
            return self.write_error(e)
        self.assign(targets, value)
        return self.write(number(expression, value))

    def assign(self, targets, value):
        for target in targets:
            if isinstance(target, ast.Tuple):
                for name, item in zip(target.elts, value, strict=True):
                    self.names[name.id] = item
            else:
                self.names[target.id] = value


def is_port(value):
    """Whether value is a port that the kernel chose; AF_VSOCK has 32-bit ones, and
    so has AF_NETLINK for all but a process's first."""
    return type(value) is int and 10000 <= value < socket.VMADDR_PORT_ANY


def number(expression, value):
    """Makes the results of calls that return descriptors Fds."""
    if not isinstance(expression, ast.Call):
        return value
    called = getattr(expression.func, "attr", getattr(expression.func, "id", ""))
    if called in ("fileno", "detach", "dup") and isinstance(value, int):
        return Fd(value)
    if called == "recv_fds":
        return (value[0], [Fd(fd) for fd in value[1]], *value[2:])
    return value


OPERATORS = {ast.BitOr: "|", ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


def tree(e):
    """The syntax tree of an expression, as the test reads it: kind, text,
    children, and the names of those last children that are keyword arguments."""
    if isinstance(e, ast.Constant):
        if isinstance(e.value, bytes):
            return {"kind": "bytes", "text": e.value.hex()}
        return {"kind": type(e.value).__name__, "text": str(e.value)}
    if isinstance(e, ast.Name):
        return {"kind": "name", "text": e.id}
    if isinstance(e, ast.Attribute):
        return {"kind": "attribute", "text": e.attr, "children": [tree(e.value)]}
    if isinstance(e, ast.Call):
        args = [e.func, *e.args, *(k.value for k in e.keywords)]
        return {"kind": "call", "children": list(map(tree, args)), "keywords": [k.arg for k in e.keywords]}
    if isinstance(e, (ast.Tuple, ast.List)):
        return {"kind": type(e).__name__.lower(), "children": list(map(tree, e.elts))}
    if isinstance(e, ast.BinOp):
        return {"kind": "operator", "text": OPERATORS[type(e.op)], "children": [tree(e.left), tree(e.right)]}
    if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
        return {"kind": "negative", "children": [tree(e.operand)]}
    if isinstance(e, ast.Subscript) and isinstance(e.slice, ast.Constant):
        return {"kind": "index", "children": [tree(e.value), tree(e.slice)]}
    raise SystemExit("a step can't have this: " + ast.unparse(e))


def differs(call):
    """What a differs(...) says: why, go, and python, which may be by version."""
    said = {"why": ast.literal_eval(call.args[0])}
    for k in call.keywords:
        said[k.arg] = ast.literal_eval(k.value)
    if isinstance(said["python"], str):
        said["python"] = {"3.11": said["python"]}
    return said


def is_differs(statement):
    return isinstance(statement.value, ast.Call) and getattr(statement.value.func, "id", "") == "differs"


def root():
    """@root: why the row can't be run, "" if it can."""
    return "" if os.geteuid() == 0 else "only root may do this: run the test as root"


def layout():
    """@layout: the row can be run, and depends on this machine's layout of structs."""
    return ""


def needs(*args):
    """@needs(family, type, protocol) is the same for sockets that a kernel may
    not have."""
    try:
        socket.socket(*args).close()
    except OSError as e:
        return "socket(%s): %s: try modprobe for its module" % (", ".join(map(str, args)), e)
    return ""


def no_ipv6():
    """Why no row can be run that has IPv6 in it, "" if they can."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind(("::1", 0))
    except OSError:
        return "no IPv6: try sysctl net.ipv6.conf.lo.disable_ipv6=0"
    return ""


NO_IPV6 = no_ipv6()


def missing(path, function):
    """What is missing for a row: what its decorators say, or IPv6."""
    if NO_IPV6 and any(getattr(n, "id", "") == "AF_INET6" or getattr(n, "value", "") == "::1" for n in ast.walk(function)):
        return NO_IPV6
    names = dict(vars(socket), root=root, layout=layout, needs=needs)
    for decorator in function.decorator_list:
        value = eval(compile(ast.Expression(decorator), path, "eval"), names)
        if why := value() if callable(value) else value:
            return why
    return ""


def run(path, function):
    if why := missing(path, function):
        return {"name": function.name, "missing": why, "steps": []}
    row, steps = Row(path), []
    for statement in function.body:
        if isinstance(statement.value, ast.Constant):
            continue  # the docstring
        if is_differs(statement):
            steps[-1]["differs"] = differs(statement.value)
            continue
        where = "%s:%d: " % (path, statement.lineno)
        try:
            result = row.step(statement)
        except Exception as e:
            raise SystemExit(where + "the row is wrong: %r" % e)
        steps.append({
            "text": ast.unparse(statement),
            "targets": [n.id for t in getattr(statement, "targets", []) for n in getattr(t, "elts", [t])],
            "tree": tree(statement.value),
            "result": result,
        })
    row.close()
    laid_out = any(getattr(d, "id", "") == "layout" for d in function.decorator_list)
    return {"name": function.name, "machine": MACHINE if laid_out else "", "steps": steps}


def main():
    faulthandler.dump_traceback_later(30, exit=True)
    files = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            body = ast.parse(f.read(), path).body
        rows = [run(path, function) for function in body if isinstance(function, ast.FunctionDef)]
        if len({row["name"] for row in rows}) < len(rows):
            raise SystemExit(path + ": two rows have the same name")
        files[os.path.splitext(os.path.basename(path))[0]] = rows
    json.dump(files, sys.stdout)


main()
