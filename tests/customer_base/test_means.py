from .common import BaseCommon


class TestMeans(BaseCommon):
    def test_of_what_is_known(self):
        """Who never ordered did not order 0 days ago, and owes nothing in time."""
        figures = self.env["customer.figure"].sudo()
        one, two = (
            figures._ensure(self.make_customer(name), self.company)
            for name in ("One", "Two")
        )
        one.write(
            {
                "last_order_on": "2026-03-01",
                "days_since_order": 10,
                "was_due": True,
                "days_late": 4.0,
                "asked_weight": 2.0,
                "completeness": 0.5,
            }
        )
        asked = ["days_since_order:avg", "days_late:avg", "completeness:avg"]
        both = [("id", "in", (one | two).ids)]
        [means] = figures._read_group(both, [], asked)
        self.assertEqual(means, (10.0, 4.0, 0.5))
        [[group]] = figures.formatted_read_grouping_sets(
            [("id", "=", two.id)], [[]], asked
        )
        self.assertFalse(set(asked) & set(group))
