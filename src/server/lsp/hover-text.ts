import type { Prediction } from '../inference/prediction';
import type { TokenView } from '../host/messages';
import { percent } from './hint-text';
import { codeBlock, plain } from './markdown';

/** Most labels drawn; the rest is counted. */
const TOP = 10;

/** Width of a full bar in characters. */
const BAR = 16;

/** Most tokens shown. */
const MAX_TOKENS = 256;

/** What a hover shows of one row. */
export interface HoverFacts {
  /** None where the model's answer is no number. */
  readonly prediction: Prediction | undefined;
  /** The model's labels, in the order of the probabilities. */
  readonly labels: readonly string[];
  /** Short name of the model and the text's tokens as it sees them, where they are known here; or, where no model predicts, a line that says what does. */
  readonly by: { readonly model: string; readonly tokens: TokenView | undefined } | { readonly note: string };
  /** The client's language as it names it: `en`, `zh-cn`. */
  readonly locale: string;
}

/** The hover as Markdown: a bar for each of the most probable labels, what was cut, the tokens, the model. */
export function hoverMarkdown({ prediction, labels, by, locale }: HoverFacts): string {
  const say = locale.toLowerCase().startsWith('zh') ? chinese : english;
  const bars = prediction ? barsOf(prediction, labels, say) : [`—  ${say.noNumber}`];
  if ('note' in by) return [codeBlock(bars), plain(by.note)].join('\n\n');
  const { tokens, model } = by;
  if (!tokens)
    return [codeBlock(bars), ...(prediction?.truncated ? [plain(say.cut)] : []), plain(say.model(model))].join('\n\n');
  const shown = tokens.tokens.slice(0, MAX_TOKENS);
  const rest = tokens.tokens.length - shown.length;
  const line = shown.join(' ') + (rest > 0 ? ` ${say.more(rest)}` : '');
  const cut = tokens.truncated ? say.truncated(tokens.tokens.length, tokens.total) : say.tokens(tokens.tokens.length);
  return [codeBlock(bars), plain(cut), codeBlock([line]), plain(say.model(model))].join('\n\n');
}

/** That a text was cut, where it is not known how many tokens it has. */
export function cutNote(locale: string): string {
  return (locale.toLowerCase().startsWith('zh') ? chinese : english).cut;
}

function barsOf(prediction: Prediction, labels: readonly string[], say: Phrases): string[] {
  const ranked = labels
    .map((label, i) => ({ label, probability: prediction.probabilities[i] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  const bars = ranked.slice(0, TOP).map(({ label, probability }) => {
    return `${bar(probability)} ${percent(probability).padStart(5)}  ${label}`;
  });
  return ranked.length > TOP ? [...bars, say.more(ranked.length - TOP)] : bars;
}

/** A bar of full blocks on a shaded ground, so that all have the same width. */
function bar(probability: number): string {
  return '█'.repeat(Math.round(Math.min(Math.max(probability, 0), 1) * BAR)).padEnd(BAR, '░');
}

interface Phrases {
  more(n: number): string;
  tokens(n: number): string;
  truncated(shown: number, total: number): string;
  model(name: string): string;
  readonly noNumber: string;
  /** Where only that much is known. */
  readonly cut: string;
}

const english: Phrases = {
  more: (n) => `… ${n} more`,
  tokens: (n) => `The model reads ${n} tokens:`,
  truncated: (shown, total) => `Cut: the model reads ${shown} of ${total} tokens:`,
  model: (name) => `Model: ${name}`,
  noNumber: "the model's answer to this text is no number",
  cut: 'Cut: the model reads only the beginning.',
};

const chinese: Phrases = {
  more: (n) => `… 另有 ${n} 个`,
  tokens: (n) => `模型读取 ${n} 个词元：`,
  truncated: (shown, total) => `已截断：模型读取 ${total} 个词元中的 ${shown} 个：`,
  model: (name) => `模型：${name}`,
  noNumber: '模型对此文本的回答不是数',
  cut: '已截断：模型只读取开头部分。',
};
