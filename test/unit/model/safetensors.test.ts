import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowlightError } from '../../../src/server/errors';
import { readSafetensors, safetensorsParts } from '../../../src/server/model/safetensors';
import type { Weights } from '../../../src/server/model/tensor-map';
import { failure, joined } from './odd-bert';

/** A file of a header given as it is, and data. */
function file(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return joined([length, json, typeof data === 'number' ? new Uint8Array(data) : data]);
}

const f32 = (shape: unknown, offsets: unknown) => ({ dtype: 'F32', shape, data_offsets: offsets });
const refused = (bytes: Uint8Array, message: RegExp) =>
  assert.throws(() => readSafetensors(bytes, 'f'), failure('bad-model', message));

const weightsArbitrary: fc.Arbitrary<Weights> = fc
  .uniqueArray(fc.tuple(fc.string(), fc.array(fc.nat(4), { maxLength: 3 })), {
    selector: ([name]) => name,
    maxLength: 6,
  })
  .filter((entries) => entries.every(([name]) => name !== '__metadata__' && name !== '__proto__'))
  .chain((entries) =>
    fc.tuple(
      ...entries.map(([name, shape]) => {
        const size = shape.reduce((product, axis) => product * axis, 1);
        return fc
          .float32Array({ minLength: size, maxLength: size })
          .map((data) => [name, { shape, data }] as [string, { shape: number[]; data: Float32Array }]);
      }),
    ),
  )
  .map((entries) => new Map(entries));

test('what is written is read again, bit by bit', () => {
  fc.assert(
    fc.property(weightsArbitrary, (weights) => {
      const again = readSafetensors(joined(safetensorsParts(weights)));
      // Keys that look like integers move to the front of a JavaScript object, so the order is not compared here.
      assert.deepEqual(new Map([...again].sort()), new Map([...weights].sort()));
    }),
  );
});

test('the written header is what other readers want: format pt, aligned data, canonical order', () => {
  const weights: Weights = new Map([
    ['b', { shape: [1], data: Float32Array.of(1) }],
    ['a', { shape: [2, 1], data: Float32Array.of(2, 3) }],
  ]);
  const bytes = joined(safetensorsParts(weights));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.equal(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(),
    '{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}',
  );
  assert.throws(() => safetensorsParts(new Map([['x', { shape: [3], data: new Float32Array(2) }]])), /x: shape \[3\]/);
});

test('aligned float32 is not copied, unaligned is', () => {
  const bytes = joined(safetensorsParts(new Map([['a', { shape: [2], data: Float32Array.of(1.5, -2) }]])));
  assert.equal(readSafetensors(bytes).get('a')?.data.buffer, bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assert.deepEqual(readSafetensors(shifted.subarray(1)).get('a')?.data, Float32Array.of(1.5, -2));
});

test('all 65,536 half-precision numbers become what the formula of IEEE 754 says', () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const header = { a: { dtype: 'F16', shape: [65_536], data_offsets: [0, 131_072] } };
  const data = readSafetensors(file(header, new Uint8Array(halves.buffer))).get('a')!.data;
  for (let half = 0; half < 65_536; half++) {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const value = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    const expected = sign * (exponent === 31 ? (fraction ? NaN : Infinity) : value);
    if (!Object.is(data[half], expected)) assert.equal(data[half], expected, `half ${half}`);
  }
});

test('bfloat16 is the upper half of float32, at an odd offset too', () => {
  const values = Float32Array.of(1, -2.5, 3e38, 0, -0, Infinity, 2 ** -130);
  const upper = Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
  const exact = Float32Array.from(values, (_, i) => new Float32Array(Uint32Array.of(upper[i]! << 16).buffer)[0]!);
  for (const padding of ['', ' ']) {
    const header = `${JSON.stringify({ a: { dtype: 'BF16', shape: [7], data_offsets: [0, 14] } })}${padding}`;
    assert.deepEqual(readSafetensors(file(header, new Uint8Array(upper.buffer))).get('a')?.data, exact);
  }
});

test('integer tensors are passed over as position ids and refused as weights', () => {
  const entry = { dtype: 'I64', shape: [1, 1], data_offsets: [0, 8] };
  assert.equal(readSafetensors(file({ 'bert.embeddings.position_ids': entry }, 8)).size, 0);
  refused(file({ 'bert.pooler.dense.weight': entry }, 8), /"bert\.pooler\.dense\.weight" has type I64/);
});

test('broken and hostile files are refused with one line', () => {
  refused(new Uint8Array(3), /not a safetensors file/);
  refused(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1'), /Git LFS/);
  refused(new Uint8Array(16).fill(255), /impossible header length/);
  refused(file({}).fill(200, 0, 1), /cut off within its header/);
  refused(file('{"a":'), /not JSON/);
  refused(file('[1]'), /not a JSON object/);
  refused(file('['.repeat(200_000)), /not JSON/);
  refused(file(`${'[['.repeat(50_000)}${']]'.repeat(50_000)}`), /not (JSON|a JSON object)/);
  refused(file({ a: 1 }), /"a": its header entry/);
  refused(file({ a: { ...f32([1], [0, 4]), dtype: 'X' } }, 4), /unknown type "X"/);
  refused(file({ a: { ...f32([1], [0, 4]), dtype: 'toString' } }, 4), /unknown type "toString"/);
  refused(file({ a: f32([-1], [0, 4]) }, 4), /not a list of sizes/);
  refused(file({ a: f32([1.5], [0, 6]) }, 6), /not a list of sizes/);
  refused(file({ a: f32('1', [0, 4]) }, 4), /not a list of sizes/);
  refused(file({ a: f32([1], [0]) }, 4), /data_offsets/);
  refused(file({ a: f32([1], [4, 0]) }, 4), /needs 4 bytes, and its data_offsets span -4/);
  refused(file({ a: f32([2], [0, 4]) }, 4), /needs 8 bytes, and its data_offsets span 4/);
  refused(file({ a: f32([2 ** 30, 2 ** 30], [0, 4]) }, 4), /impossible shape/);
  refused(file({ a: f32([0, 2 ** 60], [0, 0]) }), /impossible shape|not a list/);
  refused(file({ a: f32([2], [0, 8]), b: f32([2], [4, 12]) }, 12), /"b" overlaps/);
  refused(file({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12), /"b" leaves a gap/);
  refused(file({ a: f32([2], [0, 8]) }, 7), /cut off: its tensors need 8 bytes, and there are 7/);
  refused(file({ a: f32([2], [0, 8]) }, 9), /1 bytes too long/);
  refused(file({ [`\n${'x'.repeat(1000)}`]: 1 }), /x…": its header entry/);
});

test('random damage to a file is an expected failure or a sound result, never anything else', () => {
  const sound = joined(
    safetensorsParts(
      new Map([
        ['bert.a', { shape: [2, 3], data: new Float32Array(6).fill(1) }],
        ['bert.b', { shape: [5], data: new Float32Array(5).fill(2) }],
      ]),
    ),
  );
  const damage = fc.record({
    edits: fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }),
    length: fc.oneof(fc.constant(sound.length), fc.nat(sound.length)),
  });
  fc.assert(
    fc.property(damage, ({ edits, length }) => {
      const bytes = sound.slice();
      for (const [at, value] of edits) bytes[at] = value;
      check(bytes.slice(0, length));
    }),
    { numRuns: 2000 },
  );
  // Headers that are JSON of the right kind with wrong numbers.
  const number = fc.oneof(fc.integer({ min: -8, max: 40 }), fc.constantFrom(2 ** 31, 2 ** 53, 1e300, null, 0.5));
  const entry = fc.record({
    dtype: fc.constantFrom('F32', 'F16', 'I8', 'Q'),
    shape: fc.array(number),
    data_offsets: fc.array(number),
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())), fc.nat(64), (header, size) =>
      check(file(header, size)),
    ),
    { numRuns: 2000 },
  );
});

function check(bytes: Uint8Array): void {
  try {
    for (const { shape, data } of readSafetensors(bytes).values()) {
      assert.equal(
        shape.reduce((product, axis) => product * axis, 1),
        data.length,
      );
    }
  } catch (error) {
    if (!RowlightError.is(error, 'bad-model') || error.message.includes('\n')) throw error;
  }
}
