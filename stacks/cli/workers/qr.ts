// How does a line get from a terminal into a phone? As a QR code in half blocks; the only file that knows the package.
import { renderUnicodeCompact } from 'uqr';

/** Null when it is wider than `columns`: a code with torn lines cannot be read. */
export function qrCode(text: string, columns: number): string | null {
  const code = renderUnicodeCompact(text, { ecc: 'L', border: 2 });
  return code.split('\n').every((line) => line.length <= columns) ? code : null;
}
