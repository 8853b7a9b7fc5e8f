/**
 * How the overlay looks: a sheet of paper over the page, in light and dark, wide and narrow.
 *
 * Knows style rules only, on top of those in `look.js`. Lengths are `em` of the person's own size:
 * a page may have set its root's, and with it `rem`, to anything.
 */

export const LOOK = `
:host {
  all: initial !important; display: contents !important; direction: ltr !important;
  color-scheme: light dark !important;
}
* { box-sizing: border-box; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
dialog {
  position: fixed; inset: 0; z-index: 2147483647; inline-size: auto; block-size: auto; margin: 0;
  max-inline-size: none; max-block-size: none; padding: clamp(0px, 4vmin, 40px); border: 0;
  overflow: hidden; background: rgb(20 19 17 / .45);
}
dialog[open] { display: flex; align-items: flex-start; justify-content: center; }
dialog::backdrop { background: none; }
.paper {
  inline-size: min(60em, 100%); min-inline-size: 0; max-block-size: 100%; min-block-size: 0;
  display: flex; flex-direction: column; overflow: hidden; outline: none;
  border-radius: 12px; border-block-start: 4px solid var(--wrong);
  box-shadow: 0 0 0 1px var(--line), 0 2px 4px var(--shadow), 0 24px 64px rgb(0 0 0 / .35);
  font: medium/1.5 var(--text);
}
header {
  display: flex; align-items: start; gap: 8px;
  padding: clamp(14px, 3vw, 26px) clamp(16px, 3vw, 32px) 0;
}
h1 {
  flex: 1; min-inline-size: 0; margin: 0; font-size: clamp(1.0625em, .9em + .8vw, 1.375em);
  font-weight: 650; line-height: 1.3; letter-spacing: -.01em; color: var(--wrong);
  overflow-wrap: anywhere; max-block-size: 9em; overflow: auto; text-wrap: pretty;
}
header .close { margin: -1px -8px 0 0; }
kbd {
  flex: none; border: 1px solid var(--line); border-radius: 5px; padding: 1px 6px; margin-block-start: 3px;
  font: 500 .6875em/1.4 var(--text); color: var(--soft);
}
.body {
  padding: 8px clamp(16px, 3vw, 32px) clamp(16px, 3vw, 28px); overflow: auto; min-block-size: 0;
  mask-image: linear-gradient(transparent, #000 8px);
  overscroll-behavior: contain; font-size: .9375em;
}
.facts { margin: 0 0 16px; color: var(--soft); font-size: .875em; }
.facts > * + *::before { content: " · "; white-space: pre; }
.facts code { overflow-wrap: anywhere; }
.more { margin: 0 0 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
code, pre, .place { font-family: var(--code); font-size: .875em; }
pre .place, pre code { font-size: inherit; }
.facts code { font-size: .9375em; }
button.place {
  overflow-wrap: anywhere; user-select: text; display: inline;
  text-decoration: underline; text-decoration-color: var(--live); text-underline-offset: .25em;
  text-decoration-thickness: 1px;
}
button.place:hover { text-decoration-thickness: 2px; }
.problems { list-style: none; margin: 0 0 16px; padding: 0; display: grid; gap: 10px; }
.problems li {
  min-inline-size: 0; padding: 2px 0 2px 12px; border-inline-start: 3px solid var(--wrong);
}
.problems li.warning { border-inline-start-color: var(--warn); }
.message { display: block; overflow-wrap: anywhere; white-space: pre-wrap; }
figure { margin: 0 0 20px; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figcaption { padding: 7px 14px; background: var(--wash); border-block-end: 1px solid var(--line); }
pre { margin: 0; line-height: 1.55; overflow: auto; tab-size: 4; }
pre:focus-visible { outline: 2px solid var(--live); outline-offset: -1px; }
.excerpt { padding-block: 8px; white-space: pre; overscroll-behavior-x: contain; }
.excerpt code {
  display: block; min-inline-size: max-content; padding-inline: 0 14px;
  border-inline-start: 3px solid transparent;
}
.excerpt .marked { background: var(--mark); border-inline-start-color: var(--wrong); }
.number {
  display: inline-block; min-inline-size: 4ch; margin-inline-end: 14px; text-align: end;
  color: var(--soft); user-select: none;
}
.bar { display: flex; align-items: center; justify-content: space-between; margin-block-end: 6px; }
h2 { margin: 0; font-size: .875em; font-weight: 600; color: var(--soft); }
.bar button {
  border: 1px solid var(--line); border-radius: 6px; padding: 2px 10px; font-size: .8125em;
  color: var(--soft);
}
.bar button:hover { color: var(--ink); background: var(--wash); }
.output {
  padding: 12px 14px; background: var(--wash); border: 1px solid var(--line); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-block-size: max(16em, 46vh);
}
.bold { font-weight: 700; } .italic { font-style: italic; } .underline { text-decoration: underline; }
.note {
  margin: 0; padding: 10px clamp(16px, 3vw, 32px); border-block-start: 1px solid var(--line);
  font-size: .875em; white-space: pre-line; overflow-wrap: anywhere;
}
.note:empty { padding: 0; border: 0; }
dialog[role="dialog"] .paper { border-block-start-color: var(--warn); }
dialog[role="dialog"] h1 { color: var(--warn); }
@media (max-width: 40em) { .paper { border-radius: 0 0 12px 12px; } }
@media (hover: none) { kbd { display: none; } }
@media (prefers-reduced-motion: no-preference) {
  .paper { animation: arrive .18s ease-out; }
  @keyframes arrive { from { opacity: 0; transform: translateY(-8px); } }
}
@media (forced-colors: active) {
  .paper { border: 1px solid; } .excerpt code { border-inline-start-color: Canvas; }
  .excerpt .marked { border-inline-start-color: Highlight; }
}
`;
