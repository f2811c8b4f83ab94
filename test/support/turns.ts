/** What a process has computed, in milliseconds: in all, and the most between two turns of its event loop. */
export interface Turns {
  readonly total: number;
  readonly longest: number;
}

/**
 * Measures the turns of this process's event loop until the returned function is called. Computing time and not the clock's: a busy machine may hold the
 * whole process. Work in slices is told by the longest turn being a small part of the total, whatever the machine.
 */
export function measureTurns(): () => Turns {
  const computed = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const first = computed();
  let [longest, last] = [0, first];
  const look = (): void => {
    const now = computed();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const pulse = setInterval(look, 1);
  return () => {
    clearInterval(pulse);
    look();
    return { total: last - first, longest };
  };
}
