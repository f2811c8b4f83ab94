import type * as vscode from 'vscode';
import type { ClientHolder } from './client-holder';
import type { LabellingMode } from './labelling/mode';
import type { ComparisonPages } from './metrics/comparison-page';
import type { MetricsPages } from './metrics/metrics-pages';
import type { RunsView } from './runs/runs-view';
import type { ServingItem } from './serving';
import type { ServerAccess } from './server-access';
import type { StatusItem } from './status-item';

/** What commands and views receive. */
export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly client: ClientHolder;
  readonly runs: RunsView;
  readonly status: StatusItem;
  readonly serving: ServingItem;
  readonly server: ServerAccess;
  readonly labelling: LabellingMode;
  readonly metrics: MetricsPages;
  readonly comparisons: ComparisonPages;
}
