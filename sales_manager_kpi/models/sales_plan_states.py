OPEN_STATES = ("draft", "submitted", "returned")
VALID_STATES = ("approved", "running")

# Proof that a call comes from this addon's own code: an object cannot arrive by RPC.
SYSTEM = object()
