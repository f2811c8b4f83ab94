/** What a number may be; the bounds belong to it. */
export interface NumberRule {
  readonly whole: boolean;
  readonly least: number;
  readonly most: number;
}

/** The number that a text says, `2e-5` included; undefined where it says none or the rule forbids it. */
export function parseNumber(text: string, { whole, least, most }: NumberRule): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return (whole ? Number.isInteger(value) : Number.isFinite(value)) && value >= least && value <= most
    ? value
    : undefined;
}
