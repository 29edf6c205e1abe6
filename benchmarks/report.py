"""What a measurement says: ours, floor, ratio, budget, verdict."""

from dataclasses import dataclass


@dataclass
class Measure:
    """One line of the report.

    :param ours: what the addon takes
    :param floor: what the same result takes without it
    :param budget: largest allowed ratio, or largest allowed value where no floor is;
        None for what is only shown
    """

    name: str
    ours: float
    floor: float | None
    budget: float | None
    unit: str = "s"

    @property
    def ratio(self):
        """Ours over floor; None without a floor."""
        return self.ours / self.floor if self.floor else None

    @property
    def within(self):
        """Whether the budget is kept, if there is one."""
        if self.budget is None:
            return True
        value = self.ours if self.floor is None else self.ratio
        return value is not None and value <= self.budget

    def line(self):
        """The row that is printed."""
        parts = [f"{self.name:<44} ours {self.ours:.4g} {self.unit}"]
        if self.floor is not None:
            parts.append(f"floor {self.floor:.4g} {self.unit}  ratio {self.ratio:.3f}")
        if self.budget is not None:
            unit = self.unit if self.floor is None else ""
            verdict = "ok" if self.within else "OVER BUDGET"
            parts.append(f"budget <= {self.budget:g} {unit}  {verdict}")
        return "  ".join(parts)


def conclude(measures):
    """Print all lines; return the exit code of the measurement."""
    for measure in measures:
        print(measure.line(), flush=True)
    return 0 if all(measure.within for measure in measures) else 1
