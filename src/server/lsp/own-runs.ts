import { basename, dirname } from 'node:path';
import { RowlightError } from '../errors';
import { runsFolder } from '../runs/list';
import type { Documents } from './documents';
import type { Workspace } from './workspace';

/** Folders whose runs are followed: every workspace folder, and those of open documents outside them. */
export function runRoots(workspace: Workspace, documents: Documents): string[] {
  const ofDocuments = [...documents.all()].flatMap(({ uri }) => workspace.rootOf(uri) ?? []);
  return [...new Set([...workspace.roots(), ...ofDocuments])];
}

/**
 * The root whose run a folder is. Throws with reason `bad-argument` for any other folder: only runs of open workspaces are changed.
 * @param folderOf where a root's runs lie
 */
export function rootOfRun(
  workspace: Workspace,
  documents: Documents,
  folder: string,
  folderOf: (root: string) => string = runsFolder,
): string {
  const root = runRoots(workspace, documents).find((one) => folderOf(one) === dirname(folder));
  if (root === undefined || basename(folder).startsWith('.'))
    throw new RowlightError('bad-argument', `${folder}: is no run of an open workspace folder`);
  return root;
}
