"""Product categories as paths of ids ("1/4/9/"), without an ORM."""


def path_ids(parent_path):
    """Ids from the top category down to the category itself.

    >>> path_ids("1/4/9/")
    [1, 4, 9]
    >>> path_ids(None)
    []
    """
    return [int(part) for part in (parent_path or "").split("/") if part]


def nearest(parent_path, chosen):
    """The deepest of ``chosen`` ids that is the category or an ancestor of it.

    >>> nearest("1/4/9/", {1, 4})
    4
    >>> nearest("1/4/9/", {5}) is None
    True
    """
    return next((i for i in reversed(path_ids(parent_path)) if i in chosen), None)


def at_level(parent_path, level):
    """The ancestor on ``level`` (1 is the top); None for a category above it.

    >>> at_level("1/4/9/", 2)
    4
    >>> at_level("1/", 2) is None
    True
    """
    ids = path_ids(parent_path)
    return ids[level - 1] if 0 < level <= len(ids) else None


def find_overlap(paths):
    """The first two entries of which one holds the other, or None.

    :param paths: ``[(key, parent path)]``
    :return: ``(key of the holder, key of the held)``

    >>> find_overlap([("a", "1/"), ("b", "2/"), ("c", "1/4/")])
    ('a', 'c')
    >>> find_overlap([("a", "1/"), ("b", "2/")]) is None
    True
    """
    seen = {}
    for key, path in sorted(paths, key=lambda item: len(path_ids(item[1]))):
        for category_id in path_ids(path):
            if category_id in seen:
                return seen[category_id], key
        seen[path_ids(path)[-1]] = key
    return None
