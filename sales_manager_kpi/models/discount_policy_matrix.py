from odoo import api, fields, models

from .discount_policy_line import ROLE_NAMES

WHO = ("user_id", "branch_id")
WHAT = ("class_id", "partner_id", "categ_id", "product_tmpl_id", "tag_id")


class DiscountPolicy(models.Model):
    """A policy as a table: who in the rows, to whom and on what in the columns."""

    # The area of discounts has files of its own.
    _inherit = "discount.policy"  # pylint: disable=consider-merging-classes-inherited

    matrix = fields.Html(
        string="At a Glance", compute="_compute_matrix", sanitize=False
    )

    @api.depends(
        "line_ids.summary",
        "line_ids.role",
        *(f"line_ids.{name}" for name in (*WHO, *WHAT)),
    )
    @api.depends_context("lang")
    def _compute_matrix(self):
        for policy in self:
            rows, columns = policy._matrix()
            policy.matrix = self.env["ir.qweb"]._render(
                "sales_manager_kpi.discount_policy_matrix",
                {"rows": rows, "columns": columns},
            )

    def _matrix(self):
        """Rows ``{"name", "cells"}`` and the names of the columns.

        A cell is the list of what its norms say; empty where none speaks of it.
        """
        lines = self.line_ids.sorted(
            lambda line: (ROLE_NAMES.index(line.role), line.specificity, line.sequence)
        )
        roles = dict(lines._fields["role"]._description_selection(self.env))
        everything = self.env._("Everybody, everything")
        by_row, columns = {}, {}
        for line in lines:
            who = line._scope(WHO)
            row = " · ".join([roles[line.role], who]) if who else roles[line.role]
            column = line._scope(WHAT) or everything
            columns[column] = min(columns.get(column, 999), line.specificity)
            by_row.setdefault(row, {}).setdefault(column, []).append(line.summary)
        names = sorted(columns, key=lambda name: (columns[name], name))
        rows = [
            {"name": row, "cells": [cells.get(name, []) for name in names]}
            for row, cells in by_row.items()
        ]
        return rows, names


class DiscountPolicyLine(models.Model):
    """The conditions of a norm in words."""

    _inherit = "discount.policy.line"

    def _scope(self, names):
        # sudo: the names of what a norm that one reads is about
        line = self.sudo()
        return " · ".join(line[name].display_name for name in names if line[name])
