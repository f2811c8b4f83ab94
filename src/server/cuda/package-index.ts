import { RowlightError } from '../errors';
import { reasonOf } from '../download/blob-download';

/** The Python Package Index. */
export const PACKAGE_INDEX = 'https://pypi.org/simple';

/**
 * Finds a file of a package at an index: PyPI or any mirror of it (PEP 503; PEP 691 where the index speaks it). Answers its address only: what it holds
 * is compared with what is pinned.
 * @param index its address, which ends with `/simple` as a rule
 * @throws RowlightError `not-found` where the index can't be reached or has no such file
 */
export async function findFile(
  index: string,
  { name, file }: { readonly name: string; readonly file: string },
  get: typeof fetch,
  signal: AbortSignal,
): Promise<URL> {
  const page = `${index.replace(/\/+$/, '')}/${name}/`;
  const remedy = 'check the network, a proxy (HTTPS_PROXY) or the mirror (PIP_INDEX_URL)';
  const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.1';
  const answer = await request(page, get, { headers: { accept }, signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new RowlightError('not-found', `${page} can't be reached (${reasonOf(error)}); ${remedy}`);
  });
  if (!answer.ok) throw new RowlightError('not-found', `${page}: the index answers ${answer.status}; ${remedy}`);
  const json = answer.headers.get('content-type')?.includes('json');
  const links = json ? linksOfJson(await answer.text()) : linksOfHtml(await answer.text());
  const link = links.find((link) => decodeURIComponent(link.split('#')[0]!.split('/').at(-1)!) === file);
  if (link === undefined) throw new RowlightError('not-found', `${page} has no ${file}; choose another mirror`);
  const found = new URL(link.split('#')[0]!, answer.url || page);
  const own = new URL(index);
  // An index that asks who one is asks at its files as well; others are told nothing.
  if (found.host === own.host) [found.username, found.password] = [own.username, own.password];
  return found;
}

/** `fetch` that takes a user and a password in the address, as pip does. */
export function request(address: string | URL, get: typeof fetch, init: RequestInit): Promise<Response> {
  const url = new URL(address);
  const { username, password } = url;
  if (username === '') return get(url.href, init);
  url.username = url.password = '';
  const authorization = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  return get(url.href, { ...init, headers: { ...init.headers, authorization } });
}

function linksOfJson(text: string): string[] {
  try {
    const { files } = JSON.parse(text) as { files?: { url?: unknown }[] };
    return (files ?? []).flatMap(({ url }) => (typeof url === 'string' ? [url] : []));
  } catch {
    return [];
  }
}

const linksOfHtml = (text: string): string[] =>
  [...text.matchAll(/<a\s[^>]*href\s*=\s*["']([^"']+)["']/gi)].map(([, link]) => link!.replaceAll('&amp;', '&'));
