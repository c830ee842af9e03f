"""Tests that coverage does not look at: traced they take up to twice as long, and cover no more.

They repeat days, compare with plain twins, or go where others go that are traced: of 30,000 lines that tests
reach, some 55 are reached by these alone, and count as missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_TESTS = Path(__file__).parent

UNTRACED: Mapping[str, tuple[str, ...]] = {
    "docs/test_readme.py": (),
    "e2e/test_arrangements.py": (),
    "e2e/test_cli_cycle_money.py": ("test_where_the_house_nets_a_cycle_follows",),
    "e2e/test_cli_explain.py": (),
    "e2e/test_cli_house.py": ("test_a_number_that_is_none", "test_without_its_lists_a_house_settles_nothing"),
    "e2e/test_cli_monitor.py": ("test_what_it_shows",),
    "e2e/test_cli_verify_set_off.py": ("test_no_other_obligations_pass",),
    "e2e/test_day_times.py": ("test_a_change_of_the_clocks",),
    "e2e/test_disk_full.py": (),
    "e2e/test_example_day.py": (
        "test_payments_that_a_reader_can_find_wrong_are_those_that_are_wrong",
        "test_the_day_is_lively",
    ),
    "e2e/test_kill.py": (),
    "e2e/test_kill_cycle.py": (),
    "e2e/test_netting_house.py": ("test_a_cycle_nets_only_what_is_set_aside_for_it",),
    "e2e/test_report_browser.py": (),
    "e2e/test_study.py": (),
    "formats/iso20022/test_read_alike.py": (),
    "formats/iso20022/test_read_grammar.py": (
        "test_random_messages_are_read_by_the_parser",
        "test_structure_equals_the_official_schema",
        "test_verdicts_equal_the_official_schema",
    ),
    "formats/iso20022/test_read_hostile.py": (
        "test_file_cut_off_after_batches_still_fails",
        "test_file_cut_off_anywhere_is_refused",
    ),
    "formats/iso20022/test_read_large.py": (),
    "formats/iso20022/test_read_samples.py": ("test_valid_sample_is_read",),
    "formats/iso20022/test_write_camt053.py": ("test_entries_are_taken_one_by_one", "test_names_are_kept"),
    "formats/iso20022/test_write_clients.py": (),
    "formats/iso20022/test_write_messages.py": (),
    "formats/iso20022/test_write_pacs002.py": (),
    "formats/iso20022/test_write_xml.py": (),
    "formats/test_kernels.py": (),
    "formats/test_statement_csv.py": (),
    "formats/test_table_arrow.py": ("test_damaged_files_are_read_or_refused_and_never_worse",),
    "properties": (),
    "reference": (),
    "screening/test_cache.py": (),
    "screening/test_every_door.py": ("test_participants_at_adoption",),
    "screening/test_fuzzy.py": (
        "test_an_initial_is_that_of_the_name_as_it_is_written",
        "test_firms_and_transliterations",
        "test_hostile_name",
        "test_threads_and_batches_change_nothing",
    ),
    "screening/test_gate.py": ("test_age", "test_number_of_entries"),
    "screening/test_hostile.py": (),
    "screening/test_kept.py": (
        "test_a_changed_list_is_read_anew",
        "test_the_next_command_reads_back",
        "test_what_was_touched_is_made_anew",
        "test_where_nothing_can_be_written_nothing_stops",
    ),
    "screening/test_match.py": (),
    "screening/test_normalise.py": (),
    "screening/test_other_lists.py": ("test_published_lists",),
    "screening/test_published_lists.py": (),
    "screening/test_scores.py": (),
    "screening/test_seen_texts.py": ("test_is_a_set_of_texts",),
    "screening/test_spelling.py": (),
    "screening/test_token_kernels.py": (),
    "screening/test_un_xml.py": ("test_many_entries_are_read_in_pieces",),
    "tables": (),
    "torture": (),
    "unit/audit/test_audit.py": (
        "test_a_good_house",
        "test_every_bit_of_a_page_counts",
        "test_every_column_of_a_row_counts",
        "test_the_increment",
    ),
    "unit/engine": (),
    "unit/explain/test_obligation.py": ("test_the_overseer_sees_every_loop_whole",),
    "unit/intake/test_digest.py": (),
    "unit/intake/test_obligations.py": ("test_parties_get_their_places_when_they_are_first_named",),
    "unit/journal": (),
    "unit/prove/test_quittance.py": (
        "test_a_quittance_of_another_house",
        "test_a_settled_payment",
        "test_nothing_of_others_payments_is_in_it",
        "test_the_other_payment_does_differ",
    ),
    "unit/report/test_chord.py": (),
    "unit/report/test_clearing.py": ("test_many_obligations_make_a_small_page", "test_the_day_of_a_house"),
    "unit/report/test_page.py": (
        "test_a_folder_gets_the_report_by_date",
        "test_a_hostile_name_never_becomes_markup",
        "test_nothing_is_loaded",
        "test_the_report_is_whole_on_every_kind_of_day",
        "test_the_same_journal_gives_the_same_bytes",
    ),
    "unit/report/test_refusals.py": (),
    "unit/report/test_words.py": (),
    "unit/statements/test_answer.py": (
        "test_a_closed_day_is_answered_with_its_statement",
        "test_a_status_request_is_answered_with_what_became_of_each",
    ),
    "unit/statements/test_messages.py": (),
    "unit/statements/test_set_off.py": ("test_a_firm_is_told_through_its_bank",),
    "unit/statements/test_write_day.py": (
        "test_a_closed_day_written_again_is_the_same",
        "test_a_day_that_never_was_is_refused",
    ),
    "unit/store/test_follow.py": ("test_a_step_that_cannot_be_put_takes_none_after_it",),
    "unit/store/test_insert.py": (),
    "unit/store/test_page_pieces.py": ("test_pieces_of_pages",),
    "unit/store/test_projector.py": (
        "test_a_step_that_fails_leaves_the_steps_before_it",
        "test_rows_through_a_file_are_the_same_rows",
        "test_steps_of_any_size_give_the_same_rows",
    ),
    "unit/store/test_row_file.py": (),
    "unit/store/test_row_leaves.py": ("test_every_bit_of_a_leaf", "test_rows_that_sqlite_wrote"),
    "unit/store/test_sound_file.py": ("test_a_bit_of_the_shape",),
    "unit/study/test_bounds.py": (),
    "unit/study/test_firms.py": (),
    "unit/test_adoption.py": ("test_document_signatures_and_numbering_go_on_record",),
    "unit/test_archive.py": (
        "test_a_crash_at_any_step",
        "test_a_reader_that_was_there_sees_all",
        "test_neighbours_become_one_file",
        "test_pages_leave_the_live_file",
        "test_rows_leave_the_live_file",
        "test_what_reads_pages_goes_on",
    ),
    "unit/test_backup.py": (
        "test_a_backup_and_a_house_of_it",
        "test_a_member_that_no_backup_has",
        "test_a_point_in_time",
    ),
    "unit/test_house.py": (
        "test_a_crash_before_the_tables_were_written_is_made_good",
        "test_a_house_that_cannot_be_made_leaves_nothing",
        "test_a_plain_reader_sees_whole_pages_while_the_writer_is_at_work",
        "test_a_reader_writes_nothing_and_a_wrong_query_is_an_error",
    ),
    "unit/test_links.py": ("test_tables_tell_links_and_what_they_need",),
    "unit/test_rescreening.py": ("test_a_release_lapses_when_its_entry_changes_and_only_then",),
    "unit/test_screen_names.py": ("test_a_cache_gives_the_same_hits_and_is_read_back",),
    "unit/test_submission.py": (),
    "unit/test_whole_way.py": (),
    "unit/verify/test_across.py": (
        "test_it_is_proven_where_values_are_rounded_down",
        "test_ties_are_broken_as_the_rules_say",
        "test_what_the_engine_finds_is_proven",
    ),
    "unit/verify/test_across_file.py": ("test_no_tampered_certificate_or_result_passes",),
    "unit/verify/test_cleared_csv.py": (),
    "unit/verify/test_limits.py": ("test_every_choice_is_proven",),
    "unit/verify/test_money.py": ("test_no_tampering_passes",),
}
"""By file or folder the tests that are meant; none named: all of it."""


@cache
def _named_in(path: Path) -> tuple[str, ...] | None:
    """Return what of a file is meant: nothing at all if None."""
    place = path.relative_to(_TESTS)
    found = [UNTRACED[name] for name in map(str, (place, *place.parents)) if name in UNTRACED]
    return found[0] if found else None


def is_untraced(path: Path, name: str) -> bool:
    """Say whether a test of a file is meant; its name is that of its function."""
    names = _named_in(path)
    return names is not None and (not names or name in names)
