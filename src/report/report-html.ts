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
import { shownLabels, topConfusions } from './confusions';
import { definitions, escapeHtml, figure, folded, footer, header, htmlPage, noticeLine, paragraph, picture, section, table, tile } from './html'; // prettier-ignore
import { noticesOf } from './notices';
import { count, percent } from './numbers';
import { phrasesFor, phrasesOf, type Phrases } from './phrases';
import { evaluationTable, labelTable, rowTable, scoreTable, stepTable, wrongLabelTable } from './tables';
import { verdictOf } from './verdict';

/** A run of fine-tuning as one HTML file (`htmlPage`). `made` is when, for the foot. */
export function reportHtml(metrics: RunMetrics, locale: string, made = new Date()): string {
  const say = phrasesOf(locale);
  const title = `${say.reportTitle} · ${fileName(metrics.run.data)}`;
  const body = [
    header(title, `${metrics.run.id} · ${say.state[metrics.run.state]}`),
    ...noticesOf(metrics, say).map(noticeLine),
    ...(metrics.judgement ? [summary(metrics.judgement, phrasesFor(metrics.judgement, say))] : []),
    training(metrics, phrasesFor(metrics.judgement, say)),
    ...(metrics.judgement ? judged(metrics.judgement, say) : []),
    section(say.details, definitions(aboutRun(metrics, say))),
    footer(say.howToRead, say.reportMade(made.toLocaleString(say.lang), metrics.rowlight)),
  ];
  return htmlPage(say.lang, title, body);
}

function summary(judgement: Judgement, say: Phrases): string {
  const verdict = verdictOf(judgement, say);
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
  if (metrics.steps.length === 0) return section(say.training, paragraph(say.noStepYet));
  return section(
    say.training,
    figure(say.loss, picture(lossChart(metrics, PAPER, say), 260, say.loss)),
    figure(say.learningRate, picture(learningRateChart(metrics, PAPER, say), 180, say.learningRate)),
    ...(metrics.evaluations.length > 0
      ? [figure(say.evaluations, picture(evaluationChart(metrics, PAPER, say), 220, say.evaluations))]
      : []),
    table(evaluationTable(metrics, say)),
    folded(`${say.loss} · ${say.learningRate}`, table(stepTable(metrics, say))),
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
            paragraph(calibrationText(judgement.probabilities, say)),
            picture(reliabilityChart(judgement.probabilities, PAPER, say), 300, say.reliability, 600),
            table(reliabilityTable(judgement.probabilities, say)),
            table(curveTable(judgement.probabilities.curves, say)),
          ),
        ]),
    section(
      say.mistakes,
      judgement.mistakes.length === 0
        ? paragraph(say.noMistakes)
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
    ...(shown < all ? [paragraph(say.shownLabels(shown, all))] : []),
    picture(confusionChart(judgement, PAPER, say), side, say.confusion, Math.min(900, 200 + 70 * shown)),
    top.length === 0
      ? paragraph(say.noConfusions)
      : table({
          caption: say.topConfusions,
          head: [say.label, say.prediction, say.support],
          rows: top,
          numeric: [2],
        }),
  );
}

function wrongSets(judgement: Judgement, say: Phrases): string {
  return section(say.wrongLabels, paragraph(say.noConfusionOfSets), table(wrongLabelTable(judgement, say)));
}
