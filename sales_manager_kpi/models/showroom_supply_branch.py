from collections import Counter, defaultdict

from odoo import fields, models
from odoo.fields import Domain

from ..engine.showroom import lacking


class SalesBranch(models.Model):
    """What a showroom lacks, and what of it is asked for already; set-based.

    Keys are ``(branch id, product id, sample type id)`` everywhere.
    """

    # The area of the showroom has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    showroom_asked = fields.Integer(
        string="Samples Asked For", compute="_compute_showroom_coming"
    )
    showroom_to_make = fields.Integer(
        string="Samples to Make", compute="_compute_showroom_coming"
    )

    def _compute_showroom_coming(self):
        asked, drafts = self._showroom_coming()
        for branch in self:
            for name, counts in (("asked", asked), ("to_make", drafts)):
                branch[f"showroom_{name}"] = sum(
                    count for key, count in counts.items() if key[0] == branch.id
                )

    def action_open_showroom_to_make(self):
        """Open the samples that wait to be made."""
        return self._open_showroom(
            "showroom_sample_action", {"search_default_to_make": 1}
        )

    def action_showroom_propose(self):
        """Open the proposal of what this showroom lacks."""
        self.ensure_one()
        return self.env["showroom.propose"]._open_for(self)

    # ------------------------------------------------------------------
    # What comes
    # ------------------------------------------------------------------

    def _showroom_coming(self):
        """``({key: samples asked for}, {key: samples to make})``, in two queries."""
        # sudo: what is asked for already, whoever of the branch did
        Line = self.env["supply.request.line"].sudo()
        asked = Counter()
        for line in Line.search(
            [("branch_id", "in", self.ids), ("showroom_state", "=", "asked")]
        ):
            key = line.branch_id.id, line.product_id.id, line.sample_type_id.id
            asked[key] += line._coming_count()
        drafts = self._showroom_counts([("state", "=", "draft")])
        return asked, drafts

    def _showroom_counts(self, domain):
        """``{key: samples}`` of ``domain`` in these showrooms."""
        rows = (
            self.env["showroom.sample"]
            # sudo: figures of the showroom
            .sudo()
            ._read_group(
                Domain("branch_id", "in", self.ids) & Domain(domain),
                ["branch_id", "product_id", "sample_type_id"],
                ["__count"],
            )
        )
        return Counter(
            {(row[0].id, row[1].id, row[2].id): count for *row, count in rows}
        )

    def _showroom_replaced(self):
        """Samples in use whose replacement is asked for, or waits to be made."""
        return self.env["showroom.sample"].search(
            [
                ("branch_id", "in", self.ids),
                ("state", "in", ("on_display", "on_loan", "to_replace", "lost")),
                "|",
                ("replaced_by_id.state", "=", "draft"),
                ("id", "in", self._showroom_asked_ids()),
            ]
        )

    def _showroom_asked_ids(self):
        # sudo: as above; a colleague's request counts too
        Sample = self.env["showroom.sample"].sudo()
        return Sample._search(
            [
                ("branch_id", "in", self.ids),
                ("asked_line_ids.showroom_state", "=", "asked"),
            ]
        )

    # ------------------------------------------------------------------
    # What lacks
    # ------------------------------------------------------------------

    def _showroom_lacking(self, replaced):
        """``{key: samples}`` that the norms or worn samples ask for, and nobody yet.

        :param replaced: see ``_showroom_replaced``
        """
        required = {
            (branch.id, product.id, kind.id): minimum
            for branch, product, kind, minimum in self.env["showroom.norm.line"]
            # sudo: the required range, for a figure
            .sudo()
            ._read_group(
                [("branch_id", "in", self.ids)],
                ["branch_id", "product_id", "sample_type_id"],
                ["min_qty:max"],
            )
        }
        present = self.env["showroom.sample"]._present(self)
        worn = self._showroom_counts([("state", "=", "to_replace")])
        asked, drafts = self._showroom_coming()
        # what is replaced while it hangs fills no gap
        early = Counter(
            sample._showroom_key()
            for sample in replaced
            if sample.state == "on_display"
        )
        counts = {
            key: lacking(
                required.get(key, 0),
                present.get(key, 0),
                worn[key],
                asked[key] + drafts[key] - early[key],
            )
            for key in required.keys() | worn.keys()
        }
        return {key: count for key, count in counts.items() if count}

    def _showroom_needs(self, samples=None, keys=None):
        """What to propose for this showroom: one need per product and sample type.

        :param samples: only the replacement of these; worn or not
        :param keys: only these
        Products whose unit was changed, so that no such sample can be made, are left
        out.

        :return: ``[(product, sample type, samples to replace, count)]``; the count is
            0 where a product is not sold any more, so that its samples only go
        """
        self.ensure_one()
        replaced = self._showroom_replaced()
        counts = self._showroom_lacking(replaced)
        old = self._showroom_old(samples) - replaced
        by_key = defaultdict(old.browse)
        for sample in old:
            by_key[sample._showroom_key()] |= sample
        if samples is not None:
            keys = by_key.keys()
        elif keys is None:
            keys = counts.keys() | by_key.keys()
        keys = sorted(keys)
        # browsed together, so that they are read together
        products = self.env["product.product"].browse([key[1] for key in keys])
        kinds = self.env["showroom.sample.type"].browse([key[2] for key in keys])
        needs = []
        for key, product, kind in zip(keys, products, kinds, strict=True):
            if kind._fitting(product):
                found = self._showroom_need(
                    product, by_key[key], counts.get(key, 0), samples is not None
                )
                needs.append((product, kind, *found))
        return [need for need in needs if need[2] or need[3]]

    def _showroom_old(self, samples):
        """What may be replaced: worn first, then what was lost and never replaced."""
        Sample = self.env["showroom.sample"]
        domain = Domain("branch_id", "=", self.id)
        if samples is None:
            domain &= Domain("state", "=", "to_replace") | Domain(
                [("state", "=", "lost"), ("replaced_by_id", "=", False)]
            )
        else:
            domain &= Domain("id", "in", samples.ids)
        rank = {"to_replace": 0, "on_display": 1, "lost": 2}
        found = Sample.search(domain, order="id")
        return found.sorted(lambda sample: rank.get(sample.state, 3))

    def _showroom_need(self, product, old, count, chosen):
        """``(samples to replace, count)`` of one product and sample type.

        :param old: samples of it that may be replaced
        :param count: what lacks by the norm, or is worn
        :param chosen: whether these samples were chosen, even ones that still hang
        """
        worn = old.filtered(lambda sample: sample.state == "to_replace")
        early = old.filtered(lambda sample: sample.state == "on_display")
        if not product._is_shown_still():
            return worn | early, 0
        if not chosen:
            return old[:count], count
        replaced = worn[:count]
        replaced |= (old - worn - early)[: count - len(replaced)]
        replaced |= early
        return replaced, len(replaced)
