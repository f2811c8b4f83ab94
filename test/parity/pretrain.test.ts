/** What `pretrain` saves opens in transformers as it is, and says the same there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type * as tf from '@tensorflow/tfjs-core';
import { type Parameters, encode, noDropout, wordRows } from '../../src/server/model/bert';
import type { BertConfig } from '../../src/server/model/config';
import { resolveModelFolder } from '../../src/server/model/model-folder';
import { constantParameters, disposeParameters } from '../../src/server/model/parameters';
import { loadForPretraining } from '../../src/server/model/pretrained-folder';
import { maskedWordLogits, pairLogits } from '../../src/server/model/pretraining-heads';
import { nodeFiles } from '../../src/server/node-files';
import { compileFilling, fillMasks } from '../../src/server/pretraining/fill-masks';
import type { PairTask } from '../../src/server/pretraining/settings';
import { beginPretraining } from '../../src/server/runs/pretrain/run';
import { createTokenizer } from '../../src/server/tokenizer/tokenizer';
import { readTokenizerFiles } from '../../src/server/tokenizer/tokenizer-files';
import { largestDifference, testEngine } from '../support/model';
import { writeTexts, pretrainRequest, pretrainWorld } from '../support/pretrain-run';
import { temporaryFolder } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;
const skip = python === undefined && 'npm run test:parity brings torch and transformers';

/** Singles and pairs, one mask and several. */
const TEXTS = ['身份[MASK]丢了', '我想问[MASK][MASK]证去哪里补办', '交通[MASK]故\t去哪里[MASK]警', '[MASK]'];

/** A graph of both heads for one text; that of pairs only where there is one. */
function compileHeads(config: BertConfig, parameters: Parameters, pairs: boolean) {
  const row = { dtype: 'int32', shape: [1, 'length'] } as const;
  return testEngine.compile({
    inputs: { ids: row, mask: row, typeIds: row, positions: { dtype: 'int32', shape: ['places'] } },
    variables: 'frozen',
    maximum: { length: config.maxPositions },
    fn: (tensors) => {
      const words = wordRows(parameters, tensors.ids as tf.Tensor2D);
      const [mask, typeIds] = [tensors.mask as tf.Tensor2D, tensors.typeIds as tf.Tensor2D];
      const layer = encode(config, parameters, words, mask, typeIds, 'all', noDropout);
      const masked = maskedWordLogits(config, parameters, layer, tensors.positions as tf.Tensor1D);
      return pairs ? { masked, pair: pairLogits(parameters, layer, 1) } : { masked };
    },
  });
}

for (const [task, fresh, base] of [
  ['none', true, undefined],
  ['sop', true, undefined],
  ['none', false, join('models', 'zh-mini')],
] as const satisfies readonly (readonly [PairTask, boolean, string | undefined])[]) {
  const name = `${base ?? 'new weights'}, ${task === 'none' ? 'BertForMaskedLM' : 'BertForPreTraining'}`;
  test(`a pre-trained checkpoint opens in transformers with the same logits: ${name}`, { skip }, async (t) => {
    const folder = temporaryFolder(t);
    writeTexts(folder);
    const pairs = task !== 'none';
    const settings = { pairs: task, steps: 8, evaluateEvery: 8 };
    const own = base === undefined ? {} : { base, baseFolder: base };
    await beginPretraining({ ...pretrainRequest(folder, 'run', settings), fresh, ...own }, pretrainWorld());
    const checkpoint = await resolveModelFolder(nodeFiles, join(folder, 'run'));
    const texts = join(folder, 'texts.tsv');
    writeFileSync(texts, `${TEXTS.join('\n')}\n`);
    const script = join('scripts', 'golden', 'open_pretrained.py');
    const theirs = execFileSync(python!, [script, checkpoint, texts], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<'input_ids' | 'pair', number[]> & { architecture: string; masked: number[][] }); // prettier-ignore

    // For the classifier that every folder is read with; transformers has said that no other weight is missing.
    const random = () => 0.5;
    const { folder: model, weights } = await loadForPretraining(nodeFiles, checkpoint, { pairs, fresh: false, random });
    const { vocabulary, config: tokenizerConfig } = readTokenizerFiles(model.tokenizer, checkpoint);
    const tokenizer = createTokenizer(vocabulary, tokenizerConfig);
    const parameters = constantParameters(weights);
    const heads = await compileHeads(model.config, parameters, pairs);
    const filling = await compileFilling(testEngine, model.config, parameters);
    for (const [i, line] of TEXTS.entries()) {
      const [text, second] = line.split('\t');
      const { architecture, input_ids, masked, pair } = theirs[i]!;
      assert.equal(architecture, pairs ? 'BertForPreTraining' : 'BertForMaskedLM');
      const { ids, typeIds } = tokenizer.encode(text!, second, model.config.maxPositions);
      assert.deepEqual([...ids], input_ids, line);
      const places = Int32Array.from([...ids.keys()].filter((at) => ids[at] === vocabulary.maskId));
      assert.equal(places.length, line.split('[MASK]').length - 1);
      const row = (data: Int32Array) => ({ dtype: 'int32', shape: [1, data.length], data }) as const;
      const ours = await heads.run({
        ids: row(ids),
        mask: row(new Int32Array(ids.length).fill(1)),
        typeIds: row(typeIds),
        positions: { dtype: 'int32', shape: [places.length], data: places },
      });
      assert.ok(largestDifference(ours.masked!.data, masked.flat()) <= 1e-4, line);
      if (pairs) assert.ok(largestDifference(ours.pair!.data, pair) <= 1e-4, line);
      if (second !== undefined) continue;
      const filled = await fillMasks(filling, text!, tokenizer, vocabulary, model.config.maxPositions, 1);
      const likeliest = masked.map((logits) => vocabulary.tokens[logits.indexOf(Math.max(...logits))]);
      assert.deepEqual(
        filled.map((one) => one[0]!.token),
        likeliest,
        line,
      );
    }
    await heads.dispose();
    await filling.dispose();
    disposeParameters(parameters);
  });
}
