"""Every term of the addon is said in Dutch, with the same placeholders and tags."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

from tools import merge_terms

FOLDER = Path(__file__).resolve().parent.parent / "sales_manager_kpi" / "i18n"
PLACEHOLDERS = re.compile(r"%\(\w+\)[sdf]|%%|%[sdf]|\$?\{[^}]*\}")
TAGS = re.compile(r"<[^>]+>")
WORDS = re.compile(r'\b(title|aria-label|placeholder)="[^"]*"')
# The same in Dutch. Another empty term is one that nobody has translated yet.
SAME = {
    "%(action)s: %(what)s",
    "%(agreement)s: %(message)s",
    "%(amount)s",
    "%(amount)s = %(base)s × %(each)s",
    "%(amount)s = %(base)s × %(rate)s %%",
    "%(amount)s per %(unit)s",
    "%(axis)s – %(tiers)s; %(method)s.",
    "%(component)s: %(reason)s",
    "%(field)s: %(old)s → %(new)s",
    "%(number)s %%",
    "%(offer)s: %(problem)s",
    "%(old)s → %(new)s",
    "%(product)s: %(field)s %(old)s → %(new)s",
    "%(product)s: %(missing)s",
    "%(rate)g %%",
    '<i class="fa fa-star-o" title="Leads"/>',
    '<span class="text-muted"> · </span>',
    "<span>per</span>",
    "<span>–</span>",
    "<strong>Manager: </strong>",
    "<strong>Manager:</strong>",
    "<strong>Status: </strong>",
    "<strong>Status:</strong>",
    "ABC",
    "April",
    "Backtest",
    "Backtests",
    "Badge",
    "Badges",
    "Barcode",
    "Bonus",
    "Bonus %",
    "Bottom-up",
    "Budget",
    "Code",
    "Contact",
    "Contract",
    "Criteria",
    "Deadline",
    "December",
    "Document",
    "E-mail",
    "Effect",
    "Filter",
    "ID",
    "In",
    "Incoterm",
    "Internet",
    "Is",
    "Later",
    "Lead",
    "Leads",
    "Mail",
    "Mailing",
    "Manager",
    "Managers",
    "Marketing",
    "Medium",
    "Minimum",
    "Mix",
    "Model",
    "Moment",
    "Norm",
    "November",
    "Open",
    "Order",
    "Order %",
    "Orders",
    "PDF",
    "Per",
    "Plan",
    "Plan %(plan)s",
    "Plan (",
    "Product",
    "Project",
    "Prospect",
    "Prospects",
    "Record",
    "Records",
    "Score",
    "September",
    "Showroom",
    "Showroom %s",
    "Showrooms",
    "Spreadsheet",
    "Spreadsheet (XLSX)",
    "Status",
    "Team",
    "Transport",
    "Variant",
    "Volume",
    "Was",
    "Website",
    "Wizard",
    "basis",
    "decision_id",
    "document",
    "e-mail",
    "eWallet",
    "finding_gone",
    "finding_open",
    "finding_settled",
    "in",
    "loan_back",
    "loan_charged",
    "loan_lost",
    "loan_part",
    "marketing_action_id",
    "min",
    "object._document_name()",
    "object._get_report_base_filename()",
    "object.branch_id.name",
    "object.display_name",
    "per",
    "period_id",
    "promise_broken",
    "promise_withdrawn",
    "scorecard_id",
    "verdict",
    "{{ object.name }}",
}
EDGES = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)


@pytest.fixture(scope="module")
def template():
    return polib.pofile(FOLDER / "sales_manager_kpi.pot")


@pytest.fixture(scope="module", params=["nl"])
def language(request):
    return polib.pofile(FOLDER / f"{request.param}.po")


def differing(pattern, entries):
    """Terms in which the pattern finds something else in the translation."""
    return [
        entry.msgid
        for entry in entries
        if entry.msgstr
        and Counter(pattern.findall(entry.msgid))
        != Counter(pattern.findall(entry.msgstr))
    ]


def test_template_has_terms(template):
    assert len(template) > 500


def test_every_term_is_translated(template, language):
    said = {entry.msgid for entry in language if entry.msgstr.strip()} | SAME
    assert [entry.msgid for entry in template if entry.msgid not in said] == []


def test_a_word_that_is_the_same_in_dutch_stays_empty(language):
    """As Odoo exports and OCA checks it."""
    assert [e.msgid for e in language if e.msgstr and e.msgid in SAME] == []


def test_no_term_left_over_or_unsure(template, language):
    wanted = {entry.msgid for entry in template}
    assert [entry.msgid for entry in language if entry.msgid not in wanted] == []
    assert not language.fuzzy_entries()
    assert not language.obsolete_entries()


def test_comments_that_load_terms_from_code(template, language):
    """Odoo takes Python's and JavaScript's terms by these comments."""
    wanted = {entry.msgid: entry.comment for entry in template}
    assert {entry.msgid: entry.comment for entry in language} == wanted


def test_same_placeholders(language):
    assert differing(PLACEHOLDERS, language) == []


def test_same_tags(language):
    """The tags themselves; what an attribute says to people is translated."""
    said = [entry for entry in language if entry.msgstr]
    assert [e.msgid for e in said if _tags(e.msgid) != _tags(e.msgstr)] == []


def _tags(text):
    return Counter(WORDS.sub(r'\1=""', tag) for tag in TAGS.findall(text))


def test_same_spaces_around(language):
    assert [
        entry.msgid
        for entry in language
        if entry.msgstr
        and EDGES.match(entry.msgid).groups() != EDGES.match(entry.msgstr).groups()
    ] == []


def test_nobody_is_addressed_formally(language):
    """Odoo's Dutch says je, not u."""
    formal = re.compile(r"\b(u|uw)\b", re.IGNORECASE)
    assert [e.msgstr for e in language if formal.search(e.msgstr)] == []


# --- ./dev update-pot -----------------------------------------------------------


def write_terms(path, **said):
    """A file of terms; underscores in the names stand for spaces."""
    terms = polib.POFile()
    terms.metadata = {"POT-Creation-Date": path.stem}
    for term, text in said.items():
        terms.append(polib.POEntry(msgid=term.replace("_", " "), msgstr=text))
    terms.save(path)
    return path


def test_merging_keeps_what_is_said_of_the_terms_there_are(tmp_path):
    template = write_terms(tmp_path / "new.pot", Plan="", New="", My_plan="")
    language = write_terms(
        tmp_path / "nl.po", Plan="Plan", Gone="Weg", My_plan="Mijn plan"
    )
    merge_terms.merge(template, language)
    merged = polib.pofile(language)
    said = {entry.msgid: entry.msgstr for entry in merged}
    assert said == {"Plan": "", "New": "", "My plan": "Mijn plan"}
    assert merged.metadata["POT-Creation-Date"] == "new"
    assert merged.metadata["Language"] == "nl"


def test_merging_begins_a_language(tmp_path):
    template = write_terms(tmp_path / "new.pot", Plan="")
    merge_terms.merge(template, tmp_path / "fr.po")
    merged = polib.pofile(tmp_path / "fr.po")
    assert [entry.msgid for entry in merged] == ["Plan"]
    assert merged.metadata["Language"] == "fr"
