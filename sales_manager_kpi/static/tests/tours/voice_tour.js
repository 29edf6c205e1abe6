import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openMenu = (menu) => [
    { trigger: '[data-menu-xmlid="sales_manager_kpi.menu_voice"]', run: "click" },
    { trigger: `[data-menu-xmlid="sales_manager_kpi.${menu}"]`, run: "click" },
];
const voice = (menu) => [
    ...stepUtils.goToAppSteps("sales_manager_kpi.menu_root", "Open Sales management"),
    ...openMenu(menu),
];
const answer = (words) => [
    { trigger: ".modal .o_field_widget[name=note] textarea", run: `edit ${words}` },
    { trigger: ".modal footer .btn-primary", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

registry.category("web_tour.tours").add("voice_manager", {
    steps: () => [
        ...voice("sales_proposal_menu"),
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=subject] textarea, .o_field_widget[name=subject] input",
            run: "edit Label rolls",
        },
        {
            trigger: ".o_field_widget[name=description] textarea",
            run: "edit They are found faster",
        },
        ...stepUtils.saveForm(),
        { trigger: "button[name=action_submit]", run: "click" },
        {
            content: "Submitted: the author may take it back, nothing more",
            trigger: "button[name=action_take_back]",
        },
        ...openMenu("sales_assignment_menu"),
        { trigger: ".o_data_row td:contains(Call lost customers)", run: "click" },
        { trigger: "button[name=action_report]", run: "click" },
        ...answer("Twelve called"),
        { trigger: ".o_field_widget[name=result]:contains(Twelve called)" },
        ...openMenu("sales_draft_decision_menu"),
        { trigger: ".o_data_row td:contains(Opening hours)", run: "click" },
        { trigger: "button[name=action_sign].btn-primary", run: "click" },
        ...answer("Fine"),
        { trigger: ".alert:contains(You have read and signed)" },
    ],
});

registry.category("web_tour.tours").add("voice_director", {
    steps: () => [
        ...voice("sales_proposal_menu"),
        { trigger: ".o_data_row td:contains(Label rolls)", run: "click" },
        { trigger: "button[name=action_accept]", run: "click" },
        ...answer("Good idea"),
        { trigger: ".o_field_widget[name=answer]:contains(Good idea)" },
        { trigger: "button[name=action_done]" },
    ],
});
