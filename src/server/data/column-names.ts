/**
 * Column names by which a column is known, the likeliest first. They come from the data sets that people bring: GLUE, CLUE, the Hugging
 * Face hub, doccano and Label Studio exports, and the Chinese service-desk tables that Rowlight is made for.
 */
const TEXT_NAMES =
  'text 文本 sentence 句子 question 问题 content 内容 正文 query utterance message review 评论 comment sms tweet body description 描述 document passage 短文本 语料 input title 标题 headline 新闻标题';
const LABEL_NAMES =
  'label 标签 场景 类别 category class 分类 类目 意图 intent target 类型 topic 主题 领域 domain sentiment 情感 polarity label_name class_name label_text labels categories classes tag gold y';

/** Names that come in twos without a common stem. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['premise', 'hypothesis'],
  ['前提', '假设'],
];
/** Stems that name a text only together with an ending: s1/s2, q1/q2, sent_a/sent_b. */
const PAIR_STEMS = new Set('s q sent str seq'.split(' '));
const FIRST = 'a 1 one 甲 一'.split(' ');
const SECOND = 'b 2 two 乙 二'.split(' ');

const TEXT_RANK = new Map(TEXT_NAMES.split(' ').map((name, rank) => [name, rank]));
const LABEL_RANK = new Map(LABEL_NAMES.split(' ').map((name, rank) => [name, rank]));

/** Columns told by name, as indices into the header; absent where no name tells. */
export interface NamedColumns {
  text?: number;
  textB?: number;
  label?: number;
}

/** What the names of a header tell. */
export function columnsByName(header: readonly string[]): NamedColumns {
  const names = header.map(foldName);
  const label = best(names, LABEL_RANK);
  const pair = findPair(names);
  const half = names.findIndex((name) => stemOf(name)?.place === 0);
  const text = pair?.[0] ?? best(names, TEXT_RANK) ?? (half === -1 ? undefined : half);
  return {
    ...(text === undefined ? {} : { text }),
    ...(pair === undefined ? {} : { textB: pair[1] }),
    ...(label === undefined ? {} : { label }),
  };
}

/** Whether a cell is one of the names above, alone or with the ending of a pair. */
export function isKnownName(cell: string): boolean {
  const name = foldName(cell);
  return TEXT_RANK.has(name) || LABEL_RANK.has(name) || PAIRS.flat().includes(name) || stemOf(name) !== undefined;
}

/** A name without what people vary: width, case, and how words are joined. */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase().replace(/[\s_-]+/g, '_'); // prettier-ignore
}

function best(names: readonly string[], ranks: ReadonlyMap<string, number>): number | undefined {
  let found: number | undefined;
  let rank = Infinity;
  names.forEach((name, column) => {
    const own = ranks.get(name) ?? Infinity;
    if (own < rank) [found, rank] = [column, own];
  });
  return found;
}

function findPair(names: readonly string[]): [number, number] | undefined {
  for (const [first, second] of PAIRS) {
    if (names.includes(first) && names.includes(second)) return [names.indexOf(first), names.indexOf(second)];
  }
  for (const [column, name] of names.entries()) {
    const own = stemOf(name);
    if (own?.place !== 0) continue;
    const partner = names.findIndex((other) => {
      const its = stemOf(other);
      return its?.place === 1 && its.stem === own.stem && SECOND.indexOf(its.ending) === FIRST.indexOf(own.ending);
    });
    if (partner !== -1) return [column, partner];
  }
  return undefined;
}

/** `text_a` → stem `text`, ending `a`, place 0; undefined for what is no half of a pair. */
function stemOf(name: string): { stem: string; ending: string; place: 0 | 1 } | undefined {
  for (const ending of [...FIRST, ...SECOND]) {
    if (!name.endsWith(ending)) continue;
    const stem = name.slice(0, -ending.length).replace(/_$/, '');
    if (TEXT_RANK.has(stem) || PAIR_STEMS.has(stem)) return { stem, ending, place: FIRST.includes(ending) ? 0 : 1 };
  }
  return undefined;
}
