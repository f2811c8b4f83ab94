import type { EChartsOption } from 'echarts';
import type { Judgement, RunMetrics } from '../protocol/metrics';
import { aboutRun, fileName } from './about';
import { PAPER } from './charts/chart-theme';
import { confusionChart, MOST_LABELS } from './charts/confusion';
import { evaluationChart, learningRateChart, lossChart } from './charts/curves';
import { intervalChart } from './charts/intervals';
import { labelChart, weakestFirst } from './charts/labels';
import { calibrationText } from './calibration-text';
import { reliabilityChart } from './charts/probabilities';
import { curveTable, reliabilityTable } from './comparison-tables';
import { svgOf } from './charts/svg';
import { shownLabels, topConfusions } from './confusions';
import { noticesOf } from './notices';
import { count, percent } from './numbers';
import { phrasesFor, phrasesOf, type Phrases } from './phrases';
import { REPORT_STYLE } from './report-style';
import {
  evaluationTable,
  labelTable,
  rowTable,
  scoreTable,
  stepTable,
  type TextTable,
  wrongLabelTable,
} from './tables';
import { verdictOf } from './verdict';

/**
 * A run as one HTML file that needs nothing else: no script, no font, no picture from anywhere (its own content policy forbids them). Everything that comes
 * from a file is escaped. `made` is when, for the foot.
 */
export function reportHtml(metrics: RunMetrics, locale: string, made = new Date()): string {
  const say = phrasesOf(locale);
  const title = `${say.reportTitle} · ${fileName(metrics.run.data)}`;
  const notices = noticesOf(metrics, say).map(({ kind, text }) => `<p class="notice ${kind}">${escapeHtml(text)}</p>`);
  const body = [
    `<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(`${metrics.run.id} · ${say.state[metrics.run.state]}`)}</p></header>`,
    ...notices,
    ...(metrics.judgement ? [summary(metrics.judgement, phrasesFor(metrics.judgement, say))] : []),
    training(metrics, phrasesFor(metrics.judgement, say)),
    ...(metrics.judgement ? judged(metrics.judgement, say) : []),
    section(say.details, definitions(aboutRun(metrics, say))),
    `<footer><p>${escapeHtml(say.howToRead)}</p><p>${escapeHtml(say.reportMade(made.toLocaleString(say.lang), metrics.rowlight))}</p></footer>`,
  ];
  return [
    '<!DOCTYPE html>',
    `<html lang="${say.lang}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${REPORT_STYLE}</style></head>`,
    `<body><main>${body.join('\n')}</main></body></html>\n`,
  ].join('\n');
}

/** Text as it stands, for the inside of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

function summary(judgement: Judgement, say: Phrases): string {
  const verdict = verdictOf(judgement, say);
  const tile = (name: string, value: string, note: string) =>
    `<div class="tile"><b>${escapeHtml(name)}</b><strong>${escapeHtml(value)}</strong><span>${escapeHtml(note)}</span></div>`;
  const { accuracy, macroF1, floor, sets } = judgement;
  const [scoreOfFloor, ofFloor] = sets ? [say.macroF1, 'macroF1' as const] : [say.accuracy, 'accuracy' as const];
  const range = (low: number, high: number) => say.intervalOf(percent(low), percent(high));
  const tiles = [
    tile(say.accuracy, percent(accuracy.value), range(accuracy.low, accuracy.high)),
    tile(say.macroF1, percent(macroF1.value), range(macroF1.low, macroF1.high)),
    ...(floor === 'unknown'
      ? []
      : [
          tile(
            `${say.floor} · ${scoreOfFloor}`,
            percent(floor[ofFloor].value),
            range(floor[ofFloor].low, floor[ofFloor].high),
          ),
        ]),
    tile(say.heldOutRows, count(judgement.rows), say.neverSeen),
  ];
  return section(
    say.summary,
    `<div class="tiles">${tiles.join('')}</div>`,
    `<p class="verdict ${verdict.kind}"><strong>${escapeHtml(verdict.headline)}</strong> ${escapeHtml(verdict.reason)}</p>`,
    picture(intervalChart(judgement, PAPER, say), 150, say.scores),
    table(scoreTable(judgement, say)),
  );
}

function training(metrics: RunMetrics, say: Phrases): string {
  if (metrics.steps.length === 0) return section(say.training, `<p>${escapeHtml(say.noStepYet)}</p>`);
  return section(
    say.training,
    figure(say.loss, picture(lossChart(metrics, PAPER, say), 260, say.loss)),
    figure(say.learningRate, picture(learningRateChart(metrics, PAPER, say), 180, say.learningRate)),
    ...(metrics.evaluations.length > 0
      ? [figure(say.evaluations, picture(evaluationChart(metrics, PAPER, say), 220, say.evaluations))]
      : []),
    table(evaluationTable(metrics, say)),
    `<details><summary>${escapeHtml(`${say.loss} · ${say.learningRate}`)}</summary>${table(stepTable(metrics, say))}</details>`,
  );
}

function judged(judgement: Judgement, say: Phrases): string[] {
  const bars = weakestFirst(judgement.perLabel).length;
  return [
    section(
      say.perLabel,
      picture(labelChart(judgement.perLabel, PAPER, say), 50 + 26 * bars, say.perLabel),
      table(labelTable(judgement, say)),
    ),
    judgement.sets ? wrongSets(judgement, say) : confusions(judgement, say),
    ...(judgement.probabilities === undefined
      ? []
      : [
          section(
            say.reliability,
            `<p>${escapeHtml(calibrationText(judgement.probabilities, say))}</p>`,
            picture(reliabilityChart(judgement.probabilities, PAPER, say), 300, say.reliability, 600),
            table(reliabilityTable(judgement.probabilities, say)),
            table(curveTable(judgement.probabilities.curves, say)),
          ),
        ]),
    section(
      say.mistakes,
      judgement.mistakes.length === 0
        ? `<p>${escapeHtml(say.noMistakes)}</p>`
        : table(
            rowTable(
              judgement.mistakes,
              say.mistakesOf(judgement.mistakes.length, judgement.mistakeCount),
              phrasesFor(judgement, say),
            ),
          ),
    ),
  ];
}

function confusions(judgement: Judgement, say: Phrases): string {
  const shown = shownLabels(judgement, MOST_LABELS).length;
  const side = Math.max(260, 110 + 34 * shown);
  const { labels } = judgement;
  const top = topConfusions(judgement.confusion, 20).map(({ label, prediction, rows }) => [
    labels[label] ?? '',
    labels[prediction] ?? '',
    count(rows),
  ]);
  const all = labels.filter((_, id) => (judgement.perLabel[id]?.support ?? 0) > 0).length;
  return section(
    say.confusion,
    ...(shown < all ? [`<p>${escapeHtml(say.shownLabels(shown, all))}</p>`] : []),
    picture(confusionChart(judgement, PAPER, say), side, say.confusion, Math.min(900, 200 + 70 * shown)),
    top.length === 0
      ? `<p>${escapeHtml(say.noConfusions)}</p>`
      : table({
          caption: say.topConfusions,
          head: [say.label, say.prediction, say.support],
          rows: top,
          numeric: [2],
        }),
  );
}

function wrongSets(judgement: Judgement, say: Phrases): string {
  return section(
    say.wrongLabels,
    `<p>${escapeHtml(say.noConfusionOfSets)}</p>`,
    table(wrongLabelTable(judgement, say)),
  );
}

function section(title: string, ...parts: string[]): string {
  return `<section><h2>${escapeHtml(title)}</h2>${parts.join('\n')}</section>`;
}

function figure(title: string, content: string): string {
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>${content}</figure>`;
}

function picture(option: EChartsOption, height: number, name: string, width = 900): string {
  return `<div class="picture">${svgOf(option, { width, height }, name)}</div>`;
}

function table({ caption, head, rows, numeric }: TextTable): string {
  const right = (column: number) => (numeric.includes(column) ? ' class="n"' : '');
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell, column) => `<${tag}${right(column)}>${escapeHtml(cell)}</${tag}>`).join('');
  const lines = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${cells('th', head)}</tr></thead><tbody>${lines}</tbody></table>`;
}

function definitions(pairs: readonly (readonly [string, string])[]): string {
  return `<dl>${pairs.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}
