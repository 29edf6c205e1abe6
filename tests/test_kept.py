"""What classes share, what they do not, and that nothing of one reaches the next."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest

from odoo.tests import freeze_time

from . import kept
from .common import OrganisationCommon

made = []


@kept.kept
class RoomCommon(OrganisationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made.append(cls.__name__)
        cls.room = cls.make_customer("Room")
        cls.words = ["one"]


class First(RoomCommon):
    pass


class Second(RoomCommon):
    pass


class Otherwise(RoomCommon):
    @classmethod
    def make_customer(cls, name, owner=None, **values):
        return super().make_customer(f"The {name}", owner, **values)


@freeze_time("2026-03-10 12:00:00")
class Earlier(RoomCommon):
    pass


@kept.kept
class PatchedCommon(RoomCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(kept, "patched", True, create=True))


class Patched(PatchedCommon):
    pass


@pytest.fixture(autouse=True)
def nothing_kept():
    made.clear()
    kept.leave()
    yield
    kept.leave()


@contextmanager
def set_up(case):
    """What pytest does with a class."""
    try:
        case.setUpClass()
        yield case
    finally:
        case.doClassCleanups()


def test_a_world_is_made_once_and_found_as_it_was():
    with set_up(First) as case:
        room = case.room.id
        case.room.name = "Changed"
        case.make_customer("Visitor")
        case.words.append("two")
        case.env.flush_all()
    with set_up(Second) as case:
        assert (case.room.id, case.room.name) == (room, "Room")
        assert case.words == ["one"]
        assert case.company == case.env.company
        assert case.manager_a.login == "manager_a"
        assert not case.env["res.partner"].search([("name", "=", "Visitor")])
    assert made == ["First"]


def test_another_way_of_making_it_is_another_world():
    with set_up(First), pytest.raises(AssertionError):
        First.cr.commit()
    with set_up(Otherwise) as case:
        assert case.room.name == "The Room"
    with set_up(Second) as case:
        assert case.room.name == "Room"
    assert made == ["First", "Otherwise", "Second"]


def test_another_moment_is_another_world():
    with set_up(First):
        pass
    with set_up(Earlier) as case:
        assert str(case.env["sales.branch"]._company_local_date(case.company)) == (
            "2026-03-10"
        )
    assert made == ["First", "Earlier"]


def test_more_than_data_is_done_for_every_class():
    for __ in range(2):
        with set_up(Patched):
            assert kept.patched
        assert not hasattr(kept, "patched")
    assert made == ["Patched"]
    assert [world.key[0] for world in kept._worlds] == [OrganisationCommon, RoomCommon]
