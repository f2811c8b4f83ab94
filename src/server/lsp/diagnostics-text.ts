import type { Finding, FindingCode } from '../data/checks/finding';
import { brief } from '../data/problem';
import type { Encoding } from '../data/detect-encoding';
import { percent } from './hint-text';

/** What a message needs besides its finding. */
export interface MessageFacts {
  /** Line of a row in the editor, from 1. */
  readonly lineOf: (row: number) => number;
  /** Name of the column of a cell. */
  readonly columnOf: (cell: number) => string;
  /** Where the declared labels stand: `labels.json`, or undefined for a file of names such as `class.txt`. */
  readonly labelFile: string | undefined;
  /** Tokens that the model reads. */
  readonly maxLength: number;
}

/** The texts of diagnostics in one language: each says what is wrong and what to do. */
export interface DiagnosticTexts {
  finding(finding: Finding, facts: MessageFacts): string;
  /** What stands beside the link to the other row. */
  twin(line: number, label: string): string;
  /** Says how many findings have no room. */
  more(counts: ReadonlyMap<FindingCode, number>): string;
  /** Says that `labels.json` doesn't count; `problem` names the file and the key. */
  badLabelSet(problem: string): string;
  misread(encoding: Encoding): string;
  notUtf8(encoding: Encoding): string;
}

/** Names of encodings as editors show them. */
export const ENCODING_NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  gb18030: 'GB18030',
  big5: 'Big5',
};

/** The texts in the client's language. */
export function diagnosticTexts(locale: string): DiagnosticTexts {
  return locale.toLowerCase().startsWith('zh') ? chinese : english;
}

const short = (text: string): string => brief(text, 40);
const sentence = (text: string): string => brief(text, 300).replace(/[.。]?$/, '.');

const english: DiagnosticTexts = {
  finding(finding, { lineOf, columnOf, labelFile, maxLength }) {
    switch (finding.code) {
      case 'open-quote':
        return 'This quote (") is never closed, so the rest of the file is one cell. Close it, or write a quote inside a cell as "".';
      case 'ragged-row': {
        const { cells, width, lost } = finding;
        const count = `The row has ${cells} ${cells === 1 ? 'cell' : 'cells'} instead of ${width}`;
        if (!lost) return `${count}; the missing ones count as empty. Add the missing separators.`;
        return cells > width
          ? `${count} and is left out of training. Remove the separators that do not belong, or quote the cell in a CSV file.`
          : `${count} and has no text, so it is left out of training. Add the missing cells, or delete the row.`;
      }
      case 'empty-text':
        return `${columnOf(finding.cell)} is empty, so the row is left out of training. Fill it in or delete the row.`;
      case 'damaged-text':
        return damageText(finding);
      case 'unknown-label':
        return labelFile === undefined
          ? `"${short(finding.label)}" is not in the list of labels beside this file. Correct the label.`
          : `"${short(finding.label)}" is not in ${labelFile}. Correct the label, or add it there.`;
      case 'near-label':
        return `"${short(finding.label)}": did you mean "${short(finding.meant)}"? Correct the label${labelFile === undefined ? '' : `, or add it to ${labelFile}`}.`;
      case 'label-blanks':
        return `There are blanks around the label "${short(finding.label)}". Rowlight ignores them, other programs do not: remove them.`;
      case 'conflicting-labels':
        return `The same text is labelled "${short(finding.other)}" in line ${lineOf(finding.twin)}, and "${short(finding.label)}" here. Decide on one of them.`;
      case 'duplicate-text':
        return `The same text stands in line ${lineOf(finding.twin)}. Remove one of them unless it should count twice.`;
      case 'contradicted-label': {
        const { label, predicted, probability, basis } = finding;
        const said = `The model says "${short(predicted)}" (${percent(probability)}), the label is "${short(label)}".`;
        const why = {
          unseen: ' Check which is right.',
          'held-out': ' It was not trained on this row. Check which is right.',
          'out-of-fold': ' In cross-validation it was not trained on this row. Check which is right.',
          unknown: ' Check which is right, unless the model was trained on this row.',
          trained:
            ' It was trained on this row and still disagrees; its probability is no independent judgement. Check the label.',
        };
        return said + why[basis];
      }
      case 'truncated-text':
        return `The model reads only the first ${maxLength} tokens of this text. Shorten it, or train with a greater length.`;
    }
  },
  twin: (line, label) =>
    `Line ${line}: the same text${label === '' ? ', without a label' : `, labelled "${short(label)}"`}`,
  more(counts) {
    const names: Record<FindingCode, string> = {
      'open-quote': 'open quotes',
      'ragged-row': 'ragged rows',
      'empty-text': 'empty texts',
      'damaged-text': 'damaged texts',
      'unknown-label': 'unknown labels',
      'near-label': 'misspelt labels',
      'label-blanks': 'labels with blanks',
      'conflicting-labels': 'conflicting labels',
      'duplicate-text': 'duplicate texts',
      'contradicted-label': 'labels that the model contradicts',
      'truncated-text': 'texts that are cut',
    };
    const parts = [...counts].map(([code, count]) => `${names[code]}: ${count.toLocaleString('en')}`);
    return `${sum(counts).toLocaleString('en')} more problems are not shown (${parts.join(', ')}). They appear as others are mended.`;
  },
  badLabelSet: (problem) => `${sentence(problem)} Labels are not checked against it until it is mended.`,
  misread: (encoding) =>
    `The file is written in ${ENCODING_NAMES[encoding]} but was opened in another encoding, so its text is wrong. Reopen it as ${ENCODING_NAMES[encoding]}; do not save it before.`,
  notUtf8: (encoding) =>
    `The file is written in ${ENCODING_NAMES[encoding]}; training and the command line read UTF-8. Save it with the encoding UTF-8.`,
};

function damageText({ damage }: Extract<Finding, { code: 'damaged-text' }>): string {
  const reads = damage.repaired === undefined ? '' : ` It should read "${short(damage.repaired)}".`;
  switch (damage.kind) {
    case 'replaced':
      return 'A character was lost here when the file was read in the wrong encoding (�). Take the text from its source again, or type the character.';
    case 'nul':
      return 'There is a NUL character here, mostly a sign of a wrong encoding. Remove it, or reopen the file in its encoding.';
    case 'surrogate':
      return 'Half a character stands here: the text was cut in its middle. Remove it, or take the text from its source again.';
    case 'utf8-as-gbk':
      return `This is UTF-8 that was read as GBK.${reads} Take the text from its source again, read as UTF-8.`;
    case 'utf8-as-latin1':
      return `This is UTF-8 that was read as Latin-1.${reads} Correct it, or take the text from its source again, read as UTF-8.`;
  }
}

const chinese: DiagnosticTexts = {
  finding(finding, { lineOf, columnOf, labelFile, maxLength }) {
    switch (finding.code) {
      case 'open-quote':
        return '此引号 (") 没有闭合，文件其余部分都成了一个单元格。请补上引号；单元格内的引号应写成 ""。';
      case 'ragged-row': {
        const { cells, width, lost } = finding;
        const count = `此行有 ${cells} 个单元格，应为 ${width} 个`;
        if (!lost) return `${count}；缺少的按空白处理。请补上缺少的分隔符。`;
        return cells > width
          ? `${count}，不参与训练。请删去多余的分隔符；CSV 文件也可给单元格加引号。`
          : `${count}，并且没有文本，不参与训练。请补上缺少的单元格，或删除此行。`;
      }
      case 'empty-text':
        return `“${columnOf(finding.cell)}”为空，此行不参与训练。请填写文本或删除此行。`;
      case 'damaged-text':
        return chineseDamage(finding);
      case 'unknown-label':
        return labelFile === undefined
          ? `“${short(finding.label)}”不在此文件旁的标签列表中。请改正标签。`
          : `“${short(finding.label)}”不在 ${labelFile} 中。请改正标签，或把它加入 ${labelFile}。`;
      case 'near-label':
        return `“${short(finding.label)}”：是否应为“${short(finding.meant)}”？请改正标签${labelFile === undefined ? '' : `，或把它加入 ${labelFile}`}。`;
      case 'label-blanks':
        return `标签“${short(finding.label)}”前后有空白。Rowlight 会忽略，其他程序不会：请删去空白。`;
      case 'conflicting-labels':
        return `相同的文本在第 ${lineOf(finding.twin)} 行标为“${short(finding.other)}”，此处标为“${short(finding.label)}”。请统一标签。`;
      case 'duplicate-text':
        return `相同的文本已在第 ${lineOf(finding.twin)} 行出现。若不应重复计入，请删去其一。`;
      case 'contradicted-label': {
        const { label, predicted, probability, basis } = finding;
        const said = `模型判断为“${short(predicted)}”（${percent(probability)}），标签是“${short(label)}”。`;
        const why = {
          unseen: '请核对。',
          'held-out': '模型训练时没有用到此行。请核对。',
          'out-of-fold': '此为交叉验证的判断，该折模型训练时没有用到此行。请核对。',
          unknown: '请核对；若模型训练时用到了此行，则此概率不足为凭。',
          trained: '模型训练时用到了此行，却仍不一致；此概率并非独立判断。请核对标签。',
        };
        return said + why[basis];
      }
      case 'truncated-text':
        return `模型只读取此文本的前 ${maxLength} 个词元。请缩短文本，或以更大的长度训练。`;
    }
  },
  twin: (line, label) => `第 ${line} 行：相同的文本${label === '' ? '，没有标签' : `，标为“${short(label)}”`}`,
  more(counts) {
    const names: Record<FindingCode, string> = {
      'open-quote': '未闭合的引号',
      'ragged-row': '单元格数不符的行',
      'empty-text': '空文本',
      'damaged-text': '损坏的文本',
      'unknown-label': '未知标签',
      'near-label': '疑似写错的标签',
      'label-blanks': '前后有空白的标签',
      'conflicting-labels': '互相矛盾的标签',
      'duplicate-text': '重复的文本',
      'contradicted-label': '与模型判断不一致的标签',
      'truncated-text': '被截断的文本',
    };
    const parts = [...counts].map(([code, count]) => `${names[code]} ${count}`);
    return `还有 ${sum(counts)} 个问题没有列出（${parts.join('，')}）。改正其他问题后会依次列出。`;
  },
  badLabelSet: (problem) => `${sentence(problem)} 改正之前不按此文件检查标签。`,
  misread: (encoding) =>
    `此文件的编码是 ${ENCODING_NAMES[encoding]}，却以别的编码打开，文本有误。请以 ${ENCODING_NAMES[encoding]} 重新打开，在此之前不要保存。`,
  notUtf8: (encoding) => `此文件的编码是 ${ENCODING_NAMES[encoding]}；训练和命令行读取 UTF-8。请以 UTF-8 编码保存。`,
};

function chineseDamage({ damage }: Extract<Finding, { code: 'damaged-text' }>): string {
  const reads = damage.repaired === undefined ? '' : `应为“${short(damage.repaired)}”。`;
  switch (damage.kind) {
    case 'replaced':
      return '文件曾以错误的编码读取，此处的字符已丢失（�）。请从来源重新取得文本，或手工补上。';
    case 'nul':
      return '此处有 NUL 字符，多半是编码错误所致。请删去，或以正确的编码重新打开文件。';
    case 'surrogate':
      return '此处只有半个字符：文本在字符中间被切断。请删去，或从来源重新取得文本。';
    case 'utf8-as-gbk':
      return `这是被当作 GBK 读取的 UTF-8 文本。${reads}请以 UTF-8 从来源重新取得文本。`;
    case 'utf8-as-latin1':
      return `这是被当作 Latin-1 读取的 UTF-8 文本。${reads}请改正，或以 UTF-8 从来源重新取得文本。`;
  }
}

function sum(counts: ReadonlyMap<FindingCode, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
