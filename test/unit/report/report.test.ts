import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Judgement } from '../../../src/protocol/metrics';
import { shownLabels, topConfusions } from '../../../src/report/confusions';
import { noticesOf } from '../../../src/report/notices';
import { nats, percent, points, rate } from '../../../src/report/numbers';
import { phrasesOf, type Phrases } from '../../../src/report/phrases';
import { reportHtml } from '../../../src/report/report-html';
import { verdictOf } from '../../../src/report/verdict';
import { sampleJudgement, sampleMetrics, sampleRow } from '../../support/metrics-sample';

const english = phrasesOf('en');
const made = new Date('2026-11-24T12:00:00Z');

test('numbers: 100.0% only from 99.95 on, a true minus, short rates, a dash for what is none', () => {
  assert.deepEqual([percent(0.9994), percent(0.99951), percent(1), percent(0), percent(null), percent(Number.NaN)], [
    '99.9%', '100.0%', '100.0%', '0.0%', '–', '–']); // prettier-ignore
  assert.deepEqual([points(0.0612), points(-0.004), points(0.0001), points(-0.0001)], ['+6.1', '−0.4', '±0.0', '±0.0']);
  assert.deepEqual([rate(2e-5), rate(3.17e-4), rate(0), rate(null)], ['2e-5', '3.17e-4', '0', '–']);
  assert.deepEqual([nats(0.1234), nats(12.3456), nats(null)], ['0.123', '12.35', '–']);
});

test('the verdict claims a difference only where its interval leaves zero out', () => {
  const judged = (value: number, low: number, high: number) => {
    const { floor } = sampleJudgement();
    assert.ok(floor !== 'unknown');
    return verdictOf({ rows: 144, floor: { ...floor, accuracyGain: { value, low, high } } }, english);
  };
  assert.equal(judged(0.061, 0.012, 0.11).headline, 'BERT +6.1 points');
  assert.equal(judged(0.061, 0.012, 0.11).kind, 'better');
  assert.equal(judged(0.02, -0.01, 0.05).headline, 'BERT +2.0 points, within noise');
  assert.match(judged(0.02, -0.01, 0.05).reason, /−1\.0 to \+5\.0 points, includes zero: on 144 rows/);
  assert.equal(judged(0, -0.01, 0.01).headline, 'BERT is not better (±0.0 points)');
  assert.equal(judged(-0.02, -0.05, 0.01).headline, 'BERT is not better (−2.0 points)');
  assert.equal(judged(-0.06, -0.1, -0.02).kind, 'worse');
  assert.equal(verdictOf({ rows: 1, floor: 'unknown' }, english).kind, 'unknown');
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
      (value, ends) => {
        // prettier-ignore
        const [low = 0, high = 0] = [...ends].sort((a, b) => a - b);
        const { kind } = judged(value, low, high);
        assert.equal(kind === 'better' || kind === 'worse', low > 0 || high < 0);
      },
    ),
  );
});

test('a run that is not done says what there is to know, in both languages', () => {
  const say = (locale: string, changes: Parameters<typeof sampleMetrics>[0]) =>
    noticesOf(sampleMetrics(changes), phrasesOf(locale)).map(({ text }) => text);
  const { run } = sampleMetrics();
  assert.deepEqual(say('en', {}), []);
  assert.deepEqual(say('en', { judgement: null, run: { ...run, state: 'running' } }), [english.notYet]);
  assert.deepEqual(say('en', { judgement: null, run: { ...run, state: 'cancelled' } }), [english.neverJudged]);
  assert.deepEqual(say('en', { judgement: null, judging: true }), [english.judging]);
  assert.deepEqual(say('zh-cn', { run: { ...run, state: 'failed', message: '磁盘已满' } }), ['训练失败：磁盘已满']);
  assert.deepEqual(say('en', { judgement: null, problem: 'predictions.tsv: line 3: …' }), [
    'predictions.tsv: line 3: …',
  ]);
  const heldOut = { path: '/data/dev.tsv', state: 'changed', relabelled: 1, gone: 2 } as const;
  const [changed = ''] = say('en', { judgement: sampleJudgement({ heldOut }) });
  assert.match(changed, /1 row has another label now and 2 rows are gone/);
});

test('both languages have every phrase, with the same places for values', () => {
  const [en, zh] = [phrasesOf('en'), phrasesOf('zh-cn')];
  assert.equal(phrasesOf('zh-tw'), zh);
  for (const key of Object.keys(en) as (keyof Phrases)[]) {
    const [own, other]: unknown[] = [en[key], zh[key]];
    assert.equal(typeof own, typeof other, key);
    if (typeof own !== 'function' || typeof other !== 'function') continue;
    const said = [own, other].map((phrase) => String((phrase as (...args: unknown[]) => string)(31, 72, 53)));
    for (const value of ['31', '72', '53']) {
      // The Chinese reason needs no word for "rows" that inflects, so that it may leave a count out, but never invents one.
      if (said[0]?.includes(value)) assert.ok(said[1]?.includes(value), `${key}: ${said[1]} lacks ${value}`);
    }
  }
});

test('the labels of a picture: those that occur, and of too many those with the most mistakes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ label: fc.nat(9), prediction: fc.nat(9), rows: fc.integer({ min: 1, max: 9 }) }), {
        selector: ({ label, prediction }) => `${label} ${prediction}`,
      }),
      fc.integer({ min: 1, max: 12 }),
      (confusion, most) => {
        const labels = [...'abcdefghij'];
        const shown = shownLabels({ labels, confusion }, most);
        const occurring = new Set(confusion.flatMap(({ label, prediction }) => [label, prediction]));
        assert.equal(shown.length, Math.min(most, occurring.size));
        assert.deepEqual(
          shown,
          [...shown].sort((a, b) => a - b),
        );
        const wrong = (id: number) => confusion.filter((cell) => cell.label !== cell.prediction && (cell.label === id || cell.prediction === id)).reduce((sum, { rows }) => sum + rows, 0); // prettier-ignore
        const left = [...occurring].filter((id) => !shown.includes(id));
        for (const id of left) assert.ok(wrong(id) <= Math.min(...shown.map(wrong)));
        const top = topConfusions(confusion, 5);
        assert.ok(
          top.every((cell, at) => cell.label !== cell.prediction && (at === 0 || cell.rows <= top[at - 1]!.rows)),
        );
      },
    ),
  );
});

test('the report needs nothing from outside and holds the figures', () => {
  for (const locale of ['en', 'zh-cn']) {
    const html = reportHtml(sampleMetrics(), locale, made);
    assert.ok(html.startsWith('<!DOCTYPE html>'));
    // Nothing to load, nothing to run: not even a namespace's address.
    assert.equal(/https?:|<script|<link|<img|<iframe|url\((?!#)|@import|\son\w+=/i.exec(html)?.[0], undefined);
    for (const figure of ['88.9%', '74.0%', '100.0%', '89.0%', '+14.8', '98.0%', '2e-5', '怎么报警', '甲 1.0%'])
      assert.ok(html.includes(figure), `${locale}: ${figure}`);
    assert.ok((html.match(/<svg /g) ?? []).length >= 6);
  }
  assert.match(reportHtml(sampleMetrics(), 'zh-cn', made), /<html lang="zh-CN">[^]*评估报告/);
});

test('text of files stays text in the report, in the pictures too', () => {
  const nasty = `<img src=x onerror=alert(1)>"'&</style></svg><script>`;
  const labels = [nasty, '乙', '丙'];
  const sample = sampleJudgement();
  const judgement: Judgement = {
    ...sample,
    labels,
    perLabel: sample.perLabel.map((score, id) => ({ ...score, label: labels[id]! })),
    mistakes: [sampleRow({ text: nasty, label: nasty, second: nasty, secondProbability: 0.1, labelNow: nasty })],
    heldOut: { ...sample.heldOut, state: 'unreadable', message: nasty },
  };
  const { run } = sampleMetrics();
  const html = reportHtml(
    sampleMetrics({ judgement, base: nasty, run: { ...run, data: nasty, state: 'failed', message: nasty } }),
    'en',
    made,
  );
  assert.equal(/<img|<script/i.exec(html)?.[0], undefined);
  assert.equal((html.match(/<\/style>/g) ?? []).length, (html.match(/<style/g) ?? []).length);
  assert.equal((html.match(/<\/svg>/g) ?? []).length, (html.match(/<svg /g) ?? []).length);
});

test('a report of a run without scores, and of one without a step, is whole', () => {
  const html = reportHtml(sampleMetrics({ judgement: null, evaluations: [], steps: [] }), 'en', made);
  assert.match(html, /No step was taken yet/);
  assert.match(html, /ended before its first evaluation/);
  assert.match(html, /<\/html>\n$/);
});

test('of several labels a row, the report counts whole sets and wrong labels, and says why there is no confusion matrix', () => {
  const sets = { microF1: 0.81, hammingLoss: 0.07, errors: [{ missing: 3, extra: 1 }, { missing: 0, extra: 4 }, { missing: 2, extra: 0 }] }; // prettier-ignore
  const mistakes = [sampleRow({ label: '甲|乙', prediction: '丙', missing: ['甲', '乙'], extra: ['丙'] })];
  const judgement = sampleJudgement({ sets, confusion: [], mistakes });
  const html = reportHtml(sampleMetrics({ judgement }), 'en', made);
  assert.match(html, /Whole sets right/);
  assert.match(html, /BERT · Micro F1<\/td><td class="n">81\.0%/);
  assert.match(html, /There is no confusion matrix/);
  assert.match(html, /<td>甲<\/td><td class="n">3<\/td><td class="n">1<\/td>/);
  assert.match(html, /−甲 −乙 \+丙/);
  assert.match(html, /Judged by macro F1/);
  assert.doesNotMatch(html, /Most frequent confusions/);
  assert.match(reportHtml(sampleMetrics({ judgement }), 'zh-cn', made), /没有混淆矩阵/);
});
