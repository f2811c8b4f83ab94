/** Disjoint sets of the numbers 0 … n - 1 that are joined until nothing that belongs together is apart (Tarjan's union-find). */
export interface DisjointSets {
  /** The number that stands for the set of `member`. */
  find(member: number): number;
  join(a: number, b: number): void;
}

/** Sets of one number each. */
export function createDisjointSets(size: number): DisjointSets {
  const parents = Int32Array.from({ length: size }, (_, member) => member);
  const find = (member: number): number => {
    let at = member;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!; // Path halving keeps trees flat.
      at = parents[at]!;
    }
    return at;
  };
  return {
    find,
    join(a, b) {
      const [one, other] = [find(a), find(b)];
      parents[Math.max(one, other)] = Math.min(one, other);
    },
  };
}
