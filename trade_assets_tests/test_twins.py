"""What is tested on published files is tested without them too: which made-up test proves the same mechanism.

Published files are evidence: that what was inferred from them still stands, and that real files hold nothing that made ones lack. What the
program does with such figures is proven by documents that the tests make.
"""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
SHARED = "shared_documents"

LABELS = "test_labels.test_labels_are_tested_without_published_files_too"
TWINS = {
    "test_authority.test_the_copies_of_fred_print_the_early_months_of_the_table": "test_revisions.test_documents_of_a_month_must_agree",
    "test_authority.test_the_series_files_of_bls_print_what_the_releases_do": LABELS,
    "test_authority.test_usual_days_are_inferred_from_known_release_days":
        "test_schedules.test_schedule_ticks_once_a_month_at_nine_in_new_york",
    "test_authority.test_what_the_inferred_sums_of_trade_rest_on": "test_check.test_no_false_alarm_on_the_shipped_releases",
    "test_bad_input.test_a_whole_published_document_cut_anywhere_is_refused_or_read_whole":
        "test_bad_input.test_a_document_cut_at_any_line_is_refused",
    "test_bundles.test_every_column_of_a_published_file_is_read": "test_bundles.test_each_column_is_a_document_of_its_own_text",
    "test_bundles.test_observations_of_an_answer_and_of_columns_are_all_read":
        "test_bundles.test_an_answer_of_fred_is_located_in_its_own_text",
    "test_bundles.test_the_recorded_answer_of_another_survey_is_refused_by_name":
        "test_bundles.test_series_of_other_surveys_are_named_once_however_many",
    "test_bundles.test_the_recorded_answer_with_the_id_of_a_known_series_is_read_cell_by_cell":
        "test_bundles.test_an_answer_of_bls_is_a_document_for_each_series",
    "test_bundles.test_the_second_series_of_a_labstat_file_is_told_to_be_the_first":
        "test_bundles.test_records_of_several_series_are_a_document_each_on_their_own_lines",
    "test_chain.test_whole_documents_build_the_same_tables_as_the_shipped_ones": "test_chain.test_every_figure_reaches_its_validated_table",
    "test_check.test_no_false_alarm_on_the_whole_releases": "test_check.test_no_false_alarm_on_the_shipped_releases",
    "test_exhibits.test_every_number_of_a_published_exhibit_is_read_and_all_identities_hold":
        "test_exhibits.test_exhibit_12_has_eight_columns_of_series_of_its_own",
    "test_exhibits.test_revised_marks_of_published_exhibits": "test_exhibits.test_labels_are_read_with_their_spaces_and_marks",
    "test_exhibits.test_every_number_of_the_published_annual_workbook_is_read_and_all_identities_hold":
        "test_exhibits.test_annual_workbook_states_its_day_and_has_no_sums_over_months",
    "test_exhibits.test_every_sheet_of_the_published_annual_workbook_is_read":
        "test_exhibits.test_changes_on_the_year_before_are_facts_of_their_own",
    "test_exhibits.test_nine_years_of_the_published_annual_page_miss_their_balance_by_two":
        "test_exhibits.test_a_wrong_figure_of_a_page_is_named_by_page_and_box",
    "test_exhibits.test_a_published_formula_without_its_value_is_named_by_its_cell":
        "test_exhibits.test_a_formula_without_its_value_is_named_by_its_cell",
    "test_given.test_all_samples_in_one_call": "test_given.test_a_table_says_month_and_days_of_each_file",
    "test_labels.test_a_document_that_describes_itself_makes_no_bare_claim": LABELS,
    "test_labels.test_an_index_of_the_other_flow_is_told": LABELS,
    "test_labels.test_another_series_unit_sign_base_or_change_is_told_wherever_the_file_begins": LABELS,
    "test_labels.test_another_vintage_of_a_series_is_that_series":
        "test_labels.test_a_revision_a_continuation_and_another_series_enter_the_store",
    "test_labels.test_cases_are_refused_with_what_they_claim_and_what_they_are": LABELS,
    "test_labels.test_quarters_are_tested_wherever_the_file_begins": LABELS,
    "test_metrics_of_documents.test_the_average_of_november_2021_as_the_release_says":
        "test_metric_formulas.test_the_interval_of_a_change_between_averages_that_share_months_is_exact",
    "test_policy.test_exhibits_of_2021_change_as_the_windows_say": "test_policy.test_windows_of_trade",
    "test_policy.test_fred_copies_of_2026_change_as_the_windows_say": "test_policy.test_windows_of_trade",
    "test_policy.test_the_services_of_the_first_quarter_do_not_move_at_the_end_of_the_year": "test_policy.test_windows_of_trade",
    "test_refusals.test_every_workbook_of_a_published_release_is_named_rightly":
        "test_refusals.test_a_workbook_that_is_not_read_is_named_by_its_title",
    "test_refusals.test_other_published_files_are_named": "test_refusals.test_a_format_that_is_not_read_is_named",
    "test_releases.test_a_later_release_received_first_makes_nothing_stale":
        "test_releases.test_dated_or_not_and_in_either_order_of_arrival",
    "test_reproduced.test_changes_of_all_imports_follow_from_the_levels_of_a_series_file":
        "test_reproduced.test_a_change_follows_from_levels_of_other_documents",
    "test_samples_as_vintages.test_annual_files_agree_with_the_exhibit_of_the_same_restatement":
        "test_revisions.test_documents_of_a_month_must_agree",
    "test_samples_as_vintages.test_as_known_at_the_end_of_a_month_is_what_was_last_published":
        "test_history.test_validity_has_neither_overlap_nor_hole_and_as_of_is_what_was_last_said",
    "test_samples_as_vintages.test_as_published_reproduces_every_parsed_table":
        "test_history.test_validity_has_neither_overlap_nor_hole_and_as_of_is_what_was_last_said",
    "test_samples_as_vintages.test_every_sample_is_a_release": "test_history.test_the_history_follows_the_partitions",
    "test_samples_as_vintages.test_exhibit_1_is_what_fred_copied": "test_revisions.test_documents_of_a_month_must_agree",
    "test_samples_as_vintages.test_quarters_are_averages_of_their_months_where_months_were_not_revised":
        "test_series_files.test_quarters_are_averages_of_their_months",
    "test_samples_as_vintages.test_real_consecutive_releases_report_exactly_what_is_there":
        "test_revisions.test_every_planted_kind_of_change_is_found_wherever_it_stands",
    "test_samples_as_vintages.test_statistics_count_what_the_store_lacks": "test_statistics_by_hand.test_means_by_hand",
    "test_samples_as_vintages.test_the_table_of_2016_and_the_exhibits_share_no_month":
        "test_revisions.test_figures_of_a_month_whose_release_is_missing_are_not_compared",
    "test_samples_as_vintages.test_the_table_of_2016_is_what_fred_shows_until_1998": "test_revisions.test_documents_of_a_month_must_agree",
    "test_samples_as_vintages.test_what_is_known_on_the_day_of_a_copy":
        "test_history.test_a_reissue_within_the_month_is_current_from_its_day",
    "test_series_files.test_every_value_of_a_published_series_is_read_and_nothing_is_violated": "test_series_files.test_headers_of_fred",
    "test_series_files.test_goods_and_services_as_the_ft900_prints_them_are_what_fred_calls_so":
        "test_series_files.test_a_file_without_an_id_is_the_series_whose_known_figures_it_prints",
    "test_series_files.test_published_quarters_are_averages_of_published_months":
        "test_series_files.test_quarters_are_averages_of_their_months",
    "test_series_files.test_published_series_begin_as_the_catalogue_knows_them":
        "test_series_files.test_a_file_without_an_id_is_the_series_whose_known_figures_it_prints",
    "test_series_files.test_trade_with_china_as_census_prints_it_is_what_fred_calls_so":
        "test_series_files.test_a_file_without_an_id_is_the_series_whose_known_figures_it_prints",
    "test_series_losses.test_published_files_have_nothing_to_review": "test_series_losses.test_files_as_they_are_have_nothing_to_review",
    "test_two_vintages.test_two_downloads_of_a_series_one_below_the_other":
        "test_series_losses.test_years_that_stand_twice_as_a_whole_are_two_downloads",
    "test_typed_samples.test_reader_gives_the_typed_figures": "test_chain.test_every_figure_is_in_the_warehouse",
    "test_typed_samples.test_typed_texts_stand_in_their_lines": "test_chain.test_every_text_stands_at_its_place",
}  # fmt: skip
"""By test that reads published files, module and name, the one that proves the same mechanism without."""


def _functions():
    """Of every function in the tests, by module and name, which names it uses."""
    for path in TESTS.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                yield f"{path.stem}.{node.name}", path.stem, used | {argument.arg for argument in node.args.args}


def _reading_published_files():
    """The tests that read published files: by themselves, by a fixture, or by a function of their module or beside it."""
    functions = list(_functions())
    readers = {name for name, module, _ in functions if module == SHARED}
    while True:
        known = {name.partition(".")[2] for name in readers}
        found = readers | {
            name
            for name, module, used in functions
            if any(each in used for each in known if f"{module}.{each}" in readers or each in _SHARED_BY_MODULES)
        }
        if found == readers:
            return {name for name in readers if name.partition(".")[2].startswith("test_")}
        readers = found


_SHARED_BY_MODULES = {"shared_document", "shared_sample", "released_samples", "ingest_samples"}


def test_each_test_of_published_files_names_one_that_needs_none():
    names = {name for name, _, _ in _functions()}
    reading = _reading_published_files()
    assert sorted(reading) == sorted(TWINS)
    assert sorted(set(TWINS.values()) - names) == []
    assert sorted(set(TWINS.values()) & reading) == []
