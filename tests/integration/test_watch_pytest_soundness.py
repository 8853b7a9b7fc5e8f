"""No test file of the sample is passed over. Each run of the tests breaks some of its files, `make soak`
all of them. Prints how many test files are chosen beside how many fail.
"""

from pathlib import Path

from tests.integration.breaking import MUTANTS, Project, measure, some
from tests.pytest_sample import Sample, make_sample

FEW = 6


def choose(sample: Sample) -> list[Path]:
    if MUTANTS:
        return some(sample.breakable, MUTANTS)
    special = [sample.conftest, sample.data, *sample.templates[-2:]]
    return [*special, *some(sample.modules, FEW - len(special))]


def test_no_test_file_is_missed_when_a_file_of_the_sample_breaks(tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "sample")

    score = measure(Project(sample.folder), choose(sample))

    print(f"\nthe sample: {score}")  # noqa: T201 - the number is what the experiment is for
    assert not score.missed
    assert score.chosen <= 1.15 * score.needed + 4


def test_the_experiment_notices_what_is_not_recorded(tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "sample", files=10)
    name = sample.data.relative_to(sample.folder).as_posix()
    project = Project(sample.folder)
    blind = {file: paths - {name} for file, paths in project.used().items()}

    assert measure(project, [sample.data], chosen_by=blind).missed
