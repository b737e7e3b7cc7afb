// What holds for a pool and a cloud when a key is not written?
export const poolDefaults = {
  min: 0,
  max: 4,
  idle: '10m',
  bootDeadline: '15m',
  disk: '100GiB',
  spot: { share: 100, onDemandBase: 0, fallbackAfter: '10m' },
  warm: 0,
} as const;

export const cloudDefaults = { network: 'new', logDays: 365 } as const;
