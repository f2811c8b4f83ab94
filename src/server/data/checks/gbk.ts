/**
 * The two GBK bytes of each character of the basic plane that has them, as `lead * 256 + trail`; 0 for the others. It is the platform's own
 * decoder, read backwards, at the first use: some 24,000 characters, a few milliseconds. All 0 where the platform lacks the encoding.
 */
export function gbkBytes(): Uint16Array {
  return (table ??= build());
}

let table: Uint16Array | undefined;

function build(): Uint16Array {
  const bytes = new Uint16Array(0x10000);
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder('gbk');
  } catch {
    return bytes;
  }
  const pair = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      pair[0] = lead;
      pair[1] = trail;
      const text = decoder.decode(pair);
      const unit = text.charCodeAt(0);
      if (text.length === 1 && unit !== 0xfffd && unit >= 0x80 && bytes[unit] === 0) bytes[unit] = lead * 256 + trail;
    }
  }
  return bytes;
}
