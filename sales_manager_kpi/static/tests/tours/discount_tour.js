import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_discount_ask", {
    steps: () => [
        {
            content: "The chip says who would have to approve",
            trigger: ".o_discount_chip:contains(Needs approval):contains(Branch director)",
        },
        {
            content: "Why this price",
            trigger: ".o_field_widget[name=order_line] .o_discount_steps",
            run: "click",
        },
        {
            trigger:
                ".o_discount_steps_popover:contains(By hand) .o_discount_free:contains(90.00)",
        },
        {
            content: "Ask for approval",
            trigger: ".o_discount_chip button[name=action_ask_discount]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Large volume",
        },
        {
            trigger:
                ".modal .o_field_widget[name=reason_id] .o-autocomplete--dropdown-item:contains(Large volume)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Two hundred metres a month from now on",
        },
        {
            trigger: ".modal footer button[name=action_ask]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Waiting)" },
    ],
});

registry.category("web_tour.tours").add("sales_discount_approve", {
    steps: () => [
        {
            content: "The number in the top bar leads to what waits",
            trigger: ".o_discounts_to_answer:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Customer A)",
            run: "click",
        },
        { trigger: ".o-mail-Activity:contains(Answer this discount request)" },
        { trigger: ".o_field_widget[name=overdue_amount]" },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Approved)" },
    ],
});

registry.category("web_tour.tours").add("sales_discount_look", {
    steps: () => [
        { trigger: ".o_discounts_to_answer:contains(1)", run: "click" },
        { trigger: ".o_kanban_record:contains(Customer A)", run: "click" },
        {
            content: "All that helps to decide is there",
            trigger: ".o_field_widget[name=price_history_ids] .o_data_row",
        },
        { trigger: ".o_notebook .nav-link:contains(Decisions)", run: "click" },
        { trigger: ".o_notebook .nav-link:contains(Lines)", run: "click" },
        {
            content: "A price is entered and left as it is",
            trigger: ".o_field_widget[name=line_ids] .o_data_cell[name=approved_price]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] [name=approved_price] input",
            run: "press Escape",
        },
        {
            content: "Nothing is there to save, so that nothing asks whether to leave",
            trigger: ".o_form_view:not(:has(.o_form_button_save:visible))",
        },
        { trigger: ".breadcrumb-item:contains(To answer)", run: "click" },
        { trigger: ".o_kanban_view:not(:has(.modal))" },
    ],
});

const GROUP = ".o-mail-ActivityGroup[data-model_name='discount.request']";

registry.category("web_tour.tours").add("sales_discount_approve_activity", {
    steps: () => [
        {
            content: "The clock in the top bar lists what waits",
            trigger: ".o_menu_systray button:has(i[aria-label=Activities])",
            run: "click",
        },
        {
            content: "Late, today or later: whichever of them counts one",
            trigger: `${GROUP} .btn-link:contains(1)`,
            run: "click",
        },
        {
            content: "Only what waits for this director",
            trigger: ".o_list_view .o_list_table:contains(Waiting):not(:contains(Rejected))",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=partner_id]",
            run: "click",
        },
        { trigger: ".o-mail-Activity:contains(Answer this discount request)" },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Approved)" },
        {
            content: "It waits for the salesperson now",
            trigger:
                ".o-mail-Chatter:contains(request was answered):not(:contains(Answer this discount request))",
        },
    ],
});

registry.category("web_tour.tours").add("sales_discount_confirm", {
    steps: () => [
        { trigger: ".o_discount_chip:contains(Approved)" },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Sales Order)" },
        {
            content: "The price was kept",
            trigger: ".o_field_widget[name=order_line] .o_discount_steps",
            run: "click",
        },
        {
            trigger:
                ".o_discount_steps_popover:contains(Granted by director):contains(not computed again)",
        },
    ],
});
