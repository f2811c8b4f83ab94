// Writes THIRD-PARTY-NOTICES.txt from the production dependencies of package-lock.json and the licence texts in node_modules.
//
//   npm run notices              writes the file
//   npm run notices -- --check   ends with 1 when the file is not what would be written
//
// The same lock file gives the same bytes on every machine.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { at } from './lib/paths.mjs';
import { red, say } from './lib/say.mjs';
import { requireDependencies } from './setup.mjs';

const FILE = at('THIRD-PARTY-NOTICES.txt');
const RULE = '='.repeat(80);

/** Packages published without their licence's text: its holder, as their sources or their read-me name it. */
const HOLDERS = {
  'abstract-logging': 'Copyright (c) James Sumners',
  '@tensorflow/tfjs-core': 'Copyright 2017 Google LLC. All Rights Reserved.',
  'onnxruntime-common': 'Copyright (c) Microsoft Corporation',
  'onnxruntime-node': 'Copyright (c) Microsoft Corporation',
  'gearhash-jit': 'Copyright (c) the authors of gearhash-jit',
  seedrandom: 'Copyright 2019 David Bau',
  tr46: 'Copyright (c) Sebastian Mayr',
};

/** What no lock file knows of. */
const ALSO = [
  `${RULE}
models/zh-mini (vocabulary)
Licence: Apache-2.0

The vocabulary of the embedded model is a subset of the vocabulary of Google's Chinese BERT (bert-base-chinese,
https://github.com/google-research/bert), Copyright 2018 The Google AI Language Team Authors, under the Apache
License, Version 2.0 (its text stands above, with @tensorflow/tfjs-core). The weights were made for Rowlight.
`,
  `${RULE}
ONNX Runtime (native libraries in node_modules/onnxruntime-node/bin)
Licence: MIT

The libraries contain further components. Their notices are in ThirdPartyNotices.txt of ONNX Runtime's source at the
version named above: https://github.com/microsoft/onnxruntime. On Windows DirectML.dll, dxcompiler.dll and dxil.dll
are distributed by Microsoft with that package.
`,
];

/** The whole file for the lock file and node_modules as they are. */
export function notices() {
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const sections = Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional && !entry.optional)
    .map(([path, { version, license }]) => ({ path, name: path.replace(/^.*node_modules\//, ''), version, license }))
    .sort((a, b) => compare(`${a.name}@${a.version}`, `${b.name}@${b.version}`))
    .filter((entry, i, all) => i === 0 || entry.name !== all[i - 1].name || entry.version !== all[i - 1].version)
    .map((entry) => `${RULE}\n${entry.name} ${entry.version}\nLicence: ${entry.license}\n\n${licenceText(entry)}\n`);
  const head = 'Rowlight contains or uses the software below. This file is written by scripts/notices.mjs.\n';
  return [head, ...sections, ...ALSO].join('\n');
}

/** By code units, not by the machine's language. */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function licenceText({ path, name, license }) {
  const file = readdirSync(at(path))
    .sort()
    .find((candidate) => /^(licen[cs]e|copying)/i.test(candidate));
  if (file) return clean(readFileSync(at(path, file), 'utf8'));
  const holder = HOLDERS[name];
  // Our own licence is the MIT one and `long` carries the Apache one: their texts serve for those who left theirs out.
  if (holder && license === 'MIT')
    return `${holder}\n\n${clean(readFileSync(at('LICENSE'), 'utf8'))
      .split('\n')
      .slice(4)
      .join('\n')}`;
  if (holder && license === 'Apache-2.0')
    return `${holder}\n\n${clean(readFileSync(at('node_modules/long/LICENSE'), 'utf8'))}`;
  throw new Error(`${name} (${license}) has no licence text: name its holder in scripts/notices.mjs`);
}

const clean = (text) =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();

await requireDependencies();
const text = notices();
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
  say(`Wrote THIRD-PARTY-NOTICES.txt, ${text.split(RULE).length - 1} entries.`);
} else if (!existsSync(FILE) || readFileSync(FILE, 'utf8').replaceAll('\r\n', '\n') !== text) {
  say(red('THIRD-PARTY-NOTICES.txt is not what package-lock.json says. Run: npm run notices'));
  process.exitCode = 1;
}
