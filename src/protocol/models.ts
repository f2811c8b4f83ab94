import type { NotificationType, RequestType } from './messages';

/** A model that was added for all workspaces. */
export interface AddedModel {
  readonly folder: string;
  readonly name: string;
  /** Labels of its classifier; 0 where it is a base. */
  readonly labels: number;
  /** Whether they have no names yet: {@link NameLabels} gives them some. */
  readonly unnamed: boolean;
}

/** Client → server: what a file or folder that is to be added needs beside itself. Fails with one line where it is no model. */
export const InspectSource: RequestType<
  { readonly source: string },
  {
    /** Whether configuration or vocabulary are not with it: run_classifier.py leaves them with the base. */
    readonly needsBase: boolean;
  }
> = { method: 'rowlight/inspectSource' };

/**
 * Client → server: import a model from a folder, a zip or one of its files, and keep it with the user's models. `base`: the folder with its
 * configuration and vocabulary, where they are elsewhere. Can be cancelled: nothing is left then.
 */
export const AddModel: RequestType<{ readonly source: string; readonly base?: string }, AddedModel> = {
  method: 'rowlight/addModel',
};

/** Client → server: name the labels of an added model by id. Fails with one line where the names do not fit. */
export const NameLabels: RequestType<{ readonly folder: string; readonly labels: readonly string[] }, null> = {
  method: 'rowlight/nameLabels',
};

/** Client → server: the models that were downloaded or added. */
export const ListKnownModels: RequestType<
  null,
  readonly { readonly name: string; readonly folder: string; readonly from: 'hub' | 'added' }[]
> = { method: 'rowlight/listKnownModels' };

/** What a model can be written as: for transformers, ONNX Runtime or TensorFlow. */
export const EXPORT_FORMATS = ['hugging-face', 'onnx', 'saved-model'] as const;

/** What the weights of an ONNX file can be. */
export const EXPORT_DTYPES = ['float32', 'float16', 'int8'] as const;

/**
 * Client → server: write a classifier for another program into a new folder of `parent`; answers that folder. Can be cancelled: nothing is left then.
 */
export const ExportModel: RequestType<
  {
    /** Folder of a run or a model. */
    readonly model: string;
    readonly parent: string;
    readonly format: (typeof EXPORT_FORMATS)[number];
    readonly dtype: (typeof EXPORT_DTYPES)[number];
  },
  { readonly folder: string }
> = { method: 'rowlight/exportModel' };

/** Server → client: how far a download, an import or an export has come, in bytes. `id`: the name, source or model that the request named. */
export const TransferringModel: NotificationType<{
  readonly id: string;
  readonly act: 'download' | 'import' | 'export';
  readonly done: number;
  readonly total: number;
}> = { method: 'rowlight/transferringModel' };
