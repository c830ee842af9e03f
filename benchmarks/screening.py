"""Screening: what is found, what is found wrongly, and how fast; brute force beside it.

Reads the lists and names that `screening_data` names, in place; without them there is nothing to measure. Two
sets: the shared one, half of which the settings were tuned on (both halves are shown, and only the other half
counts), and the held-out aliases made here, on which nothing was tuned.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from benchmarks.houses import temporary_folder
from benchmarks.measure import Sample, Scale
from benchmarks.screening_data import (
    HELD_OUT_CATEGORY,
    HELD_OUT_ENTRIES,
    SHARED,
    Variant,
    is_tuned,
    make_held_out,
    read_clean,
    read_entries,
    read_variants,
    without,
)
from setfair.screening.cache import CachedMatcher
from setfair.screening.derived import open_cache
from setfair.screening.fuzzy import THRESHOLD, THRESHOLD_MIN, FuzzyMatcher
from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry
from setfair.screening.match import Hit
from setfair.screening.normalise import normalise_name, token_key
from setfair.screening.screen_batch import screen_names

SWEEP = (550, 600, THRESHOLD, 650, 700, 750, 800, 900, 1000)
BRUTE_FORCE_SCORE = 85
BRUTE_FORCE_NAMES = 1_000
"""Names that brute force is asked about: a sample, since it takes 400 us a name."""
SINGLE_NAMES = 3_000


def run(scale: Scale) -> Iterator[Sample]:
    """Measure all; yields one note if the data are not there."""
    if not SHARED.exists():
        yield Sample("screening", "no data beside the checkout", "", (0.0,), note=str(SHARED))
        return
    with temporary_folder() as folder:
        entries = read_entries(folder)
    variants, clean = read_variants(), read_clean()
    if scale.quick:
        variants, clean = variants[::50], clean[::200]
    lists = without(entries, variants)
    begin = time.process_time()
    matcher = FuzzyMatcher(lists)
    build = time.process_time() - begin
    yield Sample(
        "screening",
        "index built",
        "CPU s",
        (build,),
        5.0,
        more_is_better=False,
        note=f"{sum(len(e.names) for e in lists.lists[0].entries):,} names; kernels compiled before",
    )
    yield _loaded(lists)
    yield Sample("screening", "index and scratch", "MB", (_memory(matcher),), 300, more_is_better=False)
    yield from _shared(matcher, variants, clean)
    yield from _held_out(entries, HELD_OUT_ENTRIES if not scale.quick else 20)
    yield from _speed(scale, lists, clean)
    yield from _brute_force(lists, variants, clean, scale.of(BRUTE_FORCE_NAMES, 50))


def _loaded(lists: ListSet) -> Sample:
    """Measure how long reading the index back takes, as the next command does."""
    with temporary_folder() as folder:
        kept = open_cache(folder / "kept")
        FuzzyMatcher(lists, derived=kept)
        begin = time.process_time()
        FuzzyMatcher(lists, derived=kept)
        seconds = time.process_time() - begin
    return Sample("screening", "index read back", "CPU s", (seconds,), 1.0, more_is_better=False)


def _best(hits: Sequence[Hit]) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return the best score by name, and by name and entry."""
    by_name: dict[str, int] = {}
    by_entry: dict[tuple[str, str], int] = {}
    for hit in hits:
        by_name[hit.name] = max(hit.score, by_name.get(hit.name, 0))
        by_entry[hit.name, hit.entry_id] = hit.score
    return by_name, by_entry


def _recall(variants: Sequence[Variant], by_entry: dict[tuple[str, str], int], score: int) -> float:
    found = sum(by_entry.get((each.name, each.target), 0) >= score for each in variants)
    return 100 * found / max(1, len(variants))


def _shared(matcher: FuzzyMatcher, variants: list[Variant], clean: list[str]) -> Iterator[Sample]:
    _, by_entry = _best(matcher.find([each.name for each in variants], THRESHOLD_MIN))
    by_name, _ = _best(matcher.find(clean, THRESHOLD_MIN))
    halves = (
        ("reported half", [v for v in variants if not v.tuned], [n for n in clean if not is_tuned(n)]),
        ("tuned half", [v for v in variants if v.tuned], [n for n in clean if is_tuned(n)]),
        ("both halves", variants, clean),
    )
    for label, some, names in halves:
        note = f"{len(some):,} variants" + ("; NOT evidence: tuned on" if label == "tuned half" else "")
        yield Sample("recall", f"shared, {label}", "%", (_recall(some, by_entry, THRESHOLD),), 95, note=note)
        wrong = 100 * sum(by_name.get(name, 0) >= THRESHOLD for name in names) / max(1, len(names))
        yield Sample(
            "false positives",
            f"shared, {label}",
            "%",
            (wrong,),
            0.5,
            more_is_better=False,
            note=f"{len(names):,} clean names",
        )
    reported = [each for each in variants if not each.tuned]
    for category, count in sorted(Counter(each.category for each in reported).items()):
        some = [each for each in reported if each.category == category]
        aim = 100.0 if category.startswith("07a") else 85.0 if category == HELD_OUT_CATEGORY else None
        value = _recall(some, by_entry, THRESHOLD)
        yield Sample("recall", category, "%", (value,), aim, note=f"reported half, {count} variants")
    quiet = [name for name in clean if not is_tuned(name)]
    for score in sorted(set(SWEEP)):
        wrong = 100 * sum(by_name.get(name, 0) >= score for name in quiet) / max(1, len(quiet))
        value = _recall(reported, by_entry, score)
        yield Sample("threshold", f"{score}", "% recall", (value,), note=f"{wrong:.2f} % false positives")


def _held_out(entries: list[Entry], count: int) -> Iterator[Sample]:
    made = make_held_out(entries, count)
    matcher = FuzzyMatcher(without(entries, made))
    _, by_entry = _best(matcher.find([each.name for each in made], THRESHOLD_MIN))
    for category, number in sorted(Counter(each.category for each in made).items()):
        some = [each for each in made if each.category == category]
        aim = 85.0 if category == HELD_OUT_CATEGORY else None
        yield Sample(
            "recall",
            f"own set, {category}",
            "%",
            (_recall(some, by_entry, THRESHOLD),),
            aim,
            note=f"{number} aliases taken off the list; nothing was tuned on them",
        )


_ALONE = "means something only where nothing else runs"


def _speed(scale: Scale, lists: ListSet, clean: list[str]) -> Iterator[Sample]:
    distinct = list(dict.fromkeys(clean))
    warm = FuzzyMatcher(lists)
    warm.match(distinct[:100])
    yield from _speed_unseen(scale, lists, distinct)
    yield from _speed_tokens_seen(scale, warm, distinct)
    yield from _speed_seen(scale, warm, distinct)
    yield from _speed_single(warm, distinct[: scale.of(SINGLE_NAMES, 20)])


def _speed_unseen(scale: Scale, lists: ListSet, names: list[str]) -> Iterator[Sample]:
    """Measure names of which no token was looked up before."""
    clock: list[float] = []

    def unseen() -> float:
        fresh = FuzzyMatcher(lists)
        begin, began = time.process_time(), time.perf_counter()
        fresh.match(names)
        clock.append(len(names) / (time.perf_counter() - began))
        return time.process_time() - begin

    rates = _cpu_rates(len(names), unseen, min(2, scale.runs))
    note = "no token seen before; 20,000 a second on two cores are 10,000 a CPU second"
    yield Sample("screening", "unseen names", "names/CPU s", rates, 10_000, note=note)
    yield Sample("screening", "unseen names by the clock", "names/s", tuple(clock), 20_000, note=_ALONE)


def _speed_tokens_seen(scale: Scale, matcher: FuzzyMatcher, names: list[str]) -> Iterator[Sample]:
    """Measure names that are compared anew, while their tokens were looked up before."""

    def tokens_seen() -> float:
        begin = time.process_time()
        matcher.match(names)
        return time.process_time() - begin

    matcher.match(names)
    rates = _cpu_rates(len(names), tokens_seen, min(2, scale.runs))
    yield Sample("screening", "unseen names, seen tokens", "names/CPU s", rates)


def _speed_seen(scale: Scale, matcher: FuzzyMatcher, names: list[str]) -> Iterator[Sample]:
    """Measure a column of names that were all decided before."""
    cached, column = CachedMatcher(matcher), pa.array(names * 10)
    screen_names(column, cached)
    clock: list[float] = []

    def seen() -> float:
        begin, began = time.process_time(), time.perf_counter()
        screen_names(column, cached)
        clock.append(len(column) / (time.perf_counter() - began))
        return time.process_time() - begin

    rates = _cpu_rates(len(column), seen, scale.runs)
    yield Sample("screening", "seen names, Arrow column", "names/CPU s", rates, 150_000)
    yield Sample("screening", "seen names by the clock", "names/s", tuple(clock), 300_000, note=_ALONE)


def _speed_single(matcher: FuzzyMatcher, names: list[str]) -> Iterator[Sample]:
    """Measure names that come one at a time."""
    times = []
    for name in names:
        begin = time.process_time()
        matcher.match([name])
        times.append(1e3 * (time.process_time() - begin))
    for percent, aim in ((50, None), (99, 1.0)):
        value = float(np.percentile(times, percent))
        yield Sample("screening", f"one name, p{percent}", "CPU ms", (value,), aim, more_is_better=False)


def _cpu_rates(work: int, run: Callable[[], float], runs: int) -> tuple[float, ...]:
    """Return names per second of CPU time, one value a run: other work does not change it."""
    return tuple(work / run() for _ in range(runs))


def _memory(matcher: FuzzyMatcher) -> float:
    """Return megabytes of all arrays of the index and its scratch."""
    return matcher.bytes_used / 1e6


def _brute_force(lists: ListSet, variants: list[Variant], clean: list[str], count: int) -> Iterator[Sample]:
    """Compare with every listed name: rapidfuzz token_sort_ratio, cut at `BRUTE_FORCE_SCORE`."""
    listed = [
        (e.entry_id, token_key(normalise_name(n.text))) for e in lists.lists[0].entries for n in e.names
    ]
    texts = [text for _, text in listed]
    some = [each for each in variants if not each.tuned]
    some, names = some[:: max(1, len(some) // count)], clean[:: max(1, len(clean) // count)]
    begin = time.process_time()
    queries = [token_key(normalise_name(name)) for name in names]
    best = [_any(query, texts) for query in queries]
    seconds = time.process_time() - begin
    found = 0
    for each in some:
        near = process.extract(
            token_key(normalise_name(each.name)),
            texts,
            scorer=fuzz.ratio,
            score_cutoff=BRUTE_FORCE_SCORE,
            limit=None,
        )
        found += any(listed[place][0] == each.target for _, _, place in near)
    note = f"rapidfuzz token_sort_ratio >= {BRUTE_FORCE_SCORE} with all listed, a sample of {len(names):,}"
    yield Sample(
        "brute force",
        "recall",
        "%",
        (100 * found / max(1, len(some)),),
        note=f"reported half, {len(some)} variants",
    )
    yield Sample("brute force", "false positives", "%", (100 * sum(best) / len(best),), note=note)
    yield Sample("brute force", "unseen names", "names/CPU s", (len(names) / seconds,), note="one core")


def _any(query: str, texts: list[str]) -> bool:
    return process.extractOne(query, texts, scorer=fuzz.ratio, score_cutoff=BRUTE_FORCE_SCORE) is not None
