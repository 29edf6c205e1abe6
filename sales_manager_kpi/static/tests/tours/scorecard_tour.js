import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const menu = (parent, entry) => [
    stepUtils.goToAppSteps("sales_manager_kpi.menu_root", "Open Sales management"),
    { trigger: `.o_menu_sections button:contains(${parent})`, run: "click" },
    { trigger: `.o-dropdown--menu .dropdown-item:contains(${entry})`, run: "click" },
].flat();

registry.category("web_tour.tours").add("sales_scorecard_manager", {
    steps: () => [
        ...menu("Evaluation", "My scorecards"),
        {
            content: "The month that ended waits for the manager",
            trigger: ".o_data_row:contains(Self-assessment) .o_data_cell",
            run: "click",
        },
        { trigger: "button[name=action_assess]", run: "click" },
        {
            content: "An own score, with the reason",
            trigger: ".modal .o_data_row .o_data_cell[name=score]",
            run: "click",
        },
        { trigger: ".modal .o_data_cell[name=score] input", run: "edit 90" },
        {
            trigger: ".modal .o_data_row .o_data_cell[name=reason]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_cell[name=reason] textarea",
            run: "edit The hotel pays in two parts",
        },
        {
            trigger: ".modal button:contains(Save and submit)",
            run: "click",
        },
        {
            content: "It is with the director now, and the own score stays beside",
            trigger: ".o_arrow_button_current:contains(Director's assessment)",
        },
        { trigger: ".o_data_cell[name=self_score]:contains(90.00)" },
        { trigger: "a.nav-link[name=comparison]", run: "click" },
        { trigger: ".o_evaluation_comparison canvas" },
        { trigger: ".o_evaluation_comparison td:contains(70.0)" },
    ],
});

registry.category("web_tour.tours").add("sales_scorecard_director", {
    steps: () => [
        ...menu("Evaluation", "To assess"),
        { trigger: ".o_breadcrumb:contains(Scorecards to assess)" },
        { trigger: ".o_list_view .o_data_row:contains(70.00)" },
        {
            trigger: ".o_data_row .o_data_cell[name=score]:contains(70.00)",
            run: "click",
        },
        { trigger: "button[name=action_assess]", run: "click" },
        {
            trigger: ".modal .o_data_row .o_data_cell[name=score]",
            run: "click",
        },
        { trigger: ".modal .o_data_cell[name=score] input", run: "edit 80" },
        {
            content: "Without a reason it is refused",
            trigger: ".modal button:contains(Save and agree)",
            run: "click",
        },
        { trigger: ".modal:contains(Say why)" },
        { trigger: ".modal:contains(Say why) .btn-primary", run: "click" },
        {
            trigger: ".modal .o_data_row .o_data_cell[name=reason]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_cell[name=reason] textarea",
            run: "edit Half of it was hers",
        },
        {
            trigger: ".modal button:contains(Save and agree)",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains(Agreed)" },
        { trigger: ".o_field_widget[name=final_score]:contains(80.00)" },
        {
            content: "What was said stays",
            trigger: "a.nav-link[name=assessments]",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Half of it was hers)" },
    ],
});

registry.category("web_tour.tours").add("sales_entered_figure", {
    steps: () => [
        ...menu("Evaluation", "Entered figures"),
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=criterion_id] input", run: "edit Showroom" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Showroom)", run: "click" },
        { trigger: ".o_field_widget[name=user_id] input", run: "edit manager_a" },
        { trigger: ".o-autocomplete--dropdown-item:contains(manager_a)", run: "click" },
        { trigger: ".o_field_widget[name=value] input", run: "edit 90" },
        {
            trigger: ".o_field_widget[name=note] textarea",
            run: "edit Checked on the 28th",
        },
        ...stepUtils.saveForm(),
        {
            content: "What was entered stays as it is",
            trigger: ".o_field_widget[name=reviewer_id]:contains(director)",
        },
    ],
});
