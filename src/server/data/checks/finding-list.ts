import { gravityOf, type Finding, type FindingCode, type Gravity } from './finding';

/** Kinds in the order in which they are kept where there are too many, within the same gravity. */
const ORDER: readonly FindingCode[] = [
  'open-quote',
  'ragged-row',
  'damaged-text',
  'conflicting-labels',
  'near-label',
  'unknown-label',
  'empty-text',
  'contradicted-label',
  'label-blanks',
  'duplicate-text',
  'truncated-text',
];
const GRAVITIES: readonly Gravity[] = ['error', 'warning', 'information', 'hint'];

/** What is shown of a file's findings. */
export interface Found {
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  /** How many more there are of each kind, where not all have room. */
  readonly more: ReadonlyMap<FindingCode, number>;
}

interface Bucket {
  readonly kept: Finding[];
  count: number;
}

/** Collects findings and keeps the gravest: an editor shows a limited number of them a file. */
export class FindingList {
  readonly #buckets = new Map<string, Bucket>();

  /** @param limit how many are kept */
  constructor(private readonly limit: number) {}

  /** Adds one; `make` is called only where it may be shown. `gravity` is that of the finding it makes. */
  add(code: FindingCode, gravity: Gravity, make: () => Finding): void {
    const key = `${gravity} ${code}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) this.#buckets.set(key, (bucket = { kept: [], count: 0 }));
    bucket.count++;
    if (bucket.kept.length < this.limit) bucket.kept.push(make());
  }

  /** Adds one that is there already. */
  push(finding: Finding): void {
    this.add(finding.code, gravityOf(finding), () => finding);
  }

  /** The gravest, at most `limit`; where some are left out, one place is left for saying so. */
  found(): Found {
    const total = [...this.#buckets.values()].reduce((sum, { count }) => sum + count, 0);
    let room = total > this.limit ? this.limit - 1 : this.limit;
    const findings: Finding[] = [];
    const more = new Map<FindingCode, number>();
    for (const gravity of GRAVITIES) {
      for (const code of ORDER) {
        const bucket = this.#buckets.get(`${gravity} ${code}`);
        if (!bucket) continue;
        const taken = bucket.kept.slice(0, room);
        room -= taken.length;
        findings.push(...taken);
        if (bucket.count > taken.length) more.set(code, (more.get(code) ?? 0) + bucket.count - taken.length);
      }
    }
    return { findings: findings.sort((a, b) => a.row - b.row), more };
  }
}
