/**
 * The outline of samples, as the data of an SVG path. Pure.
 *
 * Each sample is a level step over the time it speaks of: there is no slope, because nobody has
 * measured one. Where nothing was measured there is a gap.
 *
 * @param {{at: number, span: number, value: number | null}[]} points seconds, and a value
 * @param {{from: number, to: number, top: number, slack: number}} frame the seconds at both edges;
 *   the value of the upper edge, which stands at 0 (the lower at 100); gaps shorter than `slack`
 *   are the unsteadiness of clocks, and closed
 * @returns {{line: string, area: string}}
 */
export function outline(points, { from, to, top, slack }) {
  const runs = [];
  let end = -Infinity;
  for (const { at, span, value } of points) {
    if (value === null || at <= from || at > to) continue;
    const isNext = at - span - end < slack;
    if (!isNext) runs.push([]);
    const left = Math.max(0, (isNext ? end : at - span) - from);
    runs.at(-1).push({ left, right: at - from, y: 100 - (100 * Math.min(value, top)) / top });
    end = at;
  }
  return { line: runs.map(lineOf).join(''), area: runs.map(areaOf).join('') };
}

const round = (number) => +number.toFixed(3);

const lineOf = (run) =>
  `M${round(run[0].left)} ${round(run[0].y)}` +
  run.map(({ y, right }, at) => `${at ? `V${round(y)}` : ''}H${round(right)}`).join('');

const areaOf = (run) => `${lineOf(run)}V100H${round(run[0].left)}Z`;
