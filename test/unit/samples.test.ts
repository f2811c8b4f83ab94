/** The sample data set: what its README promises about it is true of the files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const folder = join(process.cwd(), 'samples', 'police-desk');

const labels = [
  '上网服务管理',
  '出入境管理',
  '刑事案件管辖',
  '户政管理',
  '治安管理',
  '消防管理',
  '禁毒管理',
  '道路交通',
];

interface Row {
  readonly label: string;
  readonly text: string;
}

/** The rows of one file, read with nothing but split: the files need no quoting and no second opinion. */
function read(name: string): Row[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');
  assert.equal(lines.shift(), '场景\t问题', `${name}: header`);
  assert.equal(lines.pop(), '', `${name}: ends with a line feed`);
  return lines.map((line, at) => {
    const cells = line.split('\t');
    assert.equal(cells.length, 2, `${name}:${at + 2}: two cells`);
    return { label: cells[0] ?? '', text: cells[1] ?? '' };
  });
}

const train = read('train.tsv');
const answers = read('train.answers.tsv');
const dev = read('dev.tsv');
const test = read('test.tsv');
const pool = [...answers, ...dev, ...test];

function countOf(rows: readonly Row[], label: string): number {
  return rows.filter((row) => row.label === label).length;
}

/** Text without case, spaces and punctuation, as pairs of neighbouring characters. */
function bigrams(text: string): Set<string> {
  const plain = text.toLowerCase().replace(/[\s\p{P}\p{S}]+/gu, '');
  const pairs = new Set<string>();
  for (let at = 0; at + 1 < plain.length; at++) pairs.add(plain.slice(at, at + 2));
  return pairs;
}

/** The most alike pair of texts by Jaccard similarity of their bigrams; an inverted index spares pairs that share none. */
function closest(texts: readonly string[]): { similarity: number; pair: string } {
  const sizes: number[] = [];
  const seenIn = new Map<string, number[]>();
  let best = { similarity: 0, pair: '' };
  texts.forEach((text, at) => {
    const own = bigrams(text);
    const shared = new Map<number, number>();
    for (const pair of own) {
      const places = seenIn.get(pair) ?? [];
      for (const place of places) shared.set(place, (shared.get(place) ?? 0) + 1);
      places.push(at);
      seenIn.set(pair, places);
    }
    sizes.push(own.size);
    for (const [other, common] of shared) {
      const similarity = common / (own.size + (sizes[other] ?? 0) - common);
      if (similarity > best.similarity) best = { similarity, pair: `${texts[other] ?? ''} | ${text}` };
    }
  });
  return best;
}

describe('samples/police-desk', () => {
  it('has the promised sizes, a third of train unlabelled', () => {
    assert.equal(train.length, 803);
    assert.equal(dev.length, 144);
    assert.equal(test.length, 208);
    const unlabelled = countOf(train, '') / train.length;
    assert.ok(Math.abs(unlabelled - 1 / 3) < 0.01, `unlabelled: ${unlabelled}`);
  });

  it('uses the eight labels everywhere, moderately imbalanced', () => {
    for (const rows of [answers, dev, test]) {
      assert.deepEqual([...new Set(rows.map((row) => row.label))].sort(), labels);
    }
    assert.deepEqual([...new Set(train.map((row) => row.label))].sort(), ['', ...labels]);
    const counts = labels.map((label) => countOf(pool, label));
    assert.ok(Math.min(...counts) >= 60, String(counts));
    assert.ok(Math.max(...counts) <= 3 * Math.min(...counts), String(counts));
  });

  it('keeps the proportions of the labels in every part', () => {
    for (const label of labels) {
      const share = countOf(pool, label) / pool.length;
      const labelled = train.filter((row) => row.label !== '');
      for (const rows of [labelled, dev, test]) {
        assert.ok(Math.abs(countOf(rows, label) / rows.length - share) < 0.02, label);
      }
    }
  });

  it('has answers that agree with train row by row', () => {
    assert.deepEqual(
      answers.map((row) => row.text),
      train.map((row) => row.text),
    );
    train.forEach((row, at) => {
      if (row.label !== '') assert.equal(row.label, answers[at]?.label, row.text);
    });
  });

  it('holds clean cells of 4 to 150 characters', () => {
    for (const { text } of pool) {
      assert.equal(text, text.trim(), text);
      assert.equal(text, text.normalize('NFC'), text);
      assert.ok(text.length >= 4 && text.length <= 150, text);
      assert.doesNotMatch(text, /["\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/u, text);
    }
  });

  it('holds nothing that reads like a telephone or identity number', () => {
    for (const { text } of pool) assert.doesNotMatch(text.normalize('NFKC'), /\d[\d -]{5,}\d/, text);
  });

  it('rarely gives the label away by its name', () => {
    const given = pool.filter((row) => labels.some((label) => row.text.includes(label.replace(/管理$|案件管辖$/, ''))));
    assert.ok(given.length <= 0.08 * pool.length, String(given.length));
  });

  it('has no two texts alike, across all files', () => {
    assert.equal(new Set(pool.map((row) => row.text)).size, pool.length);
    const { similarity, pair } = closest(pool.map((row) => row.text));
    assert.ok(similarity < 0.75, `${similarity}: ${pair}`);
  });

  it('is counted rightly in its README', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const label of labels) {
      const cells = (readme.split('\n').find((line) => line.startsWith(`| ${label}`)) ?? '').match(/\d+/g);
      const rows = [answers, train, dev, test, pool];
      assert.deepEqual(
        cells,
        rows.map((part) => String(countOf(part, label))),
        label,
      );
    }
  });
});
