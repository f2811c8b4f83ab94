// Pre-training runs judged by the same held-out documents under both ways to mask, since a score under one says nothing about another's: whole words hide
// what helps to guess their characters.
//
//   node scripts/bench.mjs masked RUN… [--length 128] [--sequences 2000] [--threads 2]
//
// The documents are those that the first run held out, the masks the same for all runs: compare runs of one corpus and seed. Printed, a line of JSON for
// each run's last checkpoint and each unit: accuracy, mean loss and perplexity of the masked tokens, sequences, and the share of the masked words that
// were masked as a whole.
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { loadForPretraining } from '../../src/server/model/pretrained-folder';
import { nodeFiles } from '../../src/server/node-files';
import { judgeSequences, judgedSequences } from '../../src/server/pretraining/judge';
import { UNITS } from '../../src/server/pretraining/settings';
import { createPretrainingStepper } from '../../src/server/pretraining/stepper';
import { lastCheckpoint } from '../../src/server/runs/checkpoints';
import { openCorpus } from '../../src/server/runs/pretrain/corpus-record';
import { readPretraining } from '../../src/server/runs/pretrain/record';
import { openSequences } from '../../src/server/runs/pretrain/sequences';

const { values, positionals: runs } = parseArgs({
  allowPositionals: true,
  options: {
    length: { type: 'string', default: '128' },
    sequences: { type: 'string', default: '2000' },
    threads: { type: 'string', default: '2' },
  },
});
const [first] = runs;
if (first === undefined) throw new Error('which runs? give their folders');
const [T, most] = [Number(values.length), Number(values.sequences)];
/** Sequences that are judged at a time. */
const B = 32;
const corpus = await openCorpus((await readPretraining(first)).corpus);
const engine = createOnnxEngine({ providers: ['cpu'], threads: Number(values.threads), spinning: true }, 'cpu');

for (const run of runs) {
  const { settings } = await readPretraining(run);
  const checkpoint = await lastCheckpoint(run);
  const stored = { pairs: false, fresh: false, random: () => 0 };
  const { folder: base, weights } = await loadForPretraining(nodeFiles, checkpoint, stored);
  const stepper = createPretrainingStepper(engine, base.config, weights, { seed: 1, pairs: false, memoryBudget: 8e9 });
  for (const unit of UNITS) {
    const masks = { ...settings.masks, unit };
    const record = { settings: { ...settings, seed: 1, pairs: 'none' as const, masks } };
    const { heldOut, vocabulary } = openSequences({ record, corpus, base });
    const sequences = await judgedSequences(heldOut, T, most);
    if (sequences.length === 0) throw new Error(`${first}: holds out no ${T} tokens; give a smaller --length`);
    const { accuracy, loss } = await judgeSequences(stepper, sequences, T, B, vocabulary.padId, masks, false);
    const [words, whole] = (['words', 'whole'] as const).map((of) => sequences.reduce((sum, one) => sum + one[of], 0));
    const result = {
      run,
      checkpoint,
      trained_on: settings.masks.unit,
      judged_on: unit,
      accuracy,
      loss,
      perplexity: Math.exp(loss),
      sequences: sequences.length,
      words_masked_whole: whole! / words!,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  await stepper.dispose();
}
