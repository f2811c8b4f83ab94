/** What `rowlight serve` tells a program that started it with a channel, once it listens. When the channel closes, it stops. */
export interface Listening {
  readonly address: string;
  /** Names of its models. */
  readonly models: readonly string[];
}
