from odoo import Command

from ..common import OrganisationCommon
from ..kept import kept


class ShowroomWorld:
    """Two branches with showrooms, velvet on rolls, and lamps by the piece."""

    @classmethod
    def _make_showrooms(cls):
        cls.warehouse = cls.make_warehouse("UTRS")
        cls.other_warehouse = cls.make_warehouse("HAMS")
        for branch, warehouse in (
            (cls.branch, cls.warehouse),
            (cls.other_branch, cls.other_warehouse),
        ):
            branch.write({"warehouse_id": warehouse.id, "has_showroom": True})
        cls.stock = cls.warehouse.lot_stock_id
        cls.metre = cls.env.ref("uom.product_uom_meter")
        cls.velvets = cls.env["product.category"].create({"name": "Velvets"})
        cls.velvet = cls.make_goods(
            "Velvet", tracking="lot", uom_id=cls.metre.id, categ_id=cls.velvets.id
        )
        cls.lamp = cls.make_goods("Lamp")
        cls.swatch = cls.make_type("Swatch", "swatch", 0.5)
        cls.card = cls.make_type("Card", "card", 0.0)
        cls.piece = cls.make_type("Piece", "piece", 1.0)

    @classmethod
    def make_warehouse(cls, code):
        return cls.env["stock.warehouse"].create(
            {"name": code, "code": code, "company_id": cls.company.id}
        )

    @classmethod
    def make_goods(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "standard_price": 8.0,
                "list_price": 20.0,
                **values,
            }
        )

    @classmethod
    def make_type(cls, name, kind, quantity, **values):
        return cls.env["showroom.sample.type"].create(
            {"name": name, "kind": kind, "cut_qty": quantity, **values}
        )

    @classmethod
    def put(cls, product, quantity, roll=None, location=None):
        """``quantity`` of ``product`` in stock, on the roll of that name; the lot."""
        lot = cls.env["stock.lot"]
        if roll:
            lot = lot.create({"name": roll, "product_id": product.id})
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity, lot_id=lot
        )
        return lot

    @classmethod
    def make_norm(cls, target, kind=None, count=1, **values):
        """A norm for a category, template or variant."""
        name = {
            "product.category": "categ_id",
            "product.template": "product_tmpl_id",
            "product.product": "product_id",
        }[target._name]
        return cls.env["showroom.norm"].create(
            {
                name: target.id,
                "company_id": cls.company.id,
                "sample_type_id": (kind or cls.swatch).id,
                "min_qty": count,
                **values,
            }
        )

    @classmethod
    def make_sample(cls, product=None, kind=None, made=True, **values):
        """A sample in the branch; on display, with its goods taken, unless not."""
        sample = cls.env["showroom.sample"].create(
            {
                "branch_id": cls.branch.id,
                "product_id": (product or cls.velvet).id,
                "sample_type_id": (kind or cls.swatch).id,
                **values,
            }
        )
        if made:
            sample._make(sample.branch_id.warehouse_id.lot_stock_id)
        return sample

    @classmethod
    def quantity(cls, product, location):
        """What lies at ``location`` of ``product``."""
        quants = cls.env["stock.quant"]._gather(product, location)
        return sum(quants.mapped("quantity"))

    def wizard(self, action, user, **values):
        """The wizard an action opens, as ``user``."""
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )

    @classmethod
    def make_manager(cls, login, branch):
        """Somebody else who works in ``branch``."""
        user = cls.make_user(login, "sales_manager_kpi.group_manager")
        branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
        ]
        return user


@kept
class ShowroomCommon(ShowroomWorld, OrganisationCommon):
    """Showrooms without accounting: quick, for what needs no documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_showrooms()
