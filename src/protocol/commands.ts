/** Ids of the commands that the extension contributes; `test/extension/manifest.test.ts` compares them with `package.json`. */
export const Commands = {
  /** Trains on the active file after a short confirmation. */
  fineTune: 'rowlight.fineTune',
  /** Fine-tunes the model of a pre-training run; takes its folder. */
  fineTuneOn: 'rowlight.fineTuneOn',
  /** Goes on with a model's pre-training on the texts of the active file, after a form. */
  adaptModel: 'rowlight.adaptModel',
  /** Trains once a fold and judges every labelled row by a model that did not see it, after a short confirmation. */
  crossValidate: 'rowlight.crossValidate',
  /** Opens the scores and the rows of a cross-validation. */
  showCrossval: 'rowlight.showCrossval',
  /** Stops a training run; its best checkpoint stays. */
  cancelRun: 'rowlight.cancelRun',
  /** Chooses the model that predicts the active file. */
  useModel: 'rowlight.useModel',
  /** Brings a BERT from the Hugging Face hub. */
  downloadModel: 'rowlight.downloadModel',
  /** Imports a model from files of the user's. */
  addModel: 'rowlight.addModel',
  /** Writes a model for another program; takes a run's folder. */
  exportModel: 'rowlight.exportModel',
  /** Brings what CUDA needs into the user's cache, or removes it. */
  setUpCuda: 'rowlight.setUpCuda',
  /** Serves a model over HTTP on this machine, and stops that. */
  startServer: 'rowlight.startServer',
  stopServer: 'rowlight.stopServer',
  /** Opens the log. */
  showLog: 'rowlight.showLog',
  /** Starts the model host again after it was given up; asks the server again. */
  retryModel: 'rowlight.retryModel',
  /** Asks for the key of the server of `rowlight.server`. */
  setServerKey: 'rowlight.setServerKey',
  /** Takes back that rows may be sent to a server, and deletes its key. */
  forgetServer: 'rowlight.forgetServer',
  /** What can be done with a run of the tree: its folder, its name, its end, its going on, its use as the active file's model. */
  revealRun: 'rowlight.revealRun',
  renameRun: 'rowlight.renameRun',
  deleteRun: 'rowlight.deleteRun',
  continueRun: 'rowlight.continueRun',
  useRun: 'rowlight.useRun',
  /** Predicts a whole file: fills its empty label cells after a preview, or writes a copy with the predictions. */
  predictFile: 'rowlight.predictFile',
  /** Gives the selected rows a label, chosen from a list. */
  setLabel: 'rowlight.setLabel',
  /** Gives each selected row the label that is predicted for it. */
  acceptPrediction: 'rowlight.acceptPrediction',
  /** Labels every unlabelled row whose prediction is probable enough, after a preview. */
  acceptAbove: 'rowlight.acceptAbove',
  /** Empties the label cells of the selected rows. */
  clearLabel: 'rowlight.clearLabel',
  /** Moves to the row whose prediction is least certain. */
  nextUncertain: 'rowlight.nextUncertain',
  /** Moves to the next or previous row without a label. */
  nextUnlabelled: 'rowlight.nextUnlabelled',
  previousUnlabelled: 'rowlight.previousUnlabelled',
  /** Gives the active file a label column and a `labels.json`. */
  labelFile: 'rowlight.startLabellingFile',
  /** Begins and ends labelling mode. */
  startLabelling: 'rowlight.startLabellingMode',
  stopLabelling: 'rowlight.stopLabellingMode',
  /** Switches labelling mode between the order of the file and that in which labels tell the most. */
  switchOrder: 'rowlight.switchLabellingOrder',
  /** Opens the metrics page of a run; takes its folder. */
  showMetrics: 'rowlight.showMetrics',
  /** Opens the comparison of runs: those selected in the tree, else some that the user picks. */
  compareRuns: 'rowlight.compareRuns',
  /** Writes a run's report as one HTML file; takes its folder. */
  exportReport: 'rowlight.exportReport',
  /** Opens a copy of the sample data. */
  openSample: 'rowlight.openSample',
} as const;

/** One of the command ids. */
export type CommandId = (typeof Commands)[keyof typeof Commands];

/** Commands that are hidden and refused while the workspace is not trusted: they lead to requests of `NEEDS_TRUST` (`protocol/trust.ts`). */
export const COMMANDS_NEEDING_TRUST: ReadonlySet<string> = new Set<CommandId>([
  Commands.fineTune,
  Commands.fineTuneOn,
  Commands.adaptModel,
  Commands.downloadModel,
  Commands.setUpCuda,
  Commands.addModel,
  Commands.exportModel,
  Commands.startServer,
  Commands.stopServer,
  Commands.crossValidate,
  Commands.showCrossval,
  Commands.cancelRun,
  Commands.useModel,
  Commands.showMetrics,
  Commands.exportReport,
  Commands.compareRuns,
  Commands.revealRun,
  Commands.renameRun,
  Commands.deleteRun,
  Commands.continueRun,
  Commands.useRun,
  Commands.labelFile,
]);

/** Opens the list of commands from the status item. It is registered but stands in no menu and not in the palette. */
export const SHOW_MENU = 'rowlight.showMenu';

/** Shows a data file, the sample where none is open, and runs on it the command that it is given. Buttons of the walkthrough; it stands in no menu. */
export const RUN_ON_DATA = 'rowlight.runOnData';

/** Reopens a document in another encoding: its uri, and the encoding's WHATWG name. Diagnostics offer it; it stands in no menu. */
export const REOPEN_WITH_ENCODING = 'rowlight.reopenWithEncoding';
