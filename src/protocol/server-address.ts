/** A server that answers texts (`rowlight serve`), as the setting `rowlight.server` names it. */
export interface ServerAddress {
  /** Where its routes begin, without a slash at the end: `http://gpu-box:8125`. What consent and key belong to. */
  readonly root: string;
  /** The model that is meant; undefined: the first that the server has for labels. */
  readonly model: string | undefined;
  /** Machine and port, for people. */
  readonly host: string;
}

/** Longest address that is read. */
const LONGEST = 2000;

/**
 * Reads `http://gpu-box:8125`, with `/models/NAME` behind it where one of several models is meant (so the server's own routes are named, too).
 * Undefined where it is none, or would carry a password: keys lie in the editor's secret storage.
 */
export function parseServerAddress(setting: string): ServerAddress | undefined {
  if (setting.length > LONGEST || !URL.canParse(setting)) return undefined;
  const { protocol, origin, pathname, username, password, search, hash, host } = new URL(setting);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if (username !== '' || password !== '' || search !== '' || hash !== '' || /[?#]/.test(setting)) return undefined;
  const [, path = '', name] = /^(.*?)(?:\/models\/([^/]+))?\/*$/.exec(pathname) ?? [];
  try {
    const model = name === undefined ? undefined : decodeURIComponent(name);
    return { root: `${origin}${path.replace(/\/+$/, '')}`, model, host };
  } catch {
    // An escape that is none.
    return undefined;
  }
}
