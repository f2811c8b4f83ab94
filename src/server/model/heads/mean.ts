import type { Head } from './head';
import { maskedRows, meanOfTokens } from './masked';

/** The mean of the last layer over the tokens, special ones included, as sentence vectors are made (bert-as-service's `REDUCE_MEAN`). */
export const meanHead: Head = {
  rows: 'all',
  pool: (_config, _parameters, layer, mask) => meanOfTokens(maskedRows(layer, mask)),
};
