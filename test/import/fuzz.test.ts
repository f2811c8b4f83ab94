/** Model files with bytes changed, cut off or repeated: read, or refused in one line; never a crash, a hang or absurd memory. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { silentLog } from '../../src/server/env';
import { RowlightError } from '../../src/server/errors';
import { importModel } from '../../src/server/import/import-model';
import { memorySource } from '../../src/server/import/source-folder';
import { createRandom } from '../../src/server/training/random';

const FORMS = join('test', 'golden', 'import');
const ROUNDS = process.env.ROWLIGHT_LONG ? 2500 : 60;

describe('damaged model files', () => {
  for (const form of ['torch-zip', 'torch-legacy', 'tensorflow', 'shards'])
    test(`${form}: ${ROUNDS} of them`, async () => {
      const { float: random } = createRandom(20261125, 0);
      const files = new Map<string, Uint8Array>(
        readdirSync(join(FORMS, form)).map((name) => [name, new Uint8Array(readFileSync(join(FORMS, form, name)))]),
      );
      const reasons = new Map<string, number>();
      for (let round = 0; round < ROUNDS; round++) {
        const spoilt = new Map(files);
        const name = [...files.keys()][Math.floor(random() * files.size)]!;
        spoilt.set(name, spoil(files.get(name)!, random));
        const outcome = await attempt(spoilt);
        reasons.set(outcome, (reasons.get(outcome) ?? 0) + 1);
      }
      // Something was refused, and something that does not matter (a README, an optimizer's slot) let through.
      assert.ok((reasons.get('bad-model') ?? 0) > 0, JSON.stringify([...reasons]));
    });
});

async function attempt(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const open = async (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw new RowlightError('not-found', `${name}: no such file`);
    return memorySource(name, bytes);
  };
  const folder = {
    label: 'm',
    name: 'm',
    names: [...files.keys()],
    open,
    read: async (name: string) => (await open(name)).read(0, files.get(name)!.length),
    close: async () => undefined,
  };
  try {
    await importModel(folder, { heads: false, characters: false }, { log: silentLog });
    return 'read';
  } catch (error) {
    assert.ok(RowlightError.is(error), String((error as Error).stack));
    assert.doesNotMatch(error.message, /\n/);
    return error.reason;
  }
}

/** One to four changes: a bit, a byte, a number set to an extreme, a piece cut out or doubled, the end cut off. Heads are hit more often than tails. */
function spoil(bytes: Uint8Array, random: () => number): Uint8Array {
  let spoilt: Uint8Array = bytes.slice();
  for (let changes = 1 + Math.floor(4 * random()); changes > 0 && spoilt.length > 0; changes--) {
    const at = Math.floor(spoilt.length * random() ** 3);
    const fromEnd = spoilt.length - 1 - at;
    const place = random() < 0.5 ? at : fromEnd;
    const kind = Math.floor(6 * random());
    if (kind === 0) spoilt[place]! ^= 1 << Math.floor(8 * random());
    else if (kind === 1) spoilt[place] = Math.floor(256 * random());
    else if (kind === 2) spoilt.fill(random() < 0.5 ? 0xff : 0, place, place + 8);
    else if (kind === 3) spoilt = spoilt.slice(0, place);
    else {
      const piece = spoilt.subarray(place, place + Math.floor(64 * random()));
      const rest = spoilt.subarray(place + piece.length);
      const middle = kind === 4 ? [] : [piece, piece];
      spoilt = new Uint8Array(Buffer.concat([spoilt.subarray(0, place), ...middle, rest]));
    }
  }
  return spoilt;
}
