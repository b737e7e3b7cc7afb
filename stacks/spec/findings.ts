// How is a finding made? One short constructor for each severity.
import type { Finding } from './types.ts';

export function mistake(path: readonly string[], message: string, remedy: string): Finding {
  return { severity: 'error', path, message, remedy };
}

/** The key itself is wrong. */
export function mistakenKey(path: readonly string[], message: string, remedy: string): Finding {
  return { ...mistake(path, message, remedy), isKey: true };
}

export function warning(path: readonly string[], message: string, remedy: string): Finding {
  return { severity: 'warning', path, message, remedy };
}
