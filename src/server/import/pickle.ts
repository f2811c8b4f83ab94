import { RowlightError } from '../errors';

/*
 * Python's pickle format, as far as files of tensors need it (Python's Lib/pickletools.py lists all opcodes). A pickle is a program for a little
 * stack machine that may name any function of Python and call it. Here nothing is ever called: names are only looked up in a table of what a
 * tensor is made of, and every opcode and name outside of it is refused.
 */

/** What a pickle builds. */
export type Pickled = string | number | bigint | boolean | null | Pickled[] | PickledDict | PickledTuple | Built | Name;

/** A `dict` or an `OrderedDict`. */
export class PickledDict {
  readonly entries = new Map<Pickled, Pickled>();
}

/** A `tuple`. */
export class PickledTuple {
  constructor(readonly items: readonly Pickled[]) {}
}

/** A function or class of Python's, as a name. */
export class Name {
  constructor(readonly name: string) {}
}

/** Something of ours in place of what Python would have made: a storage, a tensor. */
export class Built {
  constructor(readonly value: unknown) {}
}

/** What may be named and what stands in place of what it would make. */
export interface Vocabulary {
  /** Whether a name (`module.attribute`) may stand in the pickle. */
  allows(name: string): boolean;
  /** In place of a call of an allowed name. */
  call(name: string, args: readonly Pickled[]): Pickled;
  /** In place of an object that lies outside the pickle (`persistent_load`). */
  persistent(id: Pickled): Pickled;
}

/** Deeper stacks are no file of tensors. */
const LARGEST_STACK = 1_000_000;

const MARK = Symbol('mark');
type Slot = Pickled | typeof MARK;

/**
 * Reads the pickle that begins at `start`. Answers what it builds and where it ends.
 * @param file named in messages
 * @throws RowlightError `bad-model` where it is damaged, `unsupported` where it holds more than tensors, with the name of what
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  { allows, call, persistent }: Vocabulary,
  file: string,
): { readonly value: Pickled; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = () => new RowlightError('bad-model', `${file}: damaged (its pickle ends or contradicts itself)`);
  let at = start;
  const stack: Slot[] = [];
  const memo = new Map<number, Slot>();

  const take = (length: number): number => {
    if (!(length >= 0) || at + length > bytes.length) throw damaged();
    at += length;
    return at - length;
  };
  const u8 = () => view.getUint8(take(1));
  const u16 = () => view.getUint16(take(2), true);
  const i32 = () => view.getInt32(take(4), true);
  const u32 = () => view.getUint32(take(4), true);
  const u64 = () => Number(view.getBigUint64(take(8), true));
  const text = (length: number) => new TextDecoder().decode(bytes.subarray(take(length), at));
  const line = () => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw damaged();
    const found = text(end - at);
    at++;
    return found;
  };
  const push = (value: Slot) => {
    if (stack.push(value) > LARGEST_STACK) throw damaged();
  };
  const slot = (): Slot => {
    if (stack.length === 0) throw damaged();
    return stack.pop()!;
  };
  const pop = (): Pickled => {
    const value = slot();
    if (value === MARK) throw damaged();
    return value;
  };
  const popMark = (): Pickled[] => {
    const items: Pickled[] = [];
    for (;;) {
      const value = slot();
      if (value === MARK) return items.reverse();
      items.push(value);
    }
  };
  const top = (): Slot => {
    const value = stack.at(-1);
    if (value === undefined) throw damaged();
    return value;
  };
  const recall = (key: number) => {
    const value = memo.get(key);
    if (value === undefined) throw damaged();
    push(value);
  };
  const name = (found: string) => {
    if (!allows(found)) throw more(file, JSON.stringify(found.slice(0, 80)));
    push(new Name(found));
  };
  const set = (items: readonly Pickled[]) => {
    const dict = top();
    if (!(dict instanceof PickledDict) || items.length % 2 !== 0) throw damaged();
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i]!, items[i + 1]!);
  };
  const append = (items: readonly Pickled[]) => {
    const list = top();
    if (!Array.isArray(list)) throw damaged();
    for (const item of items) list.push(item);
  };
  const string = (value: Pickled): string => {
    if (typeof value !== 'string') throw damaged();
    return value;
  };

  for (;;) {
    const opcode = u8();
    switch (opcode) {
      case 0x80: // PROTO
        u8();
        break;
      case 0x95: // FRAME
        u64();
        break;
      case 0x2e: // STOP
        return { value: pop(), end: at };
      case 0x28: // MARK
        push(MARK);
        break;
      case 0x30: // POP
        slot();
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(u8());
        break;
      case 0x4d: // BININT2
        push(u16());
        break;
      case 0x4a: // BININT
        push(i32());
        break;
      case 0x8a: {
        // LONG1
        const length = u8();
        const from = take(length);
        let value = 0n;
        for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
        push(BigInt.asIntN(8 * Math.max(length, 1), value));
        break;
      }
      case 0x47: // BINFLOAT
        push(view.getFloat64(take(8)));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        push(text(u8()));
        break;
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        push(text(u32()));
        break;
      case 0x29: // EMPTY_TUPLE
        push(new PickledTuple([]));
        break;
      case 0x85: // TUPLE1
        push(new PickledTuple([pop()]));
        break;
      case 0x86: {
        // TUPLE2
        const last = pop();
        push(new PickledTuple([pop(), last]));
        break;
      }
      case 0x87: {
        // TUPLE3
        const last = pop();
        const middle = pop();
        push(new PickledTuple([pop(), middle, last]));
        break;
      }
      case 0x74: // TUPLE
        push(new PickledTuple(popMark()));
        break;
      case 0x5d: // EMPTY_LIST
        push([]);
        break;
      case 0x7d: // EMPTY_DICT
        push(new PickledDict());
        break;
      case 0x61: {
        // APPEND
        const item = pop();
        append([item]);
        break;
      }
      case 0x65: // APPENDS
        append(popMark());
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        set([pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        set(popMark());
        break;
      case 0x71: // BINPUT
        memo.set(u8(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(u32(), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
        recall(u8());
        break;
      case 0x6a: // LONG_BINGET
        recall(u32());
        break;
      case 0x63: {
        // GLOBAL
        const module = line();
        name(`${module}.${line()}`);
        break;
      }
      case 0x93: {
        // STACK_GLOBAL
        const attribute = string(pop());
        name(`${string(pop())}.${attribute}`);
        break;
      }
      case 0x51: // BINPERSID
        push(persistent(pop()));
        break;
      case 0x52: {
        // REDUCE
        const args = pop();
        const callee = pop();
        if (!(callee instanceof Name) || !(args instanceof PickledTuple)) throw damaged();
        push(call(callee.name, args.items));
        break;
      }
      case 0x62: // BUILD: attributes of a dictionary, such as the versions of its modules.
        pop();
        if (!(top() instanceof PickledDict)) throw more(file, 'the state of an object');
        break;
      default:
        throw more(file, `opcode 0x${opcode.toString(16).padStart(2, '0')}`);
    }
  }
}

const more = (file: string, what: string): RowlightError =>
  new RowlightError(
    'unsupported',
    `${file}: holds more than tensors (${what}), and Rowlight runs no code of a file; save its state_dict alone, or as safetensors`,
  );
