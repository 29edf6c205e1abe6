from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CustomerDuplicate(models.Model):
    """Pairs of customers that may be one, by e-mail, phone, or name and place."""

    _name = "customer.duplicate"
    _description = "Possible Duplicate"
    _auto = False
    _order = "partner_id, other_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    other_id = fields.Many2one(
        comodel_name="res.partner", string="Perhaps the Same", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    other_user_id = fields.Many2one(
        comodel_name="res.users", string="Owner of the Other", readonly=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    other_branch_id = fields.Many2one(
        comodel_name="sales.branch", string="Branch of the Other", readonly=True
    )
    same_vat = fields.Boolean(string="Same VAT", readonly=True)
    same_email = fields.Boolean(string="Same E-mail", readonly=True)
    same_phone = fields.Boolean(readonly=True)
    same_name = fields.Boolean(string="Same Name and Place", readonly=True)

    _depends = {
        "customer.figure": [
            "active",
            "branch_id",
            "company_id",
            "partner_id",
            "user_id",
        ],
        "res.partner": [
            "city",
            "customer_email_key",
            "customer_name_key",
            "customer_phone_key",
            "vat",
            "zip",
        ],
    }

    @property
    def _table_query(self) -> SQL:
        """Pairs found by one key each, so that every one is looked up by its index."""
        keys = ("vat", "customer_email_key", "customer_phone_key", "customer_name_key")
        return SQL(
            """
            SELECT mine.id::bigint * 4294967296 + theirs.id AS id,
                   mine.partner_id, theirs.partner_id AS other_id, mine.company_id,
                   mine.user_id, theirs.user_id AS other_user_id,
                   mine.branch_id, theirs.branch_id AS other_branch_id,
                   bool_or(pair.key = 'vat') AS same_vat,
                   bool_or(pair.key = 'customer_email_key') AS same_email,
                   bool_or(pair.key = 'customer_phone_key') AS same_phone,
                   bool_or(pair.key = 'customer_name_key') AS same_name
              FROM (%(pairs)s) AS pair
              JOIN customer_figure AS mine ON mine.partner_id = pair.one
              JOIN customer_figure AS theirs
                ON theirs.partner_id = pair.two
               AND theirs.company_id = mine.company_id
             WHERE mine.active AND theirs.active
          GROUP BY mine.id, theirs.id
            """,
            pairs=SQL(" UNION ALL ").join(self._sql_pairs(key) for key in keys),
        )

    def _sql_pairs(self, key) -> SQL:
        place = SQL("TRUE")
        if key == "customer_name_key":
            place = SQL(
                "(upper(regexp_replace(one.zip, '\\W', '', 'g'))"
                " = upper(regexp_replace(two.zip, '\\W', '', 'g'))"
                " OR upper(regexp_replace(one.city, '\\W', '', 'g'))"
                " = upper(regexp_replace(two.city, '\\W', '', 'g')))"
            )
        return SQL(
            """
            SELECT one.id AS one, two.id AS two, %(key)s AS key
              FROM res_partner AS one
              JOIN res_partner AS two ON two.%(column)s = one.%(column)s
             WHERE one.id < two.id AND one.%(column)s <> ''
               AND one.parent_id IS NULL AND two.parent_id IS NULL
               AND one.active AND two.active AND %(place)s
            """,
            key=key,
            column=SQL.identifier(key),
            place=place,
        )

    @api.depends("partner_id", "other_id")
    def _compute_display_name(self):
        for pair in self:
            names = (pair.partner_id.display_name, pair.other_id.display_name)
            pair.display_name = " = ".join(name for name in names if name)

    def action_merge(self):
        """Open core's wizard with the two.

        :raise UserError: for who may not merge contacts
        """
        self.ensure_one()
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        if not Wizard.has_access("create"):
            raise UserError(
                self.env._(
                    "Merging contacts takes the right to create contacts. Ask an "
                    "administrator for it."
                )
            )
        action = self.env["ir.actions.actions"]._for_xml_id("base.action_partner_merge")
        action["context"] = {
            "active_model": "res.partner",
            "active_ids": (self.partner_id | self.other_id).ids,
        }
        return action
