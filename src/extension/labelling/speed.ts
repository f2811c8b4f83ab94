/** Acts that the speed is taken over. */
const WINDOW = 20;

/** A longer rest than this, in milliseconds, begins the measure anew: nobody labelled meanwhile. */
const REST = 60_000;

/** How fast rows are labelled. */
export interface Speed {
  /** A row was labelled at this time, in milliseconds. */
  add(time: number): void;
  /** Rows a minute over the last acts; undefined before there are two. */
  perMinute(): number | undefined;
}

/** Measures over the last twenty acts. */
export function createSpeed(): Speed {
  let times: number[] = [];
  return {
    add(time) {
      if (time - (times.at(-1) ?? time) > REST) times = [];
      times = [...times.slice(-WINDOW), time];
    },
    perMinute() {
      const [first, last] = [times[0], times.at(-1)];
      if (first === undefined || last === undefined || last <= first) return undefined;
      return ((times.length - 1) * 60_000) / (last - first);
    },
  };
}
