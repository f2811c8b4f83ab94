// `npm run demo`: from a fresh clone to a model that labels rows. Installs what is missing, builds, fine-tunes the embedded model on the sample
// data, prints how good it is beside a naive-Bayes floor, labels unlabelled rows, and says what to open next.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { bold, duration, say } from './lib/say.mjs';
import { requireDependencies } from './setup.mjs';

const run = at('.rowlight/demo');
const samples = 'samples/police-desk';

process.exitCode = await main();

async function main() {
  await requireDependencies();
  if ((await runNode([at('esbuild.mjs')], { cwd: root })) !== 0) return 1;
  const began = Date.now();

  title('1. Fine-tune the embedded BERT on the labelled rows of the sample');
  say(`   rowlight train ${samples}/train.tsv\n`);
  rmSync(run, { recursive: true, force: true });
  const trained = await rowlight(['train', `${samples}/train.tsv`, '--output', run, '--json']);
  if (trained === undefined) return 1;

  title('2. Judge it on rows it never saw, once');
  say(`   rowlight evaluate RUN ${samples}/test.tsv\n`);
  const judged = await rowlight(['evaluate', run, `${samples}/test.tsv`, '--floor', `${samples}/train.tsv`, '--json']);
  if (judged === undefined) return 1;
  const { eval_accuracy, eval_macro_f1, floor, rows } = JSON.parse(judged);
  say(
    table(
      ['on the test part', 'accuracy', 'macro F1'],
      [
        ['fine-tuned BERT', percent(eval_accuracy), percent(eval_macro_f1)],
        ['naive Bayes', percent(floor.accuracy), percent(floor.macro_f1)],
      ],
    ),
  );
  say(`   (${rows} rows)`);

  title('3. Label rows that have no label');
  const unlabelled = readFileSync(at(samples, 'train.tsv'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('\t'))
    .slice(0, 8);
  mkdirSync(at('.rowlight'), { recursive: true });
  const file = at('.rowlight/unlabelled.tsv');
  writeFileSync(file, `场景\t问题\n${unlabelled.join('\n')}\n`);
  const predicted = await rowlight(['predict', run, file]);
  if (predicted === undefined) return 1;
  for (const line of predicted.trimEnd().split('\n').slice(1)) {
    const [, text, label, probability] = line.split('\t');
    say(
      `   ${label.padEnd(6, '　')} ${`${Math.round(100 * Number(probability))} %`.padStart(5)}   ${text.length > 40 ? `${text.slice(0, 39)}…` : text}`,
    );
  }

  title(`Done in ${duration(Date.now() - began)}. Next:`);
  say(`   npm run editor                                    the same in the editor, with predictions beside every row`);
  say(`   node dist/cli.cjs predict .rowlight/demo -        type a question, get its label`);
  say(`   node dist/cli.cjs train YOUR.tsv                  your own data`);
  return 0;
}

/** Runs the command line and returns what it printed, or `undefined` where it failed. */
function rowlight(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [at('dist/cli.cjs'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.on('close', (code) => resolve(code === 0 ? stdout : undefined));
  });
}

function title(text) {
  say(bold(`\n${text}`));
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function table(head, rows) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  return [head, ...rows]
    .map(
      (row) => `   ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 2))).join('')}`,
    )
    .join('\n');
}
