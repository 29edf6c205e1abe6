"""Worlds made once, and found again by every class of tests that asks for the same.

A company with its chart of accounts takes seconds to make, and nearly every class needs
one. So the transaction it was made in outlives the class: it goes back to a savepoint,
just as Odoo's own between two methods of a class. Nothing is ever committed.

A world is the same where the same methods and attributes made it at the same moment: a
class that overrides one of them, or that stops the clock at another time, has its own.
"""

import copy
import gc
import weakref
from collections import deque
from datetime import date, datetime
from inspect import getattr_static
from types import FunctionType
from unittest.mock import patch

from freezegun import api as freezegun

from odoo.api import SUPERUSER_ID, Environment
from odoo.sql_db import Savepoint
from odoo.tests import HttpCase, TransactionCase

# What has no part in the making of a world.
APART = {
    *("setUpClass", "tearDownClass", "test_tags", "test_module", "kept_bases"),
    *("_class_cleanups", "registry", "cr", "env", "freeze_time"),
    *("before_world", "cleanups_before_world"),
}
_worlds = []  # each upon the one before it, all in one transaction


class World:
    """What one ``setUpClass`` made, and the way back to it."""

    def __init__(self, key, case):
        self.key = key
        before = case.before_world
        self.attributes = {
            name: _own(value)
            for name, value in vars(case).items()
            if name == "env" or (name not in APART and before.get(name) is not value)
        }
        case.env.flush_all()
        self.transaction = case.env.transaction
        gc.collect()  # dead ones would be searched for every record read from now on
        self.environments = [weakref.ref(env) for env in self.transaction.envs]
        self.default = self.transaction.default_env
        self.callbacks = [
            (callback, deque(callback._funcs), copy.deepcopy(callback.data))
            for callback in _callbacks(case.cr)
        ]
        self.savepoint = Savepoint(case.cr)

    def restore(self):
        """Undo everything since, in the database and in memory."""
        self.transaction.clear()
        self.savepoint.rollback()
        envs = self.transaction.envs
        envs.clear()
        envs.update(env for found in self.environments if (env := found()))
        self.transaction.default_env = self.default
        for env in list(envs):
            env.clear()
        for callback, functions, data in self.callbacks:
            callback._funcs = deque(functions)
            callback.data = copy.deepcopy(data)

    def give(self, case):
        """Set what ``setUpClass`` would have set."""
        for name, value in self.attributes.items():
            setattr(case, name, _own(value))


class KeptCase(TransactionCase):
    """Lends its class a transaction that may outlive it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if keeps(cls):
            leave()
            cls._borrow(cls.registry.cursor())

    @classmethod
    def find(cls, world):
        """Be set up in ``world``, by Odoo's own means as far as none of it is data."""
        super().setUpClass()
        cls._borrow(world.savepoint._cr)
        world.restore()
        world.give(cls)

    @classmethod
    def _borrow(cls, cursor):
        cls.cr = cursor
        cls.env = Environment(cursor, SUPERUSER_ID, {})
        cls.addClassCleanup(_go_back, cursor)
        for name in ("commit", "rollback", "close"):
            error = AssertionError(f"{name} from inside a test")
            cls.startClassPatcher(patch.object(cursor, name, side_effect=error))
        cls.before_world = dict(vars(cls))
        cls.cleanups_before_world = len(cls._class_cleanups)


def kept(base):
    """Decorate a class: what its ``setUpClass`` makes is made once.

    Where ``setUpClass`` also asks for a clean-up, as a patch does, it is not only data
    and is run for every class as ever.
    """
    own = vars(base).get("setUpClass")
    make = own.__func__ if own else lambda cls: super(base, cls).setUpClass()

    def setUpClass(cls):
        key = _key(cls, base) if keeps(cls) else None
        if key and any(world.key == key for world in _worlds):
            while _worlds[-1].key != key:
                _worlds.pop()
            cls.find(_worlds[-1])
            return
        make(cls)
        if key and len(cls._class_cleanups) == cls.cleanups_before_world:
            _worlds.append(World(key, cls))

    base.setUpClass = classmethod(setUpClass)
    base.kept_bases = (*getattr(base, "kept_bases", ()), base)
    return base


def keeps(case):
    """Whether a class of tests may find a world, or leave one.

    A browser's requests reach the test's cursor from other threads: not with those.
    """
    return issubclass(case, KeptCase) and not issubclass(case, HttpCase)


def family(case):
    """Sorts classes so that those with the same world follow each other."""
    if not (case and keeps(case)):
        return ()
    return tuple(
        (
            base.__qualname__,
            *(getattr(own, "__qualname__", "") for __, own in _differences(case, base)),
            str(_moment(case)),
        )
        for base in case.kept_bases
    )


def leave():
    """End the transaction of the worlds that are kept."""
    if _worlds:
        cursor = _worlds[0].savepoint._cr
        _worlds.clear()
        cursor.rollback()
        cursor.close()


def _go_back(cursor):
    """What takes the place of closing the cursor at the end of a class."""
    if _worlds:
        _worlds[-1].restore()
    else:
        cursor.rollback()
        cursor.close()


def _key(case, base):
    """What makes the world of ``base`` for ``case``, or None if others add to it."""
    later = case.mro()[case.mro().index(base) :]
    if any("setUpClass" in vars(k) for k in later if k not in base.mro()):
        return None
    return (base, _moment(case), *_differences(case, base))


def _moment(case):
    """When the world of a class is made: to the day, where the clock is not stopped."""
    if case.freeze_time:
        return case.freeze_time.freezer.time_to_freeze
    return datetime.now() if freezegun.freeze_factories else date.today()


def _differences(case, base):
    """Attributes and class methods of ``base`` that ``case`` has otherwise."""
    return [
        (name, own)
        for name in dir(base)
        if not name.startswith("__") and name not in APART
        for own in [getattr_static(case, name)]
        if own is not getattr_static(base, name) and not isinstance(own, FunctionType)
    ]


def _own(value):
    """A copy of what a class may change without the database."""
    return copy.copy(value) if isinstance(value, dict | list | set) else value


def _callbacks(cr):
    return cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback
