import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_offer", {
    steps: () => [
        {
            content: "A new offer",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=partner_id] input",
            run: "edit Customer A",
        },
        {
            trigger: ".ui-autocomplete .o-autocomplete--dropdown-item:contains(Customer A)",
            run: "click",
        },
        {
            content: "Save, so that products can be proposed",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button:contains(Propose Products)",
            run: "click",
        },
        {
            content: "What the customer bought before",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(Silk)",
        },
        {
            trigger: ".modal button[name=action_fill]",
            run: "click",
        },
        {
            content: "At the customer's price, beside the last one",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row .o_data_cell[name=price_unit]:contains(50.00)",
        },
        {
            content: "Too low",
            trigger: ".o_field_widget[name=line_ids] .o_data_row .o_data_cell[name=typed_price]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=typed_price] input",
            run: "edit 40",
        },
        {
            content: "Leave the line",
            trigger: ".o_form_sheet .oe_title",
            run: "click",
        },
        {
            content: "It is marked before it is saved",
            trigger: ".o_offer_findings:contains(Silk)",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row .o_data_cell[name=typed_price]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=typed_price] input",
            run: "edit 47",
        },
        {
            trigger: ".o_form_sheet .oe_title",
            run: "click",
        },
        { trigger: ".o_form_view:not(:has(.o_offer_findings))" },
        {
            trigger: ".o_statusbar_buttons button[name=action_hand_over]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Sent)" },
        {
            trigger: ".o_statusbar_buttons button[name=action_make_quotation]",
            run: "click",
        },
        {
            content: "At the price that was offered, nothing differs",
            trigger:
                ".o_form_view:not(:has(.o_offer_differences)) .o_field_widget[name=order_line] .o_data_cell[name=price_unit]:contains(47.00)",
        },
        {
            trigger: "button[name=action_open_sales_offer]",
            run: "click",
        },
        { trigger: "button[name=action_open_orders]:contains(1)" },
    ],
});

registry.category("web_tour.tours").add("sales_offer_portal", {
    steps: () => [
        {
            trigger: "a[href*='/my/offers/']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_offer_lines:contains(Silk):contains(47.00)" },
        { trigger: ".o_offer_goods:contains(Utrecht)" },
        {
            trigger: ".o_offer_interest textarea",
            run: "edit Could you deliver on Friday?",
        },
        {
            trigger: ".o_offer_interest button",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_offer_thanks:contains(manager_a)" },
    ],
});
