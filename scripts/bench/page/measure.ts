import type { Contestant } from './contestants';
import type { Measured } from './results';

/**
 * Asks everyone in turns, round by round, so that whatever else the machine does meanwhile falls on all of them. The first rounds warm up and don't count.
 * @param pick the figures wanted of an answer, by name
 * @returns for each figure everyone with one sample a round
 */
export async function measure<Name extends string>(
  contestants: readonly Contestant[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
  pick: Readonly<Record<Name, (answer: Record<string, number>) => number>>,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(pick) as Name[];
  const samples = contestants.map(() => new Map(names.map((name) => [name, [] as number[]])));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      const answer = await contestant.ask();
      if (round < 0) continue;
      for (const name of names) samples[i]!.get(name)!.push(pick[name](answer));
    }
    process.stderr.write(round < 0 ? 'warm-up\n' : `round ${round + 1} of ${rounds}\n`);
  }
  const peaks = new Map<Contestant, number>();
  for (const contestant of contestants) {
    const shared = contestants.filter(({ peer }) => peer === contestant.peer).length > 1;
    if (!shared) peaks.set(contestant, (await contestant.peer.ask('memory'))['peak_mb']!);
  }
  for (const peer of new Set(contestants.map(({ peer }) => peer))) peer.end();
  const measured = (name: Name) =>
    contestants.map((contestant, i): Measured => {
      const { name: whose, ours, place, reference } = contestant;
      const peakMb = peaks.get(contestant);
      const sampled = { name: whose, ours, place, samples: samples[i]!.get(name)! };
      return { ...sampled, ...(reference && { reference }), ...(peakMb !== undefined && { peakMb }) };
    });
  return Object.fromEntries(names.map((name) => [name, measured(name)])) as Record<Name, Measured[]>;
}
