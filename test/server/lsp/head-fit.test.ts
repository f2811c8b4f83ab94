import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { rescanCells, scanCells } from '../../../src/server/data/scanner';
import { silentLog } from '../../../src/server/env';
import { createTextFeatures } from '../../../src/server/host/predictions';
import type { FeatureHead, FeatureRows } from '../../../src/server/inference/feature-head';
import type { DataDocument } from '../../../src/server/lsp/documents';
import { followHead } from '../../../src/server/lsp/head-fit';
import { readLabelledRows, type LabelledRows } from '../../../src/server/lsp/labelled-rows';
import { temperedRows } from '../../../src/server/lsp/provisional';

const columns = { names: ['标签', '文本'], label: 0, text: 1, headerless: false };

/** Thirty labelled rows, whose labels can be changed. */
async function labelled(): Promise<{ rows: LabelledRows; relabel: (row: number) => void }> {
  let text = `标签\t文本\n${Array.from({ length: 30 }, (_, i) => `${'ab'[i % 2]}\t第${i}行`).join('\n')}\n`;
  const index = scanCells(text, 'tsv');
  const lines = TextDocument.create('file:///a.tsv', 'tsv', 1, text);
  const document = { uri: lines.uri, languageId: 'tsv', version: 1, lines, index, get text() { return text; } } as DataDocument; // prettier-ignore
  const rows = await readLabelledRows(document, columns, new AbortController().signal, () => undefined);
  const relabel = (row: number): void => {
    const start = index.cellStart(row, 0);
    text = `${text.slice(0, start)}${text[start] === 'a' ? 'b' : 'a'}${text.slice(start + 1)}`;
    rows.edited(rescanCells(index, text, { start, oldEnd: start + 1, newEnd: start + 1 }));
  };
  return { rows, relabel };
}

test('a head takes over when it is clearly better, and gives way only when it is worse', async () => {
  const { rows, relabel } = await labelled();
  const asked: FeatureRows[] = [];
  const gains = [0.1, 0.3, 0.1, -0.1, 0.1, 0.3];
  const seen: boolean[] = [];
  let settled = (): void => undefined;
  const fit = followHead({
    base: () => Promise.resolve({ model: { id: 'base', folder: 'base' }, name: 'base' }),
    features: createTextFeatures({
      encode: (_model, _pooling, inputs, { onValues }) => {
        onValues(inputs.map((_, i) => i), inputs.map(({ text }) => ({ vector: Float32Array.of(text.length, 1), tokens: 1, truncated: false }))); // prettier-ignore
        return Promise.resolve();
      },
    }),
    host: {
      fitHead: (given) => {
        asked.push(given);
        const gain = { mean: gains[asked.length - 1] ?? 0, error: 0.2 };
        const head: FeatureHead = {
          classes: 2,
          mean: new Float32Array(2),
          scale: new Float32Array(2),
          weights: new Float64Array(6),
          shares: { head: 1, floor: 1 },
          gain,
        };
        return Promise.resolve(head);
      },
    },
    onChange: () => undefined,
    log: { ...silentLog, debug: () => setImmediate(() => settled()) },
  });
  for (const [at] of gains.entries()) {
    const next = new Promise<void>((resolve) => (settled = resolve));
    // One in thirty is not enough to fit again, two are.
    for (let change = 0; change < 2; change++) {
      relabel(1 + ((2 * at + change) % 30));
      fit.follow(rows, temperedRows(rows, undefined)!);
    }
    await next;
    seen.push(fit.current() !== undefined);
  }
  assert.deepEqual(seen, [false, true, true, false, false, true]);
  const [first] = asked;
  assert.deepEqual([first!.features.length, first!.floor.length, first!.classes], [60, 60, 2]);
  assert.equal(new Set(first!.folds).size, 5);
});
