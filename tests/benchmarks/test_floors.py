"""Floors are valid SQL over the tables as they are, and name real columns."""

from psycopg2 import sql

from odoo.tests import TransactionCase, tagged

from benchmarks import install_fill, scorecards, trade_bonus


@tagged("standard", "post_install", "-at_install")
class TestFloors(TransactionCase):
    def test_scorecard_floor_runs(self):
        values = {
            "company": self.env.company.id,
            "period": 0,
            "date_from": "2026-11-01",
            "date_to": "2026-11-30",
        }
        self.env.cr.execute(scorecards.FLOOR.read_text(encoding="utf-8"), values)
        columns = [column.name for column in self.env.cr.description]
        self.assertEqual(
            columns, ["user_id", "amount", "target_amount", "fulfilment", "rows"]
        )

    def test_bonus_floors_run(self):
        for floor in (trade_bonus.LIVE, trade_bonus.KEPT):
            self.env.cr.execute(floor.read_text(encoding="utf-8"), {"periods": [0]})

    def test_fill_floor_adds_the_columns_that_we_fill(self):
        text = install_fill.FLOOR.read_text(encoding="utf-8")
        for table, columns in install_fill.FIGURES.items():
            for column in columns:
                name = column.replace("round(", "").split(",")[0].split("::")[0]
                self.assertIn(name, text)
                self.env.cr.execute(
                    sql.SQL("SELECT {} FROM {} LIMIT 0").format(
                        sql.Identifier(name), sql.Identifier(table)
                    )
                )
