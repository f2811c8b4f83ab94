/**
 * A growable list of ascending integers that is cheap to edit in one place: a gap buffer whose part behind the gap also carries a
 * pending shift. Typing in the middle of a document moves every later offset by the same amount; here that is one addition, and only
 * the values between the last edit and this one are touched.
 */
export class OffsetList {
  #values: Int32Array;
  /** Values before the gap. */
  #head = 0;
  /** Where the values behind the gap begin in the buffer; they run to its end. */
  #tail: number;
  /** What to add to each value behind the gap. */
  #shift = 0;

  constructor(capacity = 16) {
    this.#values = new Int32Array(Math.max(capacity, 1));
    this.#tail = this.#values.length;
  }

  /** How many values there are. */
  get length(): number {
    return this.#head + this.#values.length - this.#tail;
  }

  /** The value at `index`, which must be in [0, length). */
  get(index: number): number {
    return index < this.#head
      ? (this.#values[index] as number)
      : (this.#values[index - this.#head + this.#tail] as number) + this.#shift;
  }

  /** Adds a value at the end. */
  push(value: number): void {
    if (this.#head === this.#tail) this.#grow(1);
    if (this.#tail !== this.#values.length) this.#moveGap(this.length);
    this.#values[this.#head++] = value;
  }

  /** Replaces `removed` values from `at` on by those of `inserted`, and adds `shift` to every value behind them. */
  splice(at: number, removed: number, inserted: OffsetList, shift: number): void {
    this.#moveGap(at);
    this.#tail += removed;
    if (this.#tail - this.#head < inserted.length) this.#grow(inserted.length);
    for (let index = 0; index < inserted.length; index++) this.#values[this.#head++] = inserted.get(index);
    this.#shift += shift;
  }

  #moveGap(to: number): void {
    const values = this.#values;
    const shift = this.#shift;
    let head = this.#head;
    let tail = this.#tail;
    while (head > to) values[--tail] = (values[--head] as number) - shift;
    while (head < to) values[head++] = (values[tail++] as number) + shift;
    this.#head = head;
    this.#tail = tail;
  }

  #grow(room: number): void {
    const old = this.#values;
    const values = new Int32Array(Math.max(old.length * 2, old.length + room));
    const tail = values.length - (old.length - this.#tail);
    values.set(old.subarray(0, this.#head));
    values.set(old.subarray(this.#tail), tail);
    this.#values = values;
    this.#tail = tail;
  }
}
