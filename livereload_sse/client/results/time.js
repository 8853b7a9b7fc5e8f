/** Durations in words and signs. Pure. */

/** @param {number} seconds how long something took */
export function writeDuration(seconds) {
  if (seconds < 0.0995) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** @param {number} seconds that something may still take; what is nearly over is not worth a word */
export function writeRemaining(seconds) {
  if (seconds < 1) return '';
  if (seconds < 10) return `${Math.round(seconds)} s left`;
  if (seconds < 55) return `${Math.round(seconds / 5) * 5} s left`;
  return `${Math.max(1, Math.round(seconds / 60))} min left`;
}
