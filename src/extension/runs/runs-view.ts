import * as vscode from 'vscode';
import { CrossvalChanged, ListCrossvals, type CrossvalProgress } from '../../protocol/crossval';
import { ListRuns, RunChanged, type RunProgress } from '../../protocol/messages';
import { ListPretraining, PretrainingChanged, type PretrainingProgress } from '../../protocol/pretraining';
import { RunRemoved } from '../../protocol/run-actions';
import type { ClientHolder } from '../client-holder';
import { crossvalItem, isCrossval } from '../crossval/crossval-item';
import { isPretrainingRun, pretrainingItem } from '../pretraining/pretraining-item';
import { runItem } from './run-item';

/** A line of the tree: a run, a pre-training run, or a cross-validation, whose folds are runs beneath it. */
type Line = RunProgress | CrossvalProgress | PretrainingProgress;

/**
 * The tree of runs, pre-training runs and cross-validations of the open workspaces, newest first. It asks once and then follows what the server announces.
 */
export class RunsView implements vscode.TreeDataProvider<Line>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Line>;
  #runs = new Map<string, RunProgress>();
  #crossvals = new Map<string, CrossvalProgress>();
  #pretraining = new Map<string, PretrainingProgress>();
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
    client.on(CrossvalChanged, (news) => {
      if ('gone' in news) this.#crossvals.delete(news.gone);
      else this.#crossvals.set(news.folder, news);
      if (this.#loaded) this.#changed.fire();
    });
    client.on(PretrainingChanged, (news) => {
      if ('gone' in news) this.#pretraining.delete(news.gone);
      else this.#pretraining.set(news.folder, news);
      if (this.#loaded) this.#changed.fire();
    });
  }

  /** The run that is selected in the tree; a fold of a cross-validation is none that can be changed by itself. */
  get selected(): RunProgress | undefined {
    const line = this.#view.selection[0];
    return line && !isCrossval(line) && !isPretrainingRun(line) && !this.#isFold(line) ? line : undefined;
  }

  /** The pre-training run that is selected in the tree. */
  get selectedPretraining(): PretrainingProgress | undefined {
    const line = this.#view.selection[0];
    return isPretrainingRun(line) ? line : undefined;
  }

  /** Asks anew: the server started again, or the workspace came to be trusted. */
  reload(): void {
    this.#runs = new Map();
    this.#crossvals = new Map();
    this.#pretraining = new Map();
    this.#loaded = false;
    this.#changed.fire();
  }

  getTreeItem(line: Line): vscode.TreeItem {
    if (isCrossval(line)) return crossvalItem(line);
    if (isPretrainingRun(line)) return pretrainingItem(line);
    const item = runItem(line);
    if (this.#isFold(line)) item.contextValue = 'fold';
    return item;
  }

  async getChildren(parent?: Line): Promise<Line[]> {
    if (!vscode.workspace.isTrusted) return [];
    if (parent) return isCrossval(parent) ? [...parent.runs] : [];
    if (!this.#loaded) {
      const [runs, crossvals, pretraining] = await Promise.all([
        this.client.request(ListRuns, null),
        this.client.request(ListCrossvals, null),
        this.client.request(ListPretraining, null),
      ]);
      // What was announced meanwhile is newer than the list.
      for (const progress of runs)
        if (!this.#runs.has(progress.run.folder)) this.#runs.set(progress.run.folder, progress);
      for (const one of crossvals) if (!this.#crossvals.has(one.folder)) this.#crossvals.set(one.folder, one);
      for (const one of pretraining) if (!this.#pretraining.has(one.folder)) this.#pretraining.set(one.folder, one);
      this.#loaded = true;
    }
    const begun = (line: Line): string => ('run' in line ? line.run.createdAt : line.createdAt);
    const lines: Line[] = [...this.#runs.values(), ...this.#crossvals.values(), ...this.#pretraining.values()];
    return lines.sort((a, b) => (begun(a) < begun(b) ? 1 : -1));
  }

  #isFold({ run }: RunProgress): boolean {
    return [...this.#crossvals.values()].some(({ runs }) => runs.some((fold) => fold.run.folder === run.folder));
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}
