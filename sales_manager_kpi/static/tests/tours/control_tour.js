import { registry } from "@web/core/registry";

const HELD = ".alert:contains(On hold)";

registry.category("web_tour.tours").add("sales_control_release", {
    steps: () => [
        {
            content: "The held quotation says why it waits",
            trigger: `${HELD}:contains(is overdue)`,
        },
        {
            content: "The director lets it pass",
            trigger: "button[name=action_release_payment]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit The bank confirmed it",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_form_view:not(:has(${HELD}))`,
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "The order shows its payment and shipment",
            trigger: "a[name=control]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=payment_release_ids]:contains(The bank confirmed it)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_control_board", {
    steps: () => [
        {
            content: "The late order stands in its column",
            trigger: ".o_kanban_record:contains(Customer A):contains(3 days late)",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=late_reason]",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_field_widget[name=late_reason] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Carrier late)",
            run: "click",
        },
        {
            trigger: ".o_list_button_save:visible",
            run: "click",
        },
        {
            content: "The customer is told",
            trigger: ".o_data_row:contains(Carrier late) button[name=action_tell_customer]",
            run: "click",
        },
        {
            trigger: ".modal .o_mail_send, .modal button[name=action_send_mail]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_switch_view.o_calendar",
            run: "click",
        },
        { trigger: ".o_calendar_view" },
    ],
});
