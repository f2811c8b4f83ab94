import { RowlightError } from '../errors';
import { type ByteSource, cutOff } from './byte-source';
import { maskedCrc32c } from './crc32c';
import { wireReader } from './wire-reader';

/** The last bytes of a table: two block handles, padding, a magic number. */
const FOOTER = 48;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

/** An index of tensors is some kilobytes; more is no checkpoint's. */
const LARGEST = 64 * 2 ** 20;

/**
 * The entries of a sorted string table in LevelDB's format (https://github.com/google/leveldb, doc/table_format.md): what the `.index` of a
 * TensorFlow checkpoint is. Checksums are compared.
 */
export async function readSortedTable(source: ByteSource): Promise<Map<string, Uint8Array>> {
  const bad = () => cutOff(source.name);
  if (source.size < FOOTER || source.size > LARGEST) throw noTable(source);
  const content = await source.read(0, source.size);
  const footer = content.subarray(content.length - FOOTER);
  if (!MAGIC.every((byte, at) => footer[FOOTER - 8 + at] === byte)) throw noTable(source);
  const handles = wireReader(footer, bad);
  handles.varint();
  handles.varint();
  const index = block(content, handles.varint(), handles.varint(), source);
  const entries = new Map<string, Uint8Array>();
  for (const [, handle] of blockEntries(index, bad)) {
    const reader = wireReader(handle, bad);
    for (const [key, value] of blockEntries(block(content, reader.varint(), reader.varint(), source), bad))
      entries.set(new TextDecoder().decode(key), value);
  }
  return entries;
}

/** A block's bytes, once its checksum and its compression were looked at. */
function block(content: Uint8Array, at: number, length: number, source: ByteSource): Uint8Array {
  if (at + length + 5 > content.length) throw cutOff(source.name);
  const kind = content[at + length];
  const stored = new DataView(content.buffer, content.byteOffset + at + length + 1, 4).getUint32(0, true);
  if (maskedCrc32c(content.subarray(at, at + length + 1)) !== stored)
    throw new RowlightError('bad-model', `${source.name}: damaged (a checksum differs); copy or download it again`);
  // TensorFlow writes them plain.
  if (kind !== 0)
    throw new RowlightError('unsupported', `${source.name}: its index is compressed; save the checkpoint again`);
  return content.subarray(at, at + length);
}

/** Keys share their beginnings with the ones before; restart points stand at the end and are not needed to read all. */
function blockEntries(content: Uint8Array, bad: () => RowlightError): [Uint8Array, Uint8Array][] {
  if (content.length < 4) throw bad();
  const restarts = new DataView(content.buffer, content.byteOffset + content.length - 4, 4).getUint32(0, true);
  const end = content.length - 4 - 4 * restarts;
  if (end < 0) throw bad();
  const reader = wireReader(content.subarray(0, end), bad);
  const entries: [Uint8Array, Uint8Array][] = [];
  let key = new Uint8Array();
  while (reader.left > 0) {
    const shared = reader.varint();
    const more = reader.varint();
    const length = reader.varint();
    if (shared > key.length) throw bad();
    const rest = reader.bytes(more);
    const next = new Uint8Array(shared + rest.length);
    next.set(key.subarray(0, shared));
    next.set(rest, shared);
    key = next;
    entries.push([key, reader.bytes(length)]);
  }
  return entries;
}

const noTable = ({ name }: ByteSource): RowlightError =>
  new RowlightError('bad-model', `${name}: not the index of a TensorFlow checkpoint (V2); copy or download it again`);
