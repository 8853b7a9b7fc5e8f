"""What became of all edits, in a few lines for the end of a run.

Pure: outcomes in, text out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.browser.corpus.visit import Outcome


def lines(outcomes: Sequence[Outcome], seed: str, *, by_page: bool) -> Iterator[str]:
    """Say how many edits were patched, and why the others were not."""
    if not outcomes:
        return
    yield f"corpus, seed {seed}: {_summary(outcomes)}; every page as a fresh load"
    if by_page:
        for page in dict.fromkeys(one.page for one in outcomes):
            yield f"  {page}: {_summary([one for one in outcomes if one.page == page])}"
    reasons = Counter(one.reason for one in outcomes if not one.patched)
    for reason, count in reasons.most_common(None if by_page else 5):
        yield f"  {count} times: {reason}"


def _summary(outcomes: Sequence[Outcome]) -> str:
    patched = sum(one.patched for one in outcomes)
    return f"{len(outcomes)} edits, {patched} patched, {len(outcomes) - patched} reloaded"
