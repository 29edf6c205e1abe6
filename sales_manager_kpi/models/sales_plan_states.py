OPEN_STATES = ("draft", "submitted", "returned")
VALID_STATES = ("approved", "running")

# Proof that a call comes from this addon's own code: an object cannot arrive by RPC.
SYSTEM = object()


def is_negative(value):
    """Whether a value somebody sends is below zero; what is no number says the ORM."""
    return isinstance(value, int | float) and value < 0
