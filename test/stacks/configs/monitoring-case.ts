// What does a test say of one alert? Series in the notation of promtool, one value each minute.

export type Series = Readonly<Record<string, string>>;

export type Case = {
  readonly fires: Series;
  /** The same just short of the trouble; null: the alert always fires. */
  readonly quiet: Series | null;
  /** The minute in which the trouble begins. */
  readonly since?: number;
  readonly forSeconds?: number;
  /** Beside severity and component. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
};

/** The same value for two hours. */
export const always = (value: number): string => `${value}+0x120`;
export const rising = (each: number): string => `0+${each}x120`;
/** Up for two minutes, then down. */
export const lost = '1 1 0+0x120';
export const target = (job: string, instance: string): string => `up{job="${job}",instance="${instance}"}`;
