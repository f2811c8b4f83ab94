import type { PretrainingMetrics } from '../../protocol/pretraining-metrics';
import { PAPER } from '../charts/chart-theme';
import { definitions, figure, folded, footer, header, htmlPage, noticeLine, paragraph, picture, section, table, tile } from '../html'; // prettier-ignore
import { type Phrases, phrasesOf } from '../phrases';
import { aboutPretraining, pretrainingName, pretrainingNotices } from './about';
import { learningRateChart, maskedAccuracyChart, maskedLossChart, perplexityChart, tokenRateChart } from './charts';
import { corpusLines, filledTable, filledTexts, judgementTable, stepTable } from './tables';
import { tilesOf } from './tiles';

/** A run of pre-training as one HTML file (`htmlPage`). `made` is when, for the foot. */
export function pretrainingReportHtml(metrics: PretrainingMetrics, locale: string, made = new Date()): string {
  const say = phrasesOf(locale);
  const own = say.pretraining;
  const { run } = metrics;
  const title = `${own.reportTitle} · ${pretrainingName(run)}`;
  const corpus = corpusLines(metrics, say);
  return htmlPage(say.lang, title, [
    header(title, `${run.id} · ${say.state[run.state]}`),
    ...pretrainingNotices(metrics, say).map(noticeLine),
    section(
      say.summary,
      `<div class="tiles">${tilesOf(metrics, say)
        .map((one) => tile(...one))
        .join('')}</div>`,
    ),
    training(metrics, say),
    fillIns(metrics, say),
    ...(corpus.length > 0 ? [section(own.corpus, definitions(corpus))] : []),
    section(say.details, definitions(aboutPretraining(metrics, say))),
    footer(own.howToRead, say.reportMade(made.toLocaleString(say.lang), metrics.rowlight ?? '')),
  ]);
}

function training(metrics: PretrainingMetrics, say: Phrases): string {
  const own = say.pretraining;
  if (metrics.steps.length === 0) return section(say.training, paragraph(say.noStepYet));
  const judged = metrics.judgements.length > 0;
  return section(
    say.training,
    figure(say.loss, picture(maskedLossChart(metrics, PAPER, say), 260, say.loss)),
    ...(judged
      ? [
          figure(own.maskedAccuracy, picture(maskedAccuracyChart(metrics, PAPER, say), 220, own.maskedAccuracy)),
          figure(own.perplexity, picture(perplexityChart(metrics, PAPER, say), 220, own.perplexity)),
          table(judgementTable(metrics, say)),
        ]
      : []),
    figure(say.learningRate, picture(learningRateChart(metrics, PAPER, say), 180, say.learningRate)),
    figure(own.tokenRate, picture(tokenRateChart(metrics, PAPER, say), 180, own.tokenRate)),
    folded(`${say.loss} · ${say.learningRate}`, table(stepTable(metrics, say))),
  );
}

function fillIns({ filled }: PretrainingMetrics, say: Phrases): string {
  const own = say.pretraining;
  if (filled.length === 0) return '';
  const tables = filledTexts(filled).map((text) => table(filledTable(filled, text, say)));
  return section(own.fillIns, paragraph(own.fillInsNote), ...tables);
}
