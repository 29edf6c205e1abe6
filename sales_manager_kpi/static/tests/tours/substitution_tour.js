import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openApp = (menu) => [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open the app",
        trigger: '.o_app[data-menu-xmlid="sales_manager_kpi.menu_root"]',
        run: "click",
    },
    {
        trigger: '[data-menu-xmlid="sales_manager_kpi.menu_absences"]',
        run: "click",
    },
    { trigger: `[data-menu-xmlid="sales_manager_kpi.${menu}"]`, run: "click" },
];

registry.category("web_tour.tours").add("sales_appoint_tour", {
    steps: () => [
        ...openApp("sales_absence_board_menu"),
        {
            content: "Nobody stands in: the first click",
            trigger: ".o_cover_board_cell[data-kind=uncovered]:first",
            run: "click",
        },
        {
            content: "Who could, the best first: the second",
            trigger: ".modal .o_deputy_suggestion:contains(Nora Standing):contains(there)",
            run: "click",
        },
        {
            trigger: ".modal .o_deputy_suggestion.active:contains(Nora Standing)",
        },
        {
            content: "The third",
            trigger: ".modal footer button[name=action_appoint]",
            run: "click",
        },
        { trigger: ".o_notification:contains(appointed)" },
        {
            content: "Green, with the letters of who stands in",
            trigger: ".o_cover_board_cell[data-kind=covered]:contains(NS)",
        },
        { trigger: ".o_cover_board:not(:has([data-kind=uncovered]))" },
        {
            content: "The calendar tells the same",
            trigger: '[data-menu-xmlid="sales_manager_kpi.menu_absences"]',
            run: "click",
        },
        {
            trigger: '[data-menu-xmlid="sales_manager_kpi.sales_absence_menu"]',
            run: "click",
        },
        {
            trigger: ".o_calendar_renderer .fc-event.o_calendar_color_10:contains(Maria Away)",
            run: "click",
        },
        { trigger: ".o_cw_popover:contains(Covered):not(:has(.o_absence_appoint))" },
    ],
});

registry.category("web_tour.tours").add("sales_acting_tour", {
    steps: () => [
        {
            content: "The top bar says for whom one acts",
            trigger: ".o_acting_for:contains(Maria Away)",
            run: "click",
        },
        { trigger: ".o_acting_for_menu:contains(until)" },
        { trigger: ".o_acting_for_quotations", run: "click" },
        {
            content: "The principal's quotations",
            trigger: ".o_data_row:contains(Customer A) td[name=name]",
            run: "click",
        },
        { trigger: ".o_acting_note:contains(You act for Maria Away until)" },
        {
            content: "Confirm it for her",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:visible",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Sales Order)" },
        { trigger: ".o_acting_note:contains(You act for Maria Away until)" },
    ],
});
