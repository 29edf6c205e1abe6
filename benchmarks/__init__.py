"""Scale data, floors, cost measurements and the core suites."""
