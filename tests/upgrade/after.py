"""Run by this version on what `before.py` left: the same month, and it goes on."""

from datetime import date, timedelta

from odoo.tools import float_compare

User = env["res.users"]
manager, newcomer, earner, director = (
    User.search([("login", "=", f"before_{name}")])
    for name in ("manager", "newcomer", "earner", "director")
)
category = env["product.category"].search([("name", "=", "Before")])


def same(name, found, expected):
    """Print what is not as it was; tools/upgrading.py looks for these lines."""
    if isinstance(expected, float):
        wrong = float_compare(found, expected, precision_digits=4)
    else:
        wrong = found != expected
    if wrong:
        print(f"lost: {name} is {found!r}, was {expected!r}")


plan = env["sales.plan"].search([("user_id", "=", manager.id)])
same("plan state", plan.state, "running")
same("plan target", plan.target_amount, 1000.0)
same("plan fact", plan.fact_amount, 760.0)
same("plan share", plan.fulfilment, 0.76)
same(
    "plan days",
    (plan.day_from, plan.day_to),
    (plan.period_id.date_from, plan.period_id.date_to),
)
lines = {
    (line.dimension, line.measure, line.categ_id.id): line.target_amount
    for line in plan.line_ids
}
same(
    "plan lines",
    lines,
    {("total", "amount", False): 1000.0, ("category", "amount", category.id): 500.0},
)
draft = env["sales.plan"].search([("user_id", "=", newcomer.id)])
draft.with_user(newcomer).action_submit()
draft.with_user(director).action_approve()
same("draft of before", draft.state, "running")
revision = plan.with_user(manager).revise("More is coming")
same("revision", (revision.version, revision.target_amount), (2, 1000.0))

card = env["evaluation.scorecard"].search([("user_id", "=", manager.id)])
same("score", card.score, 76.0)
same("scorecard state", card.state, "computed")
env["evaluation.scorecard"]._compute_period(card.period_id)
same("score computed again", card.score, 76.0)

order = env["sale.order"].search([("credited_user_id", "=", manager.id)])
same("cost", order.order_line.recognition_cost, 6.0)
same("category as it was", order.order_line.recognition_categ_id, category)

policy = env["discount.policy"].search([("name", "=", "Norms of before")])
same("policy", (policy.state, len(policy.line_ids)), ("active", 2))
sold, asked = env["sale.order"].search(
    [("partner_id.name", "=", "Governed Ltd")], order="id"
)
trace = env["sale.price.trace"].search(
    [("order_id", "=", sold.id), ("event", "=", "confirm")]
)
same("trace", (trace.norm_price, trace.manual_percent), (10.0, 10.0))
steps = sold.order_line.with_user(newcomer).get_discount_steps()
codes = [step["code"] for step in steps[sold.order_line.id]["steps"]]
same("steps of the price", "manual" in codes, True)
conceded = env["discount.concession"].search([("order_id", "=", sold.id)])
same("conceded", sum(conceded.mapped("amount")), 3.0)
request = env["discount.request"].search([("order_id", "=", asked.id)])
same("request", (request.state, request.margin_norm), ("pending", 12.0))
same("order of the request", asked.discount_requested, True)
request.with_user(director).action_approve()
asked.with_user(newcomer).action_confirm()
same("order approved after", asked.state, "sale")
sold._create_invoices().action_post()
last = env["sale.price.trace"].search([("order_id", "=", sold.id)], limit=1)
same("trace of the invoice", (last.event, last.norm_price), ("invoice", 10.0))

agreement = env["trade.bonus.agreement"].search([("name", "=", "Bonus of before")])
same("agreement", (agreement.state, len(agreement.period_ids)), ("active", 1))
same("bonus so far", agreement.period_ids.live_base, 760.0)
same("bonus expected", agreement.period_ids.expected, 76.0)
same("days to settle", env.company.sales_manager_kpi_bonus_grace_days, 14)

substitution = env["sales.substitution"].search([("deputy_id", "=", manager.id)])
same("acting", substitution.state, "active")
substitution.with_user(director).action_revoke()

quotation = env["sale.order"].search(
    [
        ("partner_id", "=", order.partner_id.id),
        ("state", "=", "draft"),
        ("client_order_ref", "=", False),
    ]
)
substitution = (
    env["sales.substitution"]
    .with_user(director)
    .create({"principal_id": manager.id, "deputy_id": newcomer.id})
)
substitution.action_appoint()
same(
    "quotation of before, for the deputy", quotation.with_user(newcomer).state, "draft"
)
substitution.action_revoke()
[fact] = env["sales.fact.report"].search(
    [("user_id", "=", manager.id), ("basis", "=", "invoice")]
)
same("fact", (fact.amount, fact.discount_amount), (760.0, 40.0))
month = env["sales.reconciliation"].search(
    [("month", "=", date.today().replace(day=1))]
)
same("ledger", (month.ledger, month.difference), (787.0, 0.0))

held = env["sale.order"].search([("client_order_ref", "=", "Held before")])
same("hold", held.stock_hold_ids.mapped("state"), ["active"])
held.with_user(manager).action_confirm()
same("hold given", held.stock_hold_ids.mapped("state"), ["consumed"])
same("reserved", held.order_line.move_ids.quantity, 4.0)
supply = env["supply.request"].search([("kind", "=", "sample")])
same("supply request", (supply.state, supply.line_ids.asked_qty), ("submitted", 2.0))
supervisor = supply.supervisor_id
# today is over in Amsterdam before it is over in UTC
promised = date.today() + timedelta(days=1)
supply.line_ids.with_user(supervisor).write(
    {"verdict": "granted", "granted_qty": 2.0, "promised_date": promised}
)
supply.line_ids.with_user(supervisor).action_answer()
same("supply ordered", supply.state, "in_progress")

sample = env["showroom.sample"].search([("branch_id.code", "=", "BEF")])
same("sample", (sample.state, sample.sample_type_id.kind), ("on_display", "card"))
required = env["showroom.norm.line"].search([("branch_id.code", "=", "BEF")])
same("showroom", (required.min_qty, required.missing_qty), (2, 1))
contract = env["sales.contract"].search([("partner_id", "=", order.partner_id.id)])
same("contract", (contract.state, contract.committed_amount), ("active", 100.0))
same("contract's duties", contract.duty_ids.mapped("kind").count("ordered"), 1)
claim = env["customer.claim"].search([("subject", "=", "Claim of before")])
same("claim", (claim.state, claim.decision_ids.verdict), ("decided", "justified"))
same("claim's responsible", claim.decision_ids.responsible_user_id, manager)
promise = env["payment.promise"].search([("note", "=", "Promised before")])
same("promise", (promise.state, promise.amount), ("open", 300.0))
control = env["sale.order.control"].search([("order_id", "=", order.id)])
same("control", (control.agreed_amount, control.paid_amount), (760.0, 0.0))
event = env["registration.event"].search([("check_code", "=", "reference")])
same("registration", event.mapped("credited_user_id.login"), ["before_newcomer"])
figure = env["customer.figure"].search([("partner_id", "=", order.partner_id.id)])
contacts = figure.contact_ids.filtered("note")
same("customer's contacts", sorted(contacts.mapped("kind")), ["call", "offer"])
scheme = env["bonus.scheme"].search([("code", "=", "before")])
closed = env["sales.period"]._for_date(env.company, scheme.date_from)
same("closed month", closed.state, "closed")
frozen = env["sales.fact.line"].search([("period_id", "=", closed.id)])
same("frozen rows", sum(frozen.mapped("amount")) > 0, True)
same("seal of the month", frozen._seal(closed), closed.close_hash)
statements = env["bonus.statement"].search([("period_id", "=", closed.id)])
doubted = statements.filtered(lambda one: one.user_id == earner)
same("statement", (doubted.state, doubted.payable), ("disputed", 15.0))
same("held back", sum(doubted.holdback_ids.mapped("amount")), 5.0)
locked = statements.filtered(lambda one: one.user_id == manager)
same("locked statement", (locked.state, locked._verify()), ("locked", {}))
dispute = env["evaluation.dispute"].search([("user_id", "=", earner.id)])
same("dispute", (dispute.state, dispute.claimed_amount), ("open", 5.0))
adjustment = env["bonus.adjustment"].search([("note", "=", "Adjusted before")])
same("adjustment", (adjustment.state, adjustment.amount), ("approved", 12.0))
salary = env["bonus.salary"].search([("user_id", "=", earner.id)])
same("salary", salary.amount, 3000.0)
schedule = env["sales.report.schedule"].search([("name", "=", "Mailed before")])
same("schedule", (schedule.report, schedule.active), ("orders", True))
same("milestones", env.company.sales_manager_kpi_milestones, "company")

lead = env["crm.lead"].search([("name", "=", "Lead of before")])
mark = env["sales.playbook.mark"].search([("lead_id", "=", lead.id)])
same("mark", mark.mapped("note"), ["Ticked before"])
same("next step", lead.playbook_step_id, lead.playbook_id.step_ids[1])
use = env["sales.objection.use"].search([("lead_id", "=", lead.id)])
same("objection", use.mapped("outcome"), ["overcome"])
sheet = env["sales.offer"].search([("partner_id", "=", order.partner_id.id)])
same("offer", (sheet.state, sheet.line_ids.quantity), ("sent", 20.0))
sheet.with_user(manager).action_make_quotation()
same("quotation of the offer", sheet.order_ids.mapped("state"), ["draft"])
visit = env["branch.visit"].search([("wish", "=", "Wished before")])
same("visit", (visit.state, visit.partner_id), ("served", order.partner_id))
need = env["customer.need"].search([("partner_id", "=", order.partner_id.id)])
same("need", need.quantity, 60.0)
note = env["market.note"].search([("subject", "=", "Seen before")])
same("market note", (note.price, note.list_price), (9.0, 10.0))
proposal = env["sales.proposal"].search([("subject", "=", "Proposed before")])
same("proposal", proposal.state, "submitted")
proposal.with_user(director)._decide("accepted", "Good.")
decision = env["sales.draft.decision"].search([("name", "=", "Decided before")])
same("read by whom it is for", decision.with_user(manager).name, "Decided before")
same("text that was shown", decision.shown_version_id.attachment_ids.raw, b"Why.")
signed = decision.reading_ids.filtered(lambda row: row.user_id == manager)
same("signature", signed.mapped("comment"), ["Read before"])
assignment = env["sales.assignment"].search([("subject", "=", "Assigned before")])
same("assignment", (assignment.state, assignment.user_id), ("open", manager))
assignment.with_user(manager)._report("Done after the update.")
fair = env["sales.marketing.action"].search([("name", "=", "Fair of before")])
same("fair", (fair.state, fair.budget_amount), ("planned", 2500.0))
env.cr.commit()
print("looked")
