"""Ask all peers in turn, question by question, and keep what each did."""

import json
import random
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers.data import ADDED, Question, Sample
from benchmarks.peers.environments import OURS, Environment, folder_mb
from benchmarks.peers.figures import (
    checkable,
    declined,
    holds_answer,
    per_thousand,
    percentile,
    recall,
    threshold,
)
from benchmarks.peers.processes import AdapterError, Came, Command, Ended, Open, run_whole

COLD = 3
"""How many cold questions the median is taken of."""
_K = 5
_OPEN: Command = {"do": "open"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One peer's column. Seconds and milliseconds are of CPU; None is not measured or has none.

    Attributes:
        install_mb: Of its environment, with torch, pip and the encoder's weights.
        packages: In it.
        first_build_s: A whole process that indexes ten documents.
        build_s: Per 1,000 documents, of what all cost beyond those ten.
        build_mb: Peak memory of the build of all.
        index_mb: On disk.
        cold_s: A whole process that opens the index and ranks passages for one question.
        cold_mb: Its peak memory.
        cold_answer_s: A whole process that opens the index and answers one question.
        cold_answer_mb: Its peak memory.
        search_p50_ms: Of ranking passages, in a process that stays open.
        search_p95_ms: The same.
        answer_p50_ms: Of the whole answer, where a peer answers.
        answer_p95_ms: The same.
        asking_mb: Peak memory of that process after all questions.
        recall_at_1: Share of questions whose document comes first.
        recall_at_5: Share of questions whose document is among the first five.
        add_s: A whole process that opens the index, adds ten documents and finds one of them.
        add_open_s: Ten more added in the process that stays open.
        added_found: Share of those ten that their own beginning finds first.
        off_corpus: Share of questions about what is not in the documents that are declined.
        near_miss: Share of questions that an indexed text only seems to answer, declined.
        wrongly_declined: Share of answerable questions that are declined.
        off_corpus_by_score: As `off_corpus`, by a threshold on the score (see `page`).
        near_miss_by_score: As `near_miss`, likewise.
        wrongly_by_score: As `wrongly_declined`, likewise.
        cited: Share of answers that cite only what stands verbatim at the place they name.
        cited_characters: Median length of what is cited first.
        cited_answers: Share of questions whose first citation holds a gold answer.
    """

    install_mb: float
    packages: int
    first_build_s: float
    build_s: float
    build_mb: float
    index_mb: float
    cold_s: float
    cold_mb: float
    cold_answer_s: float | None
    cold_answer_mb: float | None
    search_p50_ms: float
    search_p95_ms: float
    answer_p50_ms: float | None
    answer_p95_ms: float | None
    asking_mb: float
    recall_at_1: float
    recall_at_5: float
    add_s: float
    add_open_s: float
    added_found: float
    off_corpus: float
    near_miss: float
    wrongly_declined: float
    off_corpus_by_score: float | None
    near_miss_by_score: float | None
    wrongly_by_score: float | None
    cited: float | None
    cited_characters: float
    cited_answers: float


class Asked:
    """What came of asking one peer every question of one kind."""

    def __init__(self) -> None:
        self.searched: list[Came] = []
        self.answered: list[Came] = []
        self.surest: list[float] = []

    @property
    def cited(self) -> list[Any]:
        """What was cited, question by question; nothing where it was declined.

        Who only retrieves cites the passage it ranks first.
        """
        if self.answered:
            return [
                one.found["citations"] if one.found["answered"] else [] for one in self.answered
            ]
        return [one.found[:1] for one in self.searched]


Kinds = dict[str, Asked]


@dataclass(frozen=True, slots=True)
class Cold:
    """What came of asking in processes that end."""

    searched: list[Ended] = field(default_factory=list)
    answered: list[Ended] = field(default_factory=list)


def measure(sample: Sample, peers: Sequence[Environment], place: Path) -> dict[str, Figures]:
    """Measure every peer, one at a time, taking turns.

    Args:
        sample: Documents and questions.
        peers: In the order of the table.
        place: An empty folder for indexes.

    Raises:
        AdapterError: An adapter did not do what it was told.
    """
    files = _written(sample, place)
    few = _each("first builds", peers, lambda peer: _build(peer, place / "few", files["few"]))
    built = _each("builds", peers, lambda peer: _build(peer, place / "all", files["all"]))
    sizes = {peer.name: folder_mb(_index(peer, place)) for peer in peers}
    cold = {peer.name: Cold() for peer in peers}
    for number, question in enumerate(sample.questions[:COLD], start=1):
        _each(
            f"cold questions {number}",
            peers,
            lambda peer, question=question: _cold(peer, place, question, cold[peer.name]),
        )
    asked, open_mb, added_open, found = _ask_all(sample, peers, place, files["more 1"])
    added = _each("updates", peers, lambda peer: _add(peer, place, files["more 0"], sample.more[0]))
    kept = _share_kept(asked)
    return {
        peer.name: Figures(
            install_mb=peer.install_mb,
            packages=peer.packages,
            first_build_s=few[peer.name].cpu_s,
            build_s=per_thousand(
                built[peer.name].cpu_s, few[peer.name].cpu_s, len(sample.documents), ADDED
            ),
            build_mb=built[peer.name].peak_mb,
            index_mb=sizes[peer.name],
            cold_s=_median(one.cpu_s for one in cold[peer.name].searched),
            cold_mb=_median(one.peak_mb for one in cold[peer.name].searched),
            cold_answer_s=_median(one.cpu_s for one in cold[peer.name].answered),
            cold_answer_mb=_median(one.peak_mb for one in cold[peer.name].answered),
            asking_mb=open_mb[peer.name],
            add_s=added[peer.name].cpu_s,
            add_open_s=added_open[peer.name],
            added_found=found[peer.name],
            **_of_questions(asked[peer.name], sample, kept),
        )
        for peer in peers
    }


def _of_questions(asked: Kinds, sample: Sample, kept: float) -> dict[str, Any]:
    of = asked["questions"]
    searched = [one.cpu_s * 1000 for one in of.searched]
    answered = [one.cpu_s * 1000 for one in of.answered]
    by_score = _by_score(asked, kept)
    cited = of.cited
    given = [quotes for quotes in cited if quotes]
    return {
        "search_p50_ms": percentile(searched, 50),
        "search_p95_ms": percentile(searched, 95),
        "answer_p50_ms": percentile(answered, 50) if answered else None,
        "answer_p95_ms": percentile(answered, 95) if answered else None,
        "recall_at_1": recall([one.found for one in of.searched], sample.questions, 1),
        "recall_at_5": recall([one.found for one in of.searched], sample.questions, 5),
        "off_corpus": _declined(asked["off_corpus"]),
        "near_miss": _declined(asked["near_miss"]),
        "wrongly_declined": _declined(of),
        "off_corpus_by_score": by_score.get("off_corpus"),
        "near_miss_by_score": by_score.get("near_miss"),
        "wrongly_by_score": by_score.get("questions"),
        "cited": checkable(given, sample.documents),
        "cited_characters": statistics.median(len(quotes[0]["text"]) for quotes in given),
        "cited_answers": holds_answer(cited, sample.questions),
    }


def _by_score(asked: Kinds, kept: float) -> dict[str, float]:
    tuning = asked["tuning"].surest
    if not tuning:
        return {}
    least = threshold(tuning, kept)
    return {kind: declined(one.surest, least) for kind, one in asked.items() if one.surest}


def _declined(asked: Asked) -> float:
    if not asked.answered:
        return 0.0
    return statistics.fmean(not one.found["answered"] for one in asked.answered)


def _share_kept(asked: Mapping[str, Kinds]) -> float:
    """Return the share of the tuning questions that we answer, for others to set a threshold by."""
    if OURS not in asked:
        return 0.9
    return 1 - _declined(asked[OURS]["tuning"])


def _ask_all(
    sample: Sample, peers: Sequence[Environment], place: Path, more: str
) -> tuple[dict[str, Kinds], dict[str, float], dict[str, float], dict[str, float]]:
    """Ask each question of all peers before the next; who begins changes from one to the next."""
    processes = {peer.name: Open(peer, place / "all" / peer.name) for peer in peers}
    kinds = {
        kind: getattr(sample, kind)
        for kind in ("warm_up", "questions", "off_corpus", "near_miss", "tuning")
    }
    asked: dict[str, Kinds] = {name: {kind: Asked() for kind in kinds} for name in processes}
    peak: dict[str, float] = {}
    order, chance = list(processes), random.Random(1)
    try:
        for kind, questions in kinds.items():
            _say(f"{len(questions)} × {kind}")
            for question in questions:
                chance.shuffle(order)
                for name in order:
                    peak[name] = _ask(processes[name], name, kind, question, asked[name][kind])
        _say("updates in open processes")
        command = {"do": "add", "documents": more}
        added = {name: process.do(command).cpu_s for name, process in processes.items()}
        found = {
            name: statistics.fmean(_finds(process, one) for one in sample.more[1].items())
            for name, process in processes.items()
        }
        return asked, peak, added, found
    finally:
        for process in processes.values():
            process.close()


def _ask(process: Open, name: str, kind: str, question: Question, asked: Asked) -> float:
    """Ask what a kind of question is for; return the peak memory so far."""
    command = {"question": question.text}
    if name == OURS:
        asked.answered.append(process.do({"do": "answer", **command}))
        peak = asked.answered[-1].peak_mb
    else:
        came = process.do({"do": "surest", **command})
        asked.surest.append(came.found)
        peak = came.peak_mb
    if kind in ("warm_up", "questions"):
        asked.searched.append(process.do({"do": "search", "k": _K, **command}))
        peak = asked.searched[-1].peak_mb
    return peak


def _finds(process: Open, added: tuple[str, str]) -> bool:
    doc_id, text = added
    found = process.do(_search_of(text)).found
    return bool(found) and bool(found[0]["doc_id"] == doc_id)


def _search_of(text: str) -> Command:
    return {"do": "search", "question": text[:200], "k": 1}


def _build(peer: Environment, place: Path, documents: str) -> Ended:
    (place / peer.name).mkdir(parents=True)
    return run_whole(peer, place / peer.name, [{"do": "build", "documents": documents}])


def _cold(peer: Environment, place: Path, question: Question, cold: Cold) -> None:
    index, asked = place / "all" / peer.name, {"question": question.text}
    cold.searched.append(run_whole(peer, index, [_OPEN, {"do": "search", "k": _K, **asked}]))
    if peer.name == OURS:
        cold.answered.append(run_whole(peer, index, [_OPEN, {"do": "answer", **asked}]))


def _add(peer: Environment, place: Path, documents: str, more: Mapping[str, str]) -> Ended:
    """Add documents in a process of its own, and see that the last can be found.

    Raises:
        AdapterError: It cannot.
    """
    doc_id, text = list(more.items())[-1]
    adding = {"do": "add", "documents": documents}
    ended = run_whole(peer, place / "all" / peer.name, [_OPEN, adding, _search_of(text)])
    if not ended.found or ended.found[0]["doc_id"] != doc_id:
        raise AdapterError(f"{peer.name} does not find {doc_id}, which was added: {ended.found}")
    return ended


def _index(peer: Environment, place: Path) -> Path:
    """Return where a peer's index lies; of ours without the copy of the documents beside it."""
    folder = place / "all" / peer.name
    return folder / "index" if peer.name == OURS else folder


def _written(sample: Sample, place: Path) -> dict[str, str]:
    """Write down the documents for the adapters, and the first ten by themselves."""
    few = dict(list(sample.documents.items())[:ADDED])
    parts = {
        "few": few, "all": sample.documents, "more 0": sample.more[0], "more 1": sample.more[1],
    }  # fmt: skip
    for name, documents in parts.items():
        lines = (json.dumps({"doc_id": key, "text": text}) for key, text in documents.items())
        (place / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return {name: str(place / f"{name}.jsonl") for name in parts}


def _median(values: Iterable[float]) -> Any:
    """Return the median; None of nothing."""
    known = list(values)
    return statistics.median(known) if known else None


def _each(what: str, peers: Sequence[Environment], work: Any) -> dict[str, Any]:
    _say(what)
    return {peer.name: work(peer) for peer in peers}


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


def as_json(figures: Mapping[str, Figures]) -> dict[str, Any]:
    """Return the figures for a file."""
    return {name: asdict(one) for name, one in figures.items()}
