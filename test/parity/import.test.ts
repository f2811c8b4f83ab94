import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors } from '../../src/server/model/safetensors';
import { CLI } from '../support/cli';
import { temporaryFolder } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;

/** Runs a command and prints the most memory it held: what the system counts of a process that has ended. */
const MEASURE = `
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(code)
`;

test(
  "TensorFlow's BERT-base has the numbers of the same model in transformers, in little memory",
  { skip: python === undefined && 'npm run test:parity brings torch, transformers and TensorFlow' },
  (t) => {
    const folder = temporaryFolder(t);
    execFileSync(python!, [join('scripts', 'golden', 'base_checkpoint.py'), folder], {
      stdio: ['ignore', 2, 'ignore'],
    });
    const source = join(folder, 'tensorflow');
    const began = performance.now();
    const command = [process.execPath, CLI, 'import', source, join(folder, 'imported')];
    const { status, stdout } = spawnSync(python!, ['-c', MEASURE, ...command], {
      stdio: ['ignore', 'pipe', 2],
      encoding: 'utf8',
    });
    const seconds = (performance.now() - began) / 1000;
    assert.equal(status, 0);
    const size = statSync(join(source, 'bert_model.ckpt.data-00000-of-00001')).size;
    const peak = Number(stdout.trim());
    t.diagnostic(
      `BERT-base imported in ${seconds.toFixed(1)} s; peak ${(peak / size).toFixed(2)} × its ${(size / 1e6).toFixed(0)} MB`,
    );
    assert.ok(peak < 1.5 * size + 100e6, `${peak} of ${size} bytes`);

    const theirs = readSafetensors(new Uint8Array(readFileSync(join(folder, 'transformers', 'model.safetensors'))));
    const ours = readSafetensors(new Uint8Array(readFileSync(join(folder, 'imported', 'model.safetensors'))));
    assert.equal(ours.size, theirs.size);
    for (const [name, { shape, data }] of theirs) {
      const own = ours.get(`bert.${name}`);
      assert.deepEqual(own?.shape, shape, name);
      assert.ok(
        own.data.every((value, at) => value === data[at]),
        name,
      );
    }
  },
);
