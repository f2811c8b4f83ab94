/** Ids of the commands that the extension contributes; `test/extension/manifest.test.ts` compares them with `package.json`. */
export const Commands = {
  /** Trains on the active file after a short confirmation. */
  fineTune: 'rowlight.fineTune',
  /** Stops a training run; its best checkpoint stays. */
  cancelRun: 'rowlight.cancelRun',
  /** Chooses the model that predicts the active file. */
  useModel: 'rowlight.useModel',
  /** Opens the log. */
  showLog: 'rowlight.showLog',
  /** Starts the model host again after it was given up. */
  retryModel: 'rowlight.retryModel',
} as const;

/** One of the command ids. */
export type CommandId = (typeof Commands)[keyof typeof Commands];

/** Commands that are hidden and refused while the workspace is not trusted: they lead to requests of `NEEDS_TRUST` (`protocol/trust.ts`). */
export const COMMANDS_NEEDING_TRUST: ReadonlySet<string> = new Set<CommandId>([
  Commands.fineTune,
  Commands.cancelRun,
  Commands.useModel,
]);

/** Opens the list of commands from the status item. It is registered but stands in no menu and not in the palette. */
export const SHOW_MENU = 'rowlight.showMenu';

/** Reopens a document in another encoding: its uri, and the encoding's WHATWG name. Diagnostics offer it; it stands in no menu. */
export const REOPEN_WITH_ENCODING = 'rowlight.reopenWithEncoding';
