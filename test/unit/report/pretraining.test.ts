import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PretrainingMetrics } from '../../../src/protocol/pretraining-metrics';
import type { FilledText } from '../../../src/protocol/runs';
import { phrasesOf } from '../../../src/report/phrases';
import { pretrainingName, pretrainingNotices } from '../../../src/report/pretraining/about';
import { perplexityChart } from '../../../src/report/pretraining/charts';
import { PAPER } from '../../../src/report/charts/chart-theme';
import { perplexity, perplexityText } from '../../../src/report/pretraining/numbers';
import { type PretrainingPhrases, chinese, english } from '../../../src/report/pretraining/phrases';
import { pretrainingReportHtml } from '../../../src/report/pretraining/report-html';
import { tilesOf } from '../../../src/report/pretraining/tiles';
import { filledIn, filledTable, filledTexts } from '../../../src/report/pretraining/tables';
import { samplePretraining } from '../../support/pretraining-sample';

const say = phrasesOf('en');
const made = new Date('2026-11-24T12:00:00Z');

test('both languages have every phrase of pre-training, with the same places for values', () => {
  for (const key of Object.keys(english) as (keyof PretrainingPhrases)[]) {
    const [own, other]: unknown[] = [english[key], chinese[key]];
    assert.equal(typeof own, typeof other, key);
    if (typeof own === 'object') assert.deepEqual(Object.keys(own as object), Object.keys(other as object), key);
    if (typeof own !== 'function' || typeof other !== 'function') continue;
    for (const phrase of [own, other]) assert.match(String((phrase as (value: string) => string)('31')), /31/, key);
  }
});

test('perplexity is the exponential of the loss, a dash where there is none', () => {
  assert.equal(perplexityText(perplexity(Math.log(12.5))), '12.50');
  assert.equal(perplexityText(perplexity(Math.log(21_128))), '21,128');
  assert.equal(perplexityText(perplexity(null)), '–');
  assert.equal(perplexityText(perplexity(undefined)), '–');
  assert.equal(perplexity(1e9), null);
});

test('a text is filled in place by place; what is beyond the known places stays as it was given', () => {
  const text = fc.array(fc.string({ maxLength: 5 }).filter((part) => !part.includes('[MASK]') && !/[[\]]/.test(part)), { minLength: 1, maxLength: 6 }); // prettier-ignore
  const token = fc.string({ maxLength: 3 }).filter((one) => !one.startsWith('##'));
  fc.assert(
    fc.property(text, fc.array(token, { maxLength: 6 }), (parts, tokens) => {
      const filled: FilledText = {
        text: parts.join('[MASK]'),
        fillings: tokens.map((one) => [{ token: one, probability: 1 }]),
      };
      const expected = parts.map((part, at) => (at === parts.length - 1 ? part : part + (tokens[at] ?? '[MASK]')));
      assert.equal(filledIn(filled), expected.join(''));
    }),
  );
  assert.equal(filledIn({ text: 'x[MASK]', fillings: [[{ token: '##y', probability: 1 }]] }), 'xy');
});

test('the table of a fill-in has a line a judgement, the last one first', () => {
  const { filled } = samplePretraining();
  assert.deepEqual(filledTexts(filled), ['今天[MASK]去打[MASK]球']);
  const { head, rows } = filledTable(filled, '今天[MASK]去打[MASK]球', say);
  assert.deepEqual(head, ['Step', 'Filled in', 'Mask 1', 'Mask 2']);
  assert.deepEqual(rows[0], ['40', '今天我去打羽球', '我 61.0% · 他 5.0%', '##羽 50.0%']);
  assert.deepEqual(rows.map(([step]) => step), ['40', '20', '0']); // prettier-ignore
});

test('perplexity that falls from thousands is drawn by powers of ten', () => {
  const scale = (losses: readonly number[]) => {
    const judgements = losses.map((loss, step) => ({ step, accuracy: 0, loss, best: false }));
    return (perplexityChart({ ...samplePretraining(), judgements }, PAPER, say).yAxis as { type: string }).type;
  };
  assert.equal(scale([9.9, 3, 2]), 'log');
  assert.equal(scale([2.6, 2.4, 2.3]), 'value');
});

test('the scores stand beside those before the first step, where they are known', () => {
  const { run } = samplePretraining();
  const notes = (metrics: PretrainingMetrics) => tilesOf(metrics, say).slice(0, 3).map(([, , note]) => note); // prettier-ignore
  assert.deepEqual(notes(samplePretraining()), [english.ofBest, english.ofBest, english.ofBest]);
  const before = { accuracy: 0.1, loss: Math.log(50) };
  assert.deepEqual(
    notes(samplePretraining({ run: { ...run, before } })),
    ['10.0%', '50.00', '3.912'].map((value) => `before: ${value} · held-out documents`),
  );
});

test('the report needs nothing from outside and holds figures, fill-ins and corpus, in both languages', () => {
  for (const locale of ['en', 'zh-cn']) {
    const html = pretrainingReportHtml(samplePretraining(), locale, made);
    assert.equal(/https?:|<script|<link|<img|<iframe|url\((?!#)|@import|\son\w+=/i.exec(html)?.[0], undefined);
    for (const figure of ['43.2%', '12.50', '95.0%', '今天我去打羽球', '我 61.0%', '1,234', '87,654', '5e-4', '64:0.3,128:0.7'])
      assert.ok(html.includes(figure), `${locale}: ${figure}`); // prettier-ignore
    assert.equal((html.match(/<svg /g) ?? []).length, 5);
  }
  assert.match(pretrainingReportHtml(samplePretraining(), 'zh-cn', made), /<html lang="zh-CN">[^]*预训练报告/);
});

test('text of files stays text in the report', () => {
  const nasty = `<img src=x onerror=alert(1)>"'&</style></svg><script>[MASK]`;
  const { run } = samplePretraining();
  const html = pretrainingReportHtml(
    samplePretraining({
      run: { ...run, data: [nasty], name: nasty, base: nasty, state: 'failed', message: nasty },
      filled: [{ step: 1, texts: [{ text: nasty, fillings: [[{ token: nasty, probability: 1 }]] }] }],
      settings: { mask: nasty, seed: 1 },
      problem: nasty,
    }),
    'en',
    made,
  );
  assert.equal(/<img|<script/i.exec(html)?.[0], undefined);
  assert.equal((html.match(/<\/style>/g) ?? []).length, (html.match(/<style/g) ?? []).length);
  assert.equal((html.match(/<\/svg>/g) ?? []).length, (html.match(/<svg /g) ?? []).length);
});

test('a run whose corpus is being read has a whole report, too, and says what there is to know', () => {
  const { run } = samplePretraining();
  const reading = { doing: 'reading', share: 0.4, secondsLeft: 3 } as const;
  const metrics = {
    kind: 'pretraining',
    run: { ...run, state: 'running', reading, step: 0 },
    lineage: {},
    steps: [],
    judgements: [],
    filled: [],
    masked: { words: 0, whole: 0 },
  } as const;
  assert.match(pretrainingReportHtml(metrics, 'en', made), /No step was taken yet[^]*<\/html>\n$/);
  const texts = (changes: Partial<typeof run>) =>
    pretrainingNotices({ ...metrics, run: { ...metrics.run, ...changes } }, say).map(({ text }) => text);
  assert.deepEqual(texts({}), [english.notYet]);
  assert.deepEqual(texts({ state: 'interrupted' }), [english.interrupted, english.neverJudged]);
  assert.deepEqual(texts({ state: 'failed', message: 'full' }), ['Pre-training failed: full', english.neverJudged]);
  assert.deepEqual(pretrainingNotices(samplePretraining(), say), []);
});

test('a run is called by its name, else by its texts, else by its id', () => {
  assert.equal(pretrainingName({ id: 'i', name: 'n', data: ['/a/b.txt'] }), 'n');
  assert.equal(pretrainingName({ id: 'i', data: ['/a/b.txt'] }), 'b.txt');
  assert.equal(pretrainingName({ id: 'i', data: ['/a/b.txt', 'c'] }), 'b.txt +1');
  assert.equal(pretrainingName({ id: 'i', data: [] }), 'i');
});
