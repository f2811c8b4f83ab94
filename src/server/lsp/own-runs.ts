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

/** The root whose run a folder is. Throws with reason `bad-argument` for any other folder: only runs of open workspaces are changed. */
export function rootOfRun(workspace: Workspace, documents: Documents, folder: string): string {
  const root = runRoots(workspace, documents).find((one) => runsFolder(one) === dirname(folder));
  if (root === undefined || basename(folder).startsWith('.'))
    throw new RowlightError('bad-argument', `${folder}: is no run of an open workspace folder`);
  return root;
}
