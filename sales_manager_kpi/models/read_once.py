"""What one screen or one run asks several times is read once.

Only within a call that writes nothing: `reading_once` begins it, and what was read is
forgotten with it.
"""

KEY = "sales_read_once"


class ReadOnce:
    """What was read in one call, by what was asked."""

    def __init__(self):
        self.known = {}


def reading_once(records):
    """``records`` in a context in which `read_once` remembers."""
    if _memory(records.env):
        return records
    return records.with_context(**{KEY: ReadOnce()})


def read_once(env, key, read):
    """What ``read()`` returns, asked for again only where nobody remembers.

    :param key: what is asked, hashable; who asks and the companies come on top of it
    """
    memory = _memory(env)
    if not memory:
        return read()
    key = _whole_key(env, key)
    if key not in memory.known:
        memory.known[key] = read()
    return memory.known[key]


def remember(env, key, value):
    """Give `read_once` what was read on another way, where it remembers at all."""
    memory = _memory(env)
    if memory:
        memory.known[_whole_key(env, key)] = value


def _whole_key(env, key):
    companies = tuple(env.context.get("allowed_company_ids") or ())
    return env.uid, env.su, companies, *key


def _memory(env):
    # a client may send any context, but no object of ours
    memory = env.context.get(KEY)
    return memory if isinstance(memory, ReadOnce) else None
