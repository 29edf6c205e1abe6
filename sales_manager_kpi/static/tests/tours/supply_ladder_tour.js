import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_supply_ladder", {
    steps: () => [
        {
            content: "A quotation says where its goods would come from",
            trigger: ".o_supply_ladder .o_supply_rung:contains(12 Units):contains(Branch)",
        },
        { trigger: ".o_supply_ladder .o_supply_rung:contains(5 Units):contains(Central)" },
        { trigger: ".o_supply_ladder .o_supply_rung:contains(3 Units):contains(Regional Policy)" },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Sales Order)" },
        {
            content: "What the centre has waits until somebody asks",
            trigger: "button[name=action_request_supply]",
            run: "click",
        },
        {
            content: "All of it is in the title, since a narrow column cuts the name",
            trigger: ".o_supply_ladder .o_supply_rung[title^='5 Units · Central · Granted']",
        },
        {
            trigger: ".o_supply_ladder .o_supply_rung.text-bg-success:contains(5 Units):contains(Central)",
        },
        {
            trigger: "button[name=action_open_supply_sources]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Granted)" },
        { trigger: ".o_list_view .o_data_row:contains(Regional Policy)" },
    ],
});

registry.category("web_tour.tours").add("sales_supply_board", {
    steps: () => [
        { trigger: ".o_kanban_view .o_kanban_record:contains(Linen)" },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Linen)" },
        {
            trigger: ".o_switch_view.o_calendar",
            run: "click",
        },
        { trigger: ".o_calendar_view" },
        {
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        { trigger: ".o_pivot_view" },
    ],
});
