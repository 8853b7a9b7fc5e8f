/** Figures in words: rounded, with their unit. Pure; nothing here knows where they are shown. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Three figures and a decimal unit: `[ '1.25', 'MB' ]`. */
export function bytes(count) {
  let at = 0;
  while (count >= 999.5 && at < UNITS.length - 1) {
    count /= 1000;
    at += 1;
  }
  const digits = at === 0 || count >= 99.95 ? 0 : count >= 9.995 ? 1 : 2;
  return [count.toFixed(digits), UNITS[at]];
}

/** How long: `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** The upper edge of a scale, 1, 2 or 5 and zeros: it is not moved by every sample. */
export function ceiling(most, least) {
  if (!(most > least)) return least;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((edge) => edge >= most);
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** The time of day. */
export const timeOf = (at) => clock.format(at * 1000);
