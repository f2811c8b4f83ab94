import * as vscode from 'vscode';
import { ListRuns, RunChanged, type RunProgress } from '../../protocol/messages';
import { RunRemoved } from '../../protocol/run-actions';
import type { ClientHolder } from '../client-holder';
import { runItem } from './run-item';

/** The tree of runs of the open workspaces, newest first. It asks once and then follows what the server announces. */
export class RunsView implements vscode.TreeDataProvider<RunProgress>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<RunProgress>;
  #runs = new Map<string, RunProgress>();
  #loaded = false;

  constructor(private readonly client: ClientHolder) {
    this.#view = vscode.window.createTreeView('rowlight.runs', { treeDataProvider: this, canSelectMany: true });
    client.on(RunChanged, (progress) => {
      this.#runs.set(progress.run.folder, progress);
      if (this.#loaded) this.#changed.fire();
    });
    client.on(RunRemoved, ({ folder }) => {
      this.#runs.delete(folder);
      if (this.#loaded) this.#changed.fire();
    });
  }

  /** The run that is selected in the tree. */
  get selected(): RunProgress | undefined {
    return this.#view.selection[0];
  }

  /** Asks anew: the server started again, or the workspace came to be trusted. */
  reload(): void {
    this.#runs = new Map();
    this.#loaded = false;
    this.#changed.fire();
  }

  getTreeItem(progress: RunProgress): vscode.TreeItem {
    return runItem(progress);
  }

  async getChildren(parent?: RunProgress): Promise<RunProgress[]> {
    if (parent || !vscode.workspace.isTrusted) return [];
    if (!this.#loaded) {
      const listed = await this.client.request(ListRuns, null);
      // What was announced meanwhile is newer than the list.
      for (const progress of listed) {
        if (!this.#runs.has(progress.run.folder)) this.#runs.set(progress.run.folder, progress);
      }
      this.#loaded = true;
    }
    return [...this.#runs.values()].sort((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}
