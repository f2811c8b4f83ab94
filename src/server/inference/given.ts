/** From this probability on, a model of several labels a text gives a label. */
export const GIVEN = 0.5;
