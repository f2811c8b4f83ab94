import { type CliResult, result, startCli } from './cli';
import { until } from './until';

/**
 * Starts a command and kills it once its moment has come; how it ended, since it may end before. A moment is best told by what the command has done: a
 * machine of another speed is then killed at the same places.
 */
export async function killedOnce(args: readonly string[], due: () => boolean | Promise<boolean>): Promise<CliResult> {
  const child = startCli(args);
  let over = false;
  const ended = result(child).finally(() => (over = true));
  await until(`the moment to kill: ${args.join(' ')}`, async () => over || (await due()), Boolean, { pollMs: 5 });
  child.kill('SIGKILL');
  return ended;
}
