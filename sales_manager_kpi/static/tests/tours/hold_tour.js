import { registry } from "@web/core/registry";

const LINE = ".o_field_widget[name=order_line] .o_data_row:contains(Velvet)";

registry.category("web_tour.tours").add("sales_hold_goods", {
    steps: () => [
        {
            content: "Where the goods are",
            trigger: `${LINE} .o_supply_availability`,
            run: "click",
        },
        {
            content: "Who holds them, and what comes",
            trigger:
                ".o_supply_availability_popover:contains(Held by):contains(Free in Hamburg)",
        },
        {
            trigger: ".o_supply_availability_popover button:contains(Hold)",
            run: "click",
        },
        {
            content: "The shortest roll that is long enough is proposed",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:contains(R3)",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The hold is found on the quotation",
            trigger: "button[name=action_open_holds]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Velvet) td[name=name]",
            run: "click",
        },
        {
            content: "It is extended",
            trigger: ".o_statusbar_buttons button[name=action_extend]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=extension_count]:contains(1)",
        },
        {
            content: "And released with a reason",
            trigger: ".o_statusbar_buttons button[name=action_release]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Another colour",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Released)" },
    ],
});
