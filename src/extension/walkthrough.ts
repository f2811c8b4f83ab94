import * as vscode from 'vscode';
import { Commands, RUN_ON_DATA } from '../protocol/commands';
import { DATA_EXTENSIONS } from '../protocol/languages';
import type { Context } from './context';
import { showSample } from './sample';

/**
 * The buttons of the walkthrough. Its page is the active editor when one of them is pressed, so a command that works on the active file would
 * find none: the data file that is open comes to the front first, or the sample where there is none.
 */
export function registerWalkthrough({ extension, log }: Context): vscode.Disposable {
  return vscode.commands.registerCommand(RUN_ON_DATA, async (command: unknown) => {
    if (!Object.values<unknown>(Commands).includes(command)) return;
    try {
      const open = openData();
      if (open) await vscode.window.showTextDocument(open);
      else await showSample(extension);
      await vscode.commands.executeCommand(String(command));
    } catch (error) {
      log.error(String(error));
    }
  });
}

/** A data file in a tab: an active one before the others. */
function openData(): vscode.Uri | undefined {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = [...tabs.filter((tab) => tab.isActive), ...tabs].flatMap(({ input }) =>
    input instanceof vscode.TabInputText ? [input.uri] : [],
  );
  return uris.find((uri) => DATA_EXTENSIONS.some((extension) => uri.path.toLowerCase().endsWith(extension)));
}
