"""Only `./dev test --with ...` has the modules that these tests need."""

import os

collect_ignore_glob = [] if os.environ.get("SMK_MODULES") else ["test_*.py"]
