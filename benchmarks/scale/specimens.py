"""One document of every kind, made by Odoo's own flows; bulk rows copy its columns."""

from odoo.fields import Command

from .structure import QUIET


def make(env, structure):
    """Run the flows once; return the ids of the rows they leave, by kind."""
    quiet = env(context={**env.context, **QUIET})
    product = _product(quiet, structure)
    customer = _customer(quiet, structure)
    central = quiet["stock.warehouse"].browse(structure["central"]["wh_id"])
    quiet["stock.quant"]._update_available_quantity(product, central.lot_stock_id, 1000)
    order = _order(quiet, customer, product)
    picking = _deliver(order.picking_ids)
    invoice = order._create_invoices()
    invoice.action_post()
    _pay(quiet, invoice)
    return {
        **_masters(quiet, product, customer, central, picking),
        **_sales(order, picking),
        **_invoice_rows("invoice", invoice),
        **_invoice_rows("refund", _refund(quiet, invoice)),
        **_return(quiet, picking),
        **_payment_rows(quiet, customer, invoice),
        **_adjusted_order(quiet, customer, product),
        **_tracked_changes(env, structure, customer, order),
        "crm_lead": _lead(quiet, customer).id,
    }


def _product(env, structure):
    return env["product.product"].create(
        {
            "name": "Specimen fabric",
            "is_storable": True,
            "type": "consu",
            "list_price": 10,
            "standard_price": 6,
            "categ_id": structure["categories"][0],
            "invoice_policy": "delivery",
            "uom_id": env.ref("uom.product_uom_meter").id,
            "default_code": "SPECIMEN",
        }
    )


def _customer(env, structure):
    return env["res.partner"].create(
        {
            "name": "Specimen customer",
            "is_company": True,
            "property_payment_term_id": structure["terms"][2][1],
            "user_id": env.uid,
            "country_id": env.ref("base.us").id,
            "state_id": structure["branches"][0]["state_id"],
            "city": "Specimen",
            "street": "1 Specimen street",
        }
    )


def _order(env, customer, product):
    line = {"product_id": product.id, "product_uom_qty": 5, "discount": 10}
    order = env["sale.order"].create(
        {"partner_id": customer.id, "order_line": [Command.create(line)]}
    )
    order.action_confirm()
    return order


def _deliver(picking):
    picking.move_ids.quantity = 5
    picking.move_ids.picked = True
    picking.button_validate()
    return picking


def _pay(env, invoice):
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    wizard.create({})._create_payments()


def _refund(env, invoice):
    wizard = (
        env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoice.ids)
        .create({"reason": "defect", "journal_id": invoice.journal_id.id})
    )
    refund = env["account.move"].browse(wizard.refund_moves()["res_id"])
    refund.action_post()
    return refund


def _return(env, picking):
    wizard = (
        env["stock.return.picking"]
        .with_context(active_model="stock.picking", active_id=picking.id)
        .create({"picking_id": picking.id})
    )
    wizard.product_return_moves.quantity = 5
    action = wizard.action_create_returns()
    returned = _deliver(env["stock.picking"].browse(action["res_id"]))
    return {
        "return_picking": returned.id,
        "return_move": returned.move_ids.id,
        "return_move_line": returned.move_line_ids.id,
    }


def _masters(env, product, customer, central, picking):
    value = env["product.value"].search([("product_id", "=", product.id)], limit=1)
    return {
        "res_partner": customer.id,
        "product_template": product.product_tmpl_id.id,
        "product_product": product.id,
        "product_value": value.id,
        "customer_location": picking.location_dest_id.id,
        "quant": _quant(env, product, central.lot_stock_id),
        "quant_customer": _quant(env, product, picking.location_dest_id),
        "stock_reference": env["stock.reference"].search([], limit=1).id,
    }


def _quant(env, product, location):
    domain = [("product_id", "=", product.id), ("location_id", "=", location.id)]
    return env["stock.quant"].search(domain, limit=1).id


def _sales(order, picking):
    return {
        "sale_order": order.id,
        "sale_order_line": order.order_line.id,
        "stock_picking": picking.id,
        "stock_move": picking.move_ids.id,
        "stock_move_line": picking.move_line_ids.id,
    }


def _invoice_rows(kind, move):
    """Ids of a move and of its one line of each kind."""
    lines = {line.display_type: line.id for line in move.line_ids}
    return {
        kind: move.id,
        f"{kind}_product": lines["product"],
        f"{kind}_tax": lines["tax"],
        f"{kind}_term": lines["payment_term"],
    }


def _payment_rows(env, customer, invoice):
    domain = [("partner_id", "=", customer.id)]
    payment = env["account.payment"].search(domain, limit=1)
    partial = env["account.partial.reconcile"].search(
        [("debit_move_id", "in", invoice.line_ids.ids)], limit=1
    )
    lines = payment.move_id.line_ids
    return {
        "payment": payment.id,
        "payment_move": payment.move_id.id,
        "payment_liquidity": lines.filtered("debit").id,
        "payment_receivable": lines.filtered("credit").id,
        "partial": partial.id,
        "full": partial.full_reconcile_id.id,
    }


def _adjusted_order(env, customer, product):
    """An order with a global discount and a down payment, both invoiced."""
    order = _order(env, customer, product)
    env["sale.order.discount"].create(
        {
            "sale_order_id": order.id,
            "discount_type": "so_discount",
            "discount_percentage": 0.05,
        }
    ).action_apply_discount()
    discount = order.order_line[-1]
    advance = _invoice_advance(env, order)
    advance.action_post()
    _deliver(order.picking_ids)
    final = order._create_invoices(final=True)
    final.action_post()
    downpayment = order.order_line.filtered(
        lambda line: line.is_downpayment and not line.display_type
    )
    return {
        "discount_product": discount.product_id.id,
        "discount_line": discount.id,
        "downpayment_line": downpayment.id,
        "invoice_discount": _line_of(final, discount),
        "invoice_deduction": _line_of(final, downpayment),
        "invoice_advance": _line_of(advance, downpayment),
    }


def _invoice_advance(env, order):
    wizard = env["sale.advance.payment.inv"].create(
        {
            "sale_order_ids": [Command.set(order.ids)],
            "advance_payment_method": "percentage",
            "amount": 30,
        }
    )
    return wizard._create_invoices(order)


def _line_of(move, order_line):
    return move.line_ids.filtered(lambda line: order_line in line.sale_line_ids).id


def _tracked_changes(env, structure, customer, order):
    """Change both salespersons with tracking on, as a person in a form does."""
    manager = structure["managers"][0]["user_id"]
    found = {}
    env.flush_all()
    env.cr.precommit.run()  # forget that tracking was off for these records so far
    for kind, record in (("partner", customer), ("order", order)):
        tracked = record.with_env(env(context={"lang": "en_US"}))
        tracked.user_id = manager
        env.flush_all()
        env.cr.precommit.run()
        domain = [
            ("mail_message_id.model", "=", record._name),
            ("mail_message_id.res_id", "=", record.id),
            ("field_id", "=", structure["user_fields"][record._name]),
        ]
        value = env["mail.tracking.value"].search(domain, order="id desc", limit=1)
        found[f"{kind}_message"] = value.mail_message_id.id
        found[f"{kind}_tracking"] = value.id
    return found


def _lead(env, customer):
    return env["crm.lead"].create(
        {
            "name": "Specimen lead",
            "type": "opportunity",
            "user_id": env.uid,
            "expected_revenue": 1000,
            "partner_id": customer.id,
        }
    )
