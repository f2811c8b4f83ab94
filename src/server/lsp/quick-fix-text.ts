import { brief } from '../data/problem';
import type { Encoding } from '../data/detect-encoding';
import { ENCODING_NAMES } from './diagnostics-text';

/** Titles of quick fixes in one language. */
export interface QuickFixTexts {
  change(label: string): string;
  changeAll(count: number, from: string, to: string): string;
  changeAs(label: string, line: number): string;
  add(label: string): string;
  trim(): string;
  trimAll(count: number): string;
  pad(): string;
  padAll(count: number): string;
  removeRow(line: number): string;
  removeAll(count: number): string;
  repair(text: string): string;
  reopen(encoding: Encoding): string;
  fixAll(): string;
}

/** The titles in the client's language. */
export function quickFixTexts(locale: string): QuickFixTexts {
  return locale.toLowerCase().startsWith('zh') ? chinese : english;
}

const short = (text: string): string => brief(text, 30);

const english: QuickFixTexts = {
  change: (label) => `Change the label to "${short(label)}"`,
  changeAll: (count, from, to) => `Change all ${count} labels "${short(from)}" to "${short(to)}"`,
  changeAs: (label, line) => `Change the label to "${short(label)}", as in line ${line}`,
  add: (label) => `Add "${short(label)}" to labels.json`,
  trim: () => 'Remove the blanks around the label',
  trimAll: (count) => `Remove the blanks around all ${count} labels`,
  pad: () => 'Add the missing empty cells',
  padAll: (count) => `Add the missing empty cells in all ${count} rows`,
  removeRow: (line) => `Remove this row: it repeats line ${line}`,
  removeAll: (count) => `Remove all ${count} rows that repeat another row`,
  repair: (text) => `Replace by "${short(text)}"`,
  reopen: (encoding) => `Reopen as ${ENCODING_NAMES[encoding]}`,
  fixAll: () => 'Rowlight: fix cells, blanks and spellings that are certain',
};

const chinese: QuickFixTexts = {
  change: (label) => `把标签改为“${short(label)}”`,
  changeAll: (count, from, to) => `把全部 ${count} 个标签“${short(from)}”改为“${short(to)}”`,
  changeAs: (label, line) => `把标签改为“${short(label)}”，与第 ${line} 行一致`,
  add: (label) => `把“${short(label)}”加入 labels.json`,
  trim: () => '删去标签前后的空白',
  trimAll: (count) => `删去全部 ${count} 个标签前后的空白`,
  pad: () => '补上缺少的空单元格',
  padAll: (count) => `为全部 ${count} 行补上缺少的空单元格`,
  removeRow: (line) => `删除此行：与第 ${line} 行重复`,
  removeAll: (count) => `删除全部 ${count} 个与其他行重复的行`,
  repair: (text) => `改为“${short(text)}”`,
  reopen: (encoding) => `以 ${ENCODING_NAMES[encoding]} 重新打开`,
  fixAll: () => 'Rowlight：修正确定无疑的单元格、空白和写法',
};
