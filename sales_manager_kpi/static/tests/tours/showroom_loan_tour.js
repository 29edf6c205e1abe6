import { registry } from "@web/core/registry";

const ROW = ".modal .o_field_widget[name=line_ids] .o_data_row";

registry.category("web_tour.tours").add("sales_showroom_loan", {
    steps: () => [
        {
            content: "A sample on display is lent",
            trigger: ".o_statusbar_buttons button[name=action_lend]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Customer A",
        },
        {
            trigger: ".ui-autocomplete .o-autocomplete--dropdown-item:contains(Customer A)",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The loan says what is out",
            trigger: ".o_arrow_button_current:contains(With the customer)",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_return]",
            run: "click",
        },
        {
            content: "It came back worn",
            trigger: `${ROW} .o_data_cell[name=condition]`,
            run: "click",
        },
        {
            trigger: `${ROW} .o_field_widget[name=condition] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(worn)",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Back)" },
    ],
});
