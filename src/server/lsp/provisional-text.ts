import type { PredictedFile } from './file-states';
import type { Provisional } from './provisional';

/** What predicts a file, for people: the model's short name, or what stands in for one. */
export function predictorName(state: PredictedFile, locale: string): string {
  return state.by === 'model' ? state.card.name : provisionalNote(state.provisional, locale);
}

/**
 * What a provisional prediction comes from, in one line: `Provisional: naive Bayes on 24 labelled rows`, or `Provisional: a head on zh-mini, with naive
 * Bayes, on 240 labelled rows`.
 */
export function provisionalNote({ method, base, rows }: Provisional, locale: string): string {
  const head = method === 'head';
  if (locale.toLowerCase().startsWith('zh')) {
    return `暂定预测：${head ? `${base ?? ''} 特征上的分类头与朴素贝叶斯` : '朴素贝叶斯'}，依据 ${rows} 行已标注数据`;
  }
  const name = head ? `a head on ${base ?? ''}, with naive Bayes,` : 'naive Bayes';
  return `Provisional: ${name} on ${rows} labelled ${rows === 1 ? 'row' : 'rows'}`;
}
