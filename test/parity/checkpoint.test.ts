import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { batchTensors, compileLogits, padBatch } from '../../src/server/model/logits';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import { fineTune } from '../../src/server/runs/fine-tune';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { resolveModelFolder } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { largestDifference, testEngine } from '../support/model';
import { TINY_BASE, temporaryFolder, tinyRequest, tinyWorld } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;

/** Singles, pairs, truncation, characters outside the vocabulary. */
const TEXTS = ['我身份证', '你怎么办\t护照', 'Ünknown words, 标点!', `${'证'.repeat(60)}`, '身 份 证　护照'];

for (const [name, base] of Object.entries({ tiny: TINY_BASE, 'zh-mini': join('models', 'zh-mini') })) {
  test(
    `a checkpoint of ${name} opens in transformers with the same tokens and logits`,
    { skip: python === undefined && 'npm run test:parity brings torch and transformers' },
    async (t) => {
      const folder = temporaryFolder(t);
      const outcome = await fineTune(tinyRequest(folder, { base, epochs: 1 }), tinyWorld());
      const texts = join(folder, 'texts.tsv');
      writeFileSync(texts, `${TEXTS.join('\n')}\n`);
      const { model } = await loadClassifier(outcome.folder);
      const checkpoint = await resolveModelFolder(nodeFiles, outcome.folder);
      const script = join('scripts', 'golden', 'open_checkpoint.py');
      const printed = execFileSync(python!, [script, checkpoint, texts, '--max-length', String(model.maxLength)], {
        encoding: 'utf8',
      });
      const theirs = printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { logits: number[]; label: string; input_ids: number[] });

      const parameters = constantParameters(model.weights);
      const compiled = await compileLogits(testEngine, model.config, parameters, 'frozen');
      for (const [i, line] of TEXTS.entries()) {
        const [text, pair] = line.split('\t');
        const encoding = model.tokenizer.encode(text!, pair, model.maxLength);
        assert.deepEqual([...encoding.ids], theirs[i]!.input_ids, line);
        const { logits } = await compiled.run(
          batchTensors(padBatch([encoding], encoding.ids.length, model.tokenizer.padId)),
        );
        assert.ok(largestDifference(logits!.data, theirs[i]!.logits) <= 1e-4, line);
        assert.ok(model.labels.includes(theirs[i]!.label));
      }
      await compiled.dispose();
      disposeParameters(parameters);
    },
  );
}
