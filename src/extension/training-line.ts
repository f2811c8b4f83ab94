import * as vscode from 'vscode';
import { parseSettings } from '../protocol/settings';
import { machineArguments, shellLine } from '../protocol/train-command';

/**
 * The command line that the server starts for a training, as one line for a terminal: with engine and device as the settings have them now.
 * @param program what stands before the arguments: `rowlight`, or `node` and the bundle
 */
export function trainingLine(program: readonly string[], args: readonly string[]): string {
  const { settings } = parseSettings(vscode.workspace.getConfiguration('rowlight'));
  return shellLine([...program, ...args, ...machineArguments(settings)], process.platform);
}
