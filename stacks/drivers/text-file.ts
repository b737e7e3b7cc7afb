// What does a text file say, if it is not too long?
import { open } from 'node:fs/promises';

const longestCharacterBytes = 4;

/**
 * A UTF-8 text. Of a longer one a little more than `limitBytes` is read, so that the caller's own limit can speak.
 * Throws the system's error (ENOENT, EACCES, EISDIR) or a TypeError when it is not UTF-8.
 */
export async function readText(path: string, limitBytes: number): Promise<string> {
  const buffer = Buffer.alloc(limitBytes + longestCharacterBytes);
  let length = 0;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
  } finally {
    await file.close();
  }
  // The cut may split a character, which is no fault of the file: what is left is still over the limit.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return decoder.decode(buffer.subarray(0, length), { stream: length > limitBytes });
}
