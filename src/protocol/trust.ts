import { CancelCrossval, ContinueCrossval, DeleteCrossval, StartCrossval } from './crossval';
import { ContinueRun, DecideRun, DeleteRun, EstimateRun, RenameRun } from './run-actions';
import { CancelRun, PlanRun, StartRun, UseModel, type NotificationType } from './messages';
import { EstimateAdaptation, FindCounterpart, PlanAdaptation, StartAdaptation, StartCounterpart } from './adapt';
import { CompareRuns } from './comparison';
import { CancelPretraining, ContinuePretraining, DeletePretraining, RenamePretraining } from './pretraining';
import { PlanCuda, RemoveCuda, SetUpCuda } from './cuda';
import { DownloadModel } from './hub';
import { AddModel, ExportModel, InspectSource, NameLabels } from './models';
import { FindRows, FollowMetrics, TryText, WriteReport } from './metrics';
import { WritePredictions } from './predict-file';
import { StartServing, StopServing } from './serving';
import { WriteLabelSet } from './start-labelling';

/** Client → server: the user trusts the workspace from now on; `InitializationOptions.trusted` says how it was at the start. */
export const TrustGranted: NotificationType<null> = { method: 'rowlight/trustGranted' };

/**
 * Requests that are refused while the workspace is not trusted: those that start or end processes, load a model from a folder that the
 * request or the workspace names, look into run folders, write beside the user's files, or ask the network.
 */
export const NEEDS_TRUST: ReadonlySet<string> = new Set(
  [
    ...[
      PlanRun,
      StartRun,
      CancelRun,
      UseModel,
      RenameRun,
      DeleteRun,
      ContinueRun,
      EstimateRun,
      DecideRun,
      WritePredictions,
      WriteLabelSet,
      DownloadModel,
      InspectSource,
      AddModel,
      NameLabels,
      ExportModel,
      StartServing,
      StopServing,
    ],
    ...[PlanAdaptation, EstimateAdaptation, StartAdaptation, FindCounterpart, StartCounterpart],
    ...[PlanCuda, SetUpCuda, RemoveCuda],
    ...[FollowMetrics, FindRows, TryText, WriteReport, CompareRuns],
    ...[StartCrossval, CancelCrossval, ContinueCrossval, DeleteCrossval],
    ...[CancelPretraining, ContinuePretraining, RenamePretraining, DeletePretraining],
  ].map(({ method }) => method),
);
