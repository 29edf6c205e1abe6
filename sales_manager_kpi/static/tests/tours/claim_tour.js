import { registry } from "@web/core/registry";

const choose = (name, text) => [
    {
        trigger: `.o_field_widget[name=${name}] input`,
        run: `edit ${text}`,
    },
    {
        trigger: `.ui-autocomplete .o-autocomplete--dropdown-item:contains(${text})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("sales_claim_open", {
    steps: () => [
        {
            content: "A claim about this order",
            trigger: ".o_statusbar_buttons button[name=action_claim]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=subject] input, .o_field_widget[name=subject] textarea",
            run: "edit Two rolls faded",
        },
        {
            content: "The order brings the customer along",
            trigger: ".o_field_widget[name=partner_id] input:value(Customer A)",
        },
        ...choose("kind_id", "Ordered otherwise"),
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Somebody else decides",
            trigger: ".o_statusbar_buttons button[name=action_review]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(In review)" },
    ],
});

registry.category("web_tour.tours").add("sales_claim_decide", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button:contains(Decide)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=verdict] input[data-value=partly]",
            run: "click",
        },
        {
            content: "The manager of the order is proposed",
            trigger: ".modal .o_field_widget[name=responsible_user_id] input:value(manager_a)",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit One of the two had faded before it left us",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Decided)" },
        {
            content: "Nothing is given, so that it can be closed",
            trigger: ".o_statusbar_buttons button[name=action_close]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Closed)" },
    ],
});
