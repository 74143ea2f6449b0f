"""Runs a class of CPython's own tests, or lists a module's classes.

    run.py cpython|module|highlevel test_socket [class [test not to run]...]

The first argument says whose sockets the tests get: CPython's, the Go library's
under Lib/socket.py, or the Go library's in place of that too. One JSON object a
line goes to descriptor 3: the classes, or each test's start and outcome.
"""
import importlib
import inspect
import json
import os
import sys
import traceback
import unittest

_out = os.fdopen(3, "w", buffering=1)


def emit(**fields):
    print(json.dumps(fields), file=_out)


class Report(unittest.TestResult):
    def _emit(self, test, outcome, detail=""):
        emit(test=test.id().removeprefix("test."), outcome=outcome, detail=detail)

    def _emit_error(self, test, err):
        self._emit(test, "failed", "".join(traceback.format_exception(*err)))

    def startTest(self, test):
        super().startTest(test)
        self._emit(test, "started")

    def addSuccess(self, test):
        self._emit(test, "passed")

    def addExpectedFailure(self, test, err):
        self._emit(test, "passed")

    def addSkip(self, test, reason):
        self._emit(test, "skipped", reason)

    def addError(self, test, err):
        self._emit_error(test, err)

    def addFailure(self, test, err):
        self._emit_error(test, err)

    def addUnexpectedSuccess(self, test):
        self._emit(test, "failed", "unexpected success")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._emit_error(test, err)


def install(sockets):
    if sockets == "cpython":
        return
    import gosocket
    gosocket.install()
    if sockets == "highlevel":
        import highlevel
        highlevel.install()
    import socket
    assert issubclass(socket.socket, gosocket.socket)


def classes(module):
    """The classes with tests, those without left out: their bases and mixins."""
    loader = unittest.defaultTestLoader
    for name, cls in inspect.getmembers(module, inspect.isclass):
        if issubclass(cls, unittest.TestCase) and cls.__module__ == module.__name__:
            if loader.getTestCaseNames(cls):
                yield name


def main(sockets, name, cls=None, *leave_out):
    install(sockets)
    import test.support
    test.support.use_resources = ["cpu", "walltime"]  # no network, nothing large
    module = importlib.import_module("test." + name)
    if name == "test_timeout":
        del module.setUpModule  # it wants the network, which one class alone needs
    if cls is None:
        for each in classes(module):
            emit(cls=each)
        return
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(getattr(module, cls))
    suite = unittest.TestSuite(t for t in tests if t._testMethodName not in leave_out)
    suite.run(Report())


main(*sys.argv[1:])
