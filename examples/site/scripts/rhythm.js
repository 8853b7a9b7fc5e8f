// The character of a light: what it is called, how it looks over time, and in plain words.
// Knows nothing of the page. Durations are seconds.

/**
 * @typedef {"F" | "Fl" | "LFl" | "Q" | "Oc" | "Iso"} Kind
 * @typedef {"W" | "R" | "G" | "Y"} Colour
 * @typedef {{ kind: Kind, group: number, period: number, colour: Colour }} Character
 * @typedef {{ lit: boolean, seconds: number }} Phase
 */

/** One turn of on or off inside a group, by kind. */
const TURN = { Fl: 2.5, LFl: 4, Q: 1, Oc: 3 };
const FLASH = { Fl: 0.6, LFl: 2, Q: 0.4 };
const ECLIPSE = 1;

const COLOURS = { W: "white", R: "red", G: "green", Y: "yellow" };
const COUNTS = ["no", "one", "two", "three", "four", "five"];

/** A fixed light and an isophase one have no groups. */
export const hasGroup = (/** @type {Kind} */ kind) => kind !== "F" && kind !== "Iso";

/** Fixed lights, and quick lights without a pause, have no period worth writing down. */
export const hasPeriod = (/** @type {Character} */ { kind, group }) =>
  kind !== "F" && !(kind === "Q" && group === 1);

/** The shortest period in which the group can be told from the next one. */
export function shortestPeriod(/** @type {Character} */ { kind, group }) {
  if (kind === "Iso") return 2;
  if (!hasPeriod({ kind, group, period: 0, colour: "W" })) return 1;
  return Math.ceil(group * TURN[kind] + (group > 1 ? 2 : 0.5));
}

/** The same character with a period long enough for its group. */
export const settle = (/** @type {Character} */ character) => ({
  ...character,
  group: hasGroup(character.kind) ? character.group : 1,
  period: Math.max(character.period, shortestPeriod(character)),
});

/** As a chart prints it, for example `Fl(3)R.15s`. */
export function notation(/** @type {Character} */ character) {
  const { kind, group, period, colour } = character;
  const name = kind + (group > 1 ? `(${group})` : "");
  const letter = colour === "W" ? "" : colour;
  const parts = hasPeriod(character) ? `${letter && `${letter}.`}${period}s` : letter;
  return name + (group > 1 || !parts ? "" : ".") + parts;
}

/** One period, as light and dark in turn. */
export function phases(/** @type {Character} */ character) {
  const { kind, group, period } = character;
  if (kind === "F") return [{ lit: true, seconds: 1 }];
  if (kind === "Iso") return [on(period / 2), off(period / 2)];
  if (!hasPeriod(character)) return [on(FLASH.Q), off(1 - FLASH.Q)];
  const turn = kind === "Oc" ? [off(ECLIPSE), on(TURN.Oc - ECLIPSE)] : flashTurn(kind);
  const turns = Array.from({ length: group }, () => turn).flat();
  const rest = period - group * TURN[kind];
  return [...turns, { lit: kind === "Oc", seconds: rest }];
}

/** As one would say it to somebody beside one in the dark. */
export function words(/** @type {Character} */ character) {
  const { kind, group, period, colour } = character;
  const name = COLOURS[colour];
  const many = group > 1 ? COUNTS[group] : "one";
  if (kind === "F") return `A steady ${name} light.`;
  if (kind === "Iso") return `${capital(name)} for ${half(period)} seconds, dark for as long.`;
  if (!hasPeriod(character)) return `Quick ${name} flashes, about one a second, without a pause.`;
  if (kind === "Oc") {
    return `A ${name} light that goes out ${times(group)} every ${period} seconds.`;
  }
  const adjective = kind === "LFl" ? "long " : kind === "Q" ? "quick " : "";
  const flashes = group > 1 ? "flashes" : "flash";
  return `${capital(many)} ${adjective}${name} ${flashes} every ${period} seconds.`;
}

const on = (/** @type {number} */ seconds) => ({ lit: true, seconds });
const off = (/** @type {number} */ seconds) => ({ lit: false, seconds });

function flashTurn(/** @type {"Fl" | "LFl" | "Q"} */ kind) {
  return [on(FLASH[kind]), off(TURN[kind] - FLASH[kind])];
}

const half = (/** @type {number} */ period) => String(period / 2);
const times = (/** @type {number} */ n) => ["", "once", "twice"][n] || `${COUNTS[n]} times`;
const capital = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);
