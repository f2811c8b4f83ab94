import type { ServedState } from '../../protocol/server-access';
import type { ServerAddress } from '../../protocol/server-address';
import type { ModelCard } from '../lsp/model-of-file';
import { type ServedCard, type ServedLimits, parseModels } from './answers';
import { type Channel, Trouble } from './request';

/** The model of a server that predicts, and how it is asked. */
export interface ServedModel {
  readonly served: ServedCard;
  /** As the choice of a file's model sees it. */
  readonly card: ModelCard;
  readonly limits: ServedLimits;
  /** The route that classifies. */
  readonly url: string;
}

/** Milliseconds that the list of models may take: it waits for no model. */
const PATIENCE = 15_000;

/** Asks a server which models it has and takes the one that the address means. Rejects with {@link Trouble}. */
export async function findServedModel(
  { root, model: wish, host }: ServerAddress,
  channel: Channel,
  signal: AbortSignal,
): Promise<ServedModel> {
  const { models, limits } = await channel.ask(`${root}/models`, undefined, PATIENCE, signal, parseModels);
  const served = models.find(({ name, labels }) => (wish === undefined ? labels.length > 0 : name === wish));
  if (!served) {
    const names = models.map(({ name }) => name).join(', ');
    const message = wish === undefined ? 'it serves no classifier' : `it serves no "${wish}"; there are: ${names}`;
    throw new Trouble('refused', message.slice(0, 300));
  }
  const { name, revision, labels, maxLength, delimiter, columns } = served;
  const place = `${root}/models/${encodeURIComponent(name)}`;
  const card: ModelCard = {
    folder: place,
    checkpoint: place,
    server: root,
    maxLength,
    name: `${name} @ ${host}`,
    id: `${place}\0${revision}`,
    labels,
    ...(delimiter === undefined ? {} : { delimiter }),
    columns: columns && {
      text: columns.text,
      label: columns.label,
      ...(columns.textB === undefined ? {} : { textB: columns.textB }),
    },
  };
  return { served, card, limits, url: `${place}/classify` };
}

/** Why nothing can be asked of a server, in one line with the remedy. */
export function lineOf(host: string, state: ServedState, message = ''): string {
  const detail = message === '' ? '' : ` (${message})`;
  const lines: Readonly<Record<ServedState, string>> = {
    ready: `${host}: its model is another one by now.`,
    connecting: `${host}: not asked yet; try again in a moment.`,
    consent: `${host}: you have not allowed to send rows there; run "Rowlight: Retry Model" to be asked again.`,
    key: `${host}: wants a key${detail}; run "Rowlight: Set Server Key…".`,
    busy: `${host}: busy${detail}; it is asked again by itself.`,
    unreachable: `${host}: can't be reached${detail}; it is tried again by itself, or run "Rowlight: Retry Model".`,
    certificate: `${host}: ${message || 'its certificate can not be trusted'}.`,
    malformed: `${host}: does not answer as rowlight serve does${detail}.`,
    refused: `${host}: refuses${detail}.`,
  };
  return lines[state];
}
