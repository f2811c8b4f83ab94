import type { PretrainingMetrics } from '../../protocol/pretraining-metrics';
import type { PretrainingProgress } from '../../protocol/pretraining';
import { argumentsLine, fileName, lineageLines } from '../about';
import type { Notice } from '../notices';
import type { Phrases } from '../phrases';

/** What a run is called: the name that the user gave it, else the name of what it learns from, else its id. */
export function pretrainingName({ name, data, id }: Pick<PretrainingProgress, 'name' | 'data' | 'id'>): string {
  const [first] = data;
  if (name !== undefined || first === undefined) return name ?? id;
  return data.length > 1 ? `${fileName(first)} +${data.length - 1}` : fileName(first);
}

/** What a run was made from and with, as pairs of a name and a value. */
export function aboutPretraining(metrics: PretrainingMetrics, say: Phrases): [name: string, value: string][] {
  const { run, rowlight, device, settings, corpus, lineage } = metrics;
  const own = say.pretraining;
  const line = (name: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[name, value]];
  return [
    [own.texts, run.data.join('\n')],
    [say.base, run.fresh ? `${run.base} (${own.fresh})` : run.base],
    ...line(say.argumentsTitle, settings && argumentsLine(settings)),
    ...line(say.seed, settings && String(settings.seed)),
    [say.created, new Date(run.createdAt).toLocaleString(say.lang)],
    ...line(say.device, device),
    ...line(say.version, rowlight),
    ...line(own.corpusFolder, corpus?.folder),
    ...line(own.corpusHash, corpus?.sha256),
    ...lineageLines(lineage, say),
    [say.folder, run.folder],
  ];
}

/** How the run ended where it didn't finish, and why there are no scores. */
export function pretrainingNotices({ run, judgements, problem }: PretrainingMetrics, say: Phrases): Notice[] {
  const own = say.pretraining;
  const notices: Notice[] = [];
  if (run.state === 'failed') notices.push({ kind: 'error', text: own.failed(run.message ?? '') });
  if (run.state === 'interrupted') notices.push({ kind: 'warning', text: own.interrupted });
  if (problem !== undefined) notices.push({ kind: 'error', text: problem });
  else if (judgements.length === 0)
    notices.push({ kind: 'info', text: run.state === 'running' ? own.notYet : own.neverJudged });
  return notices;
}
