// The report as one self-contained page: no network, no scripts.
import type { Report } from '@goldilocks/protocol';
import { costSection, dataSection, examplesSection } from './context-section.js';
import { gainSection } from './gain-section.js';
import { glanceSection, hyperparametersSection } from './hyperparameters-section.js';
import { html, trusted } from './markup.js';
import { curvesSection, searchSection } from './runs-section.js';
import { headerSection, scoresSection } from './scores-section.js';
import { style } from './style.js';

/** Nothing may be loaded, and nothing runs: what a model wrote can only ever be text. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole HTML document. Same report, same text. */
export function reportHtml(report: Report): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="referrer" content="no-referrer">
<title>${report.verdict.headline} · ${report.study} · Goldilocks</title>
<style>${trusted(style)}</style>
</head>
<body>
${headerSection(report)}
<main>
${glanceSection(report)}
${scoresSection(report)}
${examplesSection(report)}
${gainSection(report)}
${hyperparametersSection(report)}
${searchSection(report)}
${curvesSection(report)}
${dataSection(report)}
${costSection(report)}
</main>
<footer>Goldilocks ${report.reproduce.versions.goldilocks}. Intervals cover 95 %. All of it was measured on this machine; nothing left it.</footer>
</body>
</html>
`.text;
}
