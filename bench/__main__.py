"""``python -m bench``: everything in one run, side by side."""

import argparse
from functools import partial
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench import editions, life, telegram
from bench import names as sources
from bench.competitors import ALL, Bm25Ngrams, Lianzheng
from bench.measure import Result, measure
from bench.names import Names
from bench.noise import KINDS, queries

_WIDTH = 110
_SIZES = (17, 1133, 100_000)
_MANY = 10_000
# Queries of each kind; of many names fewer, and of those the slow ones answer fewer still.
_EACH, _EACH_OF_MANY, _EACH_SLOW_OF_MANY = 150, 100, 15
_NAMES = Path(__file__).resolve().parent.parent.parent / "shared" / "scale" / "power-names.tsv"

# What must hold at ``_MANY`` names and more.
_KILLS, _IMPORT_S, _IMPORT_MB = 50, 20.0, 500
_RIGHT, _P99, _TIMES_BM25 = 0.97, 15.0, 2.0


def main() -> None:
    """Run the benchmarks that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", choices=("life", "questions", "telegram", "names", "editions"), help="one benchmark instead of all"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="how many names (default: %(default)s)")
    parser.add_argument(
        "--names", type=Path, default=_NAMES, help="a file with a name on each line, tab, its department"
    )
    wanted = parser.parse_args()
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    if wanted.only in (None, "life"):
        cpu, wall = life.one_shot()
        console.print(f"lianzheng ask, one question in a fresh process: {cpu:.2f} s CPU, {wall:.2f} s")
    if wanted.only in (None, "questions"):
        running = life.running()
        console.print(
            "a question in a running process, 17 powers: "
            + ("{} questions, p50 {:.2f} ms, p99 {:.2f} ms".format(*running) if running else "no questions found")
        )
    if wanted.only in (None, "telegram"):
        for holds, sentence in chain(telegram.burst(), telegram.killed(console.print)):
            console.print(_verdict(holds, sentence), highlight=False)
    if wanted.only in (None, "editions"):
        _editions(console)
    if wanted.only in (None, "names"):
        _names(console, wanted.sizes, wanted.names)


def _editions(console: Console) -> None:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{_KILLS} killed imports", total=_KILLS)
        new, broken = editions.killed_imports(_KILLS, partial(progress.advance, task))
    told = f"{_KILLS} killed imports: {new} left the new edition, {_KILLS - new - broken} the old one, {broken} neither"
    console.print(_verdict(not broken, told), highlight=False)
    asked = editions.asked_during_switches()
    told = ", ".join(f"{key} {value:,.0f}" if value >= 10 else f"{key} {value:.2g}" for key, value in asked.items())
    console.print(_verdict(not asked["errors"] and not asked["mixtures"], f"during switches: {told}"), highlight=False)
    powers, seconds, cpu, megabytes = editions.large_import()
    told = f"{powers:,} powers imported in {seconds:.1f} s ({cpu:.1f} s CPU), {megabytes:.0f} MB"
    within = seconds <= _IMPORT_S and megabytes <= _IMPORT_MB
    console.print(_verdict(within, f"{told}; at most {_IMPORT_S:.0f} s, {_IMPORT_MB} MB"), highlight=False)


def _names(console: Console, sizes: list[int], file: Path) -> None:
    builtin = sources.builtin()
    held, departments = sources.of_file(file) if file.exists() else (None, [])
    for size in sizes:
        if size <= builtin.size:
            names, origin = builtin, "the built-in register with its aliases"
        elif held and size < _MANY:
            names, origin = held, file.name
        elif size < _MANY:
            console.print(f"{size:,} names: skipped, there is no {file.name}; name a file with --names.")
            continue
        else:
            bases = [texts[0] for texts in (held or builtin).texts]
            names, origin = (
                sources.made(bases, departments, size),
                f"made of {file.name if held else 'the built-in ones'}",
            )
        results = _compete(console, names)
        console.print(_table(f"{names.size:,} names ({origin}): share of first answers that are right", results))
        for sentence in _verdicts(names, results):
            console.print(sentence, highlight=False)
        console.print()


def _compete(console: Console, names: Names) -> dict[str, Result]:
    many = names.size >= _MANY
    asked = queries(names, _EACH_OF_MANY if many else _EACH)
    results = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for title, kind in ALL.items():
            chosen = asked[: _EACH_SLOW_OF_MANY * len(KINDS)] if many and kind.slow else asked
            task = progress.add_task(f"{names.size:,} names, {title}", total=len(chosen))
            results[title] = measure(title, names, chosen, partial(progress.advance, task))
            progress.update(task, completed=len(chosen))
    return results


def _table(title: str, results: dict[str, Result]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    for name in results:
        table.add_column(name, justify="right")

    def row(label: str, values: list[float], form: str, best: float | None = None) -> None:
        cells = [f"{value:{form}}" for value in values]
        table.add_row(label, *(f"[bold]{c}[/]" if v == best else c for v, c in zip(values, cells, strict=True)))

    every = list(results.values())
    shares = {"over all": [result.share() for result in every]}
    shares |= {f"  {kind}": [result.share(kind) for result in every] for kind in KINDS}
    for label, values in shares.items():
        row(label, values, ".3f", max(values))
    table.add_section()
    for label, share in (("p50 ms", 0.5), ("p99 ms", 0.99)):
        times = [result.percentile(share) for result in every]
        row(label, times, ".2f", min(times))
    row("memory MB", [result.memory / 1e6 for result in every], ".0f")
    row("build s", [result.build for result in every], ".2f")
    row("queries", [result.asked.total() for result in every], ".0f")
    return table


def _verdicts(names: Names, results: dict[str, Result]) -> list[str]:
    """Say how our search stands against what is asked of it."""
    ours, others = results[Lianzheng.title], {k: v for k, v in results.items() if k != Lianzheng.title}
    best = max(others.values(), key=Result.share)
    behind = [kind for kind in KINDS if ours.share(kind) < max(other.share(kind) for other in others.values())]
    said = [
        _verdict(
            not behind,
            f"at least the best alternative on every kind of noise{': not ' if behind else ''}{', '.join(behind)}",
        ),
        _verdict(ours.share() > best.share(), f"over all {ours.share():.4f}, the best alternative {best.share():.4f}"),
    ]
    if names.size >= _MANY:
        ratio = ours.percentile(0.5) / results[Bm25Ngrams.title].percentile(0.5)
        said.append(_verdict(ours.share() >= _RIGHT, f"over all at least {_RIGHT}"))
        said.append(_verdict(ours.percentile(0.99) <= _P99, f"p99 {ours.percentile(0.99):.1f} ms, at most {_P99:.0f}"))
        said.append(
            _verdict(ratio <= _TIMES_BM25, f"p50 {ratio:.1f} times that of bm25s n-grams, at most {_TIMES_BM25:.0f}")
        )
    return said


def _verdict(holds: bool, sentence: str) -> str:
    return f"{'[green]holds[/]' if holds else '[red]fails[/]'}  {sentence}"


if __name__ == "__main__":
    main()
