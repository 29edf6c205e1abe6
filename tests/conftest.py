import pytest

from . import kept


def pytest_collection_modifyitems(items):
    """Classes that need the same world follow each other."""
    items.sort(key=lambda item: kept.family(item.cls))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Others would wait for what the open transaction of a world has locked."""
    if not (item.cls and kept.keeps(item.cls)):
        kept.leave()


@pytest.fixture(scope="session", autouse=True)
def no_world_at_the_end(load_registry):
    yield
    kept.leave()
