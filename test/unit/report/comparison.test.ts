import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationText } from '../../../src/report/calibration-text';
import { PAPER } from '../../../src/report/charts/chart-theme';
import {
  comparedScoresChart,
  evaluationsChart,
  labelDifferenceChart,
  lossesChart,
  mostDifferent,
  runNames,
} from '../../../src/report/charts/comparison';
import { learningChart } from '../../../src/report/charts/learning';
import { precisionRecallChart, reliabilityChart, rocChart } from '../../../src/report/charts/probabilities';
import { svgOf } from '../../../src/report/charts/svg';
import {
  argumentTable,
  comparedScoreTable,
  curveTable,
  labelDifferenceTable,
  learningTable,
  reliabilityTable,
} from '../../../src/report/comparison-tables';
import { phrasesOf } from '../../../src/report/phrases';
import { sampleComparison, sampleProbabilities, sampleRun } from '../../support/comparison-sample';

const say = phrasesOf('en');
const comparison = sampleComparison();
const learning = [
  { folder: '/runs/a', rows: 40, heldOut: 10, accuracy: 0.6, macroF1: 0.5 },
  { folder: '/runs/b', rows: 80, heldOut: 20, accuracy: 0.8, macroF1: 0.75 },
];

test('a difference is told with its interval and whether it is beyond noise', () => {
  const [first, second, , last] = comparedScoreTable(comparison, say).rows;
  assert.deepEqual(first, ['Macro F1 · first', '89.0%', say.intervalOf('72.0%', '99.0%'), '']);
  assert.match(second?.[3] ?? '', /^−19\.0 \(.*−35\.0.*−3\.0.*\) · beyond noise$/);
  assert.match(last?.[3] ?? '', /^−14\.8 \(.*\) · within noise$/);
});

test('labels come in the order of how much they differ, arguments only where they do', () => {
  assert.deepEqual(mostDifferent(comparison), [2, 0, 1]);
  assert.deepEqual(labelDifferenceTable(comparison, say).rows[0], ['丙', '93.0%', '40.0%', '8']);
  assert.deepEqual(argumentTable(comparison, say).rows, [['epochs', '2', '1']]);
  assert.deepEqual(argumentTable({ ...comparison, runs: [sampleRun('a'), sampleRun('b')] }, say).rows, []);
});

test('runs of one name are told apart', () => {
  assert.deepEqual(runNames([sampleRun('same'), sampleRun('same'), sampleRun('other')]), ['same (1)', 'same (2)', 'other']); // prettier-ignore
});

test('the temperature is told with both errors and the doubt, and where there is none that is told', () => {
  assert.match(calibrationText(sampleProbabilities(), say), /^Temperature 1\.50: calibration error 0\.081 → 0\.050\. .*chose the checkpoint too/); // prettier-ignore
  assert.match(calibrationText(sampleProbabilities({ temperature: 1 }), say), /^No temperature helped/);
});

test('every picture draws in both languages, with what its table says', () => {
  for (const words of [say, phrasesOf('zh-cn')]) {
    const view = sampleProbabilities();
    const named = [{ name: 'one', color: PAPER.model, curve: view.curves[0]! }];
    const charts = [
      comparedScoresChart(comparison, PAPER, words),
      labelDifferenceChart(comparison, PAPER, words),
      lossesChart(comparison, PAPER, words),
      evaluationsChart(comparison, PAPER, words),
      learningChart(learning, PAPER, words),
      reliabilityChart(view, PAPER, words),
      rocChart(named, PAPER, words),
      precisionRecallChart(named, PAPER, words),
    ];
    for (const chart of charts) {
      const svg = svgOf(chart, { width: 600, height: 300 }, 'picture');
      assert.ok((svg.match(/<path/g) ?? []).length > 3);
      assert.doesNotMatch(svg, /NaN|undefined/);
    }
  }
  assert.deepEqual(learningTable(learning, say).rows[1], ['80', '80.0%', '75.0%', '20', 'b']);
  assert.deepEqual(curveTable(sampleProbabilities().curves, say).rows, [['甲', '0.9321', '0.9000', '10']]);
  assert.deepEqual(reliabilityTable(sampleProbabilities(), say).rows[0], ['75.0%', '70.0%', '10']);
});
