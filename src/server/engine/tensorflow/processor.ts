import { readFileSync } from 'node:fs';
import type { ProductType } from './graph';

/** What products are computed in here: bfloat16 where the processor multiplies it, which is about twice as fast. */
export function productType(cpuinfo = readCpuinfo()): ProductType {
  const [, flags = ''] = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo) ?? [];
  return /\b(avx512_bf16|amx_bf16|bf16)\b/.test(flags) ? 'bfloat16' : 'float32';
}

/** What Linux says of the processor; elsewhere nothing. */
function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
