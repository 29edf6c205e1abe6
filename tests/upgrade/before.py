"""Run by the version before, in Odoo's shell: a month of a small company."""

from datetime import date, timedelta

from odoo import Command

env["account.chart.template"].try_loading("generic_coa", env.company)
env.company.partner_id.tz = "Europe/Amsterdam"
env.user.group_ids |= env.ref("sales_manager_kpi.group_admin")


def make_user(login, group):
    return env["res.users"].create(
        {
            "name": login,
            "login": login,
            "group_ids": [
                Command.link(env.ref("base.group_user").id),
                Command.link(env.ref(f"sales_manager_kpi.{group}").id),
            ],
        }
    )


manager = make_user("before_manager", "group_manager")
newcomer = make_user("before_newcomer", "group_manager")
earner = make_user("before_earner", "group_manager")
director = make_user("before_director", "group_branch_director")
branch = env["sales.branch"].create(
    {
        "code": "BEF",
        "name": "Before",
        "tz": "Europe/Amsterdam",
        "director_id": director.id,
        "member_ids": [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in manager | newcomer | earner
        ],
    }
)
customer = env["res.partner"].create(
    {"name": "Before Ltd", "is_company": True, "user_id": manager.id}
)
category = env["product.category"].create({"name": "Before"})
product = env["product.product"].create(
    {
        "name": "Linen of before",
        "categ_id": category.id,
        "standard_price": 6,
        "list_price": 10,
        "invoice_policy": "order",
        "type": "consu",
    }
)
order = env["sale.order"].create(
    {
        "partner_id": customer.id,
        "order_line": [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 80,
                    "price_unit": 10,
                    "discount": 5,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }
)
order.action_confirm()
order._create_invoices().action_post()
quotation = order.copy()
period = env["sales.period"]._for_date(env.company, date.today())


def make_plan(user, target):
    return (
        env["sales.plan"]
        .with_user(user)
        .create(
            {
                "user_id": user.id,
                "period_id": period.id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": target}),
                    Command.create(
                        {"categ_id": category.id, "target_amount": target / 2}
                    ),
                ],
            }
        )
    )


plan = make_plan(manager, 1000)
plan.action_submit()
plan.with_user(director).action_approve()
make_plan(newcomer, 500)
env["evaluation.scorecard"]._compute_period(period)

policy = env["discount.policy"].create(
    {
        "name": "Norms of before",
        "date_from": "2020-01-01",
        "four_eyes": False,
        "line_ids": [
            Command.create({"role": "manager", "max_line_percent": 10}),
            Command.create({"role": "branch_director", "max_line_percent": 50}),
        ],
    }
)
policy.action_submit()
policy.action_activate()
governed = env["res.partner"].create(
    {"name": "Governed Ltd", "is_company": True, "user_id": newcomer.id}
)


def offer(discount):
    line = {"product_id": product.id, "product_uom_qty": 3, "discount": discount}
    return env["sale.order"].create(
        {
            "partner_id": governed.id,
            "user_id": newcomer.id,
            "order_line": [Command.create({**line, "tax_ids": [Command.clear()]})],
        }
    )


offer(10).with_user(newcomer).action_confirm()
asked = offer(30)
reason = env["discount.reason"].search([("needs_evidence", "=", False)], limit=1)
env["discount.ask"].with_user(newcomer).create(
    {"order_id": asked.id, "reason_id": reason.id, "note": "Before"}
).action_ask()
substitution = (
    env["sales.substitution"]
    .with_user(director)
    .create(
        {
            "principal_id": newcomer.id,
            "deputy_id": manager.id,
            # today is over in Amsterdam before it is over in UTC
            "date_to": date.today() + timedelta(days=1),
        }
    )
)
substitution.action_appoint()
commercial = make_user("before_commercial", "group_commercial_director")
month = date.today().replace(day=1)
agreement = env["trade.bonus.agreement"].create(
    {
        "name": "Bonus of before",
        "user_id": manager.id,
        "partner_ids": [Command.set(customer.ids)],
        "date_from": month,
        "date_to": month + timedelta(days=364),
        "product_id": product.id,
        "contract": b"QmVmb3Jl",
        "contract_name": "before.pdf",
        "term_ids": [
            Command.create(
                {
                    "name": "Volume",
                    "method": "whole",
                    "period": "whole",
                    "tier_ids": [Command.create({"start": 100, "rate": 10})],
                }
            )
        ],
    }
)
agreement.with_user(manager).action_submit()
agreement.with_user(commercial).action_approve()

central, store = env["stock.warehouse"].create(
    [
        {"name": "Centre of before", "code": "BCE"},
        {"name": "Store of before", "code": "BST"},
    ]
)
store.resupply_wh_ids = central
branch.write({"warehouse_id": store.id, "supplying_warehouse_id": central.id})
supervisor = make_user("before_supervisor", "group_supply_supervisor")
env["supply.department"].create(
    {
        "name": "Department of before",
        "supervisor_id": supervisor.id,
        "tz": "Europe/Amsterdam",
    }
)
stored = env["product.product"].create(
    {"name": "Linen in store", "type": "consu", "is_storable": True, "list_price": 10}
)
for warehouse in store | central:
    env["stock.quant"]._update_available_quantity(stored, warehouse.lot_stock_id, 10)
held = env["sale.order"].create(
    {
        "partner_id": customer.id,
        "user_id": manager.id,
        "warehouse_id": store.id,
        "client_order_ref": "Held before",
        "order_line": [
            Command.create({"product_id": stored.id, "product_uom_qty": 4.0})
        ],
    }
)
held.order_line.with_user(manager)._hold(4)
env["supply.request"].with_user(manager).create(
    {
        "kind": "sample",
        "branch_id": branch.id,
        "line_ids": [Command.create({"product_id": stored.id, "product_uom_qty": 2})],
    }
).action_submit()
showroom = {"branch_id": branch.id, "product_id": stored.id}
branch.has_showroom = True
card = env["showroom.sample.type"].create(
    {"name": "Card of before", "kind": "card", "cut_qty": 0.0}
)
env["showroom.norm"].create(
    {
        "product_id": stored.id,
        "company_id": env.company.id,
        "sample_type_id": card.id,
        "min_qty": 2,
    }
)
sample = env["showroom.sample"].create({**showroom, "sample_type_id": card.id})
sample._make(store.lot_stock_id)

contract = (
    env["sales.contract"]
    .with_user(manager)
    .create(
        {
            "partner_id": customer.id,
            "date_from": date.today().replace(month=1, day=1),
            "date_to": date.today().replace(month=12, day=31),
            "committed_amount": 100,
            "committed_period": "month",
            "document": b"QmVmb3Jl",
            "signed_on": date.today().replace(month=1, day=1),
        }
    )
)
contract.with_user(director).action_activate()
claim = (
    env["customer.claim"]
    .with_user(manager)
    .create({"subject": "Claim of before", "order_id": order.id})
)
claim.action_review()
env["customer.claim.decide"].with_user(director).create(
    {
        "claim_id": claim.id,
        "verdict": "justified",
        "fault_area": "manager",
        "note": "The manager wrote down another colour.",
    }
).action_confirm()
env["payment.promise"].with_user(manager).create(
    {
        "partner_id": customer.id,
        "order_id": order.id,
        "amount": 300,
        "promised_on": date.today() + timedelta(days=30),
        "note": "Promised before",
    }
)
env["customer.contact.log"].with_user(manager).create(
    {"partner_id": customer.id, "kind": "call", "note": "Called before"}
).action_log()
# last month, closed and paid
payer, payer_2 = (make_user(f"before_payer{number}", "group_pay") for number in "12")
paid_month = (month - timedelta(days=1)).replace(day=1)
env.company.sales_manager_kpi_first_managed_month = paid_month
scheme = (
    env["bonus.scheme"]
    .with_user(payer)
    .create(
        {
            "name": "Pay of before",
            "code": "before",
            "company_id": env.company.id,
            "date_from": paid_month,
            "component_ids": [
                Command.create(
                    {
                        "name": "Own deals",
                        "code": "deals",
                        "kind": "own_deals",
                        "rate_percent": 2.0,
                        "hold_percent": 25,
                    }
                )
            ],
        }
    )
)
scheme.action_submit()
scheme.with_user(payer_2).action_activate()
env["bonus.salary"].with_user(payer).create(
    {
        "user_id": earner.id,
        "company_id": env.company.id,
        "date_from": paid_month,
        "amount": 3000,
    }
)
paid = env["res.partner"].create(
    {"name": "Paid Ltd", "is_company": True, "user_id": earner.id}
)
sold_before = env["sale.order"].create(
    {
        "partner_id": paid.id,
        "user_id": earner.id,
        "order_line": [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": 100,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }
)
sold_before.action_confirm()
bill = sold_before._create_invoices()
bill.invoice_date = paid_month + timedelta(days=9)
bill.action_post()
closed = env["sales.period"]._for_date(env.company, paid_month)
closed._close("As it was agreed")
statement = env["bonus.statement"].search(
    [("user_id", "=", earner.id), ("period_id", "=", closed.id)]
)
statement.with_user(payer).action_send()
env["evaluation.dispute"].with_user(earner).create(
    {
        "statement_id": statement.id,
        "statement_line_id": statement.line_ids[:1].id,
        "kind": "wrong_amount",
        "claimed_amount": 5,
        "description": "Doubted before",
    }
)
adjustment = (
    env["bonus.adjustment"]
    .with_user(payer)
    .create(
        {
            "user_id": earner.id,
            "company_id": env.company.id,
            "amount": 12,
            "reason_id": env.ref("sales_manager_kpi.bonus_adjustment_reason_owner").id,
            "note": "Adjusted before",
            "attachment_ids": [Command.create({"name": "why.txt", "raw": b"Why."})],
        }
    )
)
adjustment.action_request()
adjustment.with_user(payer_2).action_approve()
quiet = env["bonus.statement"].search(
    [("user_id", "=", manager.id), ("period_id", "=", closed.id)]
)
for step in ("send", "approve", "lock"):
    getattr(quiet.with_user(payer), f"action_{step}")()
env["sales.report.schedule"].create(
    {
        "name": "Mailed before",
        "company_id": env.company.id,
        "report": "orders",
        "next_run_on": date.today() + timedelta(days=7),
        "recipient_ids": [Command.set(commercial.ids)],
    }
)
env.company.sales_manager_kpi_milestones = "company"
rule = env.ref("sales_manager_kpi.registration_rule_reference")
rule.write({"active": True, "effect": "record"})
registered = env["res.partner"].create(
    {"name": "Registered Ltd", "is_company": True, "user_id": newcomer.id}
)
env["sale.order"].create(
    {
        "partner_id": registered.id,
        "user_id": newcomer.id,
        "order_line": [Command.create({"product_id": stored.id})],
    }
).action_confirm()
env["customer.figure"]._refresh_company(env.company)

# finding customers, offers, the counter, the market and a voice upwards
env.ref("sales_manager_kpi.sales_playbook_eight_steps").active = True
lead = (
    env["crm.lead"]
    .with_user(manager)
    .create(
        {"name": "Lead of before", "type": "opportunity", "partner_id": customer.id}
    )
)
circle = env.ref("sales_manager_kpi.sales_playbook_step_circle")
for check in circle.check_ids.filtered("is_required"):
    lead.action_playbook_check(check.id)
lead.env["sales.playbook.tick"].create(
    {"lead_id": lead.id, "step_id": circle.id, "note": "Ticked before"}
).action_confirm()
lead.env["sales.objection.log"].create(
    {
        "lead_id": lead.id,
        "objection_id": env.ref("sales_manager_kpi.sales_objection_price").id,
        "answer_id": env.ref("sales_manager_kpi.sales_objection_answer_price_1").id,
        "outcome": "overcome",
    }
).action_log()
offer_sheet = (
    env["sales.offer"]
    .with_user(manager)
    .create(
        {
            "partner_id": customer.id,
            "validity_date": date.today() + timedelta(days=30),
            "line_ids": [Command.create({"product_id": product.id, "quantity": 20})],
        }
    )
)
offer_sheet.action_hand_over()
visit = (
    env["branch.visit"]
    .with_user(manager)
    .create(
        {"branch_id": branch.id, "partner_id": customer.id, "wish": "Wished before"}
    )
)
visit.action_serve()
env["customer.need"].with_user(manager).create(
    {"partner_id": customer.id, "product_id": product.id, "quantity": 60}
)
rival = env["market.competitor"].create({"name": "Rival of before"})
env["market.note"].with_user(manager).create(
    {
        "subject": "Seen before",
        "kind": "price",
        "competitor_id": rival.id,
        "source": "internet",
        "product_id": product.id,
        "price": 9.0,
    }
)
proposal = (
    env["sales.proposal"]
    .with_user(manager)
    .create(
        {
            "kind": "improvement",
            "subject": "Proposed before",
            "description": "Number the rolls.",
        }
    )
)
proposal.action_submit()
decision = (
    env["sales.draft.decision"]
    .with_user(commercial)
    .create(
        {
            "name": "Decided before",
            "body": "<p>Open at half past eight.</p>",
            "comment_until": date.today() + timedelta(days=10),
            "attachment_ids": [Command.create({"name": "why.txt", "raw": b"Why."})],
        }
    )
)
decision.action_open()
mine = decision.with_user(manager)
mine._sign("Read before", mine.text_hash)
env["sales.assignment.give"].with_user(director).create(
    {
        "subject": "Assigned before",
        "user_ids": [Command.set(manager.ids)],
        "deadline": date.today() + timedelta(days=10),
    }
).action_give()
fair = (
    env["sales.marketing.action"]
    .with_user(director)
    .create(
        {
            "name": "Fair of before",
            "kind": "exhibition",
            "branch_ids": [Command.set(branch.ids)],
            "user_id": manager.id,
            "date_from": date.today() + timedelta(days=10),
            "date_to": date.today() + timedelta(days=12),
            "budget_amount": 2500,
        }
    )
)
fair.action_plan()
env.cr.commit()
print("prepared", len(env["evaluation.scorecard"].search([])))
