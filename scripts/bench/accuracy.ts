// zh-mini fine-tuned on published sets, as scripts/bench/peers/finetune.py does it with transformers: the same rows, arguments and choice of checkpoint.
//
//   npm run build && node scripts/bench.mjs accuracy --data FOLDER [--sets sib200_zho_Hans,waimai_fold] [--seeds 1,2,3]
//
// Sets with a dev part choose the best epoch on it; the others train on all rows and take the last epoch. The test part is judged once.
// waimai_fold is one fold of waimai_10k, every fifth line of its all.tsv:
//
//   awk 'NR==1||NR%5!=0' all.tsv > waimai_fold/train.tsv; awk 'NR==1||NR%5==0' all.tsv > waimai_fold/test.tsv
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Settings chosen on sib200's dev part with seed 1; epochs by the size of the set. */
const SETS: Record<string, { train: string; dev?: string; epochs: number; maxLength: number }> = {
  sib200_zho_Hans: { train: 'train.tsv', dev: 'dev.tsv', epochs: 10, maxLength: 128 },
  xsid_zh: { train: 'valid.tsv', epochs: 20, maxLength: 128 },
  thucnews_titles: { train: 'dev.tsv', epochs: 3, maxLength: 64 },
  waimai_fold: { train: 'train.tsv', epochs: 2, maxLength: 64 },
  gongan_laws: { train: 'train.tsv', dev: 'dev.tsv', epochs: 3, maxLength: 128 },
};

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sets: { type: 'string', default: 'sib200_zho_Hans,xsid_zh,thucnews_titles,gongan_laws' },
    seeds: { type: 'string', default: '1,2,3' },
  },
});
const rowlight = (...args: string[]) =>
  execFileSync(process.execPath, ['dist/cli.cjs', ...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

for (const set of values.sets.split(',')) {
  const { train, dev, epochs, maxLength } = SETS[set]!;
  const at = (name: string) => join(values.data!, set, name);
  const scores: { accuracy: number; macroF1: number }[] = [];
  let floor: unknown;
  for (const seed of values.seeds.split(',')) {
    const run = join(mkdtempSync(join(tmpdir(), 'rowlight-accuracy-')), 'run');
    const began = performance.now();
    // Without a dev part the training rows themselves are judged; what they say chooses nothing.
    rowlight(
      'train',
      at(train),
      '--dev',
      at(dev ?? train),
      '--output',
      run,
      '--seed',
      seed,
      '--epochs',
      String(epochs),
      '--max-length',
      String(maxLength),
      '--learning-rate',
      '3e-4',
      '--batch-size',
      '32',
    );
    const { last } = JSON.parse(readFileSync(join(run, 'checkpoints.json'), 'utf8')) as { last: string };
    const model = dev === undefined ? join(run, 'checkpoints', last) : run;
    const judged = JSON.parse(rowlight('evaluate', model, at('test.tsv'), '--floor', at(train))) as {
      eval_accuracy: number;
      eval_macro_f1: number;
      floor: unknown;
    };
    scores.push({ accuracy: judged.eval_accuracy, macroF1: judged.eval_macro_f1 });
    floor = judged.floor;
    process.stderr.write(
      `${set} seed ${seed}: ${JSON.stringify(scores.at(-1))} in ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
    );
    rmSync(join(run, '..'), { recursive: true, force: true });
  }
  const mean = (pick: (score: (typeof scores)[number]) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  const error = (pick: (score: (typeof scores)[number]) => number) =>
    Math.sqrt(
      scores.reduce((sum, score) => sum + (pick(score) - mean(pick)) ** 2, 0) / (scores.length - 1) / scores.length,
    );
  const figure = (pick: (score: (typeof scores)[number]) => number) =>
    `${(100 * mean(pick)).toFixed(2)} ± ${(100 * error(pick)).toFixed(2)}`;
  process.stdout.write(
    `${JSON.stringify({ set, epochs, maxLength, accuracy: figure(({ accuracy }) => accuracy), macro_f1: figure(({ macroF1 }) => macroF1), naive_bayes: floor, scores })}\n`,
  );
}
