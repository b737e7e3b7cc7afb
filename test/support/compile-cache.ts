// What makes a daemon that a test starts from its sources start as fast as a built one? What was compiled once is kept.

/** Variables for a process whose environment is otherwise the test's own. */
export const compileCache: Readonly<Record<string, string>> =
  process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };
