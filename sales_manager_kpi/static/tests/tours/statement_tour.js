import { registry } from "@web/core/registry";

const step = (name) => ({
    trigger: `.o_statusbar_buttons button[name=${name}]:enabled:visible`,
    run: "click",
});
const state = (label) => ({
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${label})`,
});

registry.category("web_tour.tours").add("sales_statement_send", {
    steps: () => [
        {
            content: "The line says how it was calculated",
            trigger: ".o_data_cell[name=trace_text]:contains(62,000.00)",
        },
        step("action_send"),
        state("Sent"),
    ],
});

registry.category("web_tour.tours").add("sales_statement_dispute", {
    steps: () => [
        state("Sent"),
        {
            content: "Something is wrong with this line",
            trigger: ".o_data_row button[name=action_dispute]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=claimed_amount] input",
            run: "edit 60",
        },
        {
            trigger: ".modal .o_field_widget[name=description] textarea",
            run: "edit The order of the hotel is missing",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "The statement waits for the decision",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("sales_statement_decide", {
    steps: () => [
        step("action_accept"),
        {
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 60",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit missing",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(A deal was missing)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit It was confirmed on the last day",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        state("Accepted"),
    ],
});

registry.category("web_tour.tours").add("sales_adjustment_approve", {
    steps: () => [step("action_approve"), state("Approved")],
});

registry.category("web_tour.tours").add("sales_statement_lock", {
    steps: () => [
        step("action_compute"),
        { trigger: ".o_data_cell[name=label]:contains(A deal was missing)" },
        step("action_send"),
        state("Sent"),
        step("action_approve"),
        state("Approved"),
        step("action_lock"),
        state("Locked"),
    ],
});
