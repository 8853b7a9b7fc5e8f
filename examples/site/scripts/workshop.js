// The workshop: compose a light, look at it, keep a list of those already on the coast.
// The state lives in this module and nowhere else, so whoever edits this file starts afresh,
// while a change of the style sheets leaves the list as it was.

import { hasGroup, hasPeriod, notation, phases, settle, words } from "./rhythm.js";

const SHOWN_SECONDS = 30;
const CLASSES = { W: "", R: "red", G: "green", Y: "yellow" };
const still = matchMedia("(prefers-reduced-motion: reduce)");

const composer = document.querySelector("#composer");
const preview = document.querySelector("#preview");
const watch = document.querySelector("#watch");
const count = document.querySelector("#watch-count");

/** @type {import("./rhythm.js").Character[]} */
let lights = [
  { kind: "Fl", group: 2, period: 10, colour: "W" },
  { kind: "Oc", group: 1, period: 6, colour: "W" },
];

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The first thirty seconds as a path, one unit for a tenth of a second. */
function litPath(character) {
  const turn = phases(character);
  let path = "";
  for (let time = 0, index = 0; time < SHOWN_SECONDS; index += 1) {
    const { lit, seconds } = turn[index % turn.length];
    if (lit) path += `M${tenths(time)} 0h${tenths(seconds)}v10h-${tenths(seconds)}z`;
    time += seconds;
  }
  return path;
}

const tenths = (seconds) => Math.round(seconds * 10);

function strip(character) {
  const box = element("div", { class: "strip drawn" });
  const colour = CLASSES[character.colour];
  box.innerHTML =
    `<svg viewBox="0 0 ${SHOWN_SECONDS * 10} 10" preserveAspectRatio="none" aria-hidden="true">` +
    `<path class="${colour}" d="${litPath(character)}"/></svg>`;
  return box;
}

/** A lamp that keeps the character's time. */
function lamp(character) {
  const node = element("span", { class: `lamp ${CLASSES[character.colour]}` });
  const turn = phases(character);
  if (still.matches || turn.length < 2) return node;
  const period = turn.reduce((sum, { seconds }) => sum + seconds, 0);
  let elapsed = 0;
  const frames = turn.map(({ lit, seconds }) => {
    const frame = { opacity: lit ? 1 : 0.06, offset: elapsed / period, easing: "step-end" };
    elapsed += seconds;
    return frame;
  });
  const last = { ...frames.at(-1), offset: 1 };
  const timing = { duration: period * 1000, iterations: Infinity, pseudoElement: "::after" };
  node.animate([...frames, last], timing);
  return node;
}

/** What the form says now. */
function composed() {
  const data = new FormData(composer);
  return settle({
    kind: data.get("kind"),
    group: Number(data.get("group")),
    period: Number(data.get("period")),
    colour: data.get("colour"),
  });
}

function showPreview() {
  const character = composed();
  preview.querySelector(".notation").replaceChildren(lamp(character), notation(character));
  preview.querySelector(".words").textContent = words(character);
  preview.querySelector(".strip").replaceWith(strip(character));
  composer.querySelector("#group-value").textContent = String(character.group);
  composer.querySelector("#period-value").textContent = `${character.period} s`;
  composer.querySelector("#period").value = String(character.period);
  composer.querySelector("#group-row").toggleAttribute("data-unused", !hasGroup(character.kind));
  composer.querySelector("#period-row").toggleAttribute("data-unused", !hasPeriod(character));
}

/** The place in the list of an earlier light with the same character, or -1. */
const twinOf = (index) => {
  const name = notation(lights[index]);
  return lights.slice(0, index).findIndex((light) => notation(light) === name);
};

function row(character, index) {
  const name = notation(character);
  const remove = element("button", { class: "remove", type: "button" }, "Remove");
  remove.setAttribute("aria-label", `Remove ${name}, number ${index + 1}`);
  remove.addEventListener("click", () => removeLight(index));
  const label = element("span", { class: "abbr" }, name);
  const item = element("li", { "data-notation": name }, lamp(character), label);
  item.append(strip(character), remove);
  const twin = twinOf(index);
  if (twin >= 0) item.append(element("p", { class: "twin" }, confusion(twin)));
  return item;
}

const confusion = (twin) => `The same as number ${twin + 1}. At sea these two would be one light.`;

function showWatch() {
  watch.replaceChildren(...lights.map(row));
  count.textContent = lights.length === 1 ? "1 light" : `${lights.length} lights`;
}

function removeLight(index) {
  lights = lights.filter((_, i) => i !== index);
  showWatch();
  const next = watch.querySelectorAll(".remove")[Math.min(index, lights.length - 1)];
  (next || composer.querySelector("[type=submit]")).focus();
}

composer.addEventListener("input", showPreview);
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  lights = [...lights, composed()];
  showWatch();
});

showPreview();
showWatch();
document.querySelector("#bench").dataset.ready = "";
