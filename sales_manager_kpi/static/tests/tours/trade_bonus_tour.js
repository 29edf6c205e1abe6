import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** From the agreement to its only period. */
function toThePeriod() {
    return [
        {
            content: "The periods of the agreement",
            trigger: ".oe_stat_button[name=action_open_periods]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row .o_data_cell[name=partner_id]",
            run: "click",
        },
    ];
}

tours.add("sales_bonus_submit", {
    steps: () => [
        {
            content: "What is promised",
            trigger: ".o_field_widget[name=term_ids] .o_data_row:contains(Volume)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_submit]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(To approve)" },
    ],
});

const GROUP = ".o-mail-ActivityGroup[data-model_name='trade.bonus.agreement']";

tours.add("sales_bonus_approve", {
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
            trigger: ".o_list_view .o_data_row .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "The formula in words",
            trigger: ".o_form_view:contains(Volume)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Active)" },
    ],
});

tours.add("sales_bonus_calculate", {
    steps: () => [
        ...toThePeriod(),
        {
            content: "How it stands now",
            trigger: ".o_field_widget[name=expected]:contains(152.00)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_calculate]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Calculated)" },
        {
            content: "Every invoice that counted",
            trigger: ".o_field_widget[name=base_line_ids] .o_data_row:contains(7,600.00)",
        },
    ],
});

tours.add("sales_bonus_approve_period", {
    steps: () => [
        ...toThePeriod(),
        { trigger: ".o_field_widget[name=payable]:contains(152.00)" },
        {
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Approved)" },
    ],
});

tours.add("sales_bonus_settle", {
    steps: () => [
        ...toThePeriod(),
        {
            trigger: ".o_statusbar_buttons button[name=action_settle]",
            run: "click",
        },
        {
            content: "A credit note for accounting to post",
            trigger: ".o_field_widget[name=amount]:contains(152.00)",
        },
    ],
});
