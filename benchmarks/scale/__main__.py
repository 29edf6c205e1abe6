"""`python -m benchmarks.scale --database NAME --data-dir DIR [--orders N ...]`."""

import sys

from . import parameters
from .generate import generate


def main(argv):
    """Generate into an existing database; print how long it took."""
    database, data_dir, sizes = parameters.parse(argv)
    seconds = generate(database, data_dir, sizes)
    print(f"{database}: {sizes.orders} orders in {seconds:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
