import type { ShownMetrics } from '../../protocol/pretraining-metrics';
import { isPretrainingFolder } from '../runs/pretrain/marker';
import type { ServerEnv } from './environment';
import { followPretraining } from './followed-pretraining';
import { type Followed, followRun } from './followed-run';

/** Follows the run in a folder, of whichever kind its files say it is. `changed` is called when there is more to say of it than `read` did. */
export function followFolder(
  folder: string,
  env: Pick<ServerEnv, 'stamp' | 'metrics'>,
  changed?: () => void,
): Followed<ShownMetrics> {
  let followed: Promise<Followed<ShownMetrics>> | undefined;
  const open = (): Promise<Followed<ShownMetrics>> =>
    (followed ??= isPretrainingFolder(folder).then((is) =>
      is ? followPretraining(folder, env) : followRun(folder, env, changed),
    ));
  return {
    read: async () => (await open()).read(),
    settled: async () => (await open()).settled(),
  };
}
