from lxml import etree

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon
from odoo.addons.sale.tests.common import TestSaleCommon

from .kept import KeptCase, kept

MANAGER = "sales_manager_kpi.group_manager"
DIRECTOR = "sales_manager_kpi.group_branch_director"
COMMERCIAL = "sales_manager_kpi.group_commercial_director"
ADMIN = "sales_manager_kpi.group_admin"
SUPPLY = "sales_manager_kpi.group_supply_supervisor"


class OrganisationWorld:
    """Two branches of ``cls.company``, and a user of every role."""

    @classmethod
    def _make_world(cls):
        cls.company.partner_id.tz = "Europe/Amsterdam"
        cls.env.user.tz = "Europe/Amsterdam"
        cls.manager_a = cls.make_user("manager_a", MANAGER)
        cls.manager_b = cls.make_user("manager_b", MANAGER)
        cls.director = cls.make_user("director", DIRECTOR)
        cls.other_director = cls.make_user("other_director", DIRECTOR)
        cls.commercial = cls.make_user("commercial", COMMERCIAL)
        cls.admin = cls.make_user("kpi_admin", ADMIN)
        cls.supervisor = cls.make_user("supervisor", SUPPLY)
        cls.plain = cls.make_user("plain", "base.group_user")
        cls.branch = cls.make_branch("UTR", "Utrecht", cls.director, cls.manager_a)
        cls.other_branch = cls.make_branch(
            "HAM", "Hamburg", cls.other_director, cls.manager_b
        )
        cls.customer = cls.make_customer("Customer A", cls.manager_a)

    @classmethod
    def make_user(cls, login, groups, companies=None):
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
            tz="Europe/Amsterdam",
        )

    @classmethod
    def make_branch(cls, code, name, director, members, **values):
        return cls.env["sales.branch"].create(
            {
                "code": code,
                "name": name,
                "company_id": cls.company.id,
                "tz": "Europe/Amsterdam",
                "director_id": director.id,
                "member_ids": [
                    Command.create({"user_id": user.id, "date_from": "2020-01-01"})
                    for user in members
                ],
                **values,
            }
        )

    @classmethod
    def make_customer(cls, name, owner=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "user_id": owner.id if owner else False,
                **values,
            }
        )


@kept
@tagged("standard", "post_install", "-at_install")
class OrganisationCommon(OrganisationWorld, BaseCommon, KeptCase):
    """The world without accounting: quick, for what needs no documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()


@kept
@tagged("standard", "post_install", "-at_install")
class SalesManagementCommon(OrganisationWorld, TestSaleCommon, KeptCase):
    """The world in a company with accounting, orders and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env.user.group_ids |= cls.env.ref(ADMIN)
        cls._make_world()
        cls.product = cls.company_data["product_order_no"]

    @classmethod
    def make_order(cls, customer=None, price=100.0, quantity=1, confirm=True, **values):
        """An order of one line, confirmed unless said otherwise."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def make_invoice(
        cls, customer=None, price=100.0, date=None, post=True, move_type=None, **values
    ):
        """A manual invoice of one line, posted unless said otherwise."""
        move = cls.env["account.move"].create(
            {
                "move_type": move_type or "out_invoice",
                "partner_id": (customer or cls.customer).id,
                "invoice_date": date,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "quantity": 1,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def invoice_order(cls, order, date=None):
        """Invoice and post what ``order`` has to invoice."""
        move = order._create_invoices()
        if date:
            move.invoice_date = date
        move.action_post()
        return move

    @classmethod
    def open_form(cls, record):
        """Read ``record`` as the web client does when its form opens.

        :raise AccessError: where any field the form shows is closed to the user
        """
        views = record.get_views([(False, "form")])
        fields_by_model = {
            model: spec["fields"] for model, spec in views["models"].items()
        }
        arch = etree.fromstring(views["views"]["form"]["arch"])
        spec = cls._form_spec(arch, record._name, fields_by_model)
        return record.web_read(spec)

    @classmethod
    def _form_spec(cls, node, model, fields_by_model):
        spec = {}
        for element in node.iterchildren(etree.Element):
            field = fields_by_model[model].get(element.get("name"))
            if element.tag != "field" or not field:
                spec.update(cls._form_spec(element, model, fields_by_model))
                continue
            value = spec.setdefault(element.get("name"), {})
            if field["type"] == "many2one":
                value["fields"] = {"display_name": {}}
            elif field["type"] in ("one2many", "many2many"):
                value["fields"] = {}
                for child in element.iterchildren("list", "form", "kanban"):
                    value["fields"] = cls._form_spec(
                        child, field["relation"], fields_by_model
                    )
                    break
        return spec
