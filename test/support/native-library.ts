/** Reads what the test of the packages asks of a native library, from its bytes alone: nothing of another platform is ever loaded. */

/** A library: for which machine it is and which libraries it names. */
export interface NativeLibrary {
  readonly format: 'elf' | 'pe' | 'mach-o';
  readonly machine: 'x64' | 'arm64';
  /** Names of the libraries that are loaded with it, and on Windows of those that are loaded with it when they are first used. */
  readonly needs: readonly string[];
}

/** Tells the format by its magic number. Throws where it is none of the three, of 32 bits, or for a machine that Rowlight does not run on. */
export function readNativeLibrary(bytes: Buffer): NativeLibrary {
  if (bytes.readUInt32BE(0) === 0x7f454c46) return readElf(bytes);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return readMachO(bytes);
  if (bytes.toString('latin1', 0, 2) === 'MZ') return readPe(bytes);
  throw new Error('no ELF, PE or Mach-O file of 64 bits');
}

/** System V ABI, "Object Files": header, program headers, the dynamic section and its string table. */
function readElf(bytes: Buffer): NativeLibrary {
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error('an ELF file, but not of 64 bits, little-endian');
  const machine = machineOf(bytes.readUInt16LE(18), { 62: 'x64', 183: 'arm64' });
  const headers = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const segments = Array.from({ length: bytes.readUInt16LE(56) }, (_, i) => {
    const at = headers + i * size;
    const long = (offset: number): number => Number(bytes.readBigUInt64LE(at + offset));
    return { type: bytes.readUInt32LE(at), offset: long(8), address: long(16), bytes: long(32) };
  });
  const [LOAD, DYNAMIC, NEEDED, STRTAB] = [1, 2, 1, 5];
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  if (!dynamic) throw new Error('an ELF file without a dynamic section');
  const entries = Array.from({ length: dynamic.bytes / 16 }, (_, i) => {
    const at = dynamic.offset + i * 16;
    return { tag: Number(bytes.readBigInt64LE(at)), value: Number(bytes.readBigUInt64LE(at + 8)) };
  });
  const table = entries.find(({ tag }) => tag === STRTAB)?.value ?? 0;
  const strings = toOffset(
    table,
    segments.filter(({ type }) => type === LOAD),
  );
  const needed = entries.filter(({ tag }) => tag === NEEDED);
  return { format: 'elf', machine, needs: needed.map(({ value }) => textAt(bytes, strings + value)) };
}

/** Microsoft's "PE Format": COFF header, optional header (PE32+), sections, import and delay-load import tables. */
function readPe(bytes: Buffer): NativeLibrary {
  const coff = bytes.readUInt32LE(0x3c) + 4;
  if (bytes.toString('latin1', coff - 4, coff) !== 'PE\0\0') throw new Error('a DOS program');
  const machine = machineOf(bytes.readUInt16LE(coff), { 0x8664: 'x64', 0xaa64: 'arm64' });
  const optional = coff + 20;
  if (bytes.readUInt16LE(optional) !== 0x20b) throw new Error('a PE file, but not of 64 bits');
  const first = optional + bytes.readUInt16LE(coff + 16);
  const sections = Array.from({ length: bytes.readUInt16LE(coff + 2) }, (_, i) => {
    const at = first + i * 40;
    const part = (offset: number): number => bytes.readUInt32LE(at + offset);
    return { address: part(12), bytes: part(16), offset: part(20) };
  });
  /** The names in a table of descriptors that ends with an empty one. */
  const names = (directory: number, descriptor: number, name: number): string[] => {
    const address = bytes.readUInt32LE(optional + 112 + directory * 8);
    const found: string[] = [];
    for (let at = address && toOffset(address, sections); at > 0; at += descriptor) {
      const target = bytes.readUInt32LE(at + name);
      if (target === 0) break;
      found.push(textAt(bytes, toOffset(target, sections)));
    }
    return found;
  };
  return { format: 'pe', machine, needs: [...names(1, 20, 12), ...names(13, 32, 4)] };
}

/** Apple's mach-o/loader.h: the header and the load commands that name libraries. */
function readMachO(bytes: Buffer): NativeLibrary {
  const machine = machineOf(bytes.readUInt32LE(4), { 0x0100000c: 'arm64', 0x01000007: 'x64' });
  // LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB
  const naming = new Set([0x0c, 0x80000018, 0x8000001f]);
  const needs: string[] = [];
  let at = 32;
  for (let i = bytes.readUInt32LE(16); i > 0; i--) {
    if (naming.has(bytes.readUInt32LE(at))) needs.push(textAt(bytes, at + bytes.readUInt32LE(at + 8)));
    at += bytes.readUInt32LE(at + 4);
  }
  return { format: 'mach-o', machine, needs };
}

function machineOf(code: number, known: Readonly<Record<number, NativeLibrary['machine']>>): NativeLibrary['machine'] {
  const machine = known[code];
  if (!machine) throw new Error(`machine type ${code}`);
  return machine;
}

function toOffset(
  address: number,
  parts: readonly { readonly address: number; readonly offset: number; readonly bytes: number }[],
): number {
  const part = parts.find((one) => address >= one.address && address < one.address + one.bytes);
  if (!part) throw new Error(`address ${address} lies in no part of the file`);
  return address - part.address + part.offset;
}

const textAt = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, bytes.indexOf(0, at));
