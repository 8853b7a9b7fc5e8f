/**
 * How the sign for builds looks: a small piece of paper in the corner, as `badge.js` has one.
 *
 * Knows style rules only, on top of those in `look.js`.
 */

export const LOOK = `
:host {
  all: initial !important; display: block !important; position: fixed !important;
  z-index: 2147483646 !important; inset: auto max(16px, env(safe-area-inset-right))
    max(16px, env(safe-area-inset-bottom)) auto !important;
  max-inline-size: min(22em, calc(100vw - 32px)) !important; pointer-events: none !important;
  overflow: visible !important; color-scheme: light dark !important;
}
.paper {
  display: flex; align-items: center; gap: 10px; direction: ltr; position: relative;
  overflow: hidden; box-sizing: border-box; min-block-size: 38px; padding: 8px 14px;
  border: 1px solid var(--line); border-radius: 10px; pointer-events: auto;
  box-shadow: 0 1px 2px var(--shadow), 0 6px 24px var(--shade);
  font: 500 small/1.35 var(--text);
}
.stage { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
time { color: var(--soft); font-variant-numeric: tabular-nums; margin-inline-start: auto; }
[role="status"] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
.bar { position: absolute; inset: auto 0 0 0; block-size: 3px; background: var(--wash); }
.bar i {
  display: block; block-size: 100%; inline-size: 0; background: var(--live);
  forced-color-adjust: none;
}
.warnings { padding-inline: 12px 4px; padding-block: 4px; }
.warnings::before {
  content: ""; flex: none; inline-size: 8px; block-size: 8px; border-radius: 50%;
  background: var(--warn); forced-color-adjust: none;
}
.open { text-decoration: underline; text-underline-offset: .25em; text-decoration-color: var(--soft); }
.open:hover { color: var(--warn); text-decoration-color: currentColor; }
@media (prefers-reduced-motion: no-preference) {
  .paper { animation: arrive .2s ease-out; }
  .bar i { transition: inline-size .2s linear; }
}
@keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
`;
