import type { PredictedFile } from './file-states';
import type { Provisional } from './provisional';

/** What predicts a file, for people: the model's short name, or what stands in for one. */
export function predictorName(state: PredictedFile, locale: string): string {
  return state.by === 'model' ? state.card.name : provisionalNote(state.provisional, locale);
}

/** What a provisional prediction comes from, in one line: `Provisional: naive Bayes on 24 labelled rows`. */
export function provisionalNote({ method, rows }: Pick<Provisional, 'method' | 'rows'>, locale: string): string {
  const chinese = locale.toLowerCase().startsWith('zh');
  const name = chinese ? CHINESE[method] : ENGLISH[method];
  return chinese
    ? `暂定预测：${name}，依据 ${rows} 行已标注数据`
    : `Provisional: ${name} on ${rows} labelled ${rows === 1 ? 'row' : 'rows'}`;
}

const ENGLISH: Record<Provisional['method'], string> = { 'naive-bayes': 'naive Bayes' };
const CHINESE: Record<Provisional['method'], string> = { 'naive-bayes': '朴素贝叶斯' };
