import { createRandom } from '../../src/server/training/random';

/*
 * A task of several labels a row: what guests complain of. A remark speaks of one to three things, of each well or ill, and has a label for each
 * that it speaks ill of. The same words praise and blame; what tells is their order and a negation, so that counting n-grams does not suffice.
 */

/** What may be complained of, and the words for it: the thing, and what is said of it in praise. */
const THINGS: Readonly<Record<string, { readonly things: readonly string[]; readonly good: readonly string[] }>> = {
  位置: { things: ['地铁站', '市中心', '景点', '车站'], good: ['近', '方便', '好找'] },
  服务: { things: ['前台', '服务员', '保洁阿姨', '门童'], good: ['热情', '耐心', '周到'] },
  卫生: { things: ['房间', '床单', '浴室', '地毯'], good: ['干净', '清爽', '整洁'] },
  早餐: { things: ['早餐', '粥', '面包', '咖啡'], good: ['丰富', '好吃', '新鲜'] },
  隔音: { things: ['隔音', '走廊', '窗外', '楼上'], good: ['安静', '清静', '不吵'] },
};

const PRAISE = ['X很Y', 'X挺Y', 'X真的Y', 'X比想的还Y', 'X没有不Y的时候', '谁说X不Y', 'X哪里不Y了'];
const BLAME = ['X不Y', 'X一点也不Y', 'X说不上Y', 'X没有说的那么Y', 'X哪里Y了', '谁说X很Y', 'X并不真的Y'];

/** Remarks with the labels that they have, none to three each. A function of the seed. */
export function complaints(count: number, seed = 11): { readonly text: string; readonly labels: string[] }[] {
  const random = createRandom(seed, 1);
  const pick = <One>(from: readonly One[]): One => from[Math.floor(random.float() * from.length)]!;
  return Array.from({ length: count }, () => {
    const names = Object.keys(THINGS);
    const labels: string[] = [];
    const parts: string[] = [];
    for (let left = 1 + Math.floor(random.float() * 3); left > 0; left--) {
      const [name] = names.splice(Math.floor(random.float() * names.length), 1);
      const { things, good } = THINGS[name!]!;
      const ill = random.float() < 0.45;
      if (ill) labels.push(name!);
      parts.push(
        pick(ill ? BLAME : PRAISE)
          .replace('X', pick(things))
          .replace('Y', pick(good)),
      );
    }
    return { text: parts.join('，'), labels };
  });
}

/** The names of all labels. */
export const COMPLAINTS: readonly string[] = Object.keys(THINGS);

/** As a TSV of one cell with all labels; a row without any has the delimiter alone. */
export function complaintsFile(rows: ReturnType<typeof complaints>, delimiter = '|'): string {
  return `labels\ttext\n${rows.map(({ text, labels }) => `${labels.join(delimiter) || delimiter}\t${text}\n`).join('')}`;
}
