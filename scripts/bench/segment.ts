// How well the words of whole-word masking agree with a gold segmentation: span F1 over the CoNLL-U files of a folder.
//
//   node scripts/bench.mjs segment FOLDER
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadJieba } from '../../src/server/corpus/jieba';
import { spanF1 } from '../../src/server/pretraining/span-f1';

const [folder] = process.argv.slice(2);
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.conllu'));
if (folder === undefined || names.length === 0) {
  process.stderr.write('Give a folder with CoNLL-U files: node scripts/bench.mjs segment FOLDER\n');
  process.exit(2);
}
const segment = await loadJieba();
for (const name of names) {
  const sentences = readFileSync(join(folder, name), 'utf8')
    .split(/\r?\n\r?\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .map((line) => line.split('\t'))
        // A range of numbers is a token of several words, a decimal one a word that is not written.
        .filter(([number]) => /^\d+$/.test(number ?? ''))
        .map((cells) => cells[1]!),
    )
    .filter((words) => words.length > 0);
  const scores = spanF1(
    sentences.map((words) => {
      let at = 0;
      return [words.map((word) => (at += word.length)), segment(words.join(''))] as const;
    }),
  );
  process.stdout.write(`${JSON.stringify({ file: name, sentences: sentences.length, ...scores })}\n`);
}
