import { shellLine } from '../protocol/train-command';

/** The line for a terminal that predicts a file with the command line `cli`; the user puts a model in the place of `MODEL`. */
export function predictCommand(cli: string, file: string, platform: NodeJS.Platform): string {
  return shellLine(['node', cli, 'predict', 'MODEL', file], platform);
}
