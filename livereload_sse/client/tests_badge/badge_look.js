/**
 * How the sign for tests looks: a small piece of paper in the corner, as the other signs there.
 *
 * Knows style rules only, on top of those in `build/look.js`.
 */

export const LOOK = `
:host {
  all: initial !important; display: block !important; position: fixed !important;
  z-index: 2147483645 !important; inset: auto max(16px, env(safe-area-inset-right))
    max(16px, env(safe-area-inset-bottom)) auto !important;
  max-inline-size: min(28em, calc(100vw - 32px)) !important; pointer-events: none !important;
  color-scheme: light dark !important;
}
.paper {
  --state: var(--soft); --lift: 0px;
  direction: ltr; position: relative; overflow: hidden; box-sizing: border-box;
  margin-block-end: var(--lift); border: 1px solid var(--line); border-radius: 10px;
  pointer-events: auto; box-shadow: 0 1px 2px var(--shadow), 0 6px 24px var(--shade);
  font: 500 small/1.35 var(--text);
}
.red { --state: var(--wrong); border-color: color-mix(in srgb, var(--wrong) 45%, var(--line)); }
.green { --state: var(--live); }
.row { display: flex; align-items: center; min-block-size: 36px; padding-inline: 12px 14px; }
.red .row { padding-inline-end: 4px; }
.row > i {
  flex: none; inline-size: 8px; block-size: 8px; margin-inline-end: 10px; border-radius: 50%;
  background: var(--state); forced-color-adjust: none;
}
.words {
  flex: 1; min-inline-size: 0; padding-block: 8px; color: var(--state); font-weight: 600;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; text-decoration: none;
}
.plain .words { color: var(--ink); font-weight: 500; }
.red .close { margin-inline-start: 8px; }
a.words, button.words { cursor: pointer; }
:is(a, button).words:hover { text-decoration: underline; text-underline-offset: .25em; }
a.words:focus-visible, button.words:focus-visible {
  outline: 2px solid var(--live); outline-offset: -4px; border-radius: 6px;
}
ul {
  list-style: none; margin: 0; padding: 10px 14px; display: grid; gap: 6px;
  max-block-size: min(40vh, 16em); overflow: auto; overscroll-behavior: contain;
  border-block-end: 1px solid var(--line); background: var(--wash);
  font: 400 .9375em/1.4 var(--code); color: var(--ink);
}
ul[hidden] { display: none; }
li { overflow-wrap: anywhere; user-select: text; }
.more { color: var(--soft); font-family: var(--text); }
[role="status"] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
.bar { position: absolute; inset: auto 0 0 0; block-size: 3px; background: var(--wash); display: none; }
.busy .bar { display: block; }
.bar i {
  display: block; block-size: 100%; inline-size: 0; background: var(--live);
  forced-color-adjust: none;
}
.fading { opacity: 0; }
@media (prefers-reduced-motion: no-preference) {
  .paper { animation: arrive .2s ease-out; transition: opacity .4s, margin-block-end .2s ease-out; }
  .busy .row > i { animation: breathe 1.2s ease-in-out infinite; }
  .bar i { transition: inline-size .2s linear; }
}
@keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
@keyframes breathe { 50% { opacity: .3; } }
`;
