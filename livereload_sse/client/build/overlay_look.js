/**
 * How the overlay looks: a sheet of paper over the page, in light and dark, wide and narrow.
 *
 * Knows style rules only. `!important` on the host is above whatever the page says of elements.
 */

import { PALETTE } from './look.js';

export const LOOK = `${PALETTE}
dialog {
  position: fixed; inset: 0; margin: clamp(0px, 4vmin, 40px) auto auto; padding: 0; border: 0;
  inline-size: min(60rem, 100vw - 2 * clamp(0px, 4vmin, 40px)); max-inline-size: none;
  block-size: fit-content; max-block-size: calc(100dvh - 2 * clamp(0px, 4vmin, 40px));
  background: var(--paper); color: var(--ink); border-radius: 12px; overflow: hidden;
  border-block-start: 4px solid var(--wrong); outline: none; color-scheme: light dark;
  direction: ltr; text-align: start; visibility: visible;
  box-shadow: 0 2px 4px rgb(0 0 0 / .2), 0 24px 64px rgb(0 0 0 / .35);
  font: 400 .9375rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(20 19 17 / .45); }
:host { all: initial !important; display: contents !important; }
* { box-sizing: border-box; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
dialog.warnings { border-block-start-color: var(--warn); }
header {
  display: flex; align-items: start; gap: 16px;
  padding: clamp(16px, 3vw, 26px) clamp(16px, 3vw, 32px) 0;
}
h1 {
  flex: 1; margin: 0; font-size: clamp(1.0625rem, .9rem + .8vw, 1.375rem); font-weight: 650;
  line-height: 1.3; letter-spacing: -.01em; color: var(--wrong); overflow-wrap: anywhere;
  white-space: pre-line; max-block-size: 12em; overflow: auto;
}
dialog.warnings h1 { color: var(--warn); }
.body {
  padding: 8px clamp(16px, 3vw, 32px) clamp(16px, 3vw, 28px); overflow: auto; min-block-size: 0;
  overscroll-behavior: contain;
}
.facts {
  margin: 0 0 16px; color: var(--soft); font-size: .8125rem; display: flex; flex-wrap: wrap; gap: 2px 0;
}
.facts > :not(:last-child)::after { content: "·"; margin-inline: 8px; }
.more { margin: 0 0 16px; white-space: pre-line; overflow-wrap: anywhere; }
code, pre, kbd, .place {
  font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: .8125rem; overflow-wrap: anywhere;
}
button {
  all: unset; cursor: pointer; border-radius: 4px; box-sizing: border-box;
}
button:focus-visible { outline: 2px solid var(--live); outline-offset: 2px; }
button.place {
  text-decoration: underline; text-decoration-color: var(--live); text-underline-offset: .25em;
  text-decoration-thickness: 1px;
}
button.place:hover { color: var(--live); }
.close kbd, .bar button {
  display: inline-block; border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px;
  color: var(--soft); font-size: .75rem; line-height: 1.4;
}
.close:hover kbd, .bar button:hover { color: var(--ink); background: var(--wash); }
.problems { list-style: none; margin: 0 0 16px; padding: 0; }
.problems li {
  padding: 8px 0 8px 14px; border-inline-start: 3px solid var(--wrong); margin-block-end: 6px;
}
.problems li.warning { border-inline-start-color: var(--warn); }
.problems li > * + * { display: block; margin-block-start: 2px; }
.problems span { overflow-wrap: anywhere; white-space: pre-line; }
figure { margin: 0 0 20px; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figcaption { padding: 8px 14px; background: var(--wash); border-block-end: 1px solid var(--line); }
pre { margin: 0; line-height: 1.6; white-space: pre; overflow: auto; tab-size: 4; }
.excerpt { padding-block: 8px; }
.excerpt code { display: block; padding-inline-end: 14px; min-inline-size: max-content; overflow-wrap: normal; }
.excerpt .marked { background: var(--mark); }
.number {
  display: inline-block; inline-size: 4ch; margin-inline-end: 14px; text-align: end; color: var(--soft);
  user-select: none;
}
.bar { display: flex; align-items: center; justify-content: space-between; margin-block-end: 6px; }
h2 { margin: 0; font-size: .8125rem; font-weight: 600; color: var(--soft); }
.output {
  padding: 12px 14px; background: var(--wash); border: 1px solid var(--line); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-block-size: 26em; overscroll-behavior: contain;
}
.output:focus-visible { outline: 2px solid var(--live); outline-offset: 1px; }
.bold { font-weight: 700; } .dim { opacity: .72; } .italic { font-style: italic; }
.underline { text-decoration: underline; } .inverse { background: var(--ink); color: var(--paper); }
.note {
  margin: 0; padding: 10px clamp(16px, 3vw, 32px); border-block-start: 1px solid var(--line);
  font-size: .8125rem; color: var(--soft); white-space: pre-line;
}
.note:empty { display: none; }
@media (max-width: 40rem) { dialog { border-radius: 0 0 12px 12px; } }
@media (prefers-reduced-motion: no-preference) {
  dialog { animation: arrive .18s ease-out; }
  @keyframes arrive { from { opacity: 0; transform: translateY(-8px); } }
}
@media (forced-colors: active) { dialog { border: 1px solid; } }
@media print { :host { display: none !important; } }
`;
