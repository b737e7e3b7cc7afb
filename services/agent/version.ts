// Which version is this agent? The repository's, kept equal by a test.

export const version = '0.1.0';
