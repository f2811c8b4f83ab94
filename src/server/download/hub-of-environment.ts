import { HUB_ENDPOINT } from '../../protocol/hub';
import { defaultCache } from './hub-cache';
import type { DownloadParts } from './download-model';
import { proxyFetch } from './proxy-fetch';

/** Where models come from and go to, as the variables say that Python's huggingface_hub obeys: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE`, `HF_HUB_CACHE`. */
export function hubOfEnvironment({
  endpoint,
  proxy,
}: {
  /** Wins over the environment. */
  readonly endpoint?: string;
  readonly proxy?: string;
} = {}): Pick<DownloadParts, 'endpoint' | 'cache' | 'fetch' | 'token' | 'offline'> {
  const { HF_ENDPOINT, HF_TOKEN: token, HF_HUB_OFFLINE } = process.env;
  return {
    endpoint: (endpoint || HF_ENDPOINT || HUB_ENDPOINT).replace(/\/+$/, ''),
    cache: defaultCache(),
    fetch: proxyFetch(proxy),
    ...(token && { token }),
    offline: /^(1|true|yes|on)$/i.test(HF_HUB_OFFLINE ?? ''),
  };
}
