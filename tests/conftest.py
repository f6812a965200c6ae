"""No display, every test's own generator of random numbers, ``--no-skips``, and which tests are quick."""

import os
import re
import shutil

import numpy as np
import pytest
import shipped  # noqa: F401 before any test registers a task
import worlds

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

QUICK_TASK = "Forage"
"""The task on which the quick selection runs what the whole suite runs on each."""
SLOW_FILES = {
    "test_benchmarks.py",
    "test_checked.py",
    "test_clients.py",
    "test_cluster.py",
    "test_disjoint.py",
    "test_examples.py",
    "test_notebook.py",
    "test_page_browser.py",
    "test_site.py",
    "test_suite.py",
    "test_training.py",
}
SLOW_TESTS = {
    "test_a_copy_by_pickle_finds_what_was_compiled",
    "test_a_large_episode_is_a_small_file",
    "test_a_map_too_full_to_move_in",
    "test_a_planted_fault_is_named",
    "test_a_processor_without_wide_instructions_makes_the_same_bodies",
    "test_a_processor_without_wide_instructions_makes_the_same_discs",
    "test_a_large_map_takes_little_memory",
    "test_a_second_process_compiles_nothing",
    "test_a_small_file_of_gigabytes",
    "test_a_users_task_is_checked_and_compiled_once",
    "test_a_task_that_looks_faulty_on_purpose",
    "test_an_edit_is_noticed",
    "test_an_error_of_ones_own_rule_is_said_in_words",
    "test_an_exception_in_a_rule_comes_out_of_every_thread",
    "test_an_unwritable_cache_only_costs_time",
    "test_bench",
    "test_bench_measures_the_twin_of_an_id",
    "test_commands_exist",
    "test_commands_with_a_task_of_ones_own",
    "test_debug_compiles_and_finds_nothing",
    "test_debug_turns_a_wrong_index_into_an_error",
    "test_examples_are_sound",
    "test_frames_are_the_same_in_another_process_without_display_and_graphics_libraries",
    "test_gymnasium_async_vector_env",
    "test_gymnasium_finds_ids_by_module_name",
    "test_in_a_process_of_its_own",
    "test_members_beside_the_known_ones",
    "test_memory_stays_flat",
    "test_nothing_is_needed",
    "test_plain_python_makes_the_same_bytes_and_debug_finds_nothing",
    "test_plain_python_makes_the_same_bodies",
    "test_plain_python_makes_the_same_discs",
    "test_plain_python_makes_the_same_world",
    "test_policy_of_stable_baselines3",
    "test_processes_that_start_cold_on_one_cache",
    "test_record",
    "test_record_video",
    "test_snippets_run",
    "test_stable_baselines3_subprocesses",
    "test_the_largest_map",
    "test_thousands_of_ticks_of_forage",
    "test_trainers_live_with_shared_arrays",
    "test_twenty_lines_through_every_face",
    "test_twins_are_equal_for_tables_of_any_width",
    "test_twins_compiled_by_different_processes",
    "test_what_rules_may_do",
    "test_what_is_found_names_what_it_is_about",
    "test_windows",
}
"""They take half a second or more of a processor's time though all that a cache can keep is there."""


@pytest.fixture
def random():
    """A seeded generator for the actions of a test."""
    return np.random.default_rng(20240)


@pytest.fixture(scope="session")
def chromium():
    """A browser without a window: a Chromium in the path or named by SAKANA_CHROMIUM."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = os.environ.get("SAKANA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("there is no Chromium in the path or in SAKANA_CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_ignore_collect(collection_path, config):
    """The quick selection needn't import what only slow tests need."""
    return True if config.option.markexpr == "quick" and collection_path.name in SLOW_FILES else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the quick selection."""
    other_tasks = re.compile("|".join({*worlds.ALL_TASKS, "Hold", "GLIDE", "UNICYCLE", "TURN"} - {QUICK_TASK}))
    for item in items:
        slow = item.path.name in SLOW_FILES or item.originalname in SLOW_TESTS
        if not slow and not other_tasks.search(item.name):
            item.add_marker("quick")


def pytest_addoption(parser):
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="fail where a test lacks something; only those marked skipif, which are for other machines, may skip",
    )


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _without_a_skip((yield), collector.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    return report if item.get_closest_marker("skipif") else _without_a_skip(report, item.config)


def _without_a_skip(report, config):
    if report.skipped and config.getoption("no_skips"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} is skipped, and with --no-skips none may be: {report.longrepr[2]}"
    return report
