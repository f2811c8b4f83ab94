import type { NotificationType, RequestType } from './messages';

/** The Hugging Face hub; a mirror of it is named by the setting `rowlight.hubEndpoint`, else by `HF_ENDPOINT`. */
export const HUB_ENDPOINT = 'https://huggingface.co';

/**
 * Client → server: bring a model (`owner/name`) into the hub's cache on this machine. `proxy`: that of the editor's settings, empty where they name none.
 * Answers its folder; `usable` tells whether that is a base as it is, else its weights are still to be imported. Can be cancelled: what has come is kept.
 */
export const DownloadModel: RequestType<
  { readonly name: string; readonly proxy: string },
  { readonly folder: string; readonly usable: boolean }
> = { method: 'rowlight/downloadModel' };

/** Server → client: how far {@link DownloadModel} has come, in bytes. */
export const DownloadingModel: NotificationType<{
  readonly name: string;
  readonly done: number;
  readonly total: number;
}> = { method: 'rowlight/downloadingModel' };

/** Client → server: the models in the hub's cache that can be a base as they are. */
export const ListDownloaded: RequestType<null, readonly { readonly name: string; readonly folder: string }[]> = {
  method: 'rowlight/listDownloaded',
};

/** What a model's folder is called: `owner/name` for one in the hub's cache, whose own folder bears a commit's number, else the folder's name. */
export function modelName(folder: string): string {
  const [, owner, name] = /[\\/]models--([^\\/]+?)--([^\\/]+)[\\/]snapshots[\\/][0-9a-f]{40}$/.exec(folder) ?? [];
  if (owner !== undefined && name !== undefined) return `${owner}/${name}`;
  return folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
}
