"""Measure everything the README quotes, one after the other, and print it.

    make benchmark

Needs Chromium and wrk, and npm for the peers; what is missing is said and left out.
"""

import shutil

from tests.benchmarks import (
    big_tree,
    bursts,
    fan_out,
    generations,
    generators,
    save_latency,
    save_to_screen,
    start,
    throughput,
)
from tests.browser.chromium import find_chromium


def main() -> None:
    start.main()
    save_latency.main()
    big_tree.main()
    fan_out.main()
    generations.main()
    if shutil.which("wrk"):
        throughput.main()
    else:
        print("\nThroughput: left out, as wrk is not installed.")
    if find_chromium():
        save_to_screen.main()
        bursts.main()
        generators.main()
    else:
        print("\nSave to screen and bursts: left out, as there is no Chromium.")


if __name__ == "__main__":
    main()
