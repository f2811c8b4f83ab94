import type { AddedModel } from './models';
import type { RequestType } from './messages';

/** The Hugging Face hub; a mirror of it is named by the setting `rowlight.hubEndpoint`, else by `HF_ENDPOINT`. */
export const HUB_ENDPOINT = 'https://huggingface.co';

/**
 * Client → server: bring a model (`owner/name`) into the hub's cache on this machine, and import it beside the added models where it is none as it is.
 * `proxy`: that of the editor's settings, empty where they name none. Can be cancelled: what has come is kept.
 */
export const DownloadModel: RequestType<{ readonly name: string; readonly proxy: string }, AddedModel> = {
  method: 'rowlight/downloadModel',
};

/** What a model's folder is called: `owner/name` for one of the hub, whose own folder bears a commit's number, else the folder's name. */
export function modelName(folder: string): string {
  const [, owner, name] = /[\\/]models--([^\\/]+?)--([^\\/]+)[\\/]snapshots[\\/][0-9a-f]{40}$/.exec(folder) ?? [];
  if (owner !== undefined && name !== undefined) return `${owner}/${name}`;
  const own = folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
  // Imported from the hub: `owner--name@` and the beginning of its commit.
  const [, imported] = /^(.+)@[0-9a-f]{7}$/.exec(own) ?? [];
  return imported?.replace('--', '/') ?? own;
}
