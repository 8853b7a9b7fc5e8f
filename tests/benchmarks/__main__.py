"""Measure everything the README quotes, one after the other, and print it.

    make benchmark

Needs Chromium, Redis and wrk, and npm for the peers; what is missing is said and left out.
"""

from shutil import which

from tests.benchmarks import (
    app_overhead,
    big_tree,
    bursts,
    fan_out,
    first_token,
    generations,
    generators,
    proxy_speed,
    redis_fan_out,
    restart,
    save_latency,
    save_to_screen,
    start,
    task_replay,
    throughput,
    watch_cancel,
    watch_changes,
    watch_page,
    watch_save,
    watch_start,
)
from tests.benchmarks.wrk import is_installed
from tests.browser.chromium import find_chromium


def main() -> None:
    start.main()
    save_latency.main()
    big_tree.main()
    fan_out.main()
    task_replay.main()
    if which("redis-server"):
        redis_fan_out.main()
    else:
        print("\nEvents by way of Redis: left out, as there is no redis-server.")
    generations.main()
    watch_save.main()
    watch_changes.main()
    watch_cancel.main()
    watch_start.main()
    if is_installed():
        throughput.main()
        app_overhead.main()
        proxy_speed.main()
    else:
        print("\nRequests per second: left out, as wrk is not installed.")
    if find_chromium():
        save_to_screen.main()
        bursts.main()
        generators.main()
        restart.main()
        watch_page.main()
        first_token.main()
    else:
        print("\nWhat a tab shows, and when: left out, as there is no Chromium.")


if __name__ == "__main__":
    main()
