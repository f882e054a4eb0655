// The page's look: system fonts, light and dark, narrow and wide, print.

export const style = `
:root {
  color-scheme: light dark;
  --bg: #faf7f0; --card: #ffffff; --ink: #1f1b16; --muted: #635b50; --line: #e4ddcf;
  --base: #837b70; --recommended: #0b6aa8; --found: #a86400; --zone: #d99a1c; --bad: #b3261e; --good: #1d6b3a;
  --accent: #8a5200; --wash: #fbf0d9; --good-wash: #e3f2e6; --blue-wash: #e2eef7; --grey-wash: #efebe3; --code: #f3eee3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #16140f; --card: #1f1c17; --ink: #f1ebdf; --muted: #b3a998; --line: #3a352c;
    --base: #968d80; --recommended: #6bb6e8; --found: #f0b13c; --zone: #f0b13c; --bad: #ff8a80; --good: #7fd19a;
    --accent: #f3c15f; --wash: #33280f; --good-wash: #17301f; --blue-wash: #162b3a; --grey-wash: #2b2821; --code: #292520;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, header.top, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header.top { padding-top: 36px; }
.brand { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; color: var(--muted); font-size: 14px; }
.brand b { color: var(--accent); font-size: 17px; letter-spacing: .01em; }
.brand svg { width: 66px; height: 26px; flex: none; }
h1 { font-size: clamp(28px, 5vw, 42px); line-height: 1.15; margin: 18px 0 10px; letter-spacing: -.02em; text-wrap: balance; }
.lead { font-size: clamp(17px, 2.2vw, 20px); max-width: 46em; margin: 0 0 24px; text-wrap: pretty; }
section { margin: 52px 0 0; }
h2 { font-size: 25px; line-height: 1.25; margin: 0 0 6px; letter-spacing: -.01em; }
h3 { font-size: 18px; margin: 0; }
h3 + p, h3 + ul { margin-top: 8px; }
h2 + p { margin: 0 0 18px; color: var(--muted); max-width: 48em; }
p { max-width: 48em; }
a { color: var(--accent); }
.card, .tile { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 20px; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; margin: 0; }
.tile { border-top: 5px solid var(--tone); margin: 0; }
.tile dt { color: var(--muted); font-size: 15px; }
.tile dd { margin: 0; }
.tile .big { font-size: clamp(30px, 5vw, 44px); font-weight: 700; letter-spacing: -.02em; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile .small { color: var(--muted); font-size: 14px; }
.tone-base { --tone: var(--base); } .tone-recommended { --tone: var(--recommended); } .tone-found { --tone: var(--found); }
.notice { border-left: 5px solid var(--zone); background: var(--wash); border-radius: 0 10px 10px 0; padding: 12px 16px; margin: 22px 0 0; }
.notice ul { margin: 4px 0 0; padding-left: 20px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 16px; }
article.not-tested { align-self: start; }
.knob { display: flex; flex-direction: column; gap: 10px; }
.knob .head { display: flex; justify-content: space-between; align-items: flex-start; gap: 10px; }
.knob .value { font-size: 28px; font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.knob .value small { font-size: 15px; font-weight: 400; color: var(--muted); }
.knob p { margin: 0; }
.knob .what, .note { color: var(--muted); font-size: 14px; }
.knob figure { margin-top: auto; }
.pill { display: inline-block; white-space: nowrap; border-radius: 999px; padding: 2px 12px; font-size: 14px; font-weight: 600; background: var(--grey-wash); color: var(--ink); }
.pill.just-right { background: var(--good-wash); color: var(--good); }
.pill.one-side { background: var(--blue-wash); color: var(--recommended); }
.pill.uncertain { background: var(--wash); color: var(--accent); }
.pill.not-tested { background: none; border: 1px solid var(--line); color: var(--muted); }
ul.evidence { list-style: none; margin: 0; padding: 0; display: grid; gap: 6px; }
ul.evidence li { padding-left: 12px; border-left: 3px solid var(--line); font-size: 15px; }
ul.evidence b { display: block; font-size: 13px; color: var(--muted); font-weight: 600; }
.meter { display: inline-block; vertical-align: middle; width: 84px; height: 8px; border-radius: 4px; background: var(--grey-wash); border: 1px solid var(--line); overflow: hidden; }
.meter i { display: block; height: 100%; background: var(--found); }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { font-size: 15px; margin-bottom: 8px; }
figcaption b { display: block; font-size: 17px; }
.narrow { display: none; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--zone); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: 6px; }
th, td { text-align: left; padding: 9px 12px 9px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; font-size: 14px; }
tbody th { font-weight: 600; }
tr:last-child > * { border-bottom: 0; }
td.number, th.number { text-align: right; white-space: nowrap; }
details { margin-top: 10px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; padding: 4px 0; }
.examples { display: grid; gap: 14px; }
.example blockquote, .example dd { max-height: 15em; overflow: auto; }
ul.note { margin: 10px 0 0; padding-left: 20px; }
.example blockquote { margin: 0 0 12px; font-size: 17px; overflow-wrap: anywhere; white-space: pre-wrap; }
.example dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 0; }
.example dl > div { border-top: 4px solid var(--tone, var(--good)); padding-top: 6px; min-width: 0; }
.example dt { font-size: 14px; color: var(--muted); }
.example dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.right { color: var(--good); } .wrong { color: var(--bad); }
code, pre { font: 14px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--code); border-radius: 6px; }
code { padding: 1px 5px; overflow-wrap: anywhere; }
pre { padding: 12px 14px; overflow-x: auto; margin: 0 0 8px; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.stack { display: grid; gap: 16px; }
.stack > * { min-width: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 0 0 8px; font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg { width: 24px; height: 14px; flex: none; }
.nowrap { white-space: nowrap; }
h3 + ul.plain { margin-top: 10px; }
ul.plain { list-style: none; padding: 0; margin: 0; display: grid; gap: 12px; }
ul.plain p { margin: 0; }
footer { color: var(--muted); font-size: 14px; padding-top: 40px; padding-bottom: 48px; }
@media (max-width: 640px) {
  .tiles { grid-template-columns: 1fr; }
  .tile { display: grid; grid-template-columns: 1fr auto; align-items: baseline; padding: 12px 16px; }
  .tile .small { grid-column: 1 / -1; }
  .tile .big { font-size: 28px; }
  .example dl { grid-template-columns: 1fr; }
  .wide { display: none; } .narrow { display: block; }
  .card { padding: 16px; }
  section { margin-top: 40px; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: 8px; }
  table.glance thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.glance tr { display: grid; grid-template-columns: 1fr auto; gap: 2px 10px; padding: 10px 0; border-bottom: 1px solid var(--line); }
  table.glance tr:last-child { border-bottom: 0; }
  table.glance th, table.glance td { border: 0; padding: 0; text-align: left; }
  table.glance td[data-label]::before { content: attr(data-label) " "; color: var(--muted); font-size: 13px; }
  table.glance th + td, table.glance td:last-child { text-align: right; }
  table.glance .meter { display: none; }
  table.glance td.full { grid-column: 1 / -1; }
}
@media print { body { background: #fff; } .card, .tile { break-inside: avoid; } details > summary { display: none; } }
@media (forced-colors: active) { .meter i, .tile { forced-color-adjust: none; } }
`;
